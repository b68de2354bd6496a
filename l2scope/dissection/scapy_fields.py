"""Turns a scapy packet into fields with exact byte ranges.

scapy keeps the values of a dissected packet but not where they were. Here every field reads its bytes again with
getfield, and what is left over tells how many it took. scapy itself is not imported: a packet is whatever has
fields_desc, fields and payload, so only the dissectors pay for loading it.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from l2scope.dissection.field import Field, bytes_field, filled
from l2scope.dissection.scapy_types import Layer, Rest, ScapyField, ScapyPacket
from l2scope.dissection.values import label, value_text
from l2scope.text import printable

MOST_ELEMENTS = 1000
DEEPEST = 16


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes that a packet was dissected from, and what they are called."""

    data: bytes
    buffer: int
    stop: int
    names: Mapping[str, str]


def dissected(layer: Layer, data: bytes) -> tuple[ScapyPacket | None, str]:
    """The packet that `layer` makes of the bytes, and what went wrong or "".

    Where scapy gives up on a packet, as it does on a short one, the fields before the fault are kept.
    """
    try:
        return layer(data), ""
    except Exception as error:
        packet, problem = _partial(layer, data, None)
        return packet, problem or _describe(error)


def layers(packet: ScapyPacket, source: Source, start: int) -> list[Field]:
    """One field a layer, the topmost first; bytes that no layer reads come last as a leaf."""
    found: list[Field] = []
    position = start
    while packet and len(found) < DEEPEST:
        whole, problem = _repaired(packet)
        layer, position = _layer(whole, source, position, problem)
        found.append(layer)
        packet = whole.payload
    if position < source.stop:
        found.append(bytes_field("Bytes", source.data, source.buffer, position, source.stop))
    return found


def _layer(packet: ScapyPacket, source: Source, start: int, problem: str) -> tuple[Field, int]:
    """The layer without its payload, and where the payload begins."""
    load = _load(packet)
    if load is not None:
        stop = min(start + len(load), source.stop)
        name = "Padding" if type(packet).__name__ == "Padding" else "Bytes"
        return bytes_field(name, source.data, source.buffer, start, stop, problem), stop
    children, stop, fault = _fields(packet, source, start)
    title, value = printable(str(packet.name)), _summary(packet)
    return Field(title, value, source.buffer, start, stop, tuple(children), problem or fault), stop


def _fields(packet: ScapyPacket, source: Source, start: int) -> tuple[list[Field], int, str]:
    """The fields of one layer, where they end, and what went wrong."""
    found: list[Field] = []
    rest: Rest = source.data[start : source.stop]
    group = _BitGroup()
    for field in packet.fields_desc:
        if field.name not in packet.fields:
            continue
        try:
            after, value = field.getfield(packet, rest)
            first, last = group.span(field, rest, after, source.stop)
        except Exception as error:
            return found, _byte_position(rest, source.stop), f"{label(field.name, source.names)}: {_why(error, rest)}"
        if last > first:
            found.append(_field(field, packet, value, source, first, last))
        rest = after
    return found, _byte_position(rest, source.stop), ""


def _field(field: ScapyField, packet: ScapyPacket, value: object, source: Source, start: int, stop: int) -> Field:
    field = _unwrapped(field, packet)
    name = label(field.name, source.names)
    packets = _packets(packet.fields.get(field.name))
    if packets:
        return _nested(name, packets, source, start, stop)
    if isinstance(value, list):
        return _scalars(name, field, packet, value, source, start, stop)
    text = value_text(field, packet, value, stop - start)
    secret, personal = getattr(field, "secret", False) is True, str(getattr(field, "personal", ""))
    return Field(name, text, source.buffer, start, stop, secret=secret, personal=personal)


def _nested(name: str, packets: list[ScapyPacket], source: Source, start: int, stop: int) -> Field:
    """A field that holds packets: one child for each, or the fields of the only one."""
    inner = Source(source.data, source.buffer, stop, source.names)
    children: list[Field] = []
    position = start
    for packet in packets[:MOST_ELEMENTS]:
        if position < stop:
            element, position = _element(packet, inner, position)
            children.append(element)
    value = children[0].value if len(packets) == 1 and children and children[0].value else f"{len(packets):,}"
    if len(packets) == 1 and children and children[0].children:
        children = list(children[0].children)
    return Field(name, value, source.buffer, start, stop, filled(children, source.data, source.buffer, start, stop))


def _element(packet: ScapyPacket, source: Source, start: int) -> tuple[Field, int]:
    """One packet of a list with all its layers as one field."""
    parts: list[Field] = []
    position, first = start, packet
    while packet and len(parts) < DEEPEST:
        part, position = _layer(packet, source, position, "")
        parts.append(part)
        packet = packet.payload
    if len(parts) == 1:
        return parts[0], position
    value = next((part.value for part in reversed(parts) if part.value), parts[-1].name)
    children = tuple(child for part in parts for child in part.children or (part,))
    return Field(printable(str(first.name)), value, source.buffer, start, position, children), position


