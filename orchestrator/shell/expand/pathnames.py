"""Pathname expansion: one field that is a pattern to the sorted names it matches.

Directories are listed through the environment; each is read once. Order is that of bytes, whatever the locale.
"""

import re

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
    ignored = _ignore_patterns(env)
    if ignored and names:
        names = [name for name in names if not any(_is_ignored(name, one) for one in ignored)]
    if names:
        return names
    if options.failglob:
        raise GlobError(f"no match: {text}")
    return [] if options.nullglob else [text]


def _ignore_patterns(env: Environment) -> list[list[Pattern]]:
    """What ``GLOBIGNORE`` names, each cut at its slashes (a ``*`` does not match one)."""
    variable = env.variables.get("GLOBIGNORE")
    value = variable.scalar() if variable is not None else None
    if not value:
        return []
    extglob = env.options.extglob
    return [
        [compile_glob(part, extglob) for part in one.split("/")]
        for one in re.split(r"(?<!\\):", value)
        if one
    ]


def _is_ignored(name: str, patterns: list[Pattern]) -> bool:
    parts = name.split("/")
    return len(parts) == len(patterns) and all(
        pattern.matches(part) for pattern, part in zip(patterns, parts, strict=True)
    )


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


_SPECIAL = ((".", True), ("..", True))


class _Walk:
    """One expansion: the components, and the options they are read under."""

    def __init__(self, env: Environment, components: list[str]) -> None:
        self.env = env
        self.components = components
        self.options = env.options
        self.dots = env.options.dotglob or bool(_ignore_patterns(env))
        self.globbed = False
        self.links = False

    def from_root(self, root: str) -> list[str]:
        """All paths below ``root`` (``""`` is the working directory) that match."""
        paths = [root]
        last = len(self.components) - 1
        for number, component in enumerate(self.components):
            following = self.components[number + 1 :]
            self.links = following == [""]
            if component == "**" and self.options.globstar and following[:1] == ["**"]:
                self.globbed = True
                continue  # it says no more than the next one
            paths = self._step(paths, component, number == last)
            if not paths:
                break
        return paths

    def _step(self, paths: list[str], component: str, last: bool) -> list[str]:
        """From directories to what ``component`` finds in them."""
        if component == "**" and self.options.globstar:
            self.globbed, literal = True, not self.globbed
            return self._descend(paths, last, literal)
        if not is_glob(component, self.options.extglob):
            return self._fixed(paths, unescape(component), last)
        pattern = compile_glob(component, self.options.extglob, self.options.nocaseglob)
        self.globbed = True
        named = _names_a_dot(component)
        special = named and not self.options.globskipdots
        dots = self.dots or named
        return [
            name if last else name + "/"
            for path in paths
            for name in self._matching(path, pattern, dots, special, last)
        ]

    def _fixed(self, paths: list[str], name: str, last: bool) -> list[str]:
        """A component without pattern is not looked for among the names: it exists or not."""
        if not last:
            return [path + name + "/" for path in paths]
        exists = self.env.exists
        if not name:
            return [path for path in paths if path and self.env.is_directory(path)]
        return [path + name for path in paths if exists(path + name)]

    def _matching(
        self, path: str, pattern: Pattern, dots: bool, special: bool, last: bool
    ) -> list[str]:
        """``special``: whether ``.`` and ``..`` count as names (``shopt -u globskipdots``)."""
        matches = pattern.matches
        names = []
        listed = self._list(path)
        for name, is_directory in [*_SPECIAL, *listed] if special else listed:
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

    def _descend(self, paths: list[str], last: bool, literal: bool) -> list[str]:
        """``**``: the directories themselves and all below, symlinks not followed; files too when last.
        ``literal``: no pattern stood in front, so that the directory itself keeps its slash."""
        is_directory_at = self.env.is_directory
        roots = [path for path in paths if not path or is_directory_at(path)]
        found = [name for root in roots for name in self._below(root, last)]
        if not last:
            return found
        kept = set(roots) if literal else set()
        return [path if path in kept else path.rstrip("/") for path in found]

    def _below(self, root: str, last: bool) -> list[str]:
        """A directory and what is below it. Roots inside one another give names twice, as in bash."""
        found: list[str] = []
        waiting = [root]
        for path in waiting:
            if path or not last:
                found.append(path)
            for name, is_directory in self._list(path):
                if name[0] == "." and not self.dots:
                    continue
                if is_directory:
                    waiting.append(f"{path}{name}/")
                elif last:
                    found.append(path + name)
                elif self.links and self.env.is_directory(path + name):
                    found.append(f"{path}{name}/")  # `**/` names it, though nothing looks into it
        return found


def _names_a_dot(component: str) -> bool:
    """Whether the pattern begins with an explicit dot, maybe inside an extended glob."""
    text = component.lstrip("\\")
    while text[:2] in ("@(", "+(", "?(", "*("):
        text = text[2:]
    return text.startswith(".") or "|." in text
