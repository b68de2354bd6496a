"""Attribute values in words, by the UUID of what they are the value of."""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from l2scope.analysis.gatt.uuid import Uuid
from l2scope.names.appearances import APPEARANCES
from l2scope.names.core_formats import CORE_FORMATS, Row
from l2scope.names.value_formats import FORMATS
from l2scope.text import printable

LONGEST_TEXT: Final = 128
DEEPEST: Final = 4
BITS: Final = 8

# Of IEEE 11073 numbers, by their mantissa: the words for what is none (Supplement 2.2.1).
NO_NUMBERS: Final = {
    12: {0x7FF: "not a number", 0x800: "not at this resolution", 0x7FE: "+infinity", 0x802: "-infinity"},
    24: {
        0x7FFFFF: "not a number",
        0x800000: "not at this resolution",
        0x7FFFFE: "+infinity",
        0x800002: "-infinity",
    },
}


class TooShortError(Exception):
    """The value ends inside a field."""


@dataclass(frozen=True, slots=True)
class ValueField:
    """One field of a value: its name, and its content in words, with the unit."""

    name: str
    text: str

    def as_json(self) -> dict[str, str]:
        return {"name": self.name, "value": self.text}


def decoded(uuid: Uuid | None, data: bytes) -> list[ValueField]:
    """The fields of a value; none where nothing is known of its format, or it does not fit the format."""
    number = None if uuid is None else uuid.number
    rows = None if number is None else format_of(number)
    if rows is None or not data:
        return []
    try:
        return list(_Value(data).fields(rows))
    except TooShortError:
        return []


def value_words(uuid: Uuid | None, data: bytes) -> str:
    """A value in one line; "" where decoded() has nothing. Flags are left out: they say which fields there are."""
    fields = decoded(uuid, data)
    shown = [field for field in fields if field.name != "Flags"] or fields
    return shown[0].text if len(shown) == 1 else ", ".join(f"{field.name} {field.text}" for field in shown)


def format_of(number: int) -> tuple[Row, ...] | None:
    """The fields of the values of a 16-bit UUID, None where they are not known."""
    return CORE_FORMATS.get(number) or FORMATS.get(number)


class _Value:
    """A value that is read field by field."""

    def __init__(self, data: bytes, depth: int = 0) -> None:
        self.data = data
        self.at = 0
        self.depth = depth
        self.flags: int | None = None

    def fields(self, rows: tuple[Row, ...]) -> Iterator[ValueField]:
        """What is left behind the last field is shown as it is: a later version of the format may have more."""
        for name, kind, unit, factors, presence, meanings in rows:
            if not self._is_present(kind, presence):
                continue
            if kind.endswith("*") and kind != "bytes*":
                while self.at < len(self.data):
                    yield from self._field(name, kind[:-1], unit, factors, meanings)
            else:
                yield from self._field(name, kind.removesuffix("?"), unit, factors, meanings)
        if self.at < len(self.data) and self.depth == 0:
            yield ValueField("more", self.data[self.at :].hex(" "))

    def _is_present(self, kind: str, presence: str) -> bool:
        if presence:
            bit, wanted = presence.split("=")
            return (self.flags or 0) >> int(bit) & 1 == int(wanted)
        return not kind.endswith("?") or self.at < len(self.data)

    def _field(
        self, name: str, kind: str, unit: str, factors: str, meanings: Mapping[int, str]
    ) -> Iterator[ValueField]:
        if kind.startswith("@"):
            yield from self._nested(name, int(kind[1:], 16))
        elif kind.startswith("boolean"):
            value = self._number(int(kind[8:-1]) // BITS)
            self.flags = value if self.flags is None else self.flags
            yield ValueField(name, _flags(value, meanings))
        else:
            yield ValueField(name, self._text(kind, unit, factors, meanings))

    def _nested(self, name: str, number: int) -> Iterator[ValueField]:
        """The value of another characteristic as a field."""
        rows = format_of(number)
        if rows is None or self.depth >= DEEPEST:
            raise TooShortError
        inner = _Value(self.data[self.at :], self.depth + 1)
        found = list(inner.fields(rows))
        self.at += inner.at
        text = found[0].text if len(found) == 1 else ", ".join(f"{field.name} {field.text}" for field in found)
        yield ValueField(name, text)

    def _text(self, kind: str, unit: str, factors: str, meanings: Mapping[int, str]) -> str:
        if kind == "utf8s":
            return printable(self._take(len(self.data) - self.at).rstrip(b"\0"), LONGEST_TEXT)
        if kind == "gatt_uuid":
            return _uuid(self._take(len(self.data) - self.at))
        if kind.startswith("bytes"):
            return self._take(len(self.data) - self.at if kind == "bytes*" else int(kind[5:])).hex(" ")
        if kind in WORDS:
            return WORDS[kind](self._number(2))
        raw, number = self._amount(kind)
        if raw in meanings:
            return meanings[raw]
        return number if isinstance(number, str) else f"{_scaled(number, factors)} {unit}".rstrip()

    def _amount(self, kind: str) -> tuple[int, float | str]:
        """The bits of a number, and the number or the word for what is none."""
        if kind == "float32":
            data = self._take(4)
            return int.from_bytes(data, "little"), float(struct.unpack("<f", data)[0])
        size = int(kind.lstrip("abcdefghijklmnopqrstuvwxyz"))
        raw = self._number(size // BITS)
        if kind.startswith("medfloat"):
            return raw, _medical(raw, 12 if size == 16 else 24, size)
        return raw, _signed(raw, size) if kind.startswith("s") else raw

    def _number(self, size: int) -> int:
        return int.from_bytes(self._take(size), "little")

    def _take(self, size: int) -> bytes:
        if self.at + size > len(self.data):
            raise TooShortError
        self.at += size
        return self.data[self.at - size : self.at]


def _signed(raw: int, bits: int) -> int:
    return raw - (1 << bits) if raw >> (bits - 1) else raw


def _medical(raw: int, mantissa_bits: int, bits: int) -> float | str:
    """A number of IEEE 11073-20601: an exponent of ten above a mantissa."""
    mantissa = raw & (1 << mantissa_bits) - 1
    if mantissa in NO_NUMBERS[mantissa_bits] and raw >> mantissa_bits == 0:
        return NO_NUMBERS[mantissa_bits][mantissa]
    exponent = _signed(raw >> mantissa_bits, bits - mantissa_bits)
    return float(_signed(mantissa, mantissa_bits)) * 10.0**exponent


def _scaled(number: float, factors: str) -> str:
    if factors:
        multiplier, tens, twos = map(int, factors.split(","))
        number = number * multiplier * 10.0**tens * 2.0**twos
    return f"{number:.10g}"


def _flags(value: int, meanings: Mapping[int, str]) -> str:
    """The names of the bits that are set; those without a name by their number."""
    names = [meanings.get(bit, f"bit {bit}") for bit in range(value.bit_length()) if value >> bit & 1]
    return " + ".join(names) or "none"


def _uuid(data: bytes) -> str:
    found = Uuid.of(data)
    return data.hex(" ") if found is None else found.name


def appearance(value: int) -> str:
    """What a device looks like: a category, and within it a subcategory."""
    category = APPEARANCES.get(value & ~0x3F)
    return APPEARANCES.get(value) or (f"{category}: 0x{value & 0x3F:02X}" if category else f"0x{value:04X}")


WORDS: Final[Mapping[str, Callable[[int], str]]] = {
    "appearance": appearance,
    "handle": lambda value: f"0x{value:04X}",
    "version": lambda value: f"{value >> 8:x}.{value & 0xFF:02x}",
}
