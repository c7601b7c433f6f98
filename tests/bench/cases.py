"""What is measured: every row of docs/benchmarks.md, with its targets."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace

PAGE, HEADLESS, NATIVE, JUST_BASH = "page", "headless", "native", "just-bash"


@dataclass(frozen=True)
class Case:
    """One row.

    Args:
        key: its name in results.
        title: what the reader sees.
        unit: `ms`, `us`, `MB/s`, or empty for a count.
        page, headless: targets; None where none is set.
        at_least: more is better.
        script: for rows any shell can run. The figure is what the script takes, less what `base`
            takes, divided by `turns`.
        just_bash: whether just-bash has what the script needs.
        page_ratio, headless_ratio: targets as multiples of what native bash takes in the same run.
        half: the same with half the work; then the figure is how many times as long the whole takes.
    """

    key: str
    title: str
    unit: str
    page: float | None = None
    headless: float | None = None
    at_least: bool = False
    script: str | None = None
    base: str = ":"
    turns: int = 1
    repeats: int = 9
    just_bash: bool = True
    page_ratio: float | None = None
    headless_ratio: float | None = None
    half: Case | None = None

    def ratio(self, subject: str) -> float | None:
        """The target of the page or of headless as a multiple of native's figure."""
        return self.page_ratio if subject == PAGE else self.headless_ratio

    def target(self, subject: str) -> float | None:
        """The target of the page or of headless."""
        return self.page if subject == PAGE else self.headless

    def is_met(self, subject: str, value: float, native: float | None = None) -> bool:
        """Whether `value` reaches the targets there are; `native` is the figure of native bash if it was taken."""
        target, ratio = self.target(subject), self.ratio(subject)
        if ratio is not None and native is not None and value > ratio * native:
            return False
        if target is None:
            return True
        return value >= target if self.at_least else value <= target


def _times(count: int, command: str) -> str:
    return f"for ((n = 0; n < {count}; n++)); do {command}; done"


def _growing(case: Case, script: str, base: str, size: int) -> Case:
    """`case` for twice the `size` against once; `N` in the scripts stands for it."""
    full, once = (
        replace(case, script=script.replace("N", str(n)), base=base.replace("N", str(n)))
        for n in (2 * size, size)
    )
    return replace(full, half=once)


LINEAR = 2.6
"""How many times as long twice the work may take."""
_ORDINARY = """parsed() {
  local name=$1 file="${2:-/tmp/file.$$}" count=0 line
  while IFS= read -r line; do
    case "$line" in
      '#'*|'') continue ;;
      [a-z]*=*) printf '%s\\n' "${line%%=*}" >> "$file" ;;
      *) (( count++ )) || true ;;
    esac
  done < "$name"
  if [ -n "$count" ] && [[ $count -gt 3 || -e $file ]]; then
    echo "found $count lines in ${name##*/}: $(wc -l < "$file")" | tr a-z A-Z >&2
  else
    for item in "$@" 'a b' {1..3}; do
      total=$(( total + ${#item} * 2 )); list+=("$item")
    done
  fi
}
"""
_FIB = """fib() {
  local n=$1 a
  if (( n < 2 )); then r=$n; return; fi
  fib $((n - 1)); a=$r
  fib $((n - 2)); r=$((a + r))
}
fib 15"""
_FIB_BY_SUBSTITUTION = """fib() {
  if [ $1 -lt 2 ]; then echo $1; else echo $(( $(fib $(($1 - 1))) + $(fib $(($1 - 2))) )); fi
}
fib 11"""
_HERE = 'l="%s\n"; n=1; while (( n < N )); do l+=$l; (( n *= 2 )); done; x=value'
_FILES = (
    "mkdir -p bench-N; cd bench-N; [ -e name1 ] || for ((n = 0; n < N; n++)); do : > name$n; done"
)

