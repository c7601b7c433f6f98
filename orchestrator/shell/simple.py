"""Simple commands: assignments, a name looked up as function, builtin or program, and its redirections.

The order is the standard's (XCU 2.9.1): words are expanded first, then redirections, then assignments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell import external
from orchestrator.shell.builtin import UsageError
from orchestrator.shell.control import Discard, ShellExit
from orchestrator.shell.expand import compile_assignment, compile_words
from orchestrator.shell.expand.assign import LONGEST_VALUE
from orchestrator.shell.expand.assignments import appended_constant
from orchestrator.shell.expand.errors import ReadonlyError
from orchestrator.shell.expand.variable import SPECIAL_WRITE
from orchestrator.shell.functions import call
from orchestrator.shell.locals import compile_local, is_local
from orchestrator.shell.plain import is_plain_word
from orchestrator.shell.redirect import OutsideAssignments, RedirectError, Redirections, restore
from orchestrator.shell.syntax import print_node
from orchestrator.shell.syntax.nodes import SimpleCommand, Word
from orchestrator.shell.trace import trace_assignments, trace_command, values_before
from vfs.errors import text as error_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.shell.builtin import Builtin
    from orchestrator.shell.compiler import Compiler
    from orchestrator.shell.frame import Run
    from orchestrator.shell.redirect import Saved
    from orchestrator.shell.shell import Shell

    Words = Callable[[Shell], list[str]]


def compile_simple(node: SimpleCommand, compiler: Compiler) -> Run:
    """Compile a simple command, by what it consists of."""
    if not node.words:
        return _compile_assignments(node)
    if node.assignments or node.redirects:
        return _compile_full(node)
    return _compile_plain(node)


def _compile_plain(node: SimpleCommand) -> Run:
    """Nothing but words: the everyday case."""
    words = compile_words(node.words)

    def run(shell: Shell) -> int:
        shell.command_node = node
        shell.steps -= 1
        if shell.steps < 0:
            shell.refill()
        argv = words(shell)
        if shell.observed and observe(shell, argv):
            return 0
        if not argv:
            return _nothing_left(shell)
        return _run_words(shell, node, argv)

    if is_local(node):
        return compile_local(node, run, lambda shell, argv: _run_words(shell, node, argv))
    return run


def _run_holding(shell: Shell, node: SimpleCommand, argv: list[str]) -> int:
    """Run a command whose words have process substitutions: they last as long as it, not as a command inside."""
    held, shell.process_fds = shell.process_fds, []
    try:
        return _run_words(shell, node, argv)
    finally:
        close_fds(shell, held)


def _run_words(shell: Shell, node: SimpleCommand, argv: list[str]) -> int:
    if shell.process_fds:
        return _run_holding(shell, node, argv)
    shell.command_node = node  # a substitution has come between
    name = argv[0]
    shell.pipe_statuses = None
    function = shell.functions.get(name)
    if function is not None:
        status = call(shell, function, argv)
    else:
        builtin = shell.builtins.get(name)
        if builtin is not None:
            status = run_builtin(shell, builtin, argv)
        else:
            status = external.run(shell, argv, node, None)
    shell.last_argument = argv[-1]
    shell.status = status
    if shell.caught:
        shell.take_signals()
    if status and not shell.unchecked:
        return _failed(shell, node, status)
    return status


def _failed(shell: Shell, node: SimpleCommand, status: int) -> int:
    """See `Shell.failed`. The line is that of the command; what a function ran last stays in BASH_COMMAND."""
    if shell.traps.watches_failures and shell.command_node is not node:
        called = shell.functions.get(print_node(SimpleCommand((), node.words[:1], ())))
        inner = shell.command_node if called is not None else None
        shell.command_node = node
        outer, shell.trapped_node = shell.trapped_node, shell.trapped_node or inner
        try:
            return shell.failed(status)
        finally:
            shell.trapped_node = outer
    shell.command_node = node
    return shell.failed(status)


def observe(shell: Shell, argv: list[str]) -> bool:
    """Trap DEBUG and xtrace. Whether the command is to be skipped."""
    if shell.traps.run_debug(shell):
        return True
    trace_command(shell, argv)
    return False


def observe_assignments(shell: Shell, node: SimpleCommand) -> list[str]:
    """Trap DEBUG before assignments; return what the trace needs to know of the values there were."""
    shell.traps.run_debug(shell)
    return values_before(shell, node.assignments)


def _nothing_left(shell: Shell) -> int:
    """Every word vanished: the status is that of the last substitution, 0 without one."""
    status = shell.status if shell.substituted else 0
    shell.substituted = False
    shell.status = status
    if status and not shell.unchecked:
        return shell.failed(status)
    return status


def close_process_fds(shell: Shell) -> None:
    """Close the descriptors of process substitutions whose command is over."""
    fds, shell.process_fds = shell.process_fds, []
    close_fds(shell, fds)


def close_fds(shell: Shell, fds: list[int]) -> None:
    """Close those of the descriptors that are still open."""
    for fd in fds:
        if fd in shell.process.fds:
            shell.process.fds.close(fd)


# --- builtins ---


def run_builtin(shell: Shell, builtin: Builtin, argv: list[str], *, contained: bool = False) -> int:
    """Run a builtin; what it raises becomes its message and status.

    `contained`: it is run by `command`, so that an error in a special one is as good as any.
    """
    try:
        return builtin.run(shell, argv)
    except UsageError as error:
        status = report_usage(shell, builtin, error)
        return status if contained else special_failed(shell, builtin, status)
    except InterruptedError:
        shell.take_signals()
        return 1
    except OSError as error:
        return _output_failed(shell, builtin.name, error)


def special_failed(shell: Shell, builtin: Builtin, status: int) -> int:
    """In POSIX mode an error in a special builtin ends a shell that is not interactive (XCU 2.8.1)."""
    if builtin.special and shell.options.posix and not shell.interactive:
        raise ShellExit(status)
    return status


def report_usage(shell: Shell, builtin: Builtin, error: UsageError) -> int:
    """Print a builtin's usage error; return the status."""
    if error.message:
        shell.report(f"{builtin.name}: {error.message}")
    if error.show_usage:
        shell.error_text(f"{builtin.name}: usage: {builtin.usage}\n")
    return error.status


