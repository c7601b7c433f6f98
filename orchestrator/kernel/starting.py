"""Starting processes: spawn and exec. Above: kernel. Below: binfmt, process, fdtable.
posix_spawn(3), execve(2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from orchestrator.kernel.binfmt import ExecRequest
from orchestrator.kernel.fdtable import FdTable
from orchestrator.kernel.limits import Budget, Limits
from orchestrator.kernel.process import Process, Status, Usage
from orchestrator.kernel.signal import Disposition, Signal, SignalState
from orchestrator.kernel.wait import ProcessExec
from vfs.access import Credentials
from vfs.errors import fail
from vfs.mount import path_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.kernel.binfmt import Program
    from orchestrator.kernel.kernel import Kernel
    from orchestrator.kernel.tty import Tty
    from vfs.mount import Location


@dataclass(frozen=True, slots=True)
class Options:
    """The keyword arguments of `Kernel.spawn`, where they are explained."""

    cwd: Location | None
    fds: FdTable | None
    pgid: int | None
    new_session: bool
    cred: Credentials | None
    tty: Tty | None
    limits: Limits | None
    budget: Budget | None
    signals: Mapping[Signal, Disposition] | None


def spawn(
    kernel: Kernel,
    parent: Process | None,
    path: str,
    argv: Sequence[str],
    env: Mapping[str, str],
    options: Options,
) -> Process:
    """`Kernel.spawn`."""
    try:
        at = options.cwd or (parent.cwd if parent else kernel.namespace.root)
        cred = options.cred or (parent.cred if parent else Credentials())
        program, found = kernel.binfmts.load(kernel, ExecRequest(path, tuple(argv), at, cred))
    except BaseException:
        if options.fds is not None:
            options.fds.close_all()
        raise
    return spawn_program(kernel, parent, program, found.argv, env, exe_of(found), options)


def spawn_program(
    kernel: Kernel,
    parent: Process | None,
    program: Program,
    argv: Sequence[str],
    env: Mapping[str, str] | None,
    exe: str,
    options: Options,
) -> Process:
    """`Kernel.spawn_program`."""
    fds = options.fds
    if fds is None:
        fds = parent.fds.clone() if parent else FdTable(kernel.limits.fds)
    if env is None:
        env = parent.env if parent else {}
    try:
        limits = options.limits or (parent.limits if parent else kernel.limits)
        check_arguments(argv, env, limits)
        if len(kernel.processes) >= kernel.limits.processes:
            fail("EAGAIN")
        process = _create(kernel, parent, argv, env, fds, limits, options)
    except BaseException:
        fds.close_all()
        raise
    process.exe = exe
    process.image = program
    return _launch(kernel, parent, process)


def _create(
    kernel: Kernel,
    parent: Process | None,
    argv: Sequence[str],
    env: Mapping[str, str],
    fds: FdTable,
    limits: Limits,
    options: Options,
) -> Process:
    pid = kernel.next_pid()
    alone = options.new_session or parent is None
    sid = pid if alone or parent is None else parent.sid
    return Process(
        pid=pid,
        pgid=pid if alone or parent is None else _group(kernel, parent, pid, options.pgid),
        sid=sid,
        argv=tuple(argv),
        env=dict(env),
        cwd=options.cwd or (parent.cwd if parent else kernel.namespace.root),
        cred=options.cred or (parent.cred if parent else Credentials()),
        fds=fds,
        limits=limits,
        budget=options.budget or _budget(parent, limits),
        scheduler=kernel.scheduler,
        parent=parent,
        tty=options.tty.control(pid) if options.tty else _terminal(parent, alone),
        signals=_signals(parent, options.signals),
        usage=Usage(started=kernel.clock.realtime()),
    )


def _terminal(parent: Process | None, alone: bool) -> Tty | None:
    return None if alone or parent is None else parent.tty


def _launch(kernel: Kernel, parent: Process | None, process: Process) -> Process:
    kernel.processes[process.pid] = process
    if parent is not None:
        parent.children[process.pid] = process
    try:
        assert process.image is not None
        process.image.start(kernel, process)
    except BaseException:
        # It never ran, so nobody is to hear of it: neither a zombie nor SIGCHLD.
        if parent is not None:
            del parent.children[process.pid]
            process.parent = None
        kernel.exit(process, Status.exited(126))
        raise
    kernel.scheduler.ready(process)
    return process


def replace_image(
    kernel: Kernel, process: Process, path: str, argv: Sequence[str], env: Mapping[str, str]
) -> NoReturn:
    """`Kernel.exec`."""
    request = ExecRequest(path, tuple(argv), process.cwd, process.cred)
    program, found = kernel.binfmts.load(kernel, request)
    check_arguments(found.argv, env, process.limits)
    process.argv, process.env, process.exe = found.argv, dict(env), exe_of(found)
    process.image = program
    process.signals = process.signals.inherited()
    process.end_call()
    process.fds.close_cloexec()
    raise ProcessExec


def exe_of(request: ExecRequest) -> str:
    """What `/proc/<pid>/exe` leads to: the file that is run, an interpreter for a script."""
    assert request.location is not None
    try:
        return path_of(request.location)
    except OSError:
        return request.path


def check_arguments(argv: Sequence[str], env: Mapping[str, str], limits: Limits) -> None:
    """Raise E2BIG if arguments and environment are longer than a process may be given, EINVAL for a
    NUL.
    """
    texts = [*argv, *(f"{name}={value}" for name, value in env.items())]
    if any("\0" in text for text in texts):
        fail("EINVAL")
    # Counted in characters first: encoding two megabytes to learn that they are too many would be
    # slow.
    size = sum(map(len, texts)) + len(texts)
    if size * 4 > limits.arguments:
        size = sum(len(text.encode("utf-8", "surrogateescape")) + 1 for text in texts)
    if size > limits.arguments:
        fail("E2BIG")


def _group(kernel: Kernel, parent: Process, pid: int, pgid: int | None) -> int:
    if pgid is None:
        return parent.pgid
    if pgid in (0, pid):
        return pid
    for process in kernel.processes.values():
        if process.pgid == pgid and process.sid == parent.sid:
            return pgid
    return fail("EPERM")


def _budget(parent: Process | None, limits: Limits) -> Budget:
    return parent.budget if parent is not None else Budget(limits.fuel, limits.steps)


def _signals(parent: Process | None, changes: Mapping[Signal, Disposition] | None) -> SignalState:
    state = parent.signals.inherited() if parent is not None else SignalState()
    if changes:
        state.dispositions.update(changes)
    return state
