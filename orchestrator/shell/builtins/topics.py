"""What `help` knows of: the builtins, and the words of the grammar."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from orchestrator.shell.shell import Shell


class Topic(NamedTuple):
    """Something `help` can be asked for."""

    name: str
    usage: str
    summary: str


GRAMMAR = (
    Topic("%", "job_spec [&]", "Resume job in foreground."),
    Topic("(( ... ))", "(( expression ))", "Evaluate arithmetic expression."),
    Topic("[[ ... ]]", "[[ expression ]]", "Execute conditional command."),
    Topic(
        "case",
        "case WORD in [PATTERN [| PATTERN]...) COMMANDS ;;]... esac",
        "Execute commands based on pattern matching.",
    ),
    Topic("coproc", "coproc [NAME] command [redirections]", "Create a coprocess named NAME."),
    Topic(
        "for",
        "for NAME [in WORDS ... ] ; do COMMANDS; done",
        "Execute commands for each member in a list.",
    ),
    Topic("for ((", "for (( exp1; exp2; exp3 )); do COMMANDS; done", "Arithmetic for loop."),
    Topic(
        "function",
        "function name { COMMANDS ; } or name () { COMMANDS ; }",
        "Define shell function.",
    ),
    Topic(
        "if",
        "if COMMANDS; then COMMANDS; [ elif COMMANDS; then COMMANDS; ]... [ else COMMANDS; ] fi",
        "Execute commands based on conditional.",
    ),
    Topic(
        "select",
        "select NAME [in WORDS ... ;] do COMMANDS; done",
        "Select words from a list and execute commands.",
    ),
    Topic("time", "time [-p] pipeline", "Report time consumed by pipeline's execution."),
    Topic(
        "until",
        "until COMMANDS; do COMMANDS-2; done",
        "Execute commands as long as a test does not succeed.",
    ),
    Topic(
        "variables",
        "variables - Names and meanings of some shell variables",
        "Common shell variable names and usage.",
    ),
    Topic(
        "while",
        "while COMMANDS; do COMMANDS-2; done",
        "Execute commands as long as a test succeeds.",
    ),
    Topic("{ ... }", "{ COMMANDS ; }", "Group commands as a unit."),
)
"""The words that are no builtins, as synopses."""


def all_topics(shell: Shell) -> list[Topic]:
    """Return every topic, sorted by name."""
    builtins = shell.all_builtins.values()
    return sorted([*GRAMMAR, *(Topic(b.name, b.usage, b.summary) for b in builtins)])
