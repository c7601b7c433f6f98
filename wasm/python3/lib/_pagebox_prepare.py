"""Finishes the interpreter that every process starts from. The build runs this once (`src/prepared.rs`)."""

import sys
import time

import _pagebox_posix
import posix

posix.environ.clear()
_pagebox_posix._install()
sys.modules.pop("os", None)

import _thread
import _pagebox_threads

_pagebox_threads._install(_thread)

# The imports that are going on have an owner, and its name has just changed.
import _frozen_importlib

for _reference in _frozen_importlib._module_locks.values():
    if (_lock := _reference()) and _lock.owner is not None:
        _lock.owner = _thread.get_ident()

import select

import _pagebox_poll

for _name in ("poll", "select", *(name for name in vars(_pagebox_poll) if name.startswith("POLL"))):
    setattr(select, _name, getattr(_pagebox_poll, _name))

import _pagebox_library


def _read_index():
    try:
        with open("/library/index", encoding="utf-8") as stream:
            rows = [line.split() for line in stream]
    except FileNotFoundError:
        return
    for name, offset, length, package in rows:
        _pagebox_library.index[name] = (int(offset), int(length), package == "1")


def _from_file(offset, length):
    with open("/library/code", "rb") as stream:
        stream.seek(offset)
        return stream.read(length)


# From here on everything comes from the compiled library: sources leave more behind.
_read_index()
if _pagebox_library.index:
    _pagebox_library.read = _from_file
    _pagebox_library.install()

import os
import site
import warnings

site.setquit()
site.setcopyright()
site.sethelper()
site.ENABLE_USER_SITE = True

# wasi-libc knows no time zones.
time.timezone = time.altzone = time.daylight = 0
time.tzname = ("UTC", "UTC")
time.tzset = lambda: None
time.CLOCK_REALTIME, time.CLOCK_MONOTONIC, time.CLOCK_PROCESS_CPUTIME_ID = 0, 1, 2
time.CLOCK_THREAD_CPUTIME_ID = 3
_CLOCKS = {0: time.time_ns, 1: time.monotonic_ns, 2: time.process_time_ns, 3: time.process_time_ns}
time.clock_gettime_ns = lambda clock: _CLOCKS[clock]()
time.clock_gettime = lambda clock: _CLOCKS[clock]() / 1e9
time.clock_getres = lambda clock: 1e-9

# What a program of CPython's finds in sys.modules when it starts.
STARTED_WITH = {
    "__main__", "_collections_abc", "_frozen_importlib", "_frozen_importlib_external", "_sitebuiltins", "abc", "builtins",
    "codecs", "encodings", "encodings.aliases", "encodings.utf_8", "genericpath", "io", "marshal", "os", "os.path",
    "posix", "posixpath", "site", "stat", "sys", "time", "zipimport", "warnings", "encodings.ascii", "encodings.latin_1",
    "_pagebox_prepare",
}

import _pagebox
import _pagebox_start

sys._pagebox_start = _pagebox_start

import _pagebox_absent

sys.meta_path.append(_pagebox_absent.Finder)

# What programs import most: it is there before they ask.
PREPARED = (
    "argparse", "bisect", "collections.abc", "contextlib", "copy", "csv", "dataclasses", "datetime", "errno", "fnmatch",
    "functools", "glob", "heapq", "io", "itertools", "json", "linecache", "math", "operator", "pathlib", "random", "re",
    "runpy", "select", "selectors", "shutil", "signal", "string", "struct", "subprocess", "tempfile", "textwrap", "threading",
    "traceback", "types", "typing", "weakref",
)


if _pagebox_library.index:
    for _name in PREPARED:
        __import__(_name)
    _pagebox_library.set_aside(STARTED_WITH)
    _pagebox_library.read = _pagebox.library_read
    sys.path_importer_cache.clear()
    sys.path[:] = [_pagebox_library.ROOT]
