"""Failures by symbol: the one way to raise an ``OSError``, and our own wording for each.

Numbers differ between hosts (``ENOENT`` is 2 on Linux, 44 in Pyodide) and so does ``os.strerror``,
so nothing here or above compares or prints a number: an error is known by its symbol and worded by
this table.
"""

import errno
from typing import NoReturn

TEXTS = {
    "E2BIG": "Argument list too long",
    "EACCES": "Permission denied",
    "EADDRINUSE": "Address already in use",
    "EADDRNOTAVAIL": "Cannot assign requested address",
    "EAFNOSUPPORT": "Address family not supported by protocol",
    "EAGAIN": "Resource temporarily unavailable",
    "EALREADY": "Operation already in progress",
    "EBADF": "Bad file descriptor",
    "EBADMSG": "Bad message",
    "EBUSY": "Device or resource busy",
    "ECANCELED": "Operation canceled",
    "ECHILD": "No child processes",
    "ECONNABORTED": "Software caused connection abort",
    "ECONNREFUSED": "Connection refused",
    "ECONNRESET": "Connection reset by peer",
    "EDEADLK": "Resource deadlock avoided",
    "EDESTADDRREQ": "Destination address required",
    "EDOM": "Numerical argument out of domain",
    "EDQUOT": "Disk quota exceeded",
    "EEXIST": "File exists",
    "EFAULT": "Bad address",
    "EFBIG": "File too large",
    "EHOSTUNREACH": "No route to host",
    "EIDRM": "Identifier removed",
    "EILSEQ": "Invalid or incomplete multibyte or wide character",
    "EINPROGRESS": "Operation now in progress",
    "EINTR": "Interrupted system call",
    "EINVAL": "Invalid argument",
    "EIO": "Input/output error",
    "EISCONN": "Transport endpoint is already connected",
    "EISDIR": "Is a directory",
    "ELOOP": "Too many levels of symbolic links",
    "EMFILE": "Too many open files",
    "EMLINK": "Too many links",
    "EMSGSIZE": "Message too long",
    "EMULTIHOP": "Multihop attempted",
    "ENAMETOOLONG": "File name too long",
    "ENETDOWN": "Network is down",
    "ENETRESET": "Network dropped connection on reset",
    "ENETUNREACH": "Network is unreachable",
    "ENFILE": "Too many open files in system",
    "ENOBUFS": "No buffer space available",
    "ENODEV": "No such device",
    "ENOENT": "No such file or directory",
    "ENOEXEC": "Exec format error",
    "ENOLCK": "No locks available",
    "ENOLINK": "Link has been severed",
    "ENOMEM": "Cannot allocate memory",
    "ENOMSG": "No message of desired type",
    "ENOPROTOOPT": "Protocol not available",
    "ENOSPC": "No space left on device",
    "ENOSYS": "Function not implemented",
    "ENOTBLK": "Block device required",
    "ENOTCONN": "Transport endpoint is not connected",
    "ENOTDIR": "Not a directory",
    "ENOTEMPTY": "Directory not empty",
    "ENOTRECOVERABLE": "State not recoverable",
    "ENOTSOCK": "Socket operation on non-socket",
    "ENOTSUP": "Operation not supported",
    "ENOTTY": "Inappropriate ioctl for device",
    "ENXIO": "No such device or address",
    "EOPNOTSUPP": "Operation not supported",
    "EOVERFLOW": "Value too large for defined data type",
    "EOWNERDEAD": "Owner died",
    "EPERM": "Operation not permitted",
    "EPIPE": "Broken pipe",
    "EPROTO": "Protocol error",
    "EPROTONOSUPPORT": "Protocol not supported",
    "EPROTOTYPE": "Protocol wrong type for socket",
    "ERANGE": "Numerical result out of range",
    "EROFS": "Read-only file system",
    "ESPIPE": "Illegal seek",
    "ESRCH": "No such process",
    "ESTALE": "Stale file handle",
    "ETIMEDOUT": "Connection timed out",
    "ETXTBSY": "Text file busy",
    "EXDEV": "Invalid cross-device link",
}
"""Symbol to wording: what Linux prints, on every host."""


def fail(symbol: str, path: str | None = None) -> NoReturn:
    """Raise the ``OSError`` (or its standard subclass) that ``symbol`` names, with our wording.

    Args:
        symbol: an errno name such as ``"ENOENT"``; must be in :data:`TEXTS`.
        path: what the guest called the file, or None if no path is involved. Never a host path.

    Raises:
        OSError: always; ``KeyError`` if the symbol is not in the table (a bug of ours).
    """
    wording = TEXTS[symbol]
    number = getattr(errno, symbol)
    if path is None:
        raise OSError(number, wording)
    raise OSError(number, wording, path)


def symbol_of(error: OSError) -> str:
    """Name the errno of ``error``: ``"ENOENT"``; ``"EIO"`` if it carries none that has a name.

    Hosts where two symbols share a number (EAGAIN and EWOULDBLOCK, ENOTSUP and EOPNOTSUPP) give the
    name that POSIX and WASI use.
    """
    name = errno.errorcode.get(error.errno, "EIO") if error.errno is not None else "EIO"
    return _PREFERRED.get(name, name)


def text(error: OSError) -> str:
    """Our wording for ``error`` by its symbol, without number and path: ``"No such file or
    directory"``."""
    name = symbol_of(error)
    return TEXTS.get(name) or error.strerror or name


_PREFERRED = {"EWOULDBLOCK": "EAGAIN", "EOPNOTSUPP": "ENOTSUP", "EDEADLOCK": "EDEADLK"}
