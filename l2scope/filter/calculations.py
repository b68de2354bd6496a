"""Operands that are calculated: arithmetic on numbers, and functions. One class each, its help beside it."""

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from l2scope.filter.errors import FilterError
from l2scope.filter.expressions import Operand
from l2scope.filter.kinds import NUMBER, TEXT, Kind
from l2scope.filter.operands import Word
from l2scope.filter.packets import Packets
from l2scope.filter.values import Data, Mask, Values, objects, paired


class Arithmetic(Operand):
    """Numbers from numbers: those of both sides in the same packet, or those of a packet and a constant."""

    symbols: ClassVar[tuple[str, ...]]
    help: ClassVar[str]
    example: ClassVar[str]

    def __init__(self, left: Operand, right: Operand, column: int) -> None:
        if isinstance(left, Word):
            raise FilterError(f"{left.literal.text} is a value where a field is needed", left.column)
        if not left.kind.numeric:
            raise FilterError(f"{self.symbols[0]} needs numbers, this is {left.kind.word}", left.column)
        self.constant: int | None = None
        if isinstance(right, Word):
            self.constant = self._checked(right, left.kind)
        elif not right.kind.numeric:
            raise FilterError(f"{self.symbols[0]} needs numbers, this is {right.kind.word}", right.column)
        super().__init__(left.kind, column, left, right)
        self.left = left
        self.right = right

    def _checked(self, right: Word, kind: Kind) -> int:
        (value,) = kind.constants(right.literal, {})
        if not isinstance(value, int):
            raise right.literal.wrong(kind.wanted)
        return value

    def values(self, packets: Packets, open_: Mask) -> Values:
        left = self.left.values(packets, open_)
        if self.constant is not None:
            return left.with_data(self.result(left.data.astype(np.int64), np.int64(self.constant)))
        values, other = paired(left, self.right.values(packets, open_))
        return self._of_pairs(values, other.astype(np.int64))

    def _of_pairs(self, values: Values, other: Data) -> Values:
        return values.with_data(self.result(values.data.astype(np.int64), other))

    @abstractmethod
    def result(self, left: Data, right: Data | np.int64) -> Data:
        """The numbers that come out."""


class BitwiseAnd(Arithmetic):
    symbols = ("&",)
    help = "the bits that both have; as a test: any"
    example = "btatt.opcode & 0x40"

    def result(self, left: Data, right: Data | np.int64) -> Data:
        found: Data = left & right
        return found


class Sum(Arithmetic):
    symbols = ("+",)
    help = "sum"
    example = "btl2cap.length + 4 == bthci_acl.length"

    def result(self, left: Data, right: Data | np.int64) -> Data:
        found: Data = left + right
        return found


class Difference(Arithmetic):
    symbols = ("-",)
    help = "difference; write a space before it, names may hold a -"
    example = "frame.len - 5 > 200"

    def result(self, left: Data, right: Data | np.int64) -> Data:
        found: Data = left - right
        return found


class Product(Arithmetic):
    symbols = ("*",)
    help = "product"
    example = "btatt.offset * 2 > 100"

    def result(self, left: Data, right: Data | np.int64) -> Data:
        found: Data = left * right
        return found


class Division(Arithmetic):
    """A packet where the divisor is 0 has no value."""

    def _checked(self, right: Word, kind: Kind) -> int:
        value = super()._checked(right, kind)
        if value == 0:
            raise FilterError("division by zero", right.column)
        return value

    def _of_pairs(self, values: Values, other: Data) -> Values:
        possible = other != 0
        return super()._of_pairs(values.of(possible), other[possible])


class Quotient(Division):
    symbols = ("/",)
    help = "quotient of whole numbers, rounded down"
    example = "frame.len / 100 == 2"

    def result(self, left: Data, right: Data | np.int64) -> Data:
        found: Data = left // right
        return found


