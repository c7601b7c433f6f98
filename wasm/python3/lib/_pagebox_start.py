"""What a process adds to the prepared interpreter: environment, streams, `sys.path`.

It runs before every program, so it does little, and asks the kernel less.
"""

import io
import os
import posix
import sys

import _pagebox_library

SITES = ("/usr/local/lib/python3.14/site-packages",)
USER_SITE = ".local/lib/python3.14/site-packages"


def begin(facts):
    """Takes what the command line says (`src/started.rs`)."""
    streams(facts)
    paths(facts)
    if sys.warnoptions:
        import warnings

        warnings._processoptions(sys.warnoptions)
        filters()


def filters():
    """The interpreter's own copy of the filters follows those of `warnings`."""
    import warnings

    warnings._filters_mutated_lock_held() if hasattr(
        warnings, "_filters_mutated_lock_held"
    ) else None


def streams(facts):
    """The standard streams: line by line on a terminal, as asked for otherwise."""
    if facts["encoding"] or facts["errors"] or not facts["buffered"]:
        for fd, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
            stream = opened(fd, name, mode, facts)
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
    elif posix.isatty(1):
        sys.stdout.reconfigure(line_buffering=True)


def opened(fd, name, mode, facts):
    """One stream as the settings want it."""
    unbuffered = mode == "w" and not facts["buffered"]
    raw = io.open(fd, mode + "b", 0 if unbuffered else -1, closefd=False)
    errors = (
        "backslashreplace"
        if fd == 2
        else facts["errors"] or ("strict" if facts["encoding"] else "surrogateescape")
    )
    line = not unbuffered and (fd == 2 or posix.isatty(fd))
    stream = io.TextIOWrapper(raw, facts["encoding"] or "utf-8", errors, "\n", line, unbuffered)
    stream.mode = mode
    (raw if unbuffered else raw.raw).name = f"<{name}>"
    return stream


def paths(facts):
    """PYTHONPATH, the library, and the folders of installed packages that there are."""
    sys.path[:] = [*facts["paths"], _pagebox_library.ROOT]
    sys.path_importer_cache.clear()
    if not facts["site"]:
        return
    folders = list(SITES)
    if facts["user_site"] and "HOME" in os.environ:
        folders.append(f"{os.environ['HOME']}/{USER_SITE}")
    for folder in folders:
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        sys.path.append(folder)
        if any(name.endswith(".pth") for name in names):
            import site

            site.addsitedir(folder)
    if facts["paths"] or len(sys.path) > len(facts["paths"]) + 1:
        customize("sitecustomize")


def customize(name):
    """Runs a module of the user's if there is one."""
    try:
        __import__(name)
    except ImportError as error:
        if error.name != name:
            raise
