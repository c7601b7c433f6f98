"""The file behind an editor's text: reading, writing, and what to keep when the terminal goes away."""

from __future__ import annotations

import contextlib
import stat as st
from typing import TYPE_CHECKING

from orchestrator.tools.editor.text import Text
from vfs.errors import fail
from vfs.inode import OpenFlags

if TYPE_CHECKING:
    from orchestrator.kernel.system import System

_NEW = OpenFlags.WRITE | OpenFlags.CREAT | OpenFlags.TRUNC
MOST_BYTES = 256 << 20


class Storage:
    """One file. `path` is empty as long as the text has no name."""

    def __init__(self, system: System, path: str) -> None:
        self._system = system
        self.path = path
        self._dos = False

    def read(self) -> tuple[Text, str]:
        """The text and what to say about it. A file that cannot be read is an empty text and a message."""
        if not self.path:
            return Text(), ""
        try:
            content = self.content(self.path)
        except FileNotFoundError:
            return Text(), "New File"
        except OSError as error:
            message = f"Error reading {self.path}: {error.strerror}"
            self.path = ""
            return Text(), message
        ended = content.count("\n") + (not content.endswith("\n") and content != "")
        self._dos = "\r\n" in content and content.count("\r\n") == content.count("\n")
        kind = " (Converted from DOS format)" if self._dos else ""
        if not self._system.access(self.path, 2):
            kind = " (No write permission)"
        text = Text(content.replace("\r\n", "\n") if self._dos else content)
        return text, f"Read {ended} line{'' if ended == 1 else 's'}{kind}"

    def content(self, path: str) -> str:
        """A file's bytes as text; those that are no UTF-8 survive. Raises: as `System.open`, EFBIG."""
        system = self._system
        kind = system.stat(path).mode
        if not st.S_ISREG(kind):  # opening a FIFO would wait, and a device has no end
            fail("EISDIR" if st.S_ISDIR(kind) else "EINVAL", path)
        fd = system.open(path)
        try:
            if system.fstat(fd).size > MOST_BYTES:
                fail("EFBIG", path)
            return system.read_all(fd).decode("utf-8", "surrogateescape")
        finally:
            system.close(fd)

    def write(self, text: Text, path: str) -> int:
        """Write it and return the number of lines. Raises: as `System.open` and `System.write`."""
        content = text.content()
        if content and not content.endswith("\n"):
            content += "\n"  # as nano: a text ends with a line's end
            cursor = text.cursor
            text.replace(text.end(), text.end(), "\n")
            text.cursor = cursor
        lines = content.count("\n")
        self._store(content.replace("\n", "\r\n") if self._dos else content, path)
        self.path = path
        text.saved()
        return lines

    def _store(self, content: str, path: str) -> None:
        fd = self._system.open(path, _NEW)
        try:
            self._system.write(fd, content.encode("utf-8", "surrogateescape"))
        finally:
            self._system.close(fd)

    def rescue(self, text: Text) -> None:
        """Write it beside the file, under a name ending in `.save`."""
        with contextlib.suppress(OSError):
            self._store(text.content(), f"{self.path or 'nano'}.save")
