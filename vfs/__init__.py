"""Files without processes: inodes, one path walk, file systems and mounts.

Above it: ``orchestrator.kernel`` and everything that touches a path. Below it: the standard library
    only.
It does not know that processes exist, never waits, and keeps no state outside its objects. Names
and paths are ``str`` (UTF-8, surrogateescape); file data is ``bytes``; failures are ``OSError``
raised by :func:`vfs.errors.fail`.
"""
