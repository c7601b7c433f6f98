"""The prompt: reads, runs and shows, and edits its line on a terminal.

Statements are gathered until they are complete, as the compiler sees it. On a terminal there are the usual keys, a history
in `~/.python_history` and completion of names; anywhere else lines are read as they come.
"""

import codeop
import os
import sys

HISTORY = 1000


def run(namespace, greet):
    """The prompt, until the end of input or `exit()`."""
    if greet:
        print(f"Python {sys.version.split()[0]} (pagebox, RustPython) on {sys.platform}", file=sys.stderr)
        print('Type "help", "copyright", "credits" or "license" for more information.', file=sys.stderr)
    sys.ps1 = getattr(sys, "ps1", ">>> ")
    sys.ps2 = getattr(sys, "ps2", "... ")
    reader = Editor(namespace) if os.isatty(0) and os.isatty(1) else Plain()
    compiler = codeop.CommandCompiler()
    _startup(namespace)
    while True:
        try:
            if not _step(reader, compiler, namespace):
                break
        except KeyboardInterrupt:
            print("\nKeyboardInterrupt")
    print()


def _step(reader, compiler, namespace):
    """Reads and runs one statement; False at the end of input."""
    try:
        code = _statement(reader, compiler)
    except (SyntaxError, ValueError, OverflowError):
        _show_error(0)
        return True
    if code is None:
        return False
    try:
        exec(code, namespace)
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException:
        _show_error(1)
    sys.stdout.flush()
    return True


def _startup(namespace):
    path = os.environ.get("PYTHONSTARTUP")
    if path and not sys.flags.ignore_environment:
        try:
            with open(path) as stream:
                exec(compile(stream.read(), path, "exec"), namespace)
        except OSError as error:
            print(f"Could not open PYTHONSTARTUP\n{type(error).__name__}: {error}", file=sys.stderr)
        except Exception:
            _show_error(1)


def _show_error(frames_of_ours):
    kind, error, trace = sys.exc_info()
    sys.last_exc, sys.last_type, sys.last_value = error, kind, error
    for _ in range(frames_of_ours):
        trace = trace and trace.tb_next
    if frames_of_ours == 0:
        trace = None
    sys.last_traceback = trace
    sys.excepthook(kind, error.with_traceback(trace), trace)


def _statement(reader, compiler):
    """The code of the next complete statement, or None at the end of input."""
    lines = []
    while True:
        line = reader.line(str(sys.ps2) if lines else str(sys.ps1), lines)
        if line is None:
            return None
        # The indentation that is offered is no statement: a line of nothing else ends the block.
        lines.append(line if line.strip() else "")
        source = "\n".join(lines)
        code = compiler(source, "<stdin>", "single")
        if code is not None:
            reader.remember(lines)
            return code


class Plain:
    """Lines as they come."""

    def line(self, prompt, before):
        """The next line, or None."""
        sys.stdout.write(prompt)
        sys.stdout.flush()
        line = sys.stdin.readline()
        return line.rstrip("\n") if line else None

    def remember(self, lines):
        """Nothing is remembered."""


class Editor:
    """A line that can be edited."""

    def __init__(self, namespace):
        import _pagebox
        import rlcompleter

        self.kernel, self.complete = _pagebox, rlcompleter.Completer(namespace).complete
        self.file = os.path.expanduser("~/.python_history")
        self.history = self._load()

    def _load(self):
        try:
            with open(self.file, encoding="utf-8", errors="replace") as stream:
                return [line.rstrip("\n") for line in stream][-HISTORY:]
        except OSError:
            return []

    def remember(self, lines):
        """Adds the statement's lines to the history."""
        fresh = [line for line in lines if line.strip()]
        self.history += fresh
        try:
            with open(self.file, "a", encoding="utf-8") as stream:
                stream.writelines(line + "\n" for line in fresh)
        except OSError:
            pass

    def line(self, prompt, before):
        """The next line, or None."""
        sys.stdout.flush()
        modes = self.kernel.tty_get(0)
        self.kernel.tty_set(0, modes & ~7)
        try:
            return Line(self, prompt, _indent(before)).edit()
        finally:
            self.kernel.tty_set(0, modes)


def _indent(before):
    """How far the next line of a statement is likely to be indented."""
    if not before or not before[-1].strip():
        return ""
    last = before[-1]
    spaces = last[: len(last) - len(last.lstrip())]
    return spaces + "    " if last.rstrip().endswith(":") else spaces


