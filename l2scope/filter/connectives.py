"""Tests made of tests: one class per connective, its help beside it. Cheap parts are asked first."""

from collections.abc import Sequence
from typing import ClassVar

from l2scope.filter.expressions import Test
from l2scope.filter.packets import Packets
from l2scope.filter.values import Mask


class Connective(Test):
    """symbols are the ways to write it."""

    symbols: ClassVar[tuple[str, ...]]
    help: ClassVar[str]
    example: ClassVar[str]

    def __init__(self, column: int, parts: Sequence[Test]) -> None:
        super().__init__(column, *parts)
        self.parts = sorted(parts, key=lambda part: part.cost)


class Or(Connective):
    symbols = ("||", "or")
    help = "one of both, or both"
    example = "btsmp || btatt.error_code"

    def passed(self, packets: Packets, open_: Mask) -> Mask:
        found = packets.none()
        for part in self.parts:
            still = open_ & ~found
            if not still.any():
                break
            found |= part.passed(packets, still) & still
        return found


class ExclusiveOr(Connective):
    symbols = ("^^", "xor")
    help = "one of both, not both"
    example = "btatt ^^ l2scope.channel"

    def passed(self, packets: Packets, open_: Mask) -> Mask:
        found = packets.none()
        for part in self.parts:
            found ^= part.passed(packets, open_)
        return found


class And(Connective):
    symbols = ("&&", "and")
    help = "both"
    example = "btatt.opcode == 0x12 && btatt.handle == 0x0018"

    def passed(self, packets: Packets, open_: Mask) -> Mask:
        found = open_
        for part in self.parts:
            if not found.any():
                break
            found = found & part.passed(packets, found)
        return found


class Not(Connective):
    symbols = ("!", "not")
    help = "packets that do not pass; also those without the field"
    example = "!(btatt.opcode == 0x1b)"

    def passed(self, packets: Packets, open_: Mask) -> Mask:
        return ~self.parts[0].passed(packets, open_)


CONNECTIVES: tuple[type[Connective], ...] = (And, Or, ExclusiveOr, Not)
