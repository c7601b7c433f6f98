"""Subshells in place against subshells as processes: no script can tell them apart.

Scripts are put together of statements that change whatever a subshell isolates, in every kind of subshell, and show
their state before, inside and after. What bash makes of such scripts is in cases/inplace.txt.
"""

from __future__ import annotations

import re
import sys
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.sandbox.machine import RECURSION_LIMIT
from tests.orchestrator.shell.box import ShellBox
from tests.orchestrator.shell.terminal import InteractiveBox

PLACES = ("orchestrator.shell.substitution.fits", "orchestrator.shell.lists.fits")
PREAMBLE = """
x=1 y= s=abc; a=(1 2 3); declare -A m=([k]=v [l]=w); declare -i n=4; readonly r=9; export e=env
declare -n ref=x; RANDOM=42; set -- one two 'th ree'; umask 022; mkdir -p d; : > d/f
f() { local l=in z=3; x=f$1; n+=1; echo "f $1 $l $x ${FUNCNAME[*]} $#"; return ${2:-0}; }
g() { local x=hidden; f "$@"; echo "g $x $?"; }
h() { local s=$1; (( s > 0 )) || { echo bottom; return 3; }; echo "$s $(h $((s - 1)))"; }
show() {
  echo "st=$? args=$# $*"; declare -p x y s a m n r e ref IFS OPTIND 2>&1; pwd; umask; echo "$- $BASH_SUBSHELL"
  shopt nullglob extglob nocasematch; set +o | grep -v history; declare -f f g | cksum; alias; trap; dirs
}
"""
STATEMENTS = (
    "x=2", "y+=tail", "a+=(4)", "a[1]=z", "a=()", "unset x", "unset 'a[0]'", "m[k]=new", "m+=([q]=1)", "unset m",
    "n+=3", "n=2+2", "r=1", "export x", "declare -r s", "declare -u s=q", "ref=through", "e=changed", "declare -g y=g",
    "f() { echo other; }", "unset -f f", "f 1", "f 2 5", "g 7", "h 2", "h 3 > /dev/null", "set -u", "set -f", "set -e",
    "set +e", "set -o pipefail", "shopt -s nullglob extglob", "shopt -s nocasematch", "alias q=ls", "cd d", "cd /",
    "cd - > /dev/null", "pushd d > /dev/null", "umask 077", "shift", "set -- p q", "IFS=,", 'echo "$*"', "echo hi",
    "echo no newline | { read v; echo $v; }", "printf -v s %05d 7", "printf '%s|' \"${a[@]}\"", "read x <<< 'a b'",
    "read -r x y < <(echo p q)", "exit 3", "return 2", "false", "true", "! true", "(( x++ ))", ": ${y:=5} ${u:-3}",
    "echo $((n++))", "RANDOM=7", "echo $(( RANDOM >= 0 ))", "SECONDS=100", "OPTIND=3", "getopts ab opt -a", "echo err >&2",
    "cat <<< text", "cat d/* /nowhere", "nosuch", "echo $BASH_SUBSHELL", "[ $BASHPID = $$ ]; echo $?", "echo $LINENO",
    "trap 'echo bye' EXIT", "trap 'echo err' ERR", "eval 'x=ev'", ". /dev/null", "exec 3>&1", "exec > /dev/null", "break",
    "continue", "local w=1", "echo ${FUNCNAME[0]}", "echo ${nope?gone}", "echo ${!ref}", "printf x >&5", "echo \"${a[@]}\"",
    "for i in 1 2; do echo $i; done", "while (( x++ < 3 )); do :; done", "[[ $s =~ b(.) ]]; echo ${BASH_REMATCH[1]}",
    "case $x in 1) echo one ;; esac", "{ echo grouped; } 2>&1", "hash -r", "PATH=/nowhere", "type f", "sleep 0 &", "wait",
    "set -- $(echo p q r)", "echo a\\0b | tr '\\0' '\\n'", "printf '\\n\\n'", "kill -0 $$; echo $?", "unset a; a=scalar",
    "command echo c", "command -v f", "builtin echo b", "x=5 f temp", "local -", "unset -v ref", "let x=4", "true | false",
)  # fmt: skip


