"""What a program may import, and what it must export.

The boundary of the sandbox is this list: a module can do to the world only what it imports. It is
checked when a tool is built and again when a module is loaded.
"""

from collections.abc import Mapping

from orchestrator.wasm.errors import RefusedModule
from orchestrator.wasm.module import START, Module
from orchestrator.wasm.types import Import

WASI = "wasi_snapshot_preview1"
PAGEBOX = "pagebox"

WASI_SIGNATURES: Mapping[str, str] = {
    "args_get": "ii>i",
    "args_sizes_get": "ii>i",
    "environ_get": "ii>i",
    "environ_sizes_get": "ii>i",
    "clock_res_get": "ii>i",
    "clock_time_get": "iIi>i",
    "fd_advise": "iIIi>i",
    "fd_allocate": "iII>i",
    "fd_close": "i>i",
    "fd_datasync": "i>i",
    "fd_fdstat_get": "ii>i",
    "fd_fdstat_set_flags": "ii>i",
    "fd_fdstat_set_rights": "iII>i",
    "fd_filestat_get": "ii>i",
    "fd_filestat_set_size": "iI>i",
    "fd_filestat_set_times": "iIIi>i",
    "fd_pread": "iiiIi>i",
    "fd_prestat_get": "ii>i",
    "fd_prestat_dir_name": "iii>i",
    "fd_pwrite": "iiiIi>i",
    "fd_read": "iiii>i",
    "fd_readdir": "iiiIi>i",
    "fd_renumber": "ii>i",
    "fd_seek": "iIii>i",
    "fd_sync": "i>i",
    "fd_tell": "ii>i",
    "fd_write": "iiii>i",
    "path_create_directory": "iii>i",
    "path_filestat_get": "iiiii>i",
    "path_filestat_set_times": "iiiiIIi>i",
    "path_link": "iiiiiii>i",
    "path_open": "iiiiiIIii>i",
    "path_readlink": "iiiiii>i",
    "path_remove_directory": "iii>i",
    "path_rename": "iiiiii>i",
    "path_symlink": "iiiii>i",
    "path_unlink_file": "iii>i",
    "poll_oneoff": "iiii>i",
    "proc_exit": "i>",
    "proc_raise": "i>i",
    "sched_yield": ">i",
    "random_get": "ii>i",
    "sock_accept": "iii>i",
    "sock_recv": "iiiiii>i",
    "sock_send": "iiiii>i",
    "sock_shutdown": "ii>i",
}
"""All of preview1 by name; i is i32 and I is i64, parameters before the `>`."""

PAGEBOX_SIGNATURES: Mapping[str, str] = {
    "getcwd": "iii>i",
    "path_stat": "iiiii>i",
    "fd_stat": "ii>i",
    "path_chmod": "iiiii>i",
    "fd_chmod": "ii>i",
    "umask": "i>i",
    "isatty": "ii>i",
    "tty_get": "ii>i",
    "tty_set": "ii>i",
    "tty_size": "ii>i",
    "tty_get_2": "ii>i",
    "tty_set_2": "iii>i",
    "proc_spawn": "ii>i",
    "proc_wait": "iii>i",
    "proc_kill": "ii>i",
    "proc_ids": "i>i",
    "proc_setpgid": "ii>i",
    "proc_setsid": ">i",
    "fd_pipe": "ii>i",
    "fd_dup": "iiii>i",
    "fd_dup2": "iii>i",
    "fd_cloexec": "iii>i",
    "tty_getpgrp": "ii>i",
    "tty_setpgrp": "ii>i",
    "signal_set": "iii>i",
    "signal_take": "i>i",
    "signal_flag": "i>i",
    "signal_timer": "IIi>i",
}
"""The extension calls a program may name (docs/abi.md)."""

YIELD = Import(PAGEBOX, "yield", "function", ">i")
MEMORY_GUARD = Import(PAGEBOX, "memory_guard", "function", "i>i")
ADDED_IMPORTS = (YIELD, MEMORY_GUARD)
"""What the rewriter adds, in this order. A module that names one of these itself is refused."""

ALLOWED_IMPORTS: Mapping[tuple[str, str], str] = {
    **{(WASI, name): signature for name, signature in WASI_SIGNATURES.items()},
    **{(PAGEBOX, name): signature for name, signature in PAGEBOX_SIGNATURES.items()},
}
"""(module, name) to signature, for a module that is yet to be rewritten."""

FUEL_EXPORT = "pagebox.fuel"
LONGEST_NAME_SHOWN = 80


def check_module(module: Module, allowed: Mapping[tuple[str, str], str]) -> None:
    """Check that a module may be run as a program.

    Raises:
        RefusedModule: an import is not in `allowed` or has another signature; `_start` or
            `memory` is not exported; code would run while the module is instantiated.
    """
    for item in module.imports:
        _check_import(item, allowed)
    _check_memory(module)
    _check_exports(module)
    if START in module.sections:
        raise RefusedModule(
            "has a start section; code that runs while a module is loaded could not be stopped"
        )


def _check_import(item: Import, allowed: Mapping[tuple[str, str], str]) -> None:
    shown = _shown(item)
    if item in ADDED_IMPORTS or (item.module, item.name) == (PAGEBOX, YIELD.name):
        raise RefusedModule(f"imports {shown} itself; it must not have been rewritten before")
    if item.kind != "function":
        raise RefusedModule(f"imports a {item.kind} ({shown}); only functions can be imported")
    expected = allowed.get((item.module, item.name))
    if expected is None:
        raise RefusedModule(f"imports {shown}, which is not available here")
    if item.signature != expected:
        raise RefusedModule(f"imports {shown} as {item.signature}, but it is {expected}")


def _shown(item: Import) -> str:
    """The import's name, fit for a terminal: it is text of the module's choosing."""
    name = ascii(str(item))[1:-1]
    return name if len(name) <= LONGEST_NAME_SHOWN else name[:LONGEST_NAME_SHOWN] + "..."


def _check_memory(module: Module) -> None:
    if len(module.memories) > 1:
        raise RefusedModule("has several memories; a program has one")


def _check_exports(module: Module) -> None:
    exports = {item.name: item for item in module.exports}
    start = exports.get("_start")
    if start is None or start.kind != "function":
        raise RefusedModule("is not a program: it exports no function _start")
    if start.index < module.imported:
        raise RefusedModule("is not a program: its _start is an imported function")
    signature = str(module.types[module.functions[start.index - module.imported]])
    if signature != ">":
        raise RefusedModule(f"is not a program: its _start takes or returns values ({signature})")
    memory = exports.get("memory")
    if memory is None or memory.kind != "memory":
        raise RefusedModule("is not a program: it exports no memory")
    if FUEL_EXPORT in exports:
        raise RefusedModule(f"exports {FUEL_EXPORT} itself; it must not have been rewritten before")
