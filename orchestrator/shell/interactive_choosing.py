"""Tab and its relatives: completing, listing, expanding the word before the cursor; the line in an editor."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from orchestrator.shell.builtins.fixing import edit_text
from orchestrator.shell.expand import expand_globs
from orchestrator.shell.interactive_completion import (
    Completion,
    complete,
    complete_kind,
    context_of,
    listing,
    quoted_name,
)
from orchestrator.shell.interactive_line import Line
from orchestrator.shell.interactive_paths import home_path
from orchestrator.shell.prompt import RELEASE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.shell.interactive_editor import Editor
    from orchestrator.shell.interactive_keys import Key

    Command = Callable[[Editor, Key], None]


def _found(editor: Editor, kind: str = "") -> Completion:
    before = editor.line.text[: editor.line.point]
    if kind:
        return complete_kind(editor.shell, before, kind)
    return complete(editor.shell, before)


def _complete(kind: str = "") -> Command:
    """Return Tab: as far as there is one way on; pressed again, show the ways."""

    def command(editor: Editor, key: Key) -> None:
        found = _found(editor, kind)
        if not found.candidates:
            editor.screen.bell()
            return
        word = editor.line.text[found.start : editor.line.point]
        if found.replacement not in ("", word) and len(found.replacement) >= len(word):
            editor.line.cut(found.start, editor.line.point)
            editor.line.insert(found.replacement)
            if len(found.candidates) == 1 or not editor.keymap.is_on("show-all-if-ambiguous"):
                return
        at_once = editor.keymap.is_on("show-all-if-ambiguous")
        if not at_once and not editor.last_function.startswith("complete"):
            editor.screen.bell()
            return
        _list(editor, found.candidates)

    return command


def _possible(editor: Editor, key: Key) -> None:
    """M-?: show the ways on."""
    found = _found(editor)
    if found.candidates:
        _list(editor, found.candidates)
    else:
        editor.screen.bell()


def _list(editor: Editor, candidates: list[str]) -> None:
    limit = editor.keymap.settings["completion-query-items"]
    most = int(limit) if limit.isdecimal() else 0
    if most and len(candidates) > most and not _wants_all(editor, len(candidates)):
        return
    text = listing(candidates, editor.screen.columns)
    editor.screen.show_below(editor.prompt, editor.line.text, text)


def _wants_all(editor: Editor, count: int) -> bool:
    editor.screen.finish(editor.prompt, editor.line.text)
    prompt, line = editor.prompt, editor.line
    editor.prompt, editor.line = f"Display all {count} possibilities? (y or n)", Line()
    try:
        answer = editor.keys.next()
    finally:
        editor.write("\n")
        editor.screen.forget()
        editor.prompt, editor.line = prompt, line
    return answer.text in ("y", "Y", " ")


def _insert_all(editor: Editor, key: Key) -> None:
    """M-*: put every completion there."""
    found = _found(editor)
    if not found.candidates:
        editor.screen.bell()
        return
    _replace_word(editor, found.start, found.candidates)


def _replace_word(editor: Editor, start: int, names: list[str]) -> None:
    editor.line.cut(start, editor.line.point)
    editor.line.insert("".join(quoted_name(name) + " " for name in names))


def _menu(direction: int) -> Command:
    """Return menu-complete: each press shows the next completion."""

    def command(editor: Editor, key: Key) -> None:
        if not editor.last_function.startswith("menu-complete") or not editor.menu:
            found = _found(editor)
            if not found.candidates:
                editor.screen.bell()
                return
            word = editor.line.text[found.start : editor.line.point]
            editor.menu = [*map(quoted_name, found.candidates), word]
            editor.menu_at, editor.menu_start = len(editor.menu) - 1, found.start
        editor.menu_at = (editor.menu_at + direction * editor.count) % len(editor.menu)
        editor.line.cut(editor.menu_start, editor.line.point)
        editor.line.insert(editor.menu[editor.menu_at])

    return command


# --- expanding ---


def _globbed(editor: Editor) -> tuple[int, list[str]]:
    context = context_of(editor.line.text[: editor.line.point])
    pattern = home_path(editor.shell, context.text)
    star = "*" if editor.explicit else ""
    return context.start, expand_globs(editor.shell, pattern + star)


def _glob_expand(editor: Editor, key: Key) -> None:
    """C-x *: the names that a pattern matches, in its place."""
    start, names = _globbed(editor)
    if names:
        _replace_word(editor, start, names)
    else:
        editor.screen.bell()


def _glob_list(editor: Editor, key: Key) -> None:
    """C-x g: show the names that a pattern matches."""
    names = _globbed(editor)[1]
    if names:
        _list(editor, names)
    else:
        editor.screen.bell()


def _glob_complete(editor: Editor, key: Key) -> None:
    """M-g: the word as a pattern with a star behind it."""
    context = context_of(editor.line.text[: editor.line.point])
    names = expand_globs(editor.shell, home_path(editor.shell, context.text) + "*")
    if len(names) == 1:
        _replace_word(editor, context.start, names)
    elif names:
        _list(editor, names)
    else:
        editor.screen.bell()


def _tilde(editor: Editor, key: Key) -> None:
    """M-&: the directory that `~` means."""
    context = context_of(editor.line.text[: editor.line.point])
    end = editor.line.point
    expanded = home_path(editor.shell, context.text)
    if expanded == context.text:
        editor.screen.bell()
        return
    editor.line.cut(context.start, end)
    editor.line.insert(expanded)


def _expand_line(editor: Editor, key: Key) -> None:
    """M-C-e: aliases and parameters in the line, as the shell would expand them."""
    text = editor.line.text
    head, blank, rest = text.lstrip().partition(" ")
    alias = editor.shell.aliases.get(head)
    if alias is not None:
        text = alias + blank + rest
    editor.line.replace(editor.shell.expand_text(text) if "$" in text else text)


def _alias(editor: Editor, key: Key) -> None:
    head, blank, rest = editor.line.text.partition(" ")
    editor.line.replace(editor.shell.aliases.get(head, head) + blank + rest)


# --- more ---


def _edit(editor: Editor, key: Key) -> None:
    """C-x C-e: the line in an editor; what comes back is run."""
    editor.screen.finish(editor.prompt, editor.line.text)
    with editor.cooked():
        text = edit_text(editor.shell, editor.line.text + "\n")
    if text is None:
        return
    editor.line.replace(text.rstrip("\n"))
    editor.accepted = True


def _version(editor: Editor, key: Key) -> None:
    editor.say(f"GNU bash, version {RELEASE}({editor.shell.text('MACHTYPE')})")


def _reread(editor: Editor, key: Key) -> None:
    editor.read_init_file()


def _delete_or_list(editor: Editor, key: Key) -> None:
    if editor.line.point == len(editor.line.text):
        _possible(editor, key)
    else:
        editor.line.cut(editor.line.point, editor.line.following())


CHOOSING: Mapping[str, Command] = MappingProxyType(
    {
        "alias-expand-line": _alias,
        "complete": _complete(),
        "complete-command": _complete("command"),
        "complete-filename": _complete("file"),
        "complete-username": _complete("user"),
        "complete-variable": _complete("variable"),
        "delete-char-or-list": _delete_or_list,
        "display-shell-version": _version,
        "dynamic-complete-history": _complete("history"),
        "edit-and-execute-command": _edit,
        "glob-complete-word": _glob_complete,
        "glob-expand-word": _glob_expand,
        "glob-list-expansions": _glob_list,
        "insert-completions": _insert_all,
        "menu-complete": _menu(1),
        "menu-complete-backward": _menu(-1),
        "possible-completions": _possible,
        "re-read-init-file": _reread,
        "shell-expand-line": _expand_line,
        "tilde-expand": _tilde,
    }
)
