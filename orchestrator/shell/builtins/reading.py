"""`read` and `mapfile`: lines from a descriptor into variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.kernel.file import InodeFile
from orchestrator.shell.builtin import Builtin, UsageError
from orchestrator.shell.builtins.arguments import Options, whole_number
from orchestrator.shell.builtins.input import Characters, Source, TimeUp, unescape
from orchestrator.shell.control import Interrupted
from orchestrator.shell.expand import assign, assign_array
from orchestrator.shell.expand.errors import ExpansionError
from orchestrator.shell.expand.lookup import split_subscript
from orchestrator.shell.expand.variable import ASSOCIATIVE, INDEXED, READONLY, IndexedArray
from orchestrator.shell.heretext import HereText
from orchestrator.shell.linereading import read_line
from orchestrator.shell.syntax import is_name, quote
from vfs.errors import text as error_text

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell

SECOND = 1_000_000_000
TIMED_OUT = 142
"""128 + SIGALRM, as bash has it."""
BLANKS = " \t\n"
_SECONDS = re.compile(r"\+?(?=\.?[0-9])[0-9]{0,12}(?:\.[0-9]{0,300})?")


def _read(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "ersa:d:i:n:N:p:t:u:")
    fd = _descriptor(shell, options)
    timeout = _timeout(options)
    for name in options.operands[:1]:
        _check_name(name)
    if timeout is None:
        timeout = _default_timeout(shell, fd)
    if timeout == 0:
        return 0 if shell.system.poll([(fd, True, False)], 0)[0][0] else 1
    if "e" in options and shell.system.isatty(fd):
        return _edited(shell, options)
    source = _source(shell, options, fd, timeout)
    if "p" in options and shell.system.isatty(fd):
        shell.error_text(options.values["p"])
    try:
        text, complete = source.take()
    except TimeUp as over:
        _store(shell, options, over.text)
        return TIMED_OUT
    except OSError as error:
        if isinstance(error, InterruptedError):
            raise
        shell.report(f"read: read error: {fd}: {error_text(error)}")
        return 1
    status = _store(shell, options, text)
    return status or (0 if complete else 1)


def _edited(shell: Shell, options: Options) -> int:
    """`read -e`: the line editor reads the line; `-i` gives it something to begin with."""
    # Imported here, since most calls of read have no line to edit.
    from orchestrator.shell.interactive_editor import Editor

    editor = Editor(shell)
    try:
        prompt, initial = options.values.get("p", ""), options.values.get("i", "")
        line = editor.read_line(prompt, shell.history, initial)
    except Interrupted:
        if shell.interactive:
            raise
        return 130
    if line is None:
        return _store(shell, options, Characters()) or 1
    text = Characters(line[:-1]) if "r" in options else unescape(line[:-1])
    return _store(shell, options, text)


def _check_name(name: str) -> None:
    """Refuse what no variable can be called; the first name before anything is read, others when their turn comes."""
    if not is_name(split_subscript(name)[0]):
        raise UsageError(f"`{name}': not a valid identifier", show_usage=False, status=1)


def _default_timeout(shell: Shell, fd: int) -> int | None:
    """Return TMOUT in nanoseconds, where it holds: not for files."""
    text = shell.text("TMOUT")
    if not text or _SECONDS.fullmatch(text) is None or float(text) == 0:
        return None
    if isinstance(shell.system.file(fd), InodeFile | HereText):
        return None
    return int(float(text) * SECOND)


def _descriptor(shell: Shell, options: Options) -> int:
    if "u" not in options:
        return 0
    fd = whole_number(options.values["u"])
    if fd is None or fd < 0:
        raise UsageError(
            f"{options.values['u']}: invalid file descriptor specification",
            show_usage=False,
            status=1,
        )
    if fd not in shell.process.fds:
        raise UsageError(
            f"{fd}: invalid file descriptor: Bad file descriptor", show_usage=False, status=1
        )
    return fd


def _timeout(options: Options) -> int | None:
    """Return -t in nanoseconds, None without."""
    if "t" not in options:
        return None
    text = options.values["t"]
    if _SECONDS.fullmatch(text) is None:
        raise UsageError(f"{text}: invalid timeout specification", show_usage=False, status=1)
    return int(float(text) * SECOND)


def _source(shell: Shell, options: Options, fd: int, timeout: int | None) -> Source:
    delimiter = "\n"
    if "d" in options:
        delimiter = options.values["d"][:1] or "\0"
    count = None
    exact = False
    for letter in "nN":
        if letter in options:
            count = whole_number(options.values[letter])
            exact = letter == "N"
            if count is None or count < 0:
                raise UsageError(
                    f"{options.values[letter]}: invalid number", show_usage=False, status=1
                )
    return Source(
        shell,
        fd,
        delimiter=ord(delimiter) & 0xFF,
        raw="r" in options,
        count=count,
        exact=exact,
        timeout=timeout,
        silent="s" in options,
    )


def _store(shell: Shell, options: Options, text: Characters) -> int:
    """Split what was read and assign it."""
    try:
        if "a" in options:
            return _store_array(shell, options.values["a"], text)
        if "N" in options:
            return _store_exact(shell, options.operands, text)
        if not options.operands:
            assign(shell, "REPLY", text.text)
            return 0
        ifs = shell.text("IFS", BLANKS)
        for name, value in zip(
            options.operands, split_for(text, len(options.operands), ifs), strict=True
        ):
            _check_name(name)
            assign(shell, name, value)
    except ExpansionError as error:
        shell.report(error.message)
        return 1
    return 0


def _store_exact(shell: Shell, names: list[str], text: Characters) -> int:
    first, *rest = names or ["REPLY"]
    assign(shell, first, text.text)
    for name in rest:
        assign(shell, name, "")
    return 0


def _store_array(shell: Shell, name: str, text: Characters) -> int:
    variable = shell.variables.get(name)
    if variable is not None and variable.flags & ASSOCIATIVE:
        shell.report(f"read: {name}: cannot convert associative to indexed array")
        return 1
    fields = _Fields(text, shell.text("IFS", BLANKS)).all()
    assign_array(shell, name, [(None, field, False) for field in fields])
    return 0


class _Fields:
    """Field splitting of a line in which some characters may have been escaped."""

    def __init__(self, read: Characters, ifs: str) -> None:
        self.text, self.escaped = read
        self.blanks = {char for char in ifs if char in BLANKS}
        self.others = {char for char in ifs if char not in BLANKS}
        self.at = 0
        self.skip_blanks()

    def is_blank(self, at: int) -> bool:
        """Whether the character is a separator of which several count as one."""
        return self.text[at] in self.blanks and at not in self.escaped

    def is_other(self, at: int) -> bool:
        """Whether the character separates by itself."""
        return self.text[at] in self.others and at not in self.escaped

    def skip_blanks(self) -> None:
        """Pass blanks that separate."""
        while self.at < len(self.text) and self.is_blank(self.at):
            self.at += 1

    def next(self) -> str:
        """Return the next field and pass the delimiter behind it."""
        start = at = self.at
        size = len(self.text)
        while at < size and not self.is_blank(at) and not self.is_other(at):
            at += 1
        self.at = at
        self.skip_blanks()
        if self.at < size and self.is_other(self.at):
            self.at += 1
            self.skip_blanks()
        return self.text[start:at]

    def all(self) -> list[str]:
        """Return every field."""
        fields = []
        while self.at < len(self.text):
            fields.append(self.next())
        return fields

    def rest(self) -> str:
        """Return what is left, for the last name: one field loses its delimiter, more keep theirs."""
        start = self.at
        single = self.next() if self.at < len(self.text) else ""
        if self.at >= len(self.text):
            return single
        end = len(self.text)
        while end > start and self.is_blank(end - 1):
            end -= 1
        return self.text[start:end]


def split_for(read: Characters, count: int, ifs: str) -> list[str]:
    """Split a line for `count` names: the last one takes the rest."""
    if not read.escaped and count == 1 and ifs in (BLANKS, ""):  # the everyday cases
        return [read.text.strip(ifs) if ifs else read.text]
    fields = _Fields(read, ifs)
    values = [fields.next() if fields.at < len(fields.text) else "" for _ in range(count - 1)]
    return [*values, fields.rest()]


# --- mapfile ---


def _mapfile(shell: Shell, argv: list[str]) -> int:
    options = Options(argv, "d:n:O:s:tu:C:c:")
    name = options.operands[0] if options.operands else "MAPFILE"
    if not is_name(name):
        shell.report(f"{argv[0]}: `{name}': not a valid identifier")
        return 1
    counts = {}
    for letter, what in (
        ("n", "line count"),
        ("O", "array origin"),
        ("s", "line count"),
        ("c", "callback quantum"),
    ):
        number = whole_number(options.values.get(letter, "0"))
        lowest = 1 if letter == "c" and "c" in options else 0
        if number is None or number < lowest:
            shell.report(f"{argv[0]}: {options.values[letter]}: invalid {what}")
            return 1
        counts[letter] = number
    array = _array(shell, argv[0], name, keep="O" in options)
    if array is None:
        return 1
    _fill(shell, options, array, counts)
    return 0


def _array(shell: Shell, caller: str, name: str, *, keep: bool) -> IndexedArray | None:
    variable = shell.variables.get(name) or shell.create(name)
    if variable.flags & READONLY:
        shell.report(f"{name}: readonly variable")
        return None
    if variable.flags & ASSOCIATIVE:
        shell.report(f"{caller}: {name}: not an indexed array")
        return None
    value = variable.value
    array = value if keep and isinstance(value, IndexedArray) else IndexedArray()
    variable.store(array)
    variable.flags |= INDEXED
    return array


def _fill(shell: Shell, options: Options, array: IndexedArray, counts: dict[str, int]) -> None:
    fd = _descriptor(shell, options)
    delimiter = "\n"
    if "d" in options:
        delimiter = options.values["d"][:1] or "\0"
    code = ord(delimiter) & 0xFF
    strip, callback = "t" in options, options.values.get("C")
    index, quantum = counts["O"], counts["c"] or 5000
    for _ in range(counts["s"]):
        if not read_line(shell.system, fd, code):
            return
    taken = 0
    while not counts["n"] or taken < counts["n"]:
        line = read_line(shell.system, fd, code)
        if not line:
            return
        if strip and line[-1] == code:
            line = line[:-1]
        text = line.replace(b"\0", b"").decode("utf-8", "surrogateescape")
        taken += 1
        if callback is not None and taken % quantum == 0:
            _call_back(shell, callback, index, text)
        array.set(index, text)
        index += 1
        shell.steps -= 1
        if shell.steps < 0:
            shell.refill()


def _call_back(shell: Shell, command: str, index: int, text: str) -> None:
    from_text = quote(text)
    shell.compiler.run_text(shell, f"{command} {index} {from_text}", line=shell.line)


BUILTINS = (
    Builtin(
        "read",
        _read,
        "read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] "
        "[-t timeout] [-u fd] [name ...]",
        "Read a line from the standard input and split it into fields.",
    ),
    *(
        Builtin(
            name,
            _mapfile,
            f"{name} [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] "
            "[-c quantum] [array]",
            "Read lines from the standard input into an indexed array variable.",
        )
        for name in ("mapfile", "readarray")
    ),
)
