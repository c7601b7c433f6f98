"""What keys do to the line: moving, removing, bringing back, changing. Each function is one of readline's."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from orchestrator.shell.control import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.shell.interactive_editor import Editor
    from orchestrator.shell.interactive_keys import Key

    Command = Callable[[Editor, Key], None]

KILLS = frozenset(
    ("kill-line", "unix-line-discard", "unix-word-rubout", "kill-word", "backward-kill-word",
     "backward-kill-line", "kill-whole-line", "shell-kill-word", "shell-backward-kill-word",
     "unix-filename-rubout", "kill-region")
)  # fmt: skip
"""Functions whose cuts join in the kill ring when they follow one another."""


def _repeated(forth: Callable[[Editor], None], back: Callable[[Editor], None]) -> Command:
    """Return a command that does something as often as the count says; the other way when it is negative."""

    def command(editor: Editor, key: Key) -> None:
        step = forth if editor.count >= 0 else back
        for _ in range(abs(editor.count)):
            step(editor)

    return command


def _once(act: Callable[[Editor], None]) -> Command:
    return lambda editor, key: act(editor)


# --- moving ---


def _to_start(editor: Editor) -> None:
    editor.line.point = editor.line.row_start()


def _to_end(editor: Editor) -> None:
    editor.line.point = editor.line.row_end()


def _left(editor: Editor) -> None:
    editor.line.point = editor.line.previous()


def _right(editor: Editor) -> None:
    editor.line.point = editor.line.following()


def _word_left(editor: Editor) -> None:
    editor.line.point = editor.line.word_start()


def _word_right(editor: Editor) -> None:
    editor.line.point = editor.line.word_end()


def _shell_word_left(editor: Editor) -> None:
    editor.line.point = editor.line.shell_word_start()


def _shell_word_right(editor: Editor) -> None:
    editor.line.point = editor.line.shell_word_end()


def _search_character(direction: int) -> Command:
    """C-] and M-C-]: to the next (or last) place of the character typed now."""

    def command(editor: Editor, key: Key) -> None:
        wanted = editor.keys.literal()
        line = editor.line
        step = direction if editor.count >= 0 else -direction
        for _ in range(abs(editor.count)):
            if step > 0:
                found = line.text.find(wanted, line.point + 1)
            else:
                found = line.text.rfind(wanted, 0, line.point)
            if found < 0:
                editor.screen.bell()
                return
            line.point = found

    return command


def _set_mark(editor: Editor) -> None:
    editor.line.mark = editor.line.point


def _exchange(editor: Editor) -> None:
    line = editor.line
    line.point, line.mark = min(line.mark, len(line.text)), line.point


def _clear_screen(editor: Editor) -> None:
    editor.screen.clear()


def _redraw(editor: Editor) -> None:
    editor.screen.forget()


# --- removing and bringing back ---


def _delete(editor: Editor) -> None:
    line = editor.line
    if line.point == len(line.text):
        editor.screen.bell()
    line.cut(line.point, line.following())


def _erase(editor: Editor) -> None:
    line = editor.line
    if not line.point:
        editor.screen.bell()
    line.cut(line.previous(), line.point)


def _erase_either(editor: Editor) -> None:
    (_delete if editor.line.point < len(editor.line.text) else _erase)(editor)


def kill(editor: Editor, start: int, end: int) -> None:
    """Cut what is between two indices into the kill ring."""
    line = editor.line
    before = end <= line.point and start < line.point
    editor.kills.add(line.cut(start, end), before=before)


def _kill_to_end(editor: Editor) -> None:
    line = editor.line
    end = line.row_end()
    kill(editor, line.point, end if end > line.point else end + 1)


def _kill_to_start(editor: Editor) -> None:
    kill(editor, editor.line.row_start(), editor.line.point)


def _kill_line(editor: Editor, key: Key) -> None:
    """C-k; with a negative count, back to the start."""
    (_kill_to_end if editor.count >= 0 else _kill_to_start)(editor)


def _kill_all(editor: Editor) -> None:
    kill(editor, 0, len(editor.line.text))


def _kill_word(editor: Editor) -> None:
    kill(editor, editor.line.point, editor.line.word_end())


def _kill_word_back(editor: Editor) -> None:
    kill(editor, editor.line.word_start(), editor.line.point)


def _kill_blank_word(editor: Editor) -> None:
    kill(editor, editor.line.blank_word_start(), editor.line.point)


def _kill_part_of_path(editor: Editor) -> None:
    line = editor.line
    at = line.point
    while at > 0 and (line.text[at - 1].isspace() or line.text[at - 1] == "/"):
        at -= 1
    while at > 0 and not (line.text[at - 1].isspace() or line.text[at - 1] == "/"):
        at -= 1
    kill(editor, at, line.point)


def _kill_shell_word(editor: Editor) -> None:
    kill(editor, editor.line.point, editor.line.shell_word_end())


def _kill_shell_word_back(editor: Editor) -> None:
    kill(editor, editor.line.shell_word_start(), editor.line.point)


def _region(editor: Editor) -> tuple[int, int]:
    line = editor.line
    mark = min(line.mark, len(line.text))
    return min(mark, line.point), max(mark, line.point)


def _kill_region(editor: Editor) -> None:
    kill(editor, *_region(editor))


def _copy_region(editor: Editor) -> None:
    start, end = _region(editor)
    editor.kills.add(editor.line.text[start:end], before=False)


def _delete_blanks(editor: Editor) -> None:
    """M-\\: the blanks around the cursor."""
    line = editor.line
    start = end = line.point
    while start > 0 and line.text[start - 1] in " \t":
        start -= 1
    while end < len(line.text) and line.text[end] in " \t":
        end += 1
    line.cut(start, end)


def _yank(editor: Editor) -> None:
    if not editor.kills.entries:
        editor.screen.bell()
        return
    editor.line.mark = editor.line.point
    editor.line.insert(editor.kills.entries[-1])


def _yank_pop(editor: Editor) -> None:
    if editor.last_function not in ("yank", "yank-pop") or not editor.kills.entries:
        editor.screen.bell()
        return
    line = editor.line
    line.cut(line.point - len(editor.kills.entries[-1]), line.point)
    line.insert(editor.kills.rotate())


def _undo(editor: Editor) -> None:
    if not editor.line.undo():
        editor.screen.bell()


def _revert(editor: Editor) -> None:
    while editor.line.undo():
        pass


# --- changing ---


def _transpose(editor: Editor) -> None:
    if not editor.line.point or len(editor.line.text) < 2:
        editor.screen.bell()
        return
    editor.line.transpose()


def _transpose_words(editor: Editor) -> None:
    editor.line.transpose_words()


def _change_case(how: str) -> Command:
    """Return M-u, M-l or M-c; a negative count means the words before the cursor, which stays."""

    def command(editor: Editor, key: Key) -> None:
        line = editor.line
        point = line.point
        if editor.count < 0:
            for _ in range(-editor.count):
                line.point = line.word_start()
        for _ in range(abs(editor.count)):
            line.change_case(how)
        if editor.count < 0:
            line.point = point

    return command


def _insert_itself(editor: Editor, key: Key) -> None:
    editor.insert_typed(key.text * max(editor.count, 0))


def _quoted_insert(editor: Editor) -> None:
    editor.line.insert(editor.keys.literal())


def _comment(editor: Editor, key: Key) -> None:
    """M-#: keep the line as a comment; with a count, take the sign away if it is there."""
    sign = editor.keymap.settings["comment-begin"]
    text = editor.line.text
    if editor.explicit and text.startswith(sign):
        editor.line.replace(text.removeprefix(sign))
    else:
        editor.line.replace(sign + text)
    editor.accepted = True


