"""The kinds of values that fields have: how a value is written in a filter, and what it is compared as."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from l2scope.filter.errors import FilterError
from l2scope.near import near

Constant = int | bytes | str
Names = Mapping[int, str]

NANOSECONDS: Final = 1_000_000_000
ADDRESS_BYTES: Final = 6
HEXADECIMAL: Final = re.compile(r"(?:0[xX])?([0-9a-fA-F]+)", re.ASCII)
SEPARATED: Final = re.compile(r"[0-9a-fA-F]{1,2}(?:[:\-][0-9a-fA-F]{1,2})*", re.ASCII)
WRITTEN_DURATION: Final = re.compile(r"(-?[0-9]+(?:\.[0-9]*)?|-?\.[0-9]+)(ns|us|ms|s)?", re.ASCII)
UNITS: Final = {None: NANOSECONDS, "s": NANOSECONDS, "ms": 1_000_000, "us": 1000, "ns": 1}
FRACTION: Final = re.compile(r"\.([0-9]{1,9})")
LARGEST: Final = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as it was written. quote is '"' for a string, "'" for a character, else empty."""

    text: str
    quote: str
    column: int

    @property
    def is_character(self) -> bool:
        return self.quote == "'" and len(self.text) == 1

    def wrong(self, wanted: str) -> FilterError:
        written = f'"{self.text}"' if self.quote else self.text
        return FilterError(f"{written} is not {wanted}", self.column)


class Kind:
    """How values of one kind are written. numeric: they are integers inside."""

    word: str = ""
    wanted: str = ""
    numeric = False

    def constants(self, literal: Literal, names: Names) -> tuple[Constant, ...]:
        """What a literal stands for: one value, or all that have the name. Raises FilterError."""
        raise NotImplementedError


class Number(Kind):
    word, wanted, numeric = "number", "a number", True

    def constants(self, literal: Literal, names: Names) -> tuple[Constant, ...]:
        if literal.is_character:
            return (ord(literal.text),)
        if literal.quote:
            return _named(literal, names)
        try:
            value = int(literal.text, 0)
        except ValueError:
            if literal.text.casefold() in map(str.casefold, names.values()):
                return _named(literal, names)
            raise literal.wrong(f"{self.wanted}, such as 18 or 0x12") from None
        if abs(value) > LARGEST:
            raise literal.wrong("a number of 64 bits")
        return (value,)


class Boolean(Number):
    word, wanted = "boolean", "true or false"

    def constants(self, literal: Literal, names: Names) -> tuple[Constant, ...]:
        value = {"true": 1, "false": 0, "1": 1, "0": 0}.get(literal.text.lower())
        if value is None:
            raise literal.wrong(self.wanted)
        return (value,)


class Duration(Kind):
    """Nanoseconds inside, seconds outside."""

    word, wanted, numeric = "duration", 'a duration in seconds, such as 0.05, or with its unit, such as "50ms"', True

    def constants(self, literal: Literal, names: Names) -> tuple[Constant, ...]:
        found = WRITTEN_DURATION.fullmatch(literal.text.replace(" ", ""))
        if found is None:
            raise literal.wrong(self.wanted)
        value = int(Decimal(found[1]) * UNITS[found[2]])
        if abs(value) > LARGEST:
            raise literal.wrong(self.wanted)
        return (value,)


class Moment(Kind):
    """Nanoseconds since 1970 inside; a UTC date outside, or seconds since 1970."""

    word, wanted, numeric = "time", 'a time in UTC, such as "2026-03-19 20:04:29.5"', True

    def constants(self, literal: Literal, names: Names) -> tuple[Constant, ...]:
        try:
            value = int(Decimal(literal.text) * NANOSECONDS)
        except (InvalidOperation, ValueError, OverflowError):
            value = self._date(literal)
        if abs(value) > LARGEST:
            raise literal.wrong(self.wanted)
        return (value,)

    def _date(self, literal: Literal) -> int:
        fraction = FRACTION.search(literal.text)
        rest = int(fraction[1].ljust(9, "0")) if fraction else 0
        try:
            moment = datetime.fromisoformat(FRACTION.sub("", literal.text))
        except ValueError:
            raise literal.wrong(self.wanted) from None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return int(moment.timestamp()) * NANOSECONDS + rest


class Bytes(Kind):
    word, wanted = "bytes", 'bytes, such as 01:a0 or "text"'

    def constants(self, literal: Literal, names: Names) -> tuple[Constant, ...]:
        if literal.quote:
            return (literal.text.encode("utf-8", "surrogateescape"),)
        if SEPARATED.fullmatch(literal.text):
            return (bytes(int(part, 16) for part in re.split(r"[:\-]", literal.text)),)
        if (digits := HEXADECIMAL.fullmatch(literal.text)) and len(digits[1]) % 2 == 0:
            return (bytes.fromhex(digits[1]),)
        raise literal.wrong(self.wanted)


class Address(Bytes):
    word, wanted = "address", "an address, such as 00:aa:01:02:03:04"

    def constants(self, literal: Literal, names: Names) -> tuple[Constant, ...]:
        if SEPARATED.fullmatch(literal.text) is None:
            raise literal.wrong(self.wanted)
        (value,) = super().constants(Literal(literal.text, "", literal.column), names)
        if not isinstance(value, bytes) or len(value) != ADDRESS_BYTES:
            raise literal.wrong(self.wanted)
        return (value,)


class Text(Kind):
    word, wanted = "text", "a text"

    def constants(self, literal: Literal, names: Names) -> tuple[Constant, ...]:
        return (literal.text,)


class Protocol(Bytes):
    """The bytes of a protocol in a packet. Most often one asks only whether it is there."""

    word = "protocol"


NUMBER: Final = Number()
BOOLEAN: Final = Boolean()
DURATION: Final = Duration()
MOMENT: Final = Moment()
BYTES: Final = Bytes()
ADDRESS: Final = Address()
TEXT: Final = Text()
PROTOCOL: Final = Protocol()


def _named(literal: Literal, names: Names) -> tuple[int, ...]:
    """The numbers that are called so, whatever the case."""
    if not names:
        raise FilterError(f'"{literal.text}": this field has no names, write a number', literal.column)
    wanted = literal.text.casefold()
    found = tuple(number for number, name in names.items() if name.casefold() == wanted)
    if found:
        return found
    raise FilterError(f'nothing here is called "{literal.text}"{near(literal.text, names.values())}', literal.column)
