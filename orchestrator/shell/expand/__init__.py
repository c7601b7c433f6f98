r"""Words to fields. Knows ``syntax`` and the standard library; everything else arrives through an
:class:`~orchestrator.shell.expand.environment.Environment`.

Every node is compiled once to a Python closure and then run many times::

    compile_words(words)   -> Callable[[Environment], list[str]]   all words of a command (fresh list)
    compile_word(word)     -> Callable[[Environment], list[str]]   one word: zero or more fields
    compile_string(word)   -> Callable[[Environment], str]    no splitting, no globs: here-strings, case
                              subject, redirection targets outside interactive use, [[ operands
    compile_pattern(word)  -> Callable[[Environment], Pattern]     case patterns, right side of [[ ==
    compile_regex(word)    -> Callable[[Environment], Regex]       right side of [[ =~
    compile_heredoc(doc)   -> Callable[[Environment], str]
    compile_arith(word)    -> Callable[[Environment], int]    (( )), $(( )), for ((;;)), let
    compile_assignment(node) -> Callable[[Environment], None]      performs it on env.variables

``compile_words`` accepts the Assignment nodes behind declaration builtins. They arrive as plain strings
``name=value`` (``name+=value``, ``name[i]=value``); a compound one arrives as an :class:`ArrayArgument`,
which is a ``str`` with ``.name``, ``.append`` and ``.elements``.

For builtins (names as text)::

    evaluate(env, text) -> int                       arithmetic of a string (let, declare -i, test -v a[1])
    assign(env, name, value, *, append=False)        scalar, "name[sub]" accepted, attributes honoured
    assign_element(env, name, subscript, value, *, append=False)
    assign_array(env, name, elements, *, append=False)
    unset_element(env, name, subscript)
    lookup(env, name) -> Variable | None             follows namerefs
    read_value(env, name) -> str | None              "name" or "name[sub]"
    split_fields(text, ifs) -> list[str]             POSIX field splitting (word splitting)
    expand_globs(env, pattern) -> list[str]          compgen -G and the like
    compile_glob(text, ...) -> Pattern               of a string

A shell inherits :class:`Evaluation`, which answers ``evaluate`` and ``expand_text`` of the Environment protocol.
``Regex.match(text, env.tick)`` gives the list for BASH_REMATCH or None; ``Pattern.matches(text)`` a bool. An invalid
regular expression raises ``regex_items.RegexError`` (status 2).

Failures raise :class:`~orchestrator.shell.expand.errors.ExpansionError`.
"""

from orchestrator.shell.expand.arith import evaluate
from orchestrator.shell.expand.assign import (
    assign,
    assign_array,
    assign_element,
    unset_element,
)
from orchestrator.shell.expand.assignments import (
    ArrayArgument,
    compile_assignment,
    compile_elements,
    compile_words,
)
from orchestrator.shell.expand.evaluation import Evaluation
from orchestrator.shell.expand.lookup import lookup, split_subscript
from orchestrator.shell.expand.pathnames import expand_globs
from orchestrator.shell.expand.pattern import compile_glob
from orchestrator.shell.expand.reading import read_value
from orchestrator.shell.expand.regex import compile_regex
from orchestrator.shell.expand.split import split_fields
from orchestrator.shell.expand.words import (
    compile_arith,
    compile_heredoc,
    compile_pattern,
    compile_string,
    compile_word,
)

__all__ = [
    "ArrayArgument",
    "Evaluation",
    "assign",
    "assign_array",
    "assign_element",
    "compile_arith",
    "compile_assignment",
    "compile_elements",
    "compile_glob",
    "compile_heredoc",
    "compile_pattern",
    "compile_regex",
    "compile_string",
    "compile_word",
    "compile_words",
    "evaluate",
    "expand_globs",
    "lookup",
    "read_value",
    "split_fields",
    "split_subscript",
    "unset_element",
]
