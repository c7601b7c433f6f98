"""Imports the library from the module's own passive segment, where it lies precompiled.

To the rest of Python it looks like the folder `/usr/lib/python3.14`: an entry of `sys.path` like any other, so that a
module of the program's own with the same name goes first, as everywhere. What the prepared interpreter has imported
already waits here for its name to be asked for; until then it is not in `sys.modules`.
"""

import marshal
import sys
from _frozen_importlib import ModuleSpec

import _pagebox

ROOT = "/usr/lib/python3.14"

# Module name to (offset, length, is a package).
index = {}
# Module name to the finished module.
ready = {}
# Gives (offset, length) of the compiled library.
read = _pagebox.library_read


class Loader:
    """Loads one module of the library."""

    __slots__ = ("name", "path")

    def __init__(self, name, path):
        self.name, self.path = name, path

    def create_module(self, spec):
        """A module that is ready is taken as it is."""
        return ready.get(spec.name)

    def exec_module(self, module):
        """Runs the module's code, if it has not run yet."""
        name = module.__name__
        if ready.pop(name, None) is None:
            exec(self.get_code(name), module.__dict__)
            return
        if name == "random":
            module.seed()  # what the build drew would be the same in every process
        modules, prefix = sys.modules, name + "."
        for inner in [inner for inner in ready if inner.startswith(prefix)]:
            if inner not in modules:
                modules[inner] = ready.pop(inner)

    def get_code(self, name):
        """The code object of a module."""
        offset, length, _ = _entry(name)
        return marshal.loads(read(offset, length))

    def get_source(self, name):
        """There is none: the library is compiled."""
        _entry(name)
        return None

    def is_package(self, name):
        """Whether a module has modules inside."""
        return _entry(name)[2]

    def get_filename(self, name):
        """Where the module says it is."""
        return _path(name)

    def get_data(self, path):
        """There are no files."""
        raise FileNotFoundError(2, "No such file or directory", path)


class Finder:
    """The importer for a folder of the library."""

    __slots__ = ("prefix",)

    def __init__(self, path):
        if path == ROOT:
            self.prefix = ""
        elif path.startswith(ROOT + "/"):
            self.prefix = path[len(ROOT) + 1 :].replace("/", ".") + "."
            if self.prefix[:-1] not in index:
                raise ImportError("not a folder of the library", path=path)
        else:
            raise ImportError("not in the library", path=path)

    def find_spec(self, name, target=None):
        """Finds a module by its full name."""
        entry = index.get(name)
        if entry is None or self.prefix + name.rpartition(".")[2] != name:
            return None
        path = _path(name)
        spec = ModuleSpec(name, Loader(name, path), origin=path, is_package=entry[2])
        spec.has_location = True
        if entry[2]:
            spec.submodule_search_locations = [path.rpartition("/")[0]]
        return spec

    def iter_modules(self, prefix=""):
        """The modules of this folder, for pkgutil."""
        for name, entry in sorted(index.items()):
            inner = name[len(self.prefix) :]
            if name.startswith(self.prefix) and inner and "." not in inner:
                yield prefix + inner, entry[2]

    def invalidate_caches(self):
        """Nothing changes."""


def _entry(name):
    try:
        return index[name]
    except KeyError:
        raise ImportError(f"no module named {name!r} in the library", name=name) from None


def _path(name):
    end = "/__init__.py" if _entry(name)[2] else ".py"
    return f"{ROOT}/{name.replace('.', '/')}{end}"


def install():
    """Becomes the importer for the library's folder."""
    sys.path_hooks.insert(0, Finder)
    sys.path_importer_cache.clear()


def set_aside(names_to_keep):
    """Takes finished modules out of `sys.modules` until they are asked for."""
    for name, module in list(sys.modules.items()):
        if name in index and name not in names_to_keep:
            ready[name] = sys.modules.pop(name)
            loader = Loader(name, _path(name))
            module.__loader__ = module.__spec__.loader = loader