def _overwrite(editor: Editor) -> None:
    editor.overwriting = not editor.overwriting


# --- the whole line ---


def _accept(editor: Editor) -> None:
    editor.accepted = True


def _abort(editor: Editor) -> None:
    editor.screen.bell()


def interrupt(editor: Editor, key: Key) -> None:
    """C-c: give the line up."""
    editor.draw()
    editor.write("^C\n")
    editor.screen.forget()
    raise Interrupted


def _ignore(editor: Editor) -> None:
    """Keys that mean nothing here and deserve no bell."""


def _switch(mode: str) -> Callable[[Editor], None]:
    return lambda editor: editor.set_mode(mode)


EDITING: Mapping[str, Command] = MappingProxyType(
    {
        "abort": _once(_abort),
        "accept-line": _once(_accept),
        "backward-char": _repeated(_left, _right),
        "backward-delete-char": _repeated(_erase, _delete),
        "backward-kill-line": _once(_kill_to_start),
        "backward-kill-word": _repeated(_kill_word_back, _kill_word),
        "backward-word": _repeated(_word_left, _word_right),
        "beginning-of-line": _once(_to_start),
        "capitalize-word": _change_case("capitalize"),
        "character-search": _search_character(1),
        "character-search-backward": _search_character(-1),
        "clear-display": _once(_clear_screen),
        "clear-screen": _once(_clear_screen),
        "copy-region-as-kill": _once(_copy_region),
        "delete-char": _repeated(_delete, _erase),
        "delete-horizontal-space": _once(_delete_blanks),
        "downcase-word": _change_case("lower"),
        "emacs-editing-mode": _once(_switch("emacs")),
        "end-of-line": _once(_to_end),
        "exchange-point-and-mark": _once(_exchange),
        "forward-backward-delete-char": _once(_erase_either),
        "forward-char": _repeated(_right, _left),
        "forward-word": _repeated(_word_right, _word_left),
        "insert-comment": _comment,
        "kill-line": _kill_line,
        "kill-region": _once(_kill_region),
        "kill-whole-line": _once(_kill_all),
        "kill-word": _repeated(_kill_word, _kill_word_back),
        "overwrite-mode": _once(_overwrite),
        "quoted-insert": _once(_quoted_insert),
        "redraw-current-line": _once(_redraw),
        "revert-line": _once(_revert),
        "self-insert": _insert_itself,
        "set-mark": _once(_set_mark),
        "shell-backward-kill-word": _repeated(_kill_shell_word_back, _kill_shell_word),
        "shell-backward-word": _repeated(_shell_word_left, _shell_word_right),
        "shell-forward-word": _repeated(_shell_word_right, _shell_word_left),
        "shell-kill-word": _repeated(_kill_shell_word, _kill_shell_word_back),
        "transpose-chars": _repeated(_transpose, _transpose),
        "transpose-words": _repeated(_transpose_words, _transpose_words),
        "undo": _repeated(_undo, _undo),
        "unix-filename-rubout": _repeated(_kill_part_of_path, _kill_part_of_path),
        "unix-line-discard": _once(_kill_to_start),
        "unix-word-rubout": _repeated(_kill_blank_word, _kill_blank_word),
        "upcase-word": _change_case("upper"),
        "vi-editing-mode": _once(_switch("vi")),
        "yank": _once(_yank),
        "yank-pop": _once(_yank_pop),
    }
)
