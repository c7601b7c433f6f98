"""Pathname expansion: one field that is a pattern to the sorted names it matches.

Directories are listed through the environment; each is read once. Order is that of bytes, whatever the locale.
"""

from orchestrator.shell.expand.environment import Environment
from orchestrator.shell.expand.errors import GlobError
from orchestrator.shell.expand.glob_items import unescape
from orchestrator.shell.expand.pattern import Pattern, compile_glob, is_glob


def expand_field(env: Environment, pattern: str, text: str) -> list[str]:
    """The names ``pattern`` matches; when there are none, ``text`` itself or what ``nullglob`` and
    ``failglob`` say. Raises GlobError."""
    options = env.options
    if not is_glob(pattern, options.extglob):
        return [text]
    names = expand_globs(env, pattern)
    if names:
        return names
    if options.failglob:
        raise GlobError(f"no match: {text}")
    return [] if options.nullglob else [text]


def expand_globs(env: Environment, pattern: str) -> list[str]:
    """The existing paths a pattern matches, sorted by bytes; empty when there are none."""
    components = _components(pattern)
    root = ""
    if not components[0] and len(components) > 1:
        root = "/" * (len(pattern) - len(pattern.lstrip("/")))
        components = [part for part in components if part] or [""]
        if pattern.endswith("/") and components != [""]:
            components.append("")
    found = _Walk(env, components).from_root(root)
    return sorted(found) if all(map(str.isascii, found)) else sorted(found, key=_as_bytes)


def _as_bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def _components(pattern: str) -> list[str]:
    """Split at slashes (never quoted: an escaped slash is a slash)."""
    parts = pattern.replace("\\/", "/").split("/")
    if len(parts) == 1:
        return parts
    return [part for number, part in enumerate(parts) if part or number in (0, len(parts) - 1)]


class _Walk:
    """One expansion: the components, and the options they are read under."""

    def __init__(self, env: Environment, components: list[str]) -> None:
        self.env = env
        self.components = components
        self.options = env.options
        self.found: list[str] = []

    def from_root(self, root: str) -> list[str]:
        """All paths below ``root`` (``""`` is the working directory) that match."""
        paths = [root]
        last = len(self.components) - 1
        for number, component in enumerate(self.components):
            paths = self._step(paths, component, number == last)
            if not paths:
                break
        return paths

    def _step(self, paths: list[str], component: str, last: bool) -> list[str]:
        """From directories to what ``component`` finds in them."""
        if component == "**" and self.options.globstar:
            return self._descend(paths, last)
        if not is_glob(component, self.options.extglob):
            return self._fixed(paths, unescape(component), last)
        pattern = compile_glob(component, self.options.extglob, self.options.nocaseglob)
        dots = self.options.dotglob or _names_a_dot(component)
        return [
            name if last else name + "/"
            for path in paths
            for name in self._matching(path, pattern, dots, last)
        ]

    def _fixed(self, paths: list[str], name: str, last: bool) -> list[str]:
        """A component without pattern is not looked for among the names: it exists or not."""
        if not last:
            return [path + name + "/" for path in paths]
        exists = self.env.exists
        if not name:
            return [path for path in paths if path and self.env.is_directory(path)]
        return [path + name for path in paths if exists(path + name)]

    def _matching(self, path: str, pattern: Pattern, dots: bool, last: bool) -> list[str]:
        matches = pattern.matches
        names = []
        for name, is_directory in self._list(path):
            if name[0] == "." and not dots:
                continue
            if matches(name) and (last or is_directory or self.env.is_directory(path + name)):
                names.append(path + name)
        return names

    def _list(self, path: str) -> list[tuple[str, bool]]:
        try:
            return list(self.env.list_directory(path or "."))
        except OSError:
            return []

    def _descend(self, paths: list[str], last: bool) -> list[str]:
        """``**``: the directories themselves and all below, symlinks not followed; files too when last."""
        found: list[str] = []
        waiting = list(paths)
        for path in waiting:
            if path or not last:
                found.append(path)
            for name, is_directory in self._list(path):
                if name[0] == "." and not self.options.dotglob:
                    continue
                if is_directory:
                    waiting.append(f"{path}{name}/")
                elif last:
                    found.append(path + name)
        if last:
            return [path if path in paths else path.rstrip("/") for path in found]
        return found


def _names_a_dot(component: str) -> bool:
    """Whether the pattern begins with an explicit dot, maybe inside an extended glob."""
    text = component.lstrip("\\")
    while text[:2] in ("@(", "+(", "?(", "*("):
        text = text[2:]
    return text.startswith(".") or "|." in text