def _scalars(
    name: str, field: ScapyField, packet: ScapyPacket, value: list[object], source: Source, start: int, stop: int
) -> Field:
    """A list of plain values: one child for each."""
    inner: Any = getattr(field, "field", None)
    children: list[Field] = []
    rest: Rest = source.data[start:stop]
    for index in range(min(len(value), MOST_ELEMENTS) if inner is not None else 0):
        after, element = inner.getfield(packet, rest)
        first, last = _byte_position(rest, stop), _byte_position(after, stop)
        text = value_text(inner, packet, element, last - first)
        children.append(Field(f"{index}", text, source.buffer, first, last))
        rest = after
    text = ", ".join(child.value for child in children[:8]) + (" …" if len(value) > 8 else "")
    return Field(name, text, source.buffer, start, stop, filled(children, source.data, source.buffer, start, stop))


class _BitGroup:
    """Where the bits of consecutive fields lie, also in groups that scapy reads with their bytes reversed."""

    def __init__(self) -> None:
        self.base = 0
        self.reversed_size = 0

    def span(self, field: ScapyField, before: Rest, after: Rest, stop: int) -> tuple[int, int]:
        """First byte and the one behind the last of a field, from what was left before and after it was read."""
        first, last = _bit_position(before, stop), _bit_position(after, stop)
        if last < first:
            raise ValueError("the field gave back more bytes than it got")
        if not isinstance(before, tuple) and first >= 8 * (self.base + self.reversed_size):
            self.base = first // 8
            self.reversed_size = getattr(field, "tot_size", 0) if getattr(field, "rev", False) else 0
        if self.reversed_size > 1:
            end = self.base + self.reversed_size
            if end > stop:
                raise struct.error  # scapy reverses what there is, and reads other bits than meant
            return end - (last - 8 * self.base + 7) // 8, end - (first - 8 * self.base) // 8
        return first // 8, (last + 7) // 8


def _bit_position(rest: Rest, stop: int) -> int:
    if isinstance(rest, tuple):
        return 8 * (stop - len(rest[0])) + int(rest[1])
    return 8 * (stop - len(rest))


def _byte_position(rest: Rest, stop: int) -> int:
    return (_bit_position(rest, stop) + 7) // 8


def _unwrapped(field: ScapyField, packet: ScapyPacket) -> ScapyField:
    """The field inside scapy's wrappers: conditional, padded, or one of several types."""
    inner: Any = field
    for _ in range(DEEPEST):
        if hasattr(type(inner), "_find_fld_pkt"):
            inner = inner._find_fld_pkt(packet)
        elif hasattr(type(inner), "fld"):
            inner = inner.fld
        else:
            break
    return cast(ScapyField, inner)


def _repaired(packet: ScapyPacket) -> tuple[ScapyPacket, str]:
    """scapy replaces a layer that it cannot dissect by raw bytes; this gives back what the layer could read."""
    below, load = packet.underlayer, _load(packet)
    if below is None or load is None or type(packet).__name__ != "Raw":
        return packet, ""
    try:
        wanted = below.guess_payload_class(load)
    except Exception as error:
        return packet, _describe(error)
    if getattr(wanted, "__name__", "Raw") == "Raw":
        return packet, ""
    partial, problem = _partial(wanted, load, below)
    return (packet if partial is None else partial), problem


def _partial(layer: Layer, data: bytes, below: ScapyPacket | None) -> tuple[ScapyPacket | None, str]:
    """A packet with the fields up to the first that cannot be read; None when not even an empty one can be made."""
    try:
        packet = layer()
        packet.original = data
        if below is not None:
            packet.add_underlayer(below)
    except Exception as error:
        return None, _describe(error)
    rest: Rest = data
    for field in packet.fields_desc:
        try:
            rest, value = field.getfield(packet, rest)
        except Exception as error:
            return packet, f"{label(field.name, {})}: {_why(error, rest)}"
        if value is not None:
            packet.fields[field.name] = value
    return packet, ""


def _why(error: Exception, rest: Rest) -> str:
    """What went wrong with a field that begins where `rest` does."""
    if isinstance(rest, tuple) and isinstance(error, TypeError):
        return "the bit fields before it do not fill whole bytes"
    return _describe(error)


def _describe(error: Exception) -> str:
    """struct.error is scapy's way to say that the bytes ended."""
    if isinstance(error, struct.error):
        return "the packet ends here"
    return printable(f"{type(error).__name__}: {error}")


def _summary(packet: ScapyPacket) -> str:
    """What the layer's own class says in one line, if it does."""
    try:
        text = packet.mysummary()
    except Exception as error:
        return _describe(error)
    return printable(text) if isinstance(text, str) else ""


def _packets(value: object) -> list[ScapyPacket]:
    """The packets that a field holds: one, several or none."""
    found: list[Any] = value if isinstance(value, list) else [value]
    return found if all(hasattr(one, "fields_desc") and hasattr(one, "payload") for one in found) else []


def _load(packet: ScapyPacket) -> bytes | None:
    """The bytes of scapy's Raw and Padding layers; None for any other layer."""
    load = packet.fields.get("load") if type(packet).__name__ in ("Raw", "Padding") else None
    return load if isinstance(load, bytes) else None
