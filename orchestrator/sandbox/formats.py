"""The program formats the sandbox adds to the kernel's: wasm modules, and programs written in Python."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from orchestrator.kernel.process import Status
from orchestrator.kernel.signal import Signal
from orchestrator.kernel.system import PythonProgram
from orchestrator.kernel.wait import ProcessExit
from orchestrator.platform.base import UNREACHABLE, Trapped
from orchestrator.sandbox.toolset import ToolModule, Toolset
from vfs.errors import fail

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.kernel.binfmt import ExecRequest
    from orchestrator.kernel.kernel import Kernel
    from orchestrator.kernel.process import Process
    from orchestrator.kernel.system import System
    from orchestrator.platform.base import Engine, Source
    from vfs.inode import Inode

TOOL_MAGIC = b"\0pagebox tool "
CANNOT_EXECUTE = 126


class WasmProgram:
    """A WASI command as a process."""

    __slots__ = ("_engine", "_source", "_strace")

    def __init__(
        self, engine: Engine, source: Source, strace: Callable[[str], None] | None
    ) -> None:
        self._engine = engine
        self._source = source
        self._strace = strace

    def start(self, kernel: Kernel, process: Process) -> None:
        """See `kernel.binfmt.Program`."""
        # Imported here: a script of builtins starts no guest.
        from orchestrator.wasi.guest import Guest
        from orchestrator.wasi.linker import bind

        guest = Guest(kernel, process, strace=self._strace)
        bind(guest)

        def finish(ending: BaseException | None) -> None:
            kernel.exit(process, _status(process, ending, self._source.label))

        self._engine.start(self._source, guest, finish)


def _status(process: Process, ending: BaseException | None, label: str) -> Status:
    """How the guest's end looks from outside; what has no other voice gets a line on its stderr."""
    if ending is None:
        return Status.exited(0)
    if isinstance(ending, ProcessExit):
        return ending.status
    if isinstance(ending, Trapped):
        signal = Signal.ABRT if ending.reason == UNREACHABLE else Signal.SEGV
        say(process, f"{process.name}: {_signal_words(signal)}: {ending.reason}")
        return Status.killed(signal, ending.reason)
    say(process, f"{process.name or label}: {_words(ending)}")
    return Status.exited(CANNOT_EXECUTE)


def _signal_words(signal: Signal) -> str:
    return "aborted" if signal is Signal.ABRT else "segmentation fault"


def _words(error: BaseException) -> str:
    if isinstance(error, OSError):
        return error.strerror or "cannot start"
    return f"cannot execute: {error}"


def say(process: Process, line: str) -> None:
    """Write a line on the process's stderr as far as that goes without waiting."""
    try:
        process.fds.get(2).write_nowait(f"{line}\n".encode("utf-8", "surrogateescape"))
    except (OSError, BaseException):
        return


class WasmBinfmt:
    """`\\0asm`: a bundled module, known by its inode or its bytes, or a user's."""

    name = "wasm"

    def __init__(
        self, engine: Engine, toolset: Toolset, strace: Callable[[str], None] | None = None
    ) -> None:
        self._engine = engine
        self._toolset = toolset
        self._strace = strace

    def load(self, kernel: Kernel, head: bytes, request: ExecRequest) -> WasmProgram | None:
        """A program for any file that starts like a module; whether it is one shows when it is loaded."""
        if not head.startswith(b"\0asm") or request.location is None:
            return None
        inode = request.location.inode
        source: Source
        if isinstance(inode.attachment, ToolModule):
            source = inode.attachment
        else:
            source = self._user_module(kernel, inode, request.path)
        return WasmProgram(self._engine, source, self._strace)

    def _user_module(self, kernel: Kernel, inode: Inode, path: str) -> Source:
        data = inode.read_at(0, inode.size)
        digest = hashlib.sha256(data).hexdigest()
        bundled = self._toolset.by_key(digest)
        if bundled is not None:
            return bundled  # a copy of a tool, made with cp
        # Imported here: only a module from outside needs the rewriter, and most runs have none.
        from orchestrator.sandbox.usermodule import UserModule

        return UserModule(path.rsplit("/", 1)[-1], data, digest, kernel.limits.memory)


class ToolBinfmt:
    """A file that names one of our programs written in Python."""

    name = "tool"

    def __init__(self, programs: Mapping[str, Callable[[System], int]]) -> None:
        self._programs = programs

    def load(self, kernel: Kernel, head: bytes, request: ExecRequest) -> PythonProgram | None:
        """The program named in the file's first line. Raises: ENOEXEC when there is none of that name."""
        if not head.startswith(TOOL_MAGIC):
            return None
        name = head[len(TOOL_MAGIC) :].partition(b"\n")[0].decode("utf-8", "replace")
        main = self._programs.get(name)
        if main is None:
            fail("ENOEXEC", request.path)
        return PythonProgram(main)


def tool_file(name: str) -> bytes:
    """The content of the executable file that stands for a program written in Python."""
    return TOOL_MAGIC + name.encode() + b"\n"