class Remainder(Division):
    symbols = ("%",)
    help = "remainder of the quotient"
    example = "frame.number % 10 == 0"

    def result(self, left: Data, right: Data | np.int64) -> Data:
        found: Data = left % right
        return found


ARITHMETIC: tuple[type[Arithmetic], ...] = (BitwiseAnd, Sum, Difference, Product, Quotient, Remainder)


class Function(Operand):
    """A function of one operand."""

    name: ClassVar[str]
    help: ClassVar[str]
    example: ClassVar[str]

    def __init__(self, operand: Operand, column: int) -> None:
        if isinstance(operand, Word):
            raise FilterError(f"{self.name}() needs a field, not {operand.literal.text}", operand.column)
        super().__init__(self.kind_of(operand), column, operand)
        self.operand = operand

    @abstractmethod
    def kind_of(self, operand: Operand) -> Kind:
        """What comes out for such an operand. Raises FilterError for one that does not fit."""

    def values(self, packets: Packets, open_: Mask) -> Values:
        return self.result(self.operand.values(packets, open_))

    @abstractmethod
    def result(self, values: Values) -> Values:
        """What comes out."""

    def wrong(self, operand: Operand, wanted: str) -> FilterError:
        return FilterError(f"{self.name}() needs {wanted}, this is {operand.kind.word}", operand.column)


class Len(Function):
    name = "len"
    help = "how many bytes or characters"
    example = "len(btatt.value) > 20"

    def kind_of(self, operand: Operand) -> Kind:
        if operand.kind.numeric:
            raise self.wrong(operand, "bytes or text")
        return NUMBER

    def result(self, values: Values) -> Values:
        return values.with_data(np.fromiter(map(len, values.data), np.int64, len(values.data)))


class Count(Function):
    name = "count"
    help = "how many values a packet has; it must have one"
    example = "count(bthci_evt.bd_addr) > 1"

    def kind_of(self, operand: Operand) -> Kind:
        return NUMBER

    def result(self, values: Values) -> Values:
        rows, counts = np.unique(values.positions(), return_counts=True)
        return Values(rows, counts)


class Lower(Function):
    name = "lower"
    help = "the text in small letters"
    example = 'lower(l2scope.peer.name) contains "pixel"'

    def kind_of(self, operand: Operand) -> Kind:
        if operand.kind is not TEXT:
            raise self.wrong(operand, "text")
        return TEXT

    def result(self, values: Values) -> Values:
        return values.with_data(objects([self.changed(text) for text in values.data]))

    def changed(self, text: str) -> str:
        return text.lower()


class Upper(Lower):
    name = "upper"
    help = "the text in capital letters"
    example = 'upper(l2scope.peer.name) contains "PIXEL"'

    def changed(self, text: str) -> str:
        return text.upper()


class Largest(Function):
    name = "max"
    help = "the largest value of a packet"
    example = "max(bthci_evt.rssi) < -80"
    choose: ClassVar[np.ufunc] = np.maximum

    def kind_of(self, operand: Operand) -> Kind:
        if not operand.kind.numeric:
            raise self.wrong(operand, "numbers")
        return operand.kind

    def result(self, values: Values) -> Values:
        order = np.argsort(values.positions(), kind="stable")
        rows, starts = np.unique(values.positions()[order], return_index=True)
        data = values.data[order].astype(np.int64)
        return Values(rows, self.choose.reduceat(data, starts) if len(data) else data)


class Smallest(Largest):
    name = "min"
    help = "the smallest value of a packet"
    example = "min(bthci_evt.rssi) > -50"
    choose = np.minimum


class Absolute(Largest):
    name = "abs"
    help = "without its sign"
    example = "abs(l2scope.credits.change) > 10"

    def result(self, values: Values) -> Values:
        return values.with_data(np.abs(values.data.astype(np.int64)))


FUNCTIONS: dict[str, type[Function]] = {
    function.name: function for function in (Len, Count, Lower, Upper, Largest, Smallest, Absolute)
}
