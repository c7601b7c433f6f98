"""The shell's options, `set` and `shopt`, in one table: an attribute per option.

Expansions read the attributes they know of (`ExpandOptions`); everything else reads them here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import TYPE_CHECKING

from orchestrator.shell.expand.environment import ExpandOptions

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass
class ShellOptions(ExpandOptions):
    """Every option of `set -o` and `shopt` that is not one of `ExpandOptions`."""

    # set -o
    allexport: bool = False
    emacs: bool = False
    errexit: bool = False
    errtrace: bool = False
    functrace: bool = False
    hashall: bool = True
    histexpand: bool = False
    history: bool = False
    ignoreeof: bool = False
    keyword: bool = False
    monitor: bool = False
    noclobber: bool = False
    noexec: bool = False
    nolog: bool = False
    notify: bool = False
    onecmd: bool = False
    physical: bool = False
    pipefail: bool = False
    privileged: bool = False
    verbose: bool = False
    vi: bool = False
    xtrace: bool = False
    # shopt
    autocd: bool = False
    assoc_expand_once: bool = False
    cdable_vars: bool = False
    cdspell: bool = False
    checkhash: bool = False
    checkjobs: bool = False
    checkwinsize: bool = True
    cmdhist: bool = True
    compat31: bool = False
    compat32: bool = False
    compat40: bool = False
    compat41: bool = False
    compat42: bool = False
    compat43: bool = False
    compat44: bool = False
    complete_fullquote: bool = True
    direxpand: bool = False
    dirspell: bool = False
    execfail: bool = False
    expand_aliases: bool = False
    extdebug: bool = False
    extquote: bool = True
    force_fignore: bool = True
    globasciiranges: bool = True
    gnu_errfmt: bool = False
    histappend: bool = False
    histreedit: bool = False
    histverify: bool = False
    hostcomplete: bool = True
    huponexit: bool = False
    inherit_errexit: bool = False
    interactive_comments: bool = True
    lastpipe: bool = False
    lithist: bool = False
    localvar_inherit: bool = False
    localvar_unset: bool = False
    login_shell: bool = False
    mailwarn: bool = False
    no_empty_cmd_completion: bool = False
    noexpand_translation: bool = False
    progcomp: bool = True
    progcomp_alias: bool = False
    promptvars: bool = True
    restricted: bool = False
    restricted_shell: bool = False
    shift_verbose: bool = False
    sourcepath: bool = True
    varredir_close: bool = False
    xpg_echo: bool = False

    def copy(self) -> ShellOptions:
        """Return an independent copy, for a subshell. Without slots this is one copied dictionary."""
        other = object.__new__(ShellOptions)
        other.__dict__.update(self.__dict__)
        return other


SET_LETTERS: Mapping[str, str] = MappingProxyType(
    {
        "a": "allexport",
        "b": "notify",
        "e": "errexit",
        "f": "noglob",
        "h": "hashall",
        "k": "keyword",
        "m": "monitor",
        "n": "noexec",
        "p": "privileged",
        "r": "restricted",
        "t": "onecmd",
        "u": "nounset",
        "v": "verbose",
        "x": "xtrace",
        "B": "braceexpand",
        "C": "noclobber",
        "E": "errtrace",
        "H": "histexpand",
        "P": "physical",
        "T": "functrace",
    }
)
"""Letters of `set -x`, in the order in which `$-` shows them."""

SET_NAMES: Mapping[str, str] = MappingProxyType(
    {
        name: name.replace("-", "_")
        for name in [
            "allexport",
            "braceexpand",
            "emacs",
            "errexit",
            "errtrace",
            "functrace",
            "hashall",
            "histexpand",
            "history",
            "ignoreeof",
            "interactive-comments",
            "keyword",
            "monitor",
            "noclobber",
            "noexec",
            "noglob",
            "nolog",
            "notify",
            "nounset",
            "onecmd",
            "physical",
            "pipefail",
            "posix",
            "privileged",
            "verbose",
            "vi",
            "xtrace",
        ]
    }
)
"""Names of `set -o`, in the order in which it lists them, and their attributes."""

SHOPT_NAMES = tuple(
    sorted(
        (
            field.name
            for field in fields(ShellOptions)
            if field.name not in (*SET_NAMES.values(), "restricted")
            or field.name == "interactive_comments"
        ),
        key=lambda name: (name != "autocd", name),
    )
)
"""Names of `shopt`, in the order in which it lists them: sorted, but for one."""
