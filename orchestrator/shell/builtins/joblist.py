"""Builtins about jobs and processes: jobs, fg, bg, wait, kill, disown, suspend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.kernel.reaping import WaitOptions
from orchestrator.kernel.signal import Signal
from orchestrator.shell.builtin import Builtin, UsageError
from orchestrator.shell.builtins.arguments import Options, no_options, whole_number
from orchestrator.shell.expand import assign
from orchestrator.shell.jobs import Job, continue_in_foreground, poll_children
from orchestrator.shell.signals import name_of, number_of
from orchestrator.shell.syntax import is_name
from vfs.errors import text as error_text

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell

UNKNOWN = 127


# --- jobs, fg, bg, disown ---


def _jobs(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "lnprsx")
    poll_children(shell)
    status = 0
    chosen = list(shell.jobs)
    if options.operands:
        chosen = []
        for spec in options.operands:
            job = _find(shell, "jobs", spec)
            status = status if job is not None else 1
            chosen += [job] if job is not None else []
    for job in chosen:
        _show(shell, job, options)
    return status


def _show(shell: Shell, job: Job, options: Options) -> None:
    running = not job.is_done and not job.is_stopped
    if ("r" in options and not running) or ("s" in options and not job.is_stopped):
        return
    if "n" in options and job.notified:
        return
    if "p" in options:
        shell.output(f"{job.pids[0]}\n")
    else:
        shell.output(job.line(shell.jobs.mark(job), pids="l" in options) + "\n")
    job.notified = True
    if job.is_done:
        shell.jobs.remove(job)


def _find(shell: Shell, caller: str, spec: str) -> Job | None:
    job = shell.jobs.find(spec) if spec.startswith("%") or not spec.isdecimal() else None
    if job is None and spec.isdecimal():
        job = shell.jobs.of_pid(int(spec)) or shell.jobs.find("%" + spec)
    if job is None:
        shell.report(f"{caller}: {spec}: no such job")
    return job


def _needs_control(shell: Shell, name: str) -> bool:
    if not shell.options.monitor:
        shell.report(f"{name}: no job control")
        return False
    return True


def _current(shell: Shell, name: str, operands: list[str]) -> Job | None:
    poll_children(shell)
    if operands:
        return _find(shell, name, operands[0])
    job = shell.jobs.find("%%")
    if job is None:
        shell.report(f"{name}: current: no such job")
    return job


def _fg(shell: Shell, argv: list[str]) -> int:
    operands = no_options(argv)
    job = _current(shell, "fg", operands) if _needs_control(shell, "fg") else None
    if job is None:
        return 1
    shell.output(job.text + "\n")
    return continue_in_foreground(shell, job)


def _bg(shell: Shell, argv: list[str]) -> int:
    operands = no_options(argv)
    job = _current(shell, "bg", operands) if _needs_control(shell, "bg") else None
    if job is None or job.pgid is None:
        return 1
    if not job.is_stopped:
        shell.report(f"bg: job {job.number} already in background")
        return 0
    job.statuses.clear()
    job.notified = False
    shell.output(f"[{job.number}]{shell.jobs.mark(job)} {job.text} &\n")
    shell.system.kill(-job.pgid, Signal.CONT)
    return 0


def _disown(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "ahr")
    jobs = list(shell.jobs) if "a" in options or "r" in options else []
    if not jobs and not options.operands:
        current = _current(shell, "disown", [])
        jobs = [current] if current is not None else []
    for spec in options.operands:
        job = _find(shell, "disown", spec)
        if job is None:
            return 1
        jobs.append(job)
    for job in jobs:
        if "h" not in options:
            shell.jobs.remove(job)
    return 0 if jobs or "a" in options else 1


def _suspend(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "f")
    if not _needs_control(shell, "suspend"):
        return 1
    if shell.login and "f" not in options:
        shell.report("suspend: cannot suspend a login shell")
        return 1
    shell.system.kill(shell.process.pid, Signal.STOP)
    return 0


# --- wait ---


def _wait(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "fnp:")
    variable = options.values.get("p")
    if variable is not None:
        if not is_name(variable):
            raise UsageError(f"`{variable}': not a valid identifier", show_usage=False, status=1)
        shell.unset_variable(variable)
    try:
        if "n" in options:
            return _wait_next(shell, options.operands, variable)
        if not options.operands:
            return _wait_all(shell)
        status = 0
        for spec in options.operands:
            status = _wait_spec(shell, spec, variable)
        return status
    except InterruptedError:
        return _interrupted(shell)


def _interrupted(shell: Shell) -> int:
    """A trapped signal ends wait at once with 128 + its number; the trap runs."""
    caught = list(shell.caught)
    shell.take_signals()
    return 128 + (caught[0] if caught else 0)


def _wait_all(shell: Shell) -> int:
    """Wait for every child, and forget all jobs that have ended."""
    while shell.process.children:
        if all(child.stopped for child in shell.process.children.values()):
            break
        pid, status = shell.system.waitpid(-1)
        shell.jobs.record(pid, status)
    for job in list(shell.jobs):
        if job.is_done and not shell.interactive:  # an interactive shell tells of them first
            shell.jobs.remove(job)
    shell.jobs.finished.clear()
    return 0


def _wait_pid(shell: Shell, pid: int) -> int | None:
    """Return the status of a child, waiting for it; None if it is no child of this shell."""
    finished = shell.jobs.finished
    while pid not in finished:
        if pid not in shell.process.children:
            return None
        found, status = shell.system.waitpid(pid, WaitOptions(0))
        shell.jobs.record(found, status)
    return finished[pid]


def _wait_spec(shell: Shell, spec: str, variable: str | None) -> int:
    if spec.startswith("%"):
        job = _find(shell, "wait", spec)
        if job is None:
            return UNKNOWN
        pids = job.pids
    else:
        pid = whole_number(spec)
        if pid is None or pid <= 0:
            shell.report(f"wait: `{spec}': not a pid or valid job spec")
            return 1
        pids = [pid]
    status: int | None = 0
    for pid in pids:
        status = _wait_pid(shell, pid)
    if status is None:
        shell.report(f"wait: pid {spec} is not a child of this shell")
        return UNKNOWN
    _forget(shell, pids[-1])
    if variable is not None:
        assign(shell, variable, str(pids[-1]))
    return status


def _forget(shell: Shell, pid: int) -> None:
    job = shell.jobs.of_pid(pid)
    if job is not None and job.is_done:
        shell.jobs.remove(job)


def _wait_next(shell: Shell, specs: list[str], variable: str | None) -> int:
    """`wait -n`: the next child to end, of those named or of all."""
    poll_children(shell)
    wanted: list[int] = []
    for spec in specs:
        if spec.startswith("%"):
            job = _find(shell, "wait", spec)
            wanted += job.pids[-1:] if job is not None else []
        elif (pid := whole_number(spec)) is not None:
            wanted.append(pid)
    if specs and not wanted:
        return UNKNOWN
    while True:
        for pid in wanted or list(shell.jobs.finished):
            if pid in shell.jobs.finished:
                return _take_finished(shell, pid, variable)
        if not shell.process.children:
            return UNKNOWN
        found, status = shell.system.waitpid(-1)
        shell.jobs.record(found, status)


def _take_finished(shell: Shell, pid: int, variable: str | None) -> int:
    status = shell.jobs.finished.pop(pid)
    _forget(shell, pid)
    if variable is not None:
        assign(shell, variable, str(pid))
    return status


# --- kill ---


def _kill(shell: Shell, argv: list[str]) -> int:
    words = argv[1:]
    if not words:
        raise UsageError("", show_usage=True)
    if words[0] in ("-l", "-L"):
        return _list_signals(shell, words[1:])
    signal, words = _signal_option(shell, words)
    if signal is None:
        return 1
    if not words:
        raise UsageError("", show_usage=True)
    sent = [_kill_one(shell, word, signal) for word in words]  # every one, whatever comes of it
    return 0 if all(sent) else 1


def _signal_option(shell: Shell, words: list[str]) -> tuple[int | None, list[str]]:
    """Take `-s NAME`, `-n NUMBER`, `-NAME` or `-NUMBER` off the front."""
    first = words[0]
    if first == "--":
        return Signal.TERM, words[1:]
    if not first.startswith("-") or first == "-":
        return Signal.TERM, words
    if first in ("-s", "-n"):
        if len(words) < 2:
            shell.report(f"kill: {first}: option requires an argument")
            return None, []
        text, rest = words[1], words[2:]
    else:
        text, rest = (
            first[2:] if first[:2] in ("-s", "-n") and number_of(first[1:]) is None else first[1:],
            words[1:],
        )
    signal = 0 if text.upper() == "EXIT" else number_of(text)
    if signal is None:
        shell.report(f"kill: {text}: invalid signal specification")
    return signal, rest[1:] if rest[:1] == ["--"] else rest


def _kill_one(shell: Shell, word: str, signal: int) -> bool:
    stopped = False
    if word.startswith("%"):
        job = _find(shell, "kill", word)
        if job is None:
            return False
        pid = -job.pgid if job.pgid is not None else job.pids[0]
        poll_children(shell)
        stopped = job.is_stopped
    else:
        number = whole_number(word)
        if number is None:
            shell.report(f"kill: {word}: arguments must be process or job IDs")
            return False
        pid = number
    try:
        shell.system.kill(pid, signal)
        if stopped and signal in (Signal.TERM, Signal.HUP):
            shell.system.kill(pid, Signal.CONT)  # else it would not hear of it
    except OSError as error:
        shell.report(f"kill: ({word}) - {error_text(error)}")
        return False
    return True


def _list_signals(shell: Shell, words: list[str]) -> int:
    if not words:
        cells = [f"{s.value:2d}) SIG{s.name}" for s in Signal]
        rows = [cells[i : i + 5] for i in range(0, len(cells), 5)]
        shell.output("".join("\t".join(row) + "\n" for row in rows))
        return 0
    status = 0
    for word in words:
        number = whole_number(word)
        if number is None:
            found = number_of(word)
            text = None if found is None else str(found)
        else:
            text = name_of(number - 128 if number > 128 else number)
        if text is None:
            shell.report(f"kill: {word}: invalid signal specification")
            status = 1
        else:
            shell.output(text + "\n")
    return status


BUILTINS = (
    Builtin(
        "jobs",
        _jobs,
        "jobs [-lnprs] [jobspec ...] or jobs -x command [args]",
        "Display status of jobs.",
    ),
    Builtin("fg", _fg, "fg [job_spec]", "Move job to the foreground."),
    Builtin("bg", _bg, "bg [job_spec ...]", "Move jobs to the background."),
    Builtin(
        "disown",
        _disown,
        "disown [-h] [-ar] [jobspec ... | pid ...]",
        "Remove jobs from current shell.",
    ),
    Builtin("suspend", _suspend, "suspend [-f]", "Suspend shell execution."),
    Builtin(
        "wait",
        _wait,
        "wait [-fn] [-p var] [id ...]",
        "Wait for job completion and return exit status.",
    ),
    Builtin(
        "kill",
        _kill,
        "kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]",
        "Send a signal to a job.",
    ),
)