def _output_failed(shell: Shell, name: str, error: OSError) -> int:
    shell.report(f"{name}: write error: {error_text(error)}")
    return 1


# --- with assignments or redirections ---


def _compile_full(node: SimpleCommand) -> Run:
    words = compile_words(node.words)
    names = tuple(assignment.name for assignment in node.assignments)
    assignments = tuple(map(compile_assignment, node.assignments))
    redirections = Redirections(node.redirects)

    def run(shell: Shell) -> int:
        shell.command_node = node
        shell.steps -= 1
        if shell.steps < 0:
            shell.refill()
        argv = words(shell)
        held = shell.process_fds
        if held:
            shell.process_fds = []  # commands inside this one do not close them
        shell.pipe_statuses = None
        if not argv:
            status = _assign_all(shell, node, assignments, redirections)
        elif names:
            status = _with_assignments(shell, node, argv, names, assignments, redirections)
        else:
            if shell.observed and observe(shell, argv):
                return 0
            status = _dispatch(shell, argv, node, redirections)
        if argv:
            shell.last_argument = argv[-1]
        shell.status = status
        if held or shell.process_fds:
            shell.process_fds += held
            close_process_fds(shell)
        if shell.caught:
            shell.take_signals()
        if status and not shell.unchecked:
            return shell.failed(status)
        return status

    return run


def _with_assignments(
    shell: Shell,
    node: SimpleCommand,
    argv: list[str],
    names: tuple[str, ...],
    assignments: tuple[Callable[[Shell], None], ...],
    redirections: Redirections,
) -> int:
    """`name=value command`: the assignments last as long as the command.

    Deviation: bash carries out the redirections first; that shows only when both fail.
    """
    before = values_before(shell, node.assignments) if shell.observed else []
    shadowed = [] if _outlast(shell, argv[0]) else shell.shadow(names)
    try:
        for assign in assignments:
            try:
                assign(shell)
            except ReadonlyError as error:
                shell.report(error.message)
                _readonly_before(shell, argv[0], shadowed=bool(shadowed))
        if shell.observed:
            trace_assignments(shell, node.assignments, before)
            if observe(shell, argv):
                return 0
        if shadowed and redirections.steps:
            redirections = OutsideAssignments(redirections, shadowed)
        return _dispatch(shell, argv, node, redirections)
    finally:
        shell.unshadow(shadowed)


def _readonly_before(shell: Shell, name: str, *, shadowed: bool) -> None:
    """`readonly=value command`: the command runs nevertheless, unless POSIX mode or errexit forbids."""
    options = shell.options
    if options.errexit and not shell.unchecked:
        raise ShellExit(1)
    if not options.posix or shell.interactive:
        return
    builtin = shell.builtins.get(name)
    if builtin is not None and builtin.special:
        raise ShellExit(1 if shadowed else shell.fatal_status)
    raise Discard(1)


def _outlast(shell: Shell, name: str) -> bool:
    """Whether assignments in front of the command stay: POSIX wants it for its special builtins."""
    if not shell.options.posix or name in shell.functions:
        return False
    builtin = shell.builtins.get(name)
    return builtin is not None and builtin.special


def _dispatch(
    shell: Shell, argv: list[str], node: SimpleCommand, redirections: Redirections
) -> int:
    name = argv[0]
    function = shell.functions.get(name)
    builtin = shell.builtins.get(name) if function is None else None
    if function is None and builtin is None:
        return external.run(shell, argv, node, redirections)
    if name == "exec" and builtin is not None and not shell_redirects(shell, redirections):
        return 1
    if name == "exec" and builtin is not None:
        return run_builtin(shell, builtin, argv)
    saved: Saved = []
    table = shell.process.fds
    try:
        if not _redirect(shell, redirections, saved):
            return 1 if builtin is None else special_failed(shell, builtin, 1)
        if function is not None:
            return call(shell, function, argv)
        assert builtin is not None
        return run_builtin(shell, builtin, argv)
    finally:
        restore(table, saved)


