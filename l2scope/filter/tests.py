"""The tests that end in values: comparisons, and whether a field is there at all."""

from collections.abc import Callable

from l2scope.filter.expressions import Operand, Test
from l2scope.filter.operands import Field
from l2scope.filter.packets import Packets
from l2scope.filter.relations import Comparison, Relation
from l2scope.filter.values import Mask, Values, paired


def spread(values: Values, hits: Mask, every: bool, count: int) -> Mask:
    """The packets of which a value is hit, or of which every value is and there is one."""
    if not every:
        return values.mask(hits, count)
    return values.present(count) & ~values.mask(~hits, count)


class Compared(Test):
    """An operand with something fixed. every: all values of a packet must fit, else one is enough."""

    def __init__(self, operand: Operand, relation: Relation, every: bool) -> None:
        super().__init__(operand.column, operand)
        self.operand = operand
        self.relation = relation
        self.every = every

    def passed(self, packets: Packets, open_: Mask) -> Mask:
        values = self.operand.values(packets, open_)
        return spread(values, self.relation.fits(values.data), self.every, packets.count)


class ComparedWith(Test):
    """Two operands in the same packet, each value of one with each of the other."""

    def __init__(self, left: Operand, right: Operand, relation: type[Comparison], every: bool) -> None:
        super().__init__(left.column, left, right)
        self.left = left
        self.right = right
        self.relation = relation
        self.every = every

    def passed(self, packets: Packets, open_: Mask) -> Mask:
        values, other = paired(self.left.values(packets, open_), self.right.values(packets, open_))
        return spread(values, self.relation.fit_pairs(values.data, other), self.every, packets.count)


class HasField(Test):
    """A packet has the field, which knows so without its values."""

    def __init__(self, field: Field, presence: Callable[[Packets], Mask]) -> None:
        super().__init__(field.column)
        self.presence = presence

    def passed(self, packets: Packets, open_: Mask) -> Mask:
        return self.presence(packets)


class Present(Test):
    """A packet has the field, or the part of it; of a calculation: a result that is not zero."""

    def __init__(self, operand: Operand, *, nonzero: bool) -> None:
        super().__init__(operand.column, operand)
        self.operand = operand
        self.nonzero = nonzero

    def passed(self, packets: Packets, open_: Mask) -> Mask:
        values = self.operand.values(packets, open_)
        if self.nonzero:
            return values.mask(values.data != 0, packets.count)
        return values.present(packets.count)
