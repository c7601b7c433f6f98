"""Builtins about jobs and processes: jobs, fg, bg, wait, kill, disown, suspend."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from orchestrator.kernel.reaping import WaitOptions
from orchestrator.kernel.signal import Signal
from orchestrator.shell import external
from orchestrator.shell.builtin import Builtin, UsageError
from orchestrator.shell.builtins.arguments import Options, no_options, whole_number
from orchestrator.shell.expand import assign
from orchestrator.shell.functions import call
from orchestrator.shell.jobs import (
    Job,
    continue_in_foreground,
    poll_children,
    release_coprocess,
    tell,
)
from orchestrator.shell.signals import NAMES, number_of
from orchestrator.shell.simple import run_builtin
from orchestrator.shell.syntax import is_name
from vfs.errors import text as error_text

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell
    from orchestrator.shell.syntax.nodes import Command

UNKNOWN = 127


# --- jobs, fg, bg, disown ---


def _jobs(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "lnprsx")
    if "x" in options:
        return _execute(shell, options)
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


def _execute(shell: Shell, options: Options) -> int:
    """`jobs -x command`: run it with the process group's number in the place of each job."""
    if len(set(options.given)) > 1:
        shell.report("jobs: no other options allowed with `-x'")
        return 1
    words = list(options.operands)
    for index, word in enumerate(words):
        job = shell.jobs.find(word) if word.startswith("%") else None
        if job is not None:
            words[index] = str(job.pgid or job.pids[0])
    if not words:
        return 0
    builtin = shell.builtins.get(words[0])
    if words[0] in shell.functions:
        return call(shell, shell.functions[words[0]], words)
    if builtin is not None:
        return run_builtin(shell, builtin, words)
    return external.run(shell, words, cast("Command", shell.command_node), None)


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
        name = spec.removeprefix("%")
        if not name.isdecimal() and len(shell.jobs.matching(name)) > 1:
            shell.report(f"{caller}: {name.removeprefix('?')}: ambiguous job spec")
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
    if not _needs_control(shell, "bg"):
        return 1
    status = 0
    for wanted in [[spec] for spec in operands] or [[]]:
        job = _current(shell, "bg", wanted)
        status = 1 if job is None or not _continue_behind(shell, job) else status
    return status


def _continue_behind(shell: Shell, job: Job) -> bool:
    if job.pgid is None:
        shell.report(f"bg: job {job.number} started without job control")
        return False
    if not job.is_stopped:
        shell.report(f"bg: job {job.number} already in background")
        return True
    job.statuses.clear()
    job.notified = False
    shell.output(f"[{job.number}]{shell.jobs.mark(job)} {job.text} &\n")
    shell.last_background = job.pids[-1]
    shell.system.kill(-job.pgid, Signal.CONT)
    return True


def _disown(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "ahr")
    poll_children(shell)
    every = "a" in options or "r" in options
    jobs = list(shell.jobs) if every and not options.operands else []
    if "r" in options:
        jobs = [job for job in jobs if not job.is_done and not job.is_stopped]
    if not every and not options.operands:
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
    return 0 if jobs or every else 1


def _suspend(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "f")
    if not shell.options.monitor and "f" not in options:
        shell.report("suspend: cannot suspend: no job control")
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
    while True:
        try:
            return _wait_for(shell, options, variable)
        except InterruptedError:
            caught = set(shell.caught)
            status = _interrupted(shell)
            if caught - {Signal.CHLD}:  # the end of a child does not end the waiting
                return status


def _wait_for(shell: Shell, options: Options, variable: str | None) -> int:
    if "n" in options:
        return _wait_next(shell, options.operands, variable)
    if not options.operands:
        return _wait_all(shell)
    status = 0
    for spec in options.operands:
        status = _wait_spec(shell, spec, variable)
    return status


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
            _forget(shell, job)
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
    _forget(shell, shell.jobs.of_pid(pids[-1]))
    if variable is not None:
        assign(shell, variable, str(pids[-1]))
    return status


def _forget(shell: Shell, job: Job | None) -> None:
    """A job that has been waited for is none any more; a script hears how a signal ended it."""
    if job is None or not job.is_done:
        return
    told = shell.options.monitor and "c" not in shell.invocation_letters
    if not shell.interactive and not job.notified and not told:
        tell(shell, job)
    shell.jobs.remove(job)
    release_coprocess(shell, job.pids[-1])


def _wait_next(shell: Shell, specs: list[str], variable: str | None) -> int:
    """`wait -n`: the next job to end, of those named or of all that have not been told of."""
    poll_children(shell)
    named = [_job_of(shell, spec) for spec in specs]
    wanted = [job for job in named if job is not None]
    if specs and not wanted:
        return UNKNOWN
    while True:
        jobs = wanted or list(shell.jobs)
        for job in jobs:
            if job.is_done and job.status is not None:
                _forget(shell, job)
                if variable is not None:
                    assign(shell, variable, str(job.pids[-1]))
                return job.status.exit_code
        if not jobs or not shell.process.children:
            return UNKNOWN
        found, status = shell.system.waitpid(-1)
        shell.jobs.record(found, status)


def _job_of(shell: Shell, spec: str) -> Job | None:
    """Return the job that `wait -n` is to look at; a message if there is none."""
    if spec.startswith("%"):
        return _find(shell, "wait", spec)
    pid = whole_number(spec)
    job = shell.jobs.of_pid(pid) if pid is not None else None
    if job is None:
        shell.report(f"wait: {spec}: no such job")
    return job


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
            reason = (
                "arguments must be process or job IDs" if word else "not a pid or valid job spec"
            )
            shell.report(f"kill: {word}: {reason}" if word else f"kill: `': {reason}")
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
        cells = [f"{n:2d}) SIG{name}" for n, name in NAMES.items() if n]
        rows = ["\t".join(cells[i : i + 5]) for i in range(0, len(cells), 5)]
        shell.output("\n".join(rows) + "\t\n")
        return 0
    status = 0
    for word in words:
        number = whole_number(word)
        if number is None:
            name = word.upper().removeprefix("SIG")
            found = number_of(word)
            found = next((n for n, known in NAMES.items() if known == name), found)
            text = None if found is None else str(found)
        else:
            text = NAMES.get(number - 128 if number > 128 else number)
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