class Line:
    """One line while it is typed."""

    def __init__(self, editor, prompt, text):
        self.editor, self.prompt = editor, prompt
        self.text, self.at, self.place, self.kept, self.cut = text, len(text), len(editor.history), "", ""

    def edit(self):
        """The finished line, or None when the input ends."""
        self.show()
        while True:
            key = self.key()
            if key in ("\r", "\n"):
                os.write(1, b"\r\n")
                return self.text
            if key in ("", "\x04") and not self.text:
                return None
            if key == "\x03":
                raise KeyboardInterrupt
            self.press(key)
            self.show()

    def key(self):
        """One key, with the rest of an escape sequence."""
        first = os.read(0, 1)
        if first == b"\x1b":
            return "\x1b" + self.sequence()
        more = {0xC0: 1, 0xE0: 2, 0xF0: 3}.get(first[0] & 0xF0, 0) if first else 0
        if first and first[0] & 0xF0 == 0xD0:
            more = 1
        return (first + b"".join(os.read(0, 1) for _ in range(more))).decode("utf-8", "replace")

    def sequence(self):
        """What follows an escape."""
        text = os.read(0, 1).decode("latin-1")
        if text in "[O":
            while True:
                text += os.read(0, 1).decode("latin-1")
                if text[-1] == "~" or text[-1].isalpha():
                    break
        return text

    def press(self, key):
        """Does what a key means."""
        action = KEYS.get(key)
        if action:
            action(self)
        elif key.isprintable():
            self.insert(key)

    def show(self):
        """Draws the line; one that is too long shows the part round the cursor."""
        try:
            columns = self.editor.kernel.tty_size(1)[1]
        except OSError:
            columns = 0
        width = max((columns or 80) - len(self.prompt) - 1, 10)
        start = max(self.at - width, 0)
        seen = self.text[start : start + width]
        back = len(seen) - (self.at - start)
        move = f"\x1b[{back}D" if back else ""
        os.write(1, f"\r{self.prompt}{seen}\x1b[K{move}".encode())

    def insert(self, text):
        self.text = self.text[: self.at] + text + self.text[self.at :]
        self.at += len(text)

    def to(self, at):
        self.at = min(max(at, 0), len(self.text))

    def remove(self, start, end):
        self.cut = self.text[start:end]
        self.text = self.text[:start] + self.text[end:]
        self.at = start

    def word_left(self):
        at = self.at
        while at and not self.text[at - 1].isalnum():
            at -= 1
        while at and self.text[at - 1].isalnum():
            at -= 1
        return at

    def word_right(self):
        at, end = self.at, len(self.text)
        while at < end and not self.text[at].isalnum():
            at += 1
        while at < end and self.text[at].isalnum():
            at += 1
        return at

    def recall(self, step):
        history = self.editor.history
        if not 0 <= self.place + step <= len(history):
            return
        if self.place == len(history):
            self.kept = self.text
        self.place += step
        self.text = history[self.place] if self.place < len(history) else self.kept
        self.at = len(self.text)

    def tab(self):
        """Completes the name before the cursor, or indents."""
        start = self.at
        while start and (self.text[start - 1].isalnum() or self.text[start - 1] in "_."):
            start -= 1
        word = self.text[start : self.at]
        if not word:
            self.insert("    ")
            return
        found = []
        while (name := self.editor.complete(word, len(found))) is not None:
            found.append(name)
        common = os.path.commonprefix(found)
        if len(common) > len(word):
            self.insert(common[len(word) :])
        elif len(found) > 1:
            os.write(1, ("\r\n" + "  ".join(found[:200]) + "\r\n").encode())

    def clear(self):
        os.write(1, b"\x1b[H\x1b[2J")

    def back(self):
        if self.at:
            step = 4 if self.at % 4 == 0 and self.text[: self.at].isspace() else 1
            self.remove(self.at - step, self.at)

    def swap(self):
        if self.at and len(self.text) > 1:
            at = min(self.at, len(self.text) - 1)
            self.text = self.text[: at - 1] + self.text[at] + self.text[at - 1] + self.text[at + 1 :]
            self.to(at + 1)


KEYS = {
    "\x01": lambda line: line.to(0),
    "\x02": lambda line: line.to(line.at - 1),
    "\x04": lambda line: line.remove(line.at, line.at + 1),
    "\x05": lambda line: line.to(len(line.text)),
    "\x06": lambda line: line.to(line.at + 1),
    "\x08": Line.back,
    "\t": Line.tab,
    "\x0b": lambda line: line.remove(line.at, len(line.text)),
    "\x0c": Line.clear,
    "\x0e": lambda line: line.recall(1),
    "\x10": lambda line: line.recall(-1),
    "\x14": Line.swap,
    "\x15": lambda line: line.remove(0, line.at),
    "\x17": lambda line: line.remove(line.word_left(), line.at),
    "\x19": lambda line: line.insert(line.cut),
    "\x7f": Line.back,
    "\x1b[A": lambda line: line.recall(-1),
    "\x1b[B": lambda line: line.recall(1),
    "\x1b[C": lambda line: line.to(line.at + 1),
    "\x1b[D": lambda line: line.to(line.at - 1),
    "\x1bOA": lambda line: line.recall(-1),
    "\x1bOB": lambda line: line.recall(1),
    "\x1bOC": lambda line: line.to(line.at + 1),
    "\x1bOD": lambda line: line.to(line.at - 1),
    "\x1b[H": lambda line: line.to(0),
    "\x1b[F": lambda line: line.to(len(line.text)),
    "\x1b[1~": lambda line: line.to(0),
    "\x1b[4~": lambda line: line.to(len(line.text)),
    "\x1b[3~": lambda line: line.remove(line.at, line.at + 1),
    "\x1b[1;5C": lambda line: line.to(line.word_right()),
    "\x1b[1;5D": lambda line: line.to(line.word_left()),
    "\x1bf": lambda line: line.to(line.word_right()),
    "\x1bb": lambda line: line.to(line.word_left()),
    "\x1bd": lambda line: line.remove(line.at, line.word_right()),
    "\x1b\x7f": lambda line: line.remove(line.word_left(), line.at),
}
