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
        _folder_in(view, os.path.normpath(host_path), path.rstrip("/"))
    elif st.S_ISREG(facts.st_mode):
        _file_in(view, host_path, path, facts.st_mode)
    else:
        fail("EINVAL", path)


def _folder_in(view: FileView, host_path: str, path: str) -> None:
    for here, folders, files in os.walk(host_path):
        inner = path + here[len(host_path) :].replace(os.sep, "/") or "/"
        view.make_dir(inner)
        folders.sort()
        for name in sorted(files):
            facts = os.lstat(os.path.join(here, name))
            if st.S_ISREG(facts.st_mode):
                _file_in(view, os.path.join(here, name), join(inner, name), facts.st_mode)


def _file_in(view: FileView, host_path: str, path: str, mode: int) -> None:
    with open(host_path, "rb") as file:
        view.write(path, file.read())
    view.chmod(path, mode & 0o777)


def copy_out(view: FileView, path: str, host_path: str) -> None:
    """Copy a file or directory of ``view`` to the host. What is asked for may be a link."""
    facts = view.stat(path)
    if facts.is_dir:
        _directory_out(view, path.rstrip("/") or "/", host_path)
    elif facts.is_file:
        _file_out(view, path, host_path, facts.mode)
    else:
        fail("EINVAL", path)


def _directory_out(view: FileView, path: str, host_path: str) -> None:
    for here, folders, files in view.walk(path):
        outer = os.path.join(host_path, here[len(path) :].lstrip("/"))
        if os.path.islink(outer):
            fail("ELOOP", here)
        os.makedirs(outer, exist_ok=True)
        for name in folders:
            _require_host_name(name)
        for name in files:
            _require_host_name(name)
            facts = view.stat(join(here, name), follow=False)
            if facts.is_file:
                _file_out(view, join(here, name), os.path.join(outer, name), facts.mode)


def _file_out(view: FileView, path: str, host_path: str, mode: int) -> None:
    data = view.read(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _NOFOLLOW | getattr(os, "O_BINARY", 0)
    with open(os.open(host_path, flags, mode & 0o777), "wb") as file:
        file.write(data)


def _require_host_name(name: str) -> None:
    """Raise EINVAL if the host would read more than a name into it (drives, other separators)."""
    if os.path.basename(name) != name or os.path.splitdrive(name)[0]:
        fail("EINVAL", name)