def kinds(body: str) -> list[str]:
    """A statement for each kind of subshell around `body`."""
    return [
        f"( {body}\n)",
        f'v=$({body}\n); echo "[$v] $?"',
        f'echo "<$({body}\n)> $?"',
        f"( {body}\n) | /usr/bin/cat",
        f'x=`{body}\n`; echo "[$x]"',
    ]


def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=4).map("\n".join)
    return body.flatmap(lambda text: st.sampled_from(kinds(text)))


PLAIN = st.sampled_from(STATEMENTS)
WITHIN = PLAIN | nested(PLAIN)
SCRIPTS = st.lists(WITHIN | nested(WITHIN), min_size=1, max_size=4).map("\n".join)


def outcome(script: str) -> tuple[str, str, int]:
    """What the script printed and its status, with process ids made alike."""
    box = ShellBox()
    try:
        out, err, status = box.shell(script)
    finally:
        box.close()
    return out, re.sub(r"(?m)^(.*line \d+: +)\d+ ", r"\1PID ", err), status


def as_processes(script: str) -> tuple[str, str, int]:
    """The same with a process for every subshell."""
    with mock.patch(PLACES[0], return_value=False), mock.patch(PLACES[1], return_value=False):
        return outcome(script)


@pytest.fixture(autouse=True, scope="module")
def _deep() -> None:
    """What a machine would do while hypothesis watches the limit."""
    sys.setrecursionlimit(RECURSION_LIMIT)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(SCRIPTS.flatmap(lambda text: st.sampled_from(kinds(text))), st.booleans())
def test_nobody_can_tell(subshell: str, in_function: bool) -> None:
    script = f"{PREAMBLE}\nrun() {{ local l=mine x=local\n{subshell}\nshow; echo $l; }}\n"
    script += "run A B\nshow" if in_function else f"{subshell}\nshow"
    assert outcome(script) == as_processes(script)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement_leaves_no_trace(statement: str) -> None:
    script = PREAMBLE + "\n".join(f"{kind}\nshow" for kind in kinds(f"show\n{statement}\nshow"))
    assert outcome(script) == as_processes(script)


@pytest.mark.parametrize(
    "body", ["cat; echo on", "while :; do read v; done", "f() { read v; f; }; f"]
)
def test_interrupt_leaves_a_substitution(term: InteractiveBox, body: str) -> None:
    term.type(f"y=$(echo hi); x=$({body}); echo not here\r")
    assert term.type("\x03").endswith("$")
    assert term.answer('echo "$? $y [$x]"\r') == "130 hi []"


def test_programs_in_a_substitution_do_not_inherit_what_the_prompt_ignores(
    term: InteractiveBox,
) -> None:
    assert term.answer("x=$(cd /; sh -c 'kill -TERM $$; echo survived'); echo $? $x\r") == "143"


def test_a_substitution_waits_for_who_can_still_write(box: ShellBox) -> None:
    assert box.shell("x=$(sh -c '(sleep 0.2; echo late) & echo early'); echo $x")[0] == (
        "early late\n"
    )


def test_endless_output_ends(box: ShellBox) -> None:
    line = "x" * 65536
    script = f"x=$(while :; do echo {line}; done 2>/dev/null); echo $? ${{#x}}"
    assert box.shell(script)[0] == "254 0\n"


def test_depth_ends_in_processes_not_in_the_host(box: ShellBox) -> None:
    script = "f() { (( $1 )) && echo $(f $(( $1 - 1 ))) || echo bottom; }; f 120"
    assert box.shell(script)[0] == "bottom\n"


def test_what_fits_starts_no_process(box: ShellBox) -> None:
    before = box.kernel.last_pid
    script = (
        "f() { local a=$1; echo $a; }; x=$(f 1); y=`echo $x`; (z=$y; f $z); cd / ; (cd /tmp; f 2)"
    )
    assert box.shell(script)[0] == "1\n2\n"
    assert box.kernel.last_pid == before + 1
