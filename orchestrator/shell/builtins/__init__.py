"""The builtins: one module per family, and the registry of them all."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from orchestrator.shell.builtins import (
    completing,
    directories,
    echo,
    evaluation,
    fixing,
    flow,
    getopts,
    historylist,
    identify,
    joblist,
    limits,
    naming,
    printf,
    reading,
    settings,
    testing,
    trapping,
    variables,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.shell.builtin import Builtin

FAMILIES = (
    completing,
    directories,
    echo,
    evaluation,
    fixing,
    flow,
    getopts,
    historylist,
    identify,
    joblist,
    limits,
    naming,
    printf,
    reading,
    settings,
    testing,
    trapping,
    variables,
)

BUILTINS: Mapping[str, Builtin] = MappingProxyType(
    {builtin.name: builtin for family in FAMILIES for builtin in family.BUILTINS}
)
"""Every builtin by name."""
