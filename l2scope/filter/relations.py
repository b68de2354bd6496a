"""What values are compared with, and how: one class per operator, its help beside it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import contains, eq, ge, gt, le, lt
from typing import Any, ClassVar

import numpy as np

from l2scope.filter.errors import FilterError
from l2scope.filter.kinds import Constant, Kind, Literal, Names
from l2scope.filter.patterns import Pattern
from l2scope.filter.values import Data, Mask

NAMELESS: Names = {}
Partner = Data | Constant | tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """One element of a set: a value with all that have its name, or everything from low to high."""

    values: tuple[Constant, ...]
    high: Constant | None = None

    def hold(self, data: Data) -> Mask:
        if self.high is None:
            return equal(data, self.values)
        return np.logical_and(ordered(data, ">=", self.values[0]), ordered(data, "<=", self.high))


class Relation(ABC):
    """How a field's values are compared. A packet passes when one of its values fits; where `every`, when all do."""

    symbols: ClassVar[tuple[str, ...]] = ()
    help: ClassVar[str]
    example: ClassVar[str]
    every: ClassVar[bool] = False

    @classmethod
    def check(cls, kind: Kind, column: int) -> None:
        """Raises FilterError where values of this kind cannot be compared so."""
        return

    @abstractmethod
    def fits(self, data: Data) -> Mask:
        """Which of the values fit."""


class Comparison(Relation):
    """With a constant, or with the values of another field in the same packet."""

    def __init__(self, values: Sequence[Constant]) -> None:
        self.constants = tuple(values)

    @classmethod
    def constants_of(cls, literal: Literal, kind: Kind, names: Names) -> tuple[Constant, ...]:
        """What a literal means beside an operand of this kind."""
        return kind.constants(literal, names)

    def fits(self, data: Data) -> Mask:
        return self.fit_pairs(data, self.constants)

    @classmethod
    @abstractmethod
    def fit_pairs(cls, data: Data, other: Partner) -> Mask:
        """Which values stand so to their partners; other is an array as long as data, or a tuple of constants."""


class Equal(Comparison):
    symbols: ClassVar[tuple[str, ...]] = ("==", "eq", "any_eq")
    help = "a value is equal"
    example = 'btatt.opcode == "Write Request"'

    @classmethod
    def fit_pairs(cls, data: Data, other: Partner) -> Mask:
        return equal(data, other)


class AllEqual(Equal):
    symbols: ClassVar[tuple[str, ...]] = ("===", "all_eq")
    help = "all values of the packet are equal"
    example = "bthci_evt.le_peer_address_type === 1"
    every = True


class NotEqual(Comparison):
    symbols: ClassVar[tuple[str, ...]] = ("!=", "ne", "all_ne")
    help = "no value of the packet is equal, and there is one"
    example = "btatt.handle != 0x0018"
    every = True

    @classmethod
    def fit_pairs(cls, data: Data, other: Partner) -> Mask:
        return np.logical_not(equal(data, other))


class AnyNotEqual(NotEqual):
    symbols: ClassVar[tuple[str, ...]] = ("!==", "~=", "any_ne")
    help = "a value of the packet differs"
    example = "btatt.handle !== 0x0018"
    every = False


class Ordered(Comparison):
    """Greater and smaller: names have no order."""

    @classmethod
    def constants_of(cls, literal: Literal, kind: Kind, names: Names) -> tuple[Constant, ...]:
        return kind.constants(literal, NAMELESS)

    @classmethod
    def fit_pairs(cls, data: Data, other: Partner) -> Mask:
        return ordered(data, cls.symbols[0], other[0] if isinstance(other, tuple) else other)


class Greater(Ordered):
    symbols = (">", "gt")
    help = "a value is greater"
    example = "l2scope.sdu.length > 512"


class Less(Ordered):
    symbols = ("<", "lt")
    help = "a value is smaller"
    example = "l2scope.credits.balance < 2"


class GreaterOrEqual(Ordered):
    symbols = (">=", "ge")
    help = "a value is greater or equal"
    example = "frame.len >= 200"


class LessOrEqual(Ordered):
    symbols = ("<=", "le")
    help = "a value is smaller or equal"
    example = "frame.time_relative <= 1.5"


class Contains(Comparison):
    symbols = ("contains",)
    help = "bytes or a text are inside a value"
    example = "btatt.value contains 01:a0"

    @classmethod
    def check(cls, kind: Kind, column: int) -> None:
        _needs_bytes(kind, cls.symbols[0], column)

    @classmethod
    def fit_pairs(cls, data: Data, other: Partner) -> Mask:
        if isinstance(other, tuple):
            (part,) = other
            return np.fromiter((part in value for value in data), np.bool_, len(data))
        return _compared(contains, data, other)


class Matches(Relation):
    symbols = ("matches", "~")
    help = "a regular expression is found in a value, whatever the case"
    example = 'l2scope.info matches "handle 0x00(1|2)"'

    def __init__(self, pattern: Pattern) -> None:
        self.pattern = pattern

    @classmethod
    def check(cls, kind: Kind, column: int) -> None:
        _needs_bytes(kind, cls.symbols[0], column)

    def fits(self, data: Data) -> Mask:
        return self.pattern.found_in(data)


class In(Relation):
    symbols = ("in",)
    help = "a value is one of a set of values and ranges"
    example = "btatt.handle in {0x0018, 0x0020..0x0030}"

    def __init__(self, bounds: Sequence[Bounds]) -> None:
        self.bounds = bounds

    def fits(self, data: Data) -> Mask:
        found = np.zeros(len(data), dtype=np.bool_)
        for bounds in self.bounds:
            found |= bounds.hold(data)
        return found


COMPARISONS: tuple[type[Comparison], ...] = (
    Equal,
    NotEqual,
    AllEqual,
    AnyNotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Contains,
)
RELATIONS: tuple[type[Relation], ...] = (*COMPARISONS, Matches, In)

ORDERS: dict[str, Callable[[Any, Any], Any]] = {">": gt, "<": lt, ">=": ge, "<=": le}


def equal(data: Data, other: Partner) -> Mask:
    """Which values are equal to their partner, or to one of a tuple of constants."""
    if not isinstance(other, tuple):
        return _compared(eq, data, other)
    found = np.zeros(len(data), dtype=np.bool_)
    for constant in other:
        found |= _compared(eq, data, constant)
    return found


def ordered(data: Data, symbol: str, other: Partner) -> Mask:
    """Which values stand so to their partner, or to a constant."""
    return _compared(ORDERS[symbol], data, other)


def _compared(compare: Callable[[Any, Any], Any], data: Data, other: Partner) -> Mask:
    """numpy would cut zero bytes off the end of bytes, so these are compared one by one."""
    if data.dtype != np.object_:
        found: Mask = np.asarray(compare(data, other), dtype=np.bool_)
        return found
    partners = other if isinstance(other, np.ndarray) else repeat(other)
    return np.fromiter(map(compare, data, partners), np.bool_, len(data))


def _needs_bytes(kind: Kind, symbol: str, column: int) -> None:
    if kind.numeric:
        raise FilterError(f"{symbol} needs bytes or text, this is a {kind.word}", column)
