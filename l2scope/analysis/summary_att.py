"""One line for an ATT PDU: its name, handles, UUIDs and the beginning of its value (Vol 3 Part F 3.4)."""

from collections.abc import Callable

from l2scope.analysis.reader import CutShortError, Reader
from l2scope.engine.att import ERROR_RESPONSE
from l2scope.names import att, uuids

Naming = Callable[[int], str]

LONGEST_VALUE = 12
MOST_LISTED = 4


def nameless(_handle: int) -> str:
    """What attributes are called where nothing is known of them."""
    return ""


class AttReader(Reader):
    """naming says what an attribute is called, by its handle; "" where it is not known."""

    __slots__ = ("naming",)

    def __init__(self, data: bytes, position: int, naming: Naming) -> None:
        super().__init__(data, position)
        self.naming = naming

    def handle(self) -> str:
        return handle_text(self.u16(), self.naming)


def handle_text(handle: int, naming: Naming) -> str:
    """A handle and what it stands for."""
    name = naming(handle)
    return f"0x{handle:04X} ({name})" if name else f"0x{handle:04X}"


def uuid_text(data: bytes) -> str:
    """A UUID by its name, else in hexadecimal; of a long one the first eight digits."""
    if len(data) == 2:
        return uuids.uuid16(int.from_bytes(data, "little"))
    digits = data[::-1].hex()
    return f"{digits[:8]}-…" if len(data) == 16 else f"0x{digits}"


def value_text(data: bytes) -> str:
    """How long a value is and how it begins."""
    if not data:
        return "empty value"
    shown = data[:LONGEST_VALUE].hex(" ") + (" …" if len(data) > LONGEST_VALUE else "")
    return f"{len(data):,} {'byte' if len(data) == 1 else 'bytes'}: {shown}"


def _handle(reader: AttReader) -> str:
    return f"handle {reader.handle()}"


def _span(reader: AttReader) -> str:
    return f"0x{reader.u16():04X}..0x{reader.u16():04X}"


def _error(reader: AttReader) -> str:
    opcode, handle, code = reader.u8(), reader.handle(), reader.u8()
    return f"{att.error_name(code)}, {att.opcode_name(opcode)}, handle {handle}"


def _listed(parts: list[str], count: int, word: str) -> str:
    more = f" and {count - len(parts)} more" if count > len(parts) else ""
    return f"{count} {word if count == 1 else word + 's'}: {', '.join(parts)}{more}"


def _attributes(reader: AttReader) -> str:
    """Handle and value pairs of equal length."""
    length = max(2, reader.u8())
    count = reader.left // length
    parts = []
    for _ in range(min(count, MOST_LISTED)):
        item = reader.take(length)
        parts.append(handle_text(int.from_bytes(item[:2], "little"), reader.naming))
    return _listed(parts, count, "attribute")


def _groups(reader: AttReader) -> str:
    length = max(4, reader.u8())
    count = reader.left // length
    parts = []
    for _ in range(min(count, MOST_LISTED)):
        item = reader.take(length)
        first, last = int.from_bytes(item[:2], "little"), int.from_bytes(item[2:4], "little")
        parts.append(f"0x{first:04X}..0x{last:04X} {uuid_text(item[4:])}")
    return _listed(parts, count, "group")


def _information(reader: AttReader) -> str:
    length = 2 + (16 if reader.u8() == 2 else 2)
    count = reader.left // length
    parts = []
    for _ in range(min(count, MOST_LISTED)):
        item = reader.take(length)
        parts.append(f"0x{int.from_bytes(item[:2], 'little'):04X} {uuid_text(item[2:])}")
    return _listed(parts, count, "attribute")


def _handle_ranges(reader: AttReader) -> str:
    count = reader.left // 4
    return _listed([_span(reader) for _ in range(min(count, MOST_LISTED))], count, "group")


def _handle_list(reader: AttReader) -> str:
    count = reader.left // 2
    return _listed([reader.handle() for _ in range(min(count, MOST_LISTED))], count, "handle")


def _notified(reader: AttReader) -> str:
    """Handle, length and value, over and over."""
    parts: list[str] = []
    count = 0
    while reader.left >= 4:
        handle, length = reader.handle(), reader.u16()
        reader.take(min(length, reader.left))
        count += 1
        if count <= MOST_LISTED:
            parts.append(f"{handle} {length:,} bytes")
    return _listed(parts, count, "value")


def _lengths(reader: AttReader) -> str:
    parts: list[str] = []
    count = 0
    while reader.left >= 2:
        length = reader.u16()
        reader.take(min(length, reader.left))
        count += 1
        if count <= MOST_LISTED:
            parts.append(f"{length:,} bytes")
    return _listed(parts, count, "value")


VALUES: dict[str, Callable[[AttReader], str]] = {
    "error": _error,
    "mtu": lambda reader: f"MTU {reader.u16():,}",
    "span": _span,
    "handle": _handle,
    "offset": lambda reader: f"offset {reader.u16():,}",
    "type": lambda reader: uuid_text(reader.rest()),
    "type16": lambda reader: uuid_text(reader.take(2)),
    "value": lambda reader: value_text(reader.rest()),
    "information": _information,
    "attributes": _attributes,
    "groups": _groups,
    "ranges": _handle_ranges,
    "handles": _handle_list,
    "notified": _notified,
    "lengths": _lengths,
    "flags": lambda reader: att.EXECUTE_FLAGS.get(reader.u8(), "unknown flags"),
    "signed": lambda reader: f"{value_text(reader.take(reader.left - 12))}, signed",
}

PARAMETERS = {
    0x01: "error",
    0x02: "mtu",
    0x03: "mtu",
    0x04: "span",
    0x05: "information",
    0x06: "span type16 value",
    0x07: "ranges",
    0x08: "span type",
    0x09: "attributes",
    0x0A: "handle",
    0x0B: "value",
    0x0C: "handle offset",
    0x0D: "value",
    0x0E: "handles",
    0x0F: "value",
    0x10: "span type",
    0x11: "groups",
    0x12: "handle value",
    0x16: "handle offset value",
    0x17: "handle offset value",
    0x18: "flags",
    0x1B: "handle value",
    0x1D: "handle value",
    0x20: "handles",
    0x21: "lengths",
    0x23: "notified",
    0x52: "handle value",
    0xD2: "handle signed",
}


def att_line(data: bytes, naming: Naming = nameless, asked: int = 0) -> str:
    """What an ATT PDU says. Never raises. asked is the attribute that it answers a request about, 0 for none."""
    if not data:
        return "ATT PDU cut short, no bytes"
    parts = [att.opcode_name(data[0])]
    if asked and data[0] != ERROR_RESPONSE:
        parts.append(f"handle {handle_text(asked, naming)}")
    reader = AttReader(data, 1, naming)
    try:
        parts += [VALUES[name](reader) for name in PARAMETERS.get(data[0], "").split()]
    except CutShortError:
        parts.append("cut short")
    return ", ".join(parts)