CASES = (
    Case("ready", "prompt ready in the page, warm cache; `pagebox -c true` with a warm compile cache", "ms", 700, 250),
    Case("write", "small syscall: fd_write of 64 B to a pipe", "us", 1.5, 3),
    Case("clock", "small syscall: clock_time_get", "us", 1.5, 3),
    Case("pipe64", "pipe between two programs, blocks of 64 KiB", "MB/s", 1000, 800, at_least=True),
    Case("pipe4", "pipe between two programs, blocks of 4 KiB", "MB/s", 300, 200, at_least=True),
    Case("spawn", "spawn of a coreutils program (`true`), module compiled", "ms", 5, 1),
    Case(
        "shell_spawn", "the same from a shell's loop", "ms",
        script=_times(50, "/usr/bin/true"), base=_times(50, ":"), turns=50,
    ),
    Case(
        "pipeline", "three-stage pipeline of coreutils: `seq 3 | sort -r | head -n 1`", "ms", 12, 4,
        script=_times(20, "seq 3 | sort -r | head -n 1"), base=_times(20, ":"), turns=20,
    ),
    Case("interrupt", "Ctrl-C on `python3 -c 'while True: pass'`, until the prompt", "ms", 50, 50),
    Case(
        "seq", "`seq 1 1000000000 | head -n 1`", "ms", 30, 30,
        script="seq 1 1000000000 | head -n 1", just_bash=False,
    ),
    Case(
        "loop", "20,000-turn `while (( i < 20000 )); do (( i++ )); done`", "ms", 120, 60,
        script="i=0; while (( i < 20000 )); do (( i++ )); done",
        page_ratio=1.5, headless_ratio=1.0,
    ),
    Case("fib", "recursive fib 15 by functions", "ms", script=_FIB, page_ratio=3, headless_ratio=2),
    Case(
        "fib_subst", "recursive fib 11 by `$(...)`", "ms", script=_FIB_BY_SUBSTITUTION,
        page_ratio=3, headless_ratio=2, repeats=5,
    ),
    Case(
        "parameters", "5,000 turns of `${x//a/b}`, `${x%%.*}`, `${#x}` on short strings", "ms",
        script="x=banana.tar.gz; " + _times(5000, "y=${x//a/b}; z=${x%%.*}; l=${#x}"),
        page_ratio=3, headless_ratio=2,
    ),
    Case(
        "append", "5,000 string appends `s+=x`", "ms", script="s=; " + _times(5000, "s+=x"),
        page_ratio=1, headless_ratio=1,
    ),
    Case(
        "substitution", "500 times `x=$(echo hi)`", "ms", script=_times(500, "x=$(echo hi)"),
        page_ratio=0.3, headless_ratio=0.2,
    ),
    Case(
        "parse", "parse 10,000 lines of ordinary script", "ms", 2500, 1500, repeats=5,
        script=f"t={shlex.quote(_ORDINARY)}; " + _times(556, 'eval "$t"'), base=f"t={shlex.quote(_ORDINARY)}",
    ),
    _growing(
        Case("heredoc", "a here-document of 1 MB beside one of half the size", "x", LINEAR, LINEAR, repeats=5),
        _HERE % "0123456789abcde" + '; eval ": <<E\n$l\nE"', _HERE % "0123456789abcde", 32768,
    ),
    _growing(
        Case("heredoc_x", "the same with `$x` in each of 65,536 lines", "x", LINEAR, LINEAR, repeats=5),
        _HERE % "0123 \\$x 789ab" + '; eval ": <<E\n$l\nE"', _HERE % "0123 \\$x 789ab", 32768,
    ),
    _growing(
        Case("array", "an array of 100,000 elements, filled, looped over and copied, beside half of them",
             "x", LINEAR, LINEAR, repeats=3),
        'for ((n = 0; n < N; n++)); do a[n]=$n; done; for v in "${a[@]}"; do :; done; b=("${a[@]}")',
        ":", 50_000,
    ),
    _growing(
        Case("array_append", "an array of 100,000 elements filled by `a+=($n)`, beside half of them",
             "x", LINEAR, LINEAR, repeats=3),
        "for ((n = 0; n < N; n++)); do a+=($n); done", ":", 50_000,
    ),
    _growing(
        Case("glob", "a glob of 10,000 names beside one of 5,000", "x", LINEAR, LINEAR, repeats=5),
        _FILES + "; for i in 1 2 3 4 5; do set -- *; done", _FILES, 5000,
    ),
    Case("alive", "small processes alive at once, each answering", "", 90, 200, at_least=True),
    Case(
        "python", "start of `python3 -c pass`", "ms",
        script="python3 -c pass", just_bash=False,
    ),
)  # fmt: skip

SCRIPTS = tuple(case for case in CASES if case.script is not None)


def find(key: str) -> Case:
    """The case of that name. Raises: KeyError."""
    return {case.key: case for case in CASES}[key]
