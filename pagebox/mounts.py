"""Folders of the host that a sandbox shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mount:
    """A folder of the host at a path inside.

    Args:
        host: the folder; regular files and folders in it are shown, nothing else.
        guest: an absolute path inside; made if it is not there.
        read_only: the default; writing inside gives EROFS.
    """

    host: str
    guest: str
    read_only: bool = True

    @classmethod
    def parse(cls, text: str) -> Mount:
        """From `HOST:GUEST[:ro|:rw]` as on the command line. Raises ValueError in words."""
        parts = text.split(":")
        if len(parts) not in (2, 3) or not all(parts[:2]):
            raise ValueError(f"--mount takes HOST:GUEST[:ro|:rw], not {text!r}")
        if len(parts) == 3 and parts[2] not in ("ro", "rw"):
            raise ValueError(f"--mount ends in :ro or :rw, not :{parts[2]}")
        if not parts[1].startswith("/"):
            raise ValueError(f"--mount needs an absolute path inside, not {parts[1]!r}")
        return cls(str(Path(parts[0]).resolve()), parts[1], parts[2:] != ["rw"])
