"""top(1): the processes, again and again; `-b` for scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.kernel.signal import Disposition, Signal
from orchestrator.tools.machine import header, sleeping
from orchestrator.tools.options import Parsed, Tool, UsageError
from orchestrator.tools.processes import Row, rows, total_memory
from orchestrator.tools.running import signal_from

if TYPE_CHECKING:
    from orchestrator.kernel.system import System
    from orchestrator.kernel.termios import Termios

_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l\x1b[H", "\x1b[?25h\x1b[?1049l"
_BELOW = "\r\n\x1b[J"
_HEADING = "    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND"
_KEYS = "q quit  P by %CPU  M by memory  N by PID  T by time  R reverse  c arguments  k kill  s interval  h help"
_SORTS = {"P": "%cpu", "M": "%mem", "N": "pid", "T": "time+"}


@dataclass(slots=True)
class _View:
    """What the keys and options have chosen."""

    pause: int
    sort: str = "%cpu"
    backwards: bool = False
    arguments: bool = False
    pids: frozenset[int] = frozenset()
    user: str | None = None
    idle: bool = True


class _Top:
    """One run of top."""

    def __init__(self, system: System, view: _View) -> None:
        self._system = system
        self._view = view
        self._ticks: dict[int, int] = {}
        self._since = 0
        self._message = ""

    # --- what is shown ---

    def _measured(self) -> list[tuple[Row, float]]:
        """The processes with their %CPU since the last look, sorted."""
        view, now = self._view, self._system.monotonic()
        passed = now - self._since
        found: list[tuple[Row, float]] = []
        ticks: dict[int, int] = {}
        for row in rows(self._system):
            pid = row.process.pid
            ticks[pid] = row.ticks()
            share = row.cpu()
            if self._since and passed > 0 and pid in self._ticks:
                share = min(100.0, (ticks[pid] - self._ticks[pid]) * 10**9 / passed)
            if (view.pids and pid not in view.pids) or (view.user and row.user() != view.user):
                continue
            if view.idle or share or row.letter == "R":
                found.append((row, share))
        self._ticks, self._since = ticks, now
        found.sort(key=self._key, reverse=(view.sort != "pid") != view.backwards)
        return found

    def _key(self, pair: tuple[Row, float]) -> tuple[float, int]:
        row, share = pair
        by = {
            "%cpu": share,
            "%mem": row.memory(),
            "pid": row.process.pid,
            "time+": row.ticks(),
        }[self._view.sort]
        return (by, -row.process.pid if self._view.sort != "pid" else 0)

    def lines(self) -> list[str]:
        """The whole screen."""
        system = self._system
        everybody = rows(system)
        running, asleep, stopped, zombies = sleeping(everybody)
        found = self._measured()
        busy = min(100.0, sum(share for _, share in found))
        total, used = total_memory(system.kernel) / 2**20, system.kernel.memory / 2**20
        lines = [
            f"top -{header(system)}",
            f"Tasks: {len(everybody):3} total, {running:3} running, {asleep:3} sleeping, "
            f"{stopped:3} stopped, {zombies:3} zombie",
            f"%Cpu(s): {busy:4.1f} us,  0.0 sy,  0.0 ni, {100 - busy:4.1f} id",
            f"MiB Mem : {total:8.1f} total, {total - used:8.1f} free, {used:8.1f} used, {0.0:8.1f} buff/cache",
            self._message,
            _HEADING,
        ]
        return lines + [self._line(row, share) for row, share in found]

    def _line(self, row: Row, share: float) -> str:
        process = row.process
        ticks = row.ticks()
        time = f"{ticks // 6000}:{ticks // 100 % 60:02}.{ticks % 100:02}"
        command = row.command() if self._view.arguments else row.name()
        size = row.kilobytes()
        return (
            f"{process.pid:7} {row.user():<8}  20   0 {size:7} {size:6}      0 {row.letter}"
            f" {share:5.1f} {row.memory():5.1f} {time:>9} {command}"
        )

    # --- -b ---

    def batch(self, rounds: int) -> int:
        """Print screens one after the other; `rounds` 0 goes on for ever."""
        while True:
            self._system.stdout.write("\n".join(self.lines()) + "\n")
            self._system.flush()
            rounds -= 1
            if rounds == 0:
                return 0
            self._system.stdout.write("\n")
            self._system.sleep(self._view.pause)

    # --- full screen ---

    def full_screen(self, rounds: int) -> int:
        """Until `q`, a signal, or so many rounds."""
        system = self._system
        for signal in (Signal.WINCH, Signal.INT, Signal.TERM, Signal.HUP):
            system.set_signal(signal, Disposition.CATCH)
        former = system.tcgetattr(0)
        system.tcsetattr(0, former.cbreak())
        system.write(1, _ENTER.encode())
        try:
            while True:
                self._paint(self.lines())
                rounds -= 1
                if rounds == 0 or not self._wait():
                    return 0
        finally:
            self._leave(former)

    def _leave(self, former: Termios) -> None:
        self._system.write(1, _LEAVE.encode())
        self._system.tcsetattr(0, former)

    def _paint(self, lines: list[str]) -> None:
        size = self._system.winsize(1)
        shown = [line[: size.columns] for line in lines[: size.rows]]
        if len(shown) > 5:
            shown[5] = f"\x1b[7m{shown[5].ljust(size.columns)}\x1b[m"
        text = (
            "\x1b[H"
            + "\r\n".join(f"\x1b[K{line}" for line in shown)
            + _BELOW * (len(shown) < size.rows)
        )
        self._system.write(1, text.encode("utf-8", "surrogateescape"))

    def _wait(self) -> bool:
        """Wait for the next round or a key; False to leave."""
        system = self._system
        try:
            ((ready, _),) = system.poll([(0, True, False)], self._view.pause)
            if not ready:
                return True
            data = system.read(0, 1)
        except InterruptedError:
            return all(signal is Signal.WINCH for signal in system.take_signals())
        self._message = ""
        return bool(data) and self._key_pressed(data.decode("latin-1"))

    def _key_pressed(self, key: str) -> bool:
        view = self._view
        if key in ("q", "\x03", "\x04"):
            return False
        if key in _SORTS:
            view.sort, view.backwards = _SORTS[key], False
        elif key == "R":
            view.backwards = not view.backwards
        elif key == "c":
            view.arguments = not view.arguments
        elif key == "i":
            view.idle = not view.idle
        elif key in ("h", "?"):
            self._message = _KEYS
        elif key in ("s", "d"):
            self._ask_pause()
        elif key == "k":
            self._ask_kill()
        return True

    def _ask(self, question: str) -> str:
        """A line typed on the fifth row."""
        system, answer = self._system, ""
        while True:
            system.write(1, f"\x1b[5;1H{question}{answer}\x1b[K\x1b[?25h".encode())
            try:
                key = system.read(0, 1).decode("latin-1")
            except InterruptedError:
                answer = ""
                break
            if key in ("", "\r", "\n", "\x1b"):
                answer = answer if key != "\x1b" else ""
                break
            answer = answer[:-1] if key in ("\x7f", "\b") else answer + key * (key >= " ")
        system.write(1, b"\x1b[?25l")
        return answer.strip()

    def _ask_pause(self) -> None:
        word = self._ask(f"Change delay from {self._view.pause / 1e9:.1f} to ")
        try:
            self._view.pause = _pause(word)
        except UsageError as error:
            self._message = str(error) if word else ""

    def _ask_kill(self) -> None:
        word = self._ask("PID to signal/kill ")
        if not word.isdigit():
            return
        name = self._ask(f"Send pid {word} signal [15/sigterm] ") or "TERM"
        signal = signal_from(name)
        if signal is None:
            self._message = f"Unknown signal {name}"
            return
        try:
            self._system.kill(int(word), signal)
        except OSError as error:
            self._message = f"Failed signal pid '{word}' with '{int(signal)}': {error.strerror}"


def _pause(word: str) -> int:
    try:
        seconds = float(word)
    except ValueError:
        raise UsageError(f"bad delay interval '{word}'", hint=False) from None
    if not 0 <= seconds < 1e6:
        raise UsageError(f"bad delay interval '{word}'", hint=False)
    return max(100_000_000, int(seconds * 1e9))


def _top(system: System, parsed: Parsed) -> int:
    word = parsed.last("n", "iterations")
    if word is not None and (not word.isdigit() or int(word) < 1):
        raise UsageError(f"bad iterations argument '{word}'", hint=False)
    view = _View(_pause(parsed.last("d", "delay") or "3"))
    pids = ",".join(parsed.all("p", "pid")).split(",")
    view.pids = frozenset(int(pid) for pid in pids if pid.isdigit())
    view.user = parsed.last("u", "U", "filter-any-user")
    view.arguments = parsed.has("c", "cmdline-toggle")
    view.idle = not parsed.has("i", "idle-toggle")
    sort = (parsed.last("o", "sort-override") or "%cpu").lower()
    view.backwards = sort.startswith("-")
    view.sort = sort.lstrip("+-")
    if view.sort not in _SORTS.values():
        raise UsageError(f"unrecognized field name '{sort}'", hint=False)
    run, rounds = _Top(system, view), int(word or 0)
    if parsed.has("b", "batch-mode"):
        return run.batch(rounds)
    if not (system.isatty(0) and system.isatty(1)):
        raise UsageError("failed tty get", hint=False)
    return run.full_screen(rounds)


TOP = Tool(
    "top",
    "Show processes, again and again.",
    "top [-bcHi] [-d SECONDS] [-n ROUNDS] [-o FIELD] [-p PID,...] [-u USER]",
    _top,
    "bcHid:n:o:p:u:U:w::",
    (
        *("batch-mode", "cmdline-toggle", "delay=", "iterations=", "sort-override=", "pid="),
        *("filter-any-user=", "idle-toggle"),
    ),
)
