"""Paths as text: the limits every path must keep, and how one is taken apart. No file system is
asked.

Above it: the walk. Lengths count UTF-8 bytes, as POSIX means NAME_MAX and PATH_MAX.
"""

from vfs.errors import fail

NAME_MAX = 255
"""The longest name, in bytes."""
PATH_MAX = 4096
"""The longest path, in bytes, with the NUL that ends it in C."""
SYMLOOP_MAX = 40
"""How many symbolic links one path may lead through, as Linux."""


def check(path: str) -> None:
    """Raise ENOENT for an empty path, EINVAL for a NUL, ENAMETOOLONG past a limit, EILSEQ if it has
    no bytes."""
    if not path:
        fail("ENOENT", path)
    if "\0" in path:
        fail("EINVAL", path)
    if len(path) > NAME_MAX or not path.isascii():
        _check_lengths(path)


def _check_lengths(path: str) -> None:
    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        fail("EILSEQ", path)
    if len(data) >= PATH_MAX or max(map(len, data.split(b"/"))) > NAME_MAX:
        fail("ENAMETOOLONG", path)


def split_last(path: str) -> tuple[str, str, bool]:
    """Part ``path`` into what leads to the directory, the last name, and whether a slash follows
    it.

    ``"a/b/"`` gives ``("a/", "b", True)``, ``"b"`` gives ``("", "b", False)``; a path of slashes
    alone gives ``("/", ".", False)``, since it names the root itself.
    """
    bare = path.rstrip("/")
    if not bare:
        return "/", ".", False
    cut = bare.rfind("/") + 1
    return bare[:cut], bare[cut:], len(bare) < len(path)


def join(directory: str, name: str) -> str:
    """``directory`` and ``name`` with one slash between; an absolute ``name`` stands alone."""
    if name.startswith("/") or not directory:
        return name
    return directory + name if directory.endswith("/") else f"{directory}/{name}"
