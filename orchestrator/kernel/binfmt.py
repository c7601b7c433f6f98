"""What is this file, and who runs it: the formats are tried in order on the file's first bytes.

Above: kernel; sandbox registers the formats of wasm modules and of tools written in Python. Below:
vfs. execve(2).
"""

from __future__ import annotations

import stat as st
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from vfs.access import EXEC, require
from vfs.errors import fail

if TYPE_CHECKING:
    from orchestrator.kernel.kernel import Kernel
    from orchestrator.kernel.process import Process
    from vfs.access import Credentials
    from vfs.mount import Location

HEAD_SIZE = 256
"""How much of a file the formats are shown, as Linux's BINPRM_BUF_SIZE."""
MAX_INTERPRETERS = 4
"""How many `#!` files may lead to one another."""


class Program(Protocol):
    """What runs as a process."""

    def start(self, kernel: Kernel, process: Process) -> None:
        """Ask a driver or an engine for a stack; the program runs when the process is first
        scheduled.

        The kernel makes the process ready afterwards. Raises: OSError, then there is no process.
        """


@dataclass(frozen=True, slots=True)
class ExecRequest:
    """What is to be started: the path as the caller gave it, its arguments, and where it was
    found.
    """

    path: str
    argv: tuple[str, ...]
    at: Location
    cred: Credentials
    location: Location | None = None


class Binfmt(Protocol):
    """One kind of program file."""

    name: str

    def load(
        self, kernel: Kernel, head: bytes, request: ExecRequest
    ) -> Program | ExecRequest | None:
        """The program in `request.location`, another request to load instead, or None: not my kind.

        Raises: OSError when it is its kind and broken (ENOEXEC, EINVAL, ENOMEM).
        """


class ScriptBinfmt:
    """`#!interpreter [one argument]` (execve(2), "Interpreter scripts")."""

    name = "script"

    def load(
        self, kernel: Kernel, head: bytes, request: ExecRequest
    ) -> Program | ExecRequest | None:
        """Ask for the interpreter, with the script's path in front of the arguments. Raises:
        ENOEXEC.
        """
        if not head.startswith(b"#!"):
            return None
        line, newline, _ = head[2:].partition(b"\n")
        words = line.strip(b" \t\r").decode("utf-8", "surrogateescape").split(None, 1)
        if not words or (not newline and len(head) >= HEAD_SIZE and len(words) == 1):
            fail("ENOEXEC", request.path)
        argv = (*words, request.path, *request.argv[1:])
        return replace(request, path=words[0], argv=argv, location=None)


class TextBinfmt:
    """A text file without `#!` is a script for the shell: the ENOEXEC rule of execvp(3) and the
    shell.

    Here and not in each caller, so that `env`, `xargs` and guests agree with the shell about what
    is a program.
    """

    name = "text"

    def __init__(self, shell: str = "/bin/sh") -> None:
        self.shell = shell

    def load(
        self, kernel: Kernel, head: bytes, request: ExecRequest
    ) -> Program | ExecRequest | None:
        """Ask for the shell, unless the first line holds a NUL: then it is a binary of another
        kind.
        """
        if b"\0" in head.partition(b"\n")[0]:
            return None
        argv = (self.shell.rsplit("/", 1)[-1], request.path, *request.argv[1:])
        return replace(request, path=self.shell, argv=argv, location=None)


class Registry:
    """The formats in the order in which they are tried; the two above are tried last."""

    __slots__ = ("_formats", "_text")

    def __init__(self, shell: str = "/bin/sh") -> None:
        self._formats: list[Binfmt] = [ScriptBinfmt()]
        self._text = TextBinfmt(shell)

    def register(self, binfmt: Binfmt) -> None:
        """Try `binfmt` before the script formats, after those registered earlier."""
        self._formats.insert(len(self._formats) - 1, binfmt)

    def names(self) -> list[str]:
        """The names in order, for messages."""
        return [binfmt.name for binfmt in (*self._formats, self._text)]

    def load(self, kernel: Kernel, request: ExecRequest) -> tuple[Program, ExecRequest]:
        """The program that `request` leads to, and the request that finally named it (argv, path,
        location).

        Raises: ENOENT, EACCES (no regular file, or not executable), ENOEXEC (no format knows it),
            ELOOP (too many interpreters). The error's filename is the file it is about, which may
            be an interpreter.
        """
        for _ in range(MAX_INTERPRETERS + 1):
            request = _locate(kernel, request)
            answer = self._ask(kernel, request)
            if not isinstance(answer, ExecRequest):
                return answer, request
            request = answer
        return fail("ELOOP", request.path)

    def _ask(self, kernel: Kernel, request: ExecRequest) -> Program | ExecRequest:
        assert request.location is not None
        head = request.location.inode.read_at(0, HEAD_SIZE)
        for binfmt in (*self._formats, self._text):
            answer = binfmt.load(kernel, head, request)
            if answer is not None:
                return answer
        return fail("ENOEXEC", request.path)


def _locate(kernel: Kernel, request: ExecRequest) -> ExecRequest:
    location = kernel.namespace.resolve(request.at, request.path, request.cred)
    if not st.S_ISREG(location.inode.mode):
        fail("EACCES", request.path)
    require(location.inode, request.cred, EXEC, request.path)
    return replace(request, location=location)
