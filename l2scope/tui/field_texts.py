"""Values of filter fields, as a column shows them and as a filter writes them."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from l2scope.dissection.field import hex_text
from l2scope.dissection.tree import time_text
from l2scope.filter.field import FilterField
from l2scope.filter.kinds import ADDRESS, BOOLEAN, DURATION, MOMENT, NANOSECONDS, PROTOCOL
from l2scope.filter.packets import Packets
from l2scope.text import REPLACEMENT, printable
from l2scope.tui.figures import seconds

Value = int | bytes | str

LONGEST: Final = 200
MOST_VALUES: Final = 6
PRESENT: Final = "✓"
CODES: Final = frozenset(("code", "cmd_code", "error_code", "method", "opcode"))
IDENTIFIERS: Final = frozenset(
    ("chandle", "cid", "comp_id", "company_id", "connection_handle", "dcid", "ending_handle", "group_end_handle",
     "handle", "le_psm", "psm", "scid", "starting_handle", "uuid16")
)  # fmt: skip
"""Last words of the names of fields whose numbers people know in hexadecimal, of two digits or of four."""
ESCAPES: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0", "\\": "\\\\", '"': '\\"'}


def texts_of(field: FilterField, values: Sequence[Value]) -> str:
    """What a cell says: each value once."""
    if field.kind is PROTOCOL:
        return PRESENT if values else ""
    texts = list(dict.fromkeys(text_of(field, value) for value in values[: 4 * MOST_VALUES]))
    more = ["…"] if len(texts) > MOST_VALUES or len(values) > 4 * MOST_VALUES else []
    return ", ".join([*texts[:MOST_VALUES], *more])


def text_of(field: FilterField, value: Value) -> str:
    """A value as people read it: by its name where it has one."""
    if isinstance(value, bytes):
        return value.hex(":").upper() if field.kind is ADDRESS else hex_text(value)
    if isinstance(value, str):
        return printable(value, LONGEST)
    if field.kind is DURATION:
        return seconds(value)
    if field.kind is MOMENT:
        return time_text(value)
    if value in field.names:
        return printable(field.names[value], LONGEST)
    return _number(field, value)


def _number(field: FilterField, value: int) -> str:
    if field.kind is BOOLEAN:
        return "true" if value else "false"
    word = field.name.rpartition(".")[2]
    if value < 0 or word not in CODES | IDENTIFIERS:
        return str(value)
    return f"0x{value:02X}" if word in CODES else f"0x{value:04X}"


def expression_of(field: FilterField, values: Sequence[Value]) -> str:
    """A filter that packets with these values pass; of many values the first few. Without one, that there is none."""
    if not values:
        return f"!{field.name}"
    if field.kind is PROTOCOL:
        return field.name
    return " && ".join(dict.fromkeys(_test(field, value) for value in values[:3]))


def _test(field: FilterField, value: Value) -> str:
    """That a field has a value. A text that cannot be shown, or is long, becomes a pattern of what can be shown of its
    beginning."""
    if not isinstance(value, str) or printable(value, LONGEST) == value:
        return f"{field.name} == {literal(field, value)}"
    shown = printable(value[:LONGEST], LONGEST)
    wanted = "".join("." if character == REPLACEMENT else re.escape(character) for character in shown)
    end = "$" if len(value) <= LONGEST else ""
    return f"{field.name} matches {quoted(f'(?s)^{wanted}{end}')}"


def literal(field: FilterField, value: Value) -> str:
    """A value as the filter's language writes it."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bytes):
        return value.hex(":") if value else '""'
    if field.kind in (DURATION, MOMENT):
        sign, rest = ("-", -value) if value < 0 else ("", value)
        return f"{sign}{rest // NANOSECONDS}.{rest % NANOSECONDS:09d}".rstrip("0").rstrip(".")
    return _number(field, value)


def quoted(text: str) -> str:
    """A text between quotation marks; what cannot be written stands for itself."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in ESCAPES:
        return ESCAPES[character]
    return f"\\x{ord(character):02x}" if ord(character) < 0x20 or ord(character) == 0x7F else character


def values_of(field: FilterField, packets: Packets, rows: Sequence[int]) -> dict[int, list[Value]]:
    """The values of a field in the packets of some rows, none for those without. May dissect them."""
    mask = packets.none()
    mask[list(rows)] = True
    if field.kind is PROTOCOL and field.presence is not None:
        return {row: [b""] for row in np.flatnonzero(field.presence(packets) & mask).tolist()}
    found = field.values(packets, mask)
    found_rows: dict[int, list[Value]] = {}
    if found.rows is None:
        return {row: [_plain(found.data[row])] for row in rows if row < len(found.data)}
    inside = found.rows < packets.count
    hits = np.flatnonzero(inside & mask[np.where(inside, found.rows, 0)])
    for row, value in zip(found.rows[hits].tolist(), found.data[hits].tolist(), strict=True):
        found_rows.setdefault(row, []).append(_plain(value))
    return found_rows


def _plain(value: object) -> Value:
    """A value without numpy."""
    if isinstance(value, (bytes, str)):
        return value
    assert isinstance(value, (int, np.integer)), "all others are numbers"
    return int(value)
