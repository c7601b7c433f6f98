"""Looking a command up along PATH, as execvp(3) does. Above: wasi. Below: vfs."""

from __future__ import annotations

import stat as st
from typing import TYPE_CHECKING

from vfs.access import EXEC, is_allowed
from vfs.errors import fail, symbol_of

if TYPE_CHECKING:
    from vfs.access import Credentials
    from vfs.mount import Location
    from vfs.namespace import Namespace

DEFAULT_PATH = "/usr/bin:/bin"
_GOES_ON = ("ENOENT", "ENOTDIR", "EACCES", "ELOOP", "ENAMETOOLONG")


def find_program(
    namespace: Namespace, at: Location, cred: Credentials, name: str, path: str
) -> str:
    """The path of the first executable regular file called `name` in the folders of `path`.

    A `name` with a slash is itself the answer, and so is an empty folder the directory `at`.

    Raises:
        OSError: EACCES if there are only files that may not be executed, else ENOENT.
    """
    if "/" in name:
        return name
    refused = False
    for folder in path.split(":") if name else ():
        candidate = f"{folder.rstrip('/')}/{name}" if folder else f"./{name}"
        try:
            inode = namespace.resolve(at, candidate, cred).inode
        except OSError as error:
            if symbol_of(error) not in _GOES_ON:
                raise
            refused = refused or symbol_of(error) == "EACCES"
            continue
        if st.S_ISREG(inode.mode) and is_allowed(inode, cred, EXEC):
            return candidate
        refused = True
    return fail("EACCES" if refused else "ENOENT", name)
