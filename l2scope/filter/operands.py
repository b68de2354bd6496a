"""Operands that are read from packets: fields, and slices of their bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from l2scope.filter.errors import FilterError
from l2scope.filter.expressions import Operand
from l2scope.filter.field import FilterField
from l2scope.filter.kinds import BYTES, TEXT, Literal
from l2scope.filter.packets import Packets
from l2scope.filter.values import Mask, Values, objects


class Field(Operand):
    """A field by its name."""

    def __init__(self, field: FilterField, column: int) -> None:
        super().__init__(field.kind, column)
        self.field = field
        self.cost = field.cost

    @property
    def names(self) -> Mapping[int, str]:
        return self.field.names

    def values(self, packets: Packets, open_: Mask) -> Values:
        return self.field.values(packets, open_)


class Word(Operand):
    """A value as it was written. What it means depends on what it is compared with."""

    def __init__(self, literal: Literal) -> None:
        super().__init__(TEXT, literal.column)
        self.literal = literal

    def values(self, packets: Packets, open_: Mask) -> Values:
        raise FilterError(f"{self.literal.text} is a value where a field is needed", self.column)


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes from start to stop; None: to the end. Negative positions count from the end."""

    start: int
    stop: int | None

    def of(self, whole: bytes | str) -> bytes | str | None:
        """That part, None where it is not all there."""
        length = len(whole)
        start = self.start + length if self.start < 0 else self.start
        stop = length if self.stop is None else self.stop + length if self.stop < 0 else self.stop
        return whole[start:stop] if 0 <= start < stop <= length else None


class Slice(Operand):
    """Some of the bytes, or characters, of an operand; a packet where they are not all there has no value."""

    def __init__(self, operand: Operand, ranges: Sequence[Range], column: int) -> None:
        if operand.kind.numeric:
            raise FilterError(f"only bytes and texts have slices, this is a {operand.kind.word}", column)
        super().__init__(TEXT if operand.kind is TEXT else BYTES, column, operand)
        self.operand = operand
        self.ranges = ranges

    def values(self, packets: Packets, open_: Mask) -> Values:
        whole = self.operand.values(packets, open_)
        parts = [self._part(value) for value in whole.data]
        kept = np.fromiter((part is not None for part in parts), np.bool_, len(parts))
        return Values(whole.positions()[kept], objects([part for part in parts if part is not None]))

    def _part(self, whole: bytes | str) -> bytes | str | None:
        joined = whole[:0]
        for part in (found.of(whole) for found in self.ranges):
            if part is None:
                return None
            joined += part  # type: ignore[operator]  # both bytes, or both text
        return joined
