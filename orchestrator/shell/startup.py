"""How a shell comes to be: its first variables, its options, the files it reads before anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.shell.builtins import BUILTINS
from orchestrator.shell.builtins.arguments import whole_number
from orchestrator.shell.builtins.evaluation import run_script
from orchestrator.shell.compiler import Compiler
from orchestrator.shell.evaluate import run_text
from orchestrator.shell.expand.variable import (
    EXPORT,
    INDEXED,
    INTEGER,
    READONLY,
    IndexedArray,
    Variable,
)
from orchestrator.shell.files import read_file
from orchestrator.shell.lookup import find_on_path
from orchestrator.shell.shell import Shell
from orchestrator.shell.syntax import is_name

if TYPE_CHECKING:
    from orchestrator.kernel.system import System
    from orchestrator.shell.invocation import Invocation

VERSION = ("5", "2", "15", "1", "release", "wasm32-unknown-wasi")
VERSION_TEXT = "5.2.15(1)-release"
DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin"
HIGHEST_LEVEL = 1000
WORD_BREAKS = " \t\n\"'@><=;|&(:"
FUNCTION_PREFIX, FUNCTION_SUFFIX = "BASH_FUNC_", "%%"


def make_shell(system: System, invocation: Invocation) -> Shell:
    """Return a shell with its variables and options set, attached to its process."""
    shell = Shell(BUILTINS, Compiler())
    shell.attach(system)
    shell.traps.show_ignored()
    shell.pid = system.process.pid
    shell.name = shell.zero = invocation.zero
    shell.first_error_file = system.process.fds.files.get(2)
    shell.login = invocation.login
    shell.interactive = invocation.interactive
    shell.positional = invocation.arguments.copy()
    shell.install_dynamic_variables()
    _take_environment(shell, system.env)
    _set_variables(shell, system)
    if invocation.text is not None:
        shell.store("BASH_EXECUTION_STRING", invocation.text)
    _set_options(shell, invocation)
    shell.hook_variables()
    return shell


def _take_environment(shell: Shell, environment: dict[str, str]) -> None:
    for name, value in environment.items():
        if name.startswith(FUNCTION_PREFIX) and name.endswith(FUNCTION_SUFFIX):
            function = name[len(FUNCTION_PREFIX) : -len(FUNCTION_SUFFIX)]
            if value.startswith("() {"):
                shell.definition_source = "environment"
                run_text(shell, f"{function} {value}")
                if function in shell.functions:
                    shell.functions[function].exported = True
        elif is_name(name) and name not in ("SHELLOPTS", "BASHOPTS", "_"):
            shell.variables[name] = Variable(value, EXPORT)
        elif not is_name(name):
            shell.foreign[name] = value
    shell.last_argument = environment.get("_", shell.zero)


def _set_variables(shell: Shell, system: System) -> None:
    process = system.process
    _count_level(shell)
    _set_directory(shell, system)
    shell.store("IFS", " \t\n")
    shell.store("OPTIND", "1", INTEGER)
    for name, value in (
        ("COMP_WORDBREAKS", WORD_BREAKS),
        ("OPTERR", "1"),
        ("PS4", "+ "),
        ("SHELL", "/bin/bash"),
        ("PATH", DEFAULT_PATH),
        ("TERM", "dumb"),
        ("HOSTNAME", system.hostname),
        ("HOSTTYPE", "wasm32"),
        ("MACHTYPE", "wasm32-unknown-wasi"),
        ("OSTYPE", "linux-gnu"),
        ("BASH", _own_path(shell)),
        ("BASH_VERSION", VERSION_TEXT),
    ):
        if name not in shell.variables or name.startswith("BASH"):
            shell.store(name, value)
    for name, number in (
        ("UID", process.cred.uid),
        ("EUID", process.cred.uid),
        ("PPID", process.ppid),
    ):
        shell.variables[name] = Variable(str(number), READONLY | INTEGER)
    shell.variables["BASH_VERSINFO"] = Variable(IndexedArray(VERSION), INDEXED | READONLY)


def _own_path(shell: Shell) -> str:
    """Return the value of BASH: where the shell's own program is."""
    name = shell.zero.lstrip("-")
    if "/" in name:
        return name if name.startswith("/") else f"{shell.working_directory}/{name}"
    return find_on_path(shell, name) or "/bin/bash"


def _count_level(shell: Shell) -> None:
    former = whole_number(shell.text("SHLVL"))
    number = max(0, former + 1) if former is not None else 1
    if number >= HIGHEST_LEVEL:
        shell.error_text(
            f"{shell.name}: warning: shell level ({number}) too high, resetting to 1\n"
        )
        number = 1
    shell.store("SHLVL", str(number), EXPORT)


def _set_directory(shell: Shell, system: System) -> None:
    """PWD is believed when it leads to where the process is; else it is asked for."""
    inherited = shell.text("PWD")
    try:
        here = system.getcwd()
        true = inherited.startswith("/") and system.realpath(inherited) == here
    except OSError:
        here, true = "/", False
    shell.working_directory = inherited if true else here
    shell.store("PWD", shell.working_directory, EXPORT)
    if "OLDPWD" not in shell.variables:
        shell.variables["OLDPWD"] = Variable(None, EXPORT)


def _set_options(shell: Shell, invocation: Invocation) -> None:
    options = shell.options
    if invocation.posix:
        options.posix = options.expand_aliases = True
    options.login_shell = invocation.login
    if invocation.interactive:
        options.expand_aliases = options.history = options.histexpand = options.emacs = True
    for attribute, on in invocation.settings.items():
        setattr(options, attribute, on)
    shell.invocation_letters = ("c" if invocation.text is not None else "") + (
        "s" if invocation.from_stdin and invocation.text is None else ""
    )
    shell.options_changed()


# --- files read first ---


def read_startup_files(shell: Shell, invocation: Invocation) -> None:
    """Read /etc/profile and the user's profile (login), ~/.bashrc (interactive), or $BASH_ENV (neither)."""
    home = shell.text("HOME")
    if invocation.login and invocation.read_profile:
        _read_if_there(shell, "/etc/profile")
        for name in (".bash_profile", ".bash_login", ".profile"):
            if _read_if_there(shell, f"{home}/{name}"):
                break
        else:
            if shell.interactive and invocation.read_rc:
                _read_if_there(shell, f"{home}/.bashrc")
    elif shell.interactive and not invocation.posix:
        if invocation.read_rc:
            _read_if_there(shell, invocation.rc_file or f"{home}/.bashrc")
    elif not shell.interactive and not invocation.posix and shell.text("BASH_ENV"):
        _read_if_there(shell, shell.expand_text(shell.text("BASH_ENV")))


def _read_if_there(shell: Shell, path: str) -> bool:
    """Run a startup file; whether it is there."""
    try:
        text = read_file(shell.system, path).decode("utf-8", "surrogateescape")
    except OSError:
        return False
    run_script(shell, path, text, [])
    return True