def _redirect(shell: Shell, redirections: Redirections, saved: Saved | None) -> bool:
    try:
        redirections.apply(shell, shell.process.fds, saved)
    except RedirectError as error:
        shell.report(error.message)
        return False
    return True


def shell_redirects(shell: Shell, redirections: Redirections) -> bool:
    """Carry out the redirections of `exec`, which stay. Whether they succeeded."""
    return _redirect(shell, redirections, None)


# --- assignments alone ---


def _compile_assignments(node: SimpleCommand) -> Run:
    assignments = tuple(map(compile_assignment, node.assignments))
    redirections = Redirections(node.redirects) if node.redirects else None
    if len(assignments) == 1 and redirections is None:
        return _compile_assignment(node, assignments[0])

    def run(shell: Shell) -> int:
        shell.command_node = node
        status = _assign_all(shell, node, assignments, redirections)
        shell.status = status
        shell.pipe_statuses = None
        shell.last_argument = ""
        if shell.caught:
            shell.take_signals()
        if status and not shell.unchecked:
            return shell.failed(status)
        return status

    return run


def _compile_assignment(node: SimpleCommand, assign: Callable[[Shell], None]) -> Run:
    """`name=value`: the status is that of the last substitution in the value."""
    value = node.assignments[0].value
    if isinstance(value, Word) and is_plain_word(value) and not node.assignments[0].subscript:
        plain = _compile_plain_assignment(node, assign)
        more = appended_constant(node.assignments[0])
        return plain if more is None else _compile_append(node, more, plain)
    return _compile_any_assignment(node, assign)


def _compile_append(node: SimpleCommand, more: str, plain: Run) -> Run:
    """`name+=text` on a plain variable. It lets go of its text meanwhile, so that Python lengthens that in place."""
    name = node.assignments[0].name
    room = LONGEST_VALUE - len(more)

    def run(shell: Shell) -> int:
        shell.steps -= 1
        if shell.steps < 0:
            shell.refill()
        variable = shell.variables.get(name)
        if variable is None or variable.flags & SPECIAL_WRITE or shell.observed or shell.caught:
            return plain(shell)
        text = variable.value
        if text is None or len(text) > room:
            return plain(shell)
        variable.value = variable.number = None
        text += more  # type: ignore[operator]
        variable.value = text
        shell.command_node = node
        shell.status = 0
        shell.pipe_statuses = None
        shell.last_argument = ""
        return 0

    return run


def _compile_plain_assignment(node: SimpleCommand, assign: Callable[[Shell], None]) -> Run:
    """No substitution in it: it succeeds or raises."""
    watched = _compile_any_assignment(node, assign)

    def run(shell: Shell) -> int:
        if shell.observed:
            return watched(shell)
        shell.command_node = node
        shell.steps -= 1
        if shell.steps < 0:
            shell.refill()
        assign(shell)
        shell.status = 0
        shell.pipe_statuses = None
        shell.last_argument = ""
        if shell.caught:
            shell.take_signals()
        return 0

    return run


def _compile_any_assignment(node: SimpleCommand, assign: Callable[[Shell], None]) -> Run:
    def run(shell: Shell) -> int:
        shell.command_node = node
        shell.steps -= 1
        if shell.steps < 0:
            shell.refill()
        shell.substituted = False
        before = observe_assignments(shell, node) if shell.observed else []
        assign(shell)
        status = 0
        if shell.substituted:
            status = shell.status
            shell.substituted = False
        if shell.observed:
            trace_assignments(shell, node.assignments, before)
        shell.status = status
        shell.pipe_statuses = None
        shell.last_argument = ""
        if shell.caught:
            shell.take_signals()
        if status and not shell.unchecked:
            return shell.failed(status)
        return status

    return run


def _observed_assignments(
    shell: Shell, node: SimpleCommand, assignments: tuple[Callable[[Shell], None], ...]
) -> None:
    """Assign one by one, tracing each as soon as it is made."""
    shell.traps.run_debug(shell)
    for one, assign in zip(node.assignments, assignments, strict=True):
        before = values_before(shell, (one,))
        assign(shell)
        trace_assignments(shell, (one,), before)


def _assign_all(
    shell: Shell,
    node: SimpleCommand,
    assignments: tuple[Callable[[Shell], None], ...],
    redirections: Redirections | None,
) -> int:
    """Assignments and redirections without a command; the latter are undone at once."""
    shell.substituted = False
    if shell.observed:
        _observed_assignments(shell, node, assignments)
    else:
        for assign in assignments:
            assign(shell)
    status = shell.status if shell.substituted else 0
    shell.substituted = False
    if redirections is None:
        return status
    saved: Saved = []
    try:
        return status if _redirect(shell, redirections, saved) else 1
    finally:
        restore(shell.process.fds, saved)
