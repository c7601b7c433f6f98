"""Copies between a view and the host's own files.

Above it: the view. Below it: ``os``. Only regular files and folders cross, in either direction: a
    link of one side
means nothing on the other, and following it could lead out of what was asked for.
"""

from __future__ import annotations

import os
import stat as st
from typing import TYPE_CHECKING

from vfs.errors import fail
from vfs.path import join

if TYPE_CHECKING:
    from vfs.view import FileView

_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)


def copy_in(view: FileView, host_path: str, path: str) -> None:
    """Copy a host file or folder into ``view``. What is asked for may be a link; those within are
    left out."""
    facts = os.stat(host_path)
    if st.S_ISDIR(facts.st_mode):
        _folder_in(view, host_path, path)
    elif st.S_ISREG(facts.st_mode):
        _file_in(view, host_path, path, facts.st_mode)
    else:
        fail("EINVAL", path)


def _folder_in(view: FileView, host_path: str, path: str) -> None:
    view.make_dir(path)
    with os.scandir(host_path) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            inner = join(path, entry.name)
            if entry.is_dir(follow_symlinks=False):
                _folder_in(view, entry.path, inner)
            elif entry.is_file(follow_symlinks=False):
                _file_in(view, entry.path, inner, entry.stat(follow_symlinks=False).st_mode)


def _file_in(view: FileView, host_path: str, path: str, mode: int) -> None:
    with open(host_path, "rb") as file:
        view.write(path, file.read())
    view.chmod(path, mode & 0o777)


def copy_out(view: FileView, path: str, host_path: str) -> None:
    """Copy a file or directory of ``view`` to the host. What is asked for may be a link."""
    facts = view.stat(path)
    if facts.is_dir:
        _directory_out(view, path, host_path)
    elif facts.is_file:
        _file_out(view, path, host_path, facts.mode)
    else:
        fail("EINVAL", path)


def _directory_out(view: FileView, path: str, host_path: str) -> None:
    if os.path.islink(host_path):
        fail("ELOOP", path)
    os.makedirs(host_path, exist_ok=True)
    for entry in view.list(path):
        inner, outer = join(path, entry.name), os.path.join(host_path, _host_name(entry.name))
        if entry.is_dir:
            _directory_out(view, inner, outer)
        elif entry.is_file:
            _file_out(view, inner, outer, view.stat(inner, follow=False).mode)


def _file_out(view: FileView, path: str, host_path: str, mode: int) -> None:
    data = view.read(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _NOFOLLOW | getattr(os, "O_BINARY", 0)
    with open(os.open(host_path, flags, mode & 0o777), "wb") as file:
        file.write(data)


def _host_name(name: str) -> str:
    """``name``, unless the host would read more than a name into it (drives, other separators)."""
    if os.path.basename(name) != name or os.path.splitdrive(name)[0] or name in (".", ".."):
        fail("EINVAL", name)
    return name
