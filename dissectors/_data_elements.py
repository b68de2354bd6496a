# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""Data elements of service records (Core Specification, Vol 3 Part B 3), each as a layer of its own. A name with an
underscore in front is no dissector."""

from scapy.fields import (
    BitEnumField,
    BitField,
    ByteField,
    ConditionalField,
    Field,
    IntField,
    MultipleTypeField,
    ShortField,
)
from scapy.packet import Packet

from l2scope.names import sdp

from ._lists import CountedText, One, Parts, counted, when

NIL, UNSIGNED, SIGNED, UUID, TEXT, BOOLEAN, SEQUENCE, ALTERNATIVE, URL = range(9)
LISTS = (SEQUENCE, ALTERNATIVE)
UNSIGNED_16 = UNSIGNED << 3 | 1
UNSIGNED_32 = UNSIGNED << 3 | 2
DEEPEST = 8
"""Sequences in sequences: what lies deeper is shown as bytes."""
SHOWN_PARTS = 6
BASE_UUID = bytes.fromhex("00001000800000805f9b34fb")


class Number(Field):
    """A value of as many bytes as its element says, with the meaning that its type has."""

    def __init__(self) -> None:
        super().__init__("value", b"", "s")

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, bytes]:
        return s[pkt.length :], s[: pkt.length]

    def i2repr(self, pkt: Packet, x: bytes) -> str:
        return number_text(pkt.type, bytes(x))


class AttributeId(ShortField):
    """The id of an attribute; those of a profile are known by the first service class of the record."""

    def i2repr(self, pkt: Packet, x: int) -> str:
        return sdp.attribute_name(x, service_class(pkt)) + f" (0x{x:04X})"


def number_text(kind: int, data: bytes) -> str:
    if kind == UUID:
        return uuid_text(data)
    if kind == BOOLEAN:
        return "true" if any(data) else "false"
    if kind in (UNSIGNED, SIGNED) and data:
        value = int.from_bytes(data, "big", signed=kind == SIGNED)
        return f"{value} (0x{data.hex().upper()})" if value > 9 else f"{value}"
    return data.hex(" ")


def short_uuid(data: bytes) -> int | None:
    """The number of a UUID of 16 or 32 bits, or of one that is made of it; None for any other."""
    short = data[:4] if len(data) == 16 and data[4:] == BASE_UUID else data
    return int.from_bytes(short, "big") if len(short) in (2, 4) else None


def uuid_text(data: bytes) -> str:
    """A UUID as its name and number; one of 128 bits that is made of a short one too (Vol 3 Part B 2.5.1)."""
    number = short_uuid(data)
    if number is not None:
        name = sdp.uuid_name(number)
        digits = f"0x{number:04X}" if number < 1 << 16 else f"0x{number:08X}"
        return f"{name} ({digits})" if name else f"UUID {digits}"
    text = data.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:])) if len(data) == 16 else data.hex(" ")


class Sized(Packet):
    """A layer that begins with the header of a data element: the type, and the size or where it stands (3.2)."""

    @property
    def length(self) -> int:
        """How many bytes the value has; as much as there is for sizes that are not allowed."""
        if self.size_index >= 5:
            return int(self.size or 0)
        return 0 if self.type == NIL else 1 << self.size_index

    def extract_padding(self, s: bytes) -> tuple[bytes, bytes]:
        return b"", s

    def depth(self) -> int:
        parent, depth = self.parent, 0
        while parent is not None and depth <= DEEPEST:
            parent, depth = parent.parent, depth + 1
        return depth


def header() -> tuple[Field, ...]:
    """The descriptor, and the size if it has bytes of its own."""
    sizes = [(kind("size", 0), lambda packet, index=index: packet.size_index == index) for kind, index in SIZES]
    size = MultipleTypeField(sizes, IntField("size", 0))
    return (
        BitEnumField("type", 0, 5, sdp.ELEMENTS),
        BitField("size_index", 0, 3),
        ConditionalField(size, lambda packet: packet.size_index >= 5),
    )


SIZES = ((ByteField, 5), (ShortField, 6))


def element_text(packet: Packet) -> str:
    """An element in one line, lists in braces."""
    if not isinstance(packet, Element):
        return packet.mysummary() if isinstance(packet, Attribute) else "cut short"
    if packet.type in LISTS:
        parts = packet.fields.get("elements")
        if parts is None:
            return "…"
        more = ", …" if len(parts) > SHOWN_PARTS else ""
        return "{" + ", ".join(element_text(part) for part in parts[:SHOWN_PARTS]) + more + "}"
    if packet.type in (TEXT, URL):
        return '"' + bytes(packet.text).decode("utf-8", "replace") + '"'
    return "nil" if packet.type == NIL else number_text(packet.type, bytes(packet.value))


def is_list(packet: Packet) -> bool:
    return packet.type in LISTS and packet.depth() <= DEEPEST


def is_text(packet: Packet) -> bool:
    return packet.type in (TEXT, URL)


class Element(Sized):
    """One data element."""

    name = "Element"
    fields_desc = [
        *header(),
        *when(is_list, Parts("elements", lambda packet, data: Element, lambda packet: packet.length)),
        *when(is_text, CountedText("text", lambda packet: packet.length)),
        *when(lambda packet: not is_list(packet) and not is_text(packet), Number()),
    ]

    def mysummary(self) -> str:
        return element_text(self)


class IdElement(Element):
    """An attribute id, or a range of them (4.5.1)."""

    fields_desc = [
        *header(),
        *when(lambda packet: packet.header_byte == UNSIGNED_16, AttributeId("attribute_ID", 0)),
        *when(
            lambda packet: packet.header_byte == UNSIGNED_32,
            AttributeId("first_attribute_ID", 0),
            AttributeId("last_attribute_ID", 0),
        ),
        *when(lambda packet: packet.header_byte not in (UNSIGNED_16, UNSIGNED_32), Number()),
    ]

    @property
    def header_byte(self) -> int:
        return int(self.type) << 3 | int(self.size_index)

    def mysummary(self) -> str:
        if self.header_byte == UNSIGNED_16:
            return sdp.attribute_name(self.attribute_ID)
        if self.header_byte == UNSIGNED_32:
            return f"0x{self.first_attribute_ID:04X} to 0x{self.last_attribute_ID:04X}"
        return number_text(self.type, bytes(self.value))


class IdList(Sized):
    """The attributes that a request asks for."""

    name = "Attribute ID list"
    fields_desc = [
        *header(),
        Parts("attribute_IDs", IdElement, lambda packet: packet.length),
    ]

    def mysummary(self) -> str:
        return ", ".join(part.mysummary() for part in self.attribute_IDs[:SHOWN_PARTS] if isinstance(part, IdElement))


class Attribute(Sized):
    """An id, which is an element of 16 bits, and the element that is the value."""

    name = "Attribute"
    fields_desc = [
        *header(),
        AttributeId("attribute_ID", 0),
        One("value", Element),
    ]

    def mysummary(self) -> str:
        value = "…" if self.value is None else element_text(self.value)
        return f"{sdp.attribute_name(self.attribute_ID, service_class(self))}: {value}"


def service_class(packet: Packet) -> int | None:
    """The first service class of the record that an attribute is of."""
    attributes = [] if packet.parent is None else packet.parent.fields.get("attributes", [])
    for attribute in attributes[:SHOWN_PARTS]:
        if isinstance(attribute, Attribute) and attribute.attribute_ID == 1 and isinstance(attribute.value, Element):
            for part in attribute.value.fields.get("elements", [])[:1]:
                if isinstance(part, Element) and part.type == UUID:
                    return short_uuid(bytes(part.value))
    return None


def attribute_kind(packet: Packet, data: bytes) -> type[Packet]:
    return Attribute if data[0] == UNSIGNED_16 else Element


class AttributeList(Sized):
    """The attributes of one record."""

    name = "Attribute list"
    fields_desc = [
        *header(),
        Parts("attributes", attribute_kind, lambda packet: packet.length),
    ]

    def mysummary(self) -> str:
        return ", ".join(part for part in (self.service(), counted(len(self.attributes), "attribute")) if part)

    def service(self) -> str:
        """What the record calls its service class; nothing if the list does not hold it."""
        known = service_class(self.attributes[0]) if self.attributes else None
        return "" if known is None else sdp.uuid_name(known) or f"0x{known:04X}"


def list_kind(packet: Packet, data: bytes) -> type[Packet]:
    return AttributeList if data[0] >> 3 == SEQUENCE else Element


class AttributeLists(Sized):
    """The attributes of several records."""

    name = "Attribute lists"
    fields_desc = [
        *header(),
        Parts("attribute_lists", list_kind, lambda packet: packet.length),
    ]

    def mysummary(self) -> str:
        records = [part.service() for part in self.attribute_lists[:SHOWN_PARTS] if isinstance(part, AttributeList)]
        names = ", ".join(name for name in records if name)
        return counted(len(self.attribute_lists), "record") + (f": {names}" if names else "")
