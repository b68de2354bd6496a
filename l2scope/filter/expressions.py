"""The two kinds of nodes of a compiled filter: operands have values in packets, tests say which packets pass."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Final

from l2scope.filter.errors import FilterError
from l2scope.filter.field import Cost
from l2scope.filter.kinds import Kind
from l2scope.filter.packets import Packets
from l2scope.filter.values import Mask, Values

DEEPEST: Final = 100
"""How deep nodes may lie in each other: evaluation calls itself once a level."""


class Node:
    """column is where it begins in the expression; cost that of the dearest field inside."""

    def __init__(self, column: int, *inside: "Node") -> None:
        self.column = column
        self.cost: Cost = max((node.cost for node in inside), default=Cost.TABLE)
        self.depth: int = 1 + max((node.depth for node in inside), default=0)
        if self.depth > DEEPEST:
            raise FilterError(f"nested deeper than {DEEPEST} levels", column)


class Operand(Node, ABC):
    """Something that has values: a field, a part of one, a calculation."""

    def __init__(self, kind: Kind, column: int, *inside: Node) -> None:
        super().__init__(column, *inside)
        self.kind = kind

    @property
    def names(self) -> Mapping[int, str]:
        """What its numbers are called."""
        return {}

    @abstractmethod
    def values(self, packets: Packets, open_: Mask) -> Values:
        """The values in the packets that are still open; those of others are not looked at."""


class Test(Node, ABC):
    """Something that packets pass or not."""

    __test__ = False  # pytest shall not take it for one of its own

    @abstractmethod
    def passed(self, packets: Packets, open_: Mask) -> Mask:
        """Which of the open packets pass; what it says of others means nothing. Raises FilterError for a pattern that
        takes too long."""
