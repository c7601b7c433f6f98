"""Subshells without a process: `$(...)` and `( ... )` run in the shell itself where nobody can tell.

The shell is cloned as for a process, so that variables, functions, options, locals and positional parameters
are the clone's own; what belongs to the process (working directory, umask, descriptors) is put back at the end.
Whatever `needs` finds that could not be put back, or would give it away, still gets a process. A body that only
prints (`$(echo "$x")`) does without the clone too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.capture import Capture
from orchestrator.shell.expand.errors import ExpansionError
from orchestrator.shell.needs import FORBIDDEN
from orchestrator.shell.redirect import install, restore
from orchestrator.shell.subshell import run_to_end

if TYPE_CHECKING:
    from orchestrator.kernel.signal import Signal
    from orchestrator.shell.frame import Run
    from orchestrator.shell.needs import Needs
    from orchestrator.shell.redirect import Saved
    from orchestrator.shell.shell import Shell

DEEPEST = 40
"""Subshells in place inside one another; the next one gets a process, and with it a stack of its own."""


def fits(shell: Shell, needs: Needs) -> bool:
    """Whether a body with these needs may run in `shell` itself."""
    if needs.never or shell.nesting >= DEEPEST or _shows(shell):
        return False
    checked = needs.checked
    if checked is not None:
        functions, builtins = shell.functions, shell.builtins
        for name, function, builtin in checked:
            if functions.get(name) is not function or builtins.get(name) is not builtin:
                break
        else:
            return True
    needs.checked = _check(shell, needs)
    return needs.checked is not None


def _shows(shell: Shell) -> bool:
    """Whether a subshell would run traps, whose text may do anything, or its end would run trap CHLD."""
    options = shell.options
    return shell.traps.watches_children or (
        shell.traps.has_inner and (options.errtrace or options.functrace)
    )


def _check(shell: Shell, needs: Needs) -> tuple[tuple[str, object, object], ...] | None:
    """Return what every name means, those in the functions it calls included; None if one is forbidden."""
    seen: dict[str, tuple[str, object, object]] = {}
    waiting = [needs]
    while waiting:
        one = waiting.pop()
        if one.never:
            return None
        for name in one.names:
            if name in seen:
                continue
            function, builtin = shell.functions.get(name), shell.builtins.get(name)
            seen[name] = (name, function, builtin)
            if function is not None:
                waiting.append(shell.compiler.needs(function.node.body))
            elif builtin is not None and name in FORBIDDEN:
                return None
    return tuple(seen.values())


def run_in_place(shell: Shell, run: Run) -> int:
    """Run a subshell's body in `shell`'s process and return its status."""
    clone = shell.clone_in_place()
    process = shell.process
    directory, credentials = process.cwd, process.cred
    try:
        return run_to_end(clone, run)
    finally:
        process.cwd, process.cred = directory, credentials
        shell.steps = clone.steps


def capture(shell: Shell, body: Run, run: Run, needs: Needs) -> bytes:
    """Run a substitution's body in place; return what it prints and set the status.

    Args:
        body: what it consists of.
        run: the same, with what a clone has to do first.

    Raises: ENOMEM (it prints more than a variable holds).
    """
    output = Capture().hold()
    saved: Saved = []
    try:
        install(shell.process.fds, 1, output, saved)
        if needs.harmless and is_quiet(shell):
            status = _run_harmless(shell, body)
        else:
            status = run_in_place(shell, _guarded_by(output, run))
    except BaseException:
        output.release()
        raise
    finally:
        restore(shell.process.fds, saved)
    data = output.finish(shell.system)
    shell.status = status
    return data


def _guarded_by(output: Capture, run: Run) -> Run:
    def limited(clone: Shell) -> int:
        clone.captures = output
        return run(clone)

    return limited


def is_quiet(shell: Shell) -> bool:
    """Whether commands run without anything happening around them: no trace, no traps, no errexit."""
    return not (shell.observed or shell.options.errexit or shell.traps.watches_failures)


def _run_harmless(shell: Shell, run: Run) -> int:
    """Run commands that change nothing but what is remembered of the last one. Signals wait."""
    caught, fds, statuses = shell.caught, shell.process_fds, shell.pipe_statuses
    last, substituted = shell.last_argument, shell.substituted
    waiting: dict[Signal, None] = {}
    shell.caught, shell.process_fds = waiting, []
    try:
        return run(shell)
    except ExpansionError as error:
        shell.report(error.message)
        return 1 if error.fatal else error.status
    finally:
        shell.caught, shell.process_fds, shell.pipe_statuses = caught, fds, statuses
        shell.last_argument, shell.substituted = last, substituted
