"""Which node tells the line of a command: the first one in it that has a position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from orchestrator.shell.syntax.nodes import AndOr, Pipeline, Redirected, SimpleCommand

if TYPE_CHECKING:
    from orchestrator.shell.syntax.nodes import Command, Position

NOTHING = SimpleCommand((), (), ())
"""What runs before the first command: nothing, nowhere."""


@dataclass(frozen=True, slots=True)
class Head:
    """Part of a command that trap DEBUG sees as one: an expression of a C-style for."""

    text: str
    pos: Position


class Located(Protocol):
    """A node with a position."""

    @property
    def pos(self) -> Position:
        """Where it starts."""


def located(node: Command) -> Located:
    """Return the node whose position is that of `node`."""
    while isinstance(node, AndOr | Pipeline | Redirected):
        if isinstance(node, AndOr):
            node = node.first
        elif isinstance(node, Redirected):
            node = node.body
        elif node.commands:
            node = node.commands[0]
        else:
            return NOTHING
    return node
