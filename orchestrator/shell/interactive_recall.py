"""What keys do with the history: walking, searching, taking arguments from it, expanding it in the line."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from orchestrator.shell.interactive_bang import BangError, expand_history, words_of
from orchestrator.shell.interactive_history import last_argument
from orchestrator.shell.interactive_line import Line
from orchestrator.shell.interactive_search import Search

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.shell.interactive_editor import Editor
    from orchestrator.shell.interactive_keys import Key

    Command = Callable[[Editor, Key], None]


def go(editor: Editor, target: int) -> None:
    """Show another entry."""
    text = editor.walk.move(editor.line.text, target)
    if text is None:
        editor.screen.bell()
    else:
        editor.line = Line(text)


def _step(direction: int) -> Command:
    """Return C-p or C-n: with cursor keys the row above (below) first, then the entry before (behind)."""

    def command(editor: Editor, key: Key) -> None:
        step = direction if editor.count >= 0 else -direction
        for _ in range(abs(editor.count)):
            place = None
            if key.name in ("up", "down"):
                place = editor.line.row_up() if step < 0 else editor.line.row_down()
            if place is not None:
                editor.line.point = place
            else:
                go(editor, editor.walk.at + step)

    return command


def _oldest(editor: Editor, key: Key) -> None:
    go(editor, 0)


def _newest(editor: Editor, key: Key) -> None:
    go(editor, len(editor.walk.entries))


def _operate(editor: Editor, key: Key) -> None:
    """C-o: run the line, and show the entry behind it next time."""
    editor.accepted = True
    editor.next_entry = editor.walk.at + 1 if editor.walk.at < len(editor.walk.entries) else None


def _last_argument(editor: Editor, key: Key) -> None:
    """M-.: the last word of the entry before; pressed again, of the one before that. A count picks a word."""
    again = editor.last_function in ("insert-last-argument", "yank-last-arg")
    editor.arguments_back = editor.arguments_back + 1 if again else 1
    entries = editor.walk.entries
    if editor.arguments_back > len(entries):
        editor.screen.bell()
        return
    entry = entries[-editor.arguments_back]
    if again:
        editor.line.undo()
    if editor.explicit:
        editor.argument_index = editor.count
    elif not again:
        editor.argument_index = None
    index = editor.argument_index
    word = last_argument(entry) if index is None else _word(entry, index)
    editor.line.insert(word)


def _word(entry: str, index: int) -> str:
    """Return a word of a command; a negative number counts back from before the last one."""
    words = words_of(entry)
    index = index if index >= 0 else len(words) + index - 1
    return words[index] if 0 <= index < len(words) else ""


def _nth_argument(editor: Editor, key: Key) -> None:
    """M-C-y: the first argument of the entry before, or the one that the count says."""
    if not editor.walk.entries:
        editor.screen.bell()
        return
    index = editor.count if editor.explicit else 1
    editor.line.insert(_word(editor.walk.entries[-1], index))


def _incremental(step: int) -> Command:
    def command(editor: Editor, key: Key) -> None:
        editor.pending = Search(editor).run(step)

    return command


def _by_beginning(step: int, *, anywhere: bool = False) -> Command:
    """Return a search for entries that begin with (or hold) what is before the cursor."""

    def command(editor: Editor, key: Key) -> None:
        if editor.last_function not in SEARCHES:
            editor.wanted = editor.line.text[: editor.line.point]
        walk, wanted = editor.walk, editor.wanted
        found = walk.search(wanted, walk.at + step, step, prefix=not anywhere)
        current = editor.line.text
        while found is not None and walk.text(found) == current and wanted:
            found = walk.search(wanted, found + step, step, prefix=not anywhere)
        if found is None:
            editor.screen.bell()
            return
        walk.move(current, found)
        text = walk.text(found)
        editor.line = Line(text, len(text) if anywhere else min(len(wanted), len(text)) or None)

    return command


SEARCHES = (
    *("history-search-backward", "history-search-forward"),
    *("history-substring-search-backward", "history-substring-search-forward"),
)


def _expand(editor: Editor, key: Key) -> None:
    """M-^: put what `!` references mean in their place."""
    shell = editor.shell
    first = shell.history_number - len(shell.history)
    try:
        text = expand_history(editor.line.text, list(shell.history), first).text
    except BangError as error:
        editor.say(str(error))
        return
    editor.line.replace(text)


def _magic_space(editor: Editor, key: Key) -> None:
    _expand(editor, key)
    editor.line.insert(" ")


RECALL: Mapping[str, Command] = MappingProxyType(
    {
        "beginning-of-history": _oldest,
        "end-of-history": _newest,
        "forward-search-history": _incremental(1),
        "history-expand-line": _expand,
        "history-search-backward": _by_beginning(-1),
        "history-search-forward": _by_beginning(1),
        "history-substring-search-backward": _by_beginning(-1, anywhere=True),
        "history-substring-search-forward": _by_beginning(1, anywhere=True),
        "insert-last-argument": _last_argument,
        "magic-space": _magic_space,
        "next-history": _step(1),
        "operate-and-get-next": _operate,
        "previous-history": _step(-1),
        "reverse-search-history": _incremental(-1),
        "yank-last-arg": _last_argument,
        "yank-nth-arg": _nth_argument,
    }
)
