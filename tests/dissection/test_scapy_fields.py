# mypy: allow-subclassing-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""Byte ranges of scapy's fields: plain, bit, conditional, padded, listed and nested ones, and those that fail."""

from typing import Any

import pytest
from scapy.fields import (
    BitField,
    ByteEnumField,
    ByteField,
    ConditionalField,
    FieldListField,
    FlagsField,
    LEShortField,
    MultipleTypeField,
    PacketField,
    PacketListField,
    PadField,
    ShortField,
    StrFixedLenField,
    StrLenField,
    XByteField,
    XLEShortField,
)
from scapy.packet import Packet, Padding, Raw

from l2scope.dissection.dissector import Dissector
from l2scope.dissection.field import Field
from l2scope.dissection.scapy_fields import MOST_ELEMENTS
from l2scope.dissection.values import label
from tests.dissection.fields import check_coverage, spans, values


def shown(layer: Any, data: bytes, **options: Any) -> tuple[Field, ...]:
    """The fields of some bytes that lie in the middle of a buffer, moved back to 0."""
    fields = Dissector(name="test", layer=layer, on=(), **options).fields(
        b"\xee\xee" + data + b"\xee", 0, 2, 2 + len(data)
    )
    check_coverage(
        (Field("around", "", 0, 0, 2), *fields, Field("behind", "", 0, 2 + len(data), 3 + len(data))), 0, 3 + len(data)
    )
    return tuple(moved(field, -2) for field in fields)


def moved(field: Field, by: int) -> Field:
    children = tuple(moved(child, by) for child in field.children)
    return Field(field.name, field.value, field.buffer, field.start + by, field.stop + by, children, field.problem)


class Plain(Packet):
    name = "Plain"
    fields_desc = [
        ByteField("count", 0),
        XLEShortField("handle", 0),
        ByteEnumField("result", 0, {0: "success", 5: "refused"}),
        StrFixedLenField("key", b"", 4),
    ]


def test_plain_fields() -> None:
    """Numbers, names with their number, and bytes in hexadecimal, each with its own range."""
    (field,) = shown(Plain, bytes.fromhex("07 3412 05 deadbeef"))
    assert (field.name, field.start, field.stop, field.problem) == ("Plain", 0, 8, "")
    assert values(field) == {"Count": "7", "Handle": "0x1234", "Result": "refused (0x05)", "Key": "de ad be ef"}
    assert spans(field) == {"Count": (0, 1), "Handle": (1, 3), "Result": (3, 4), "Key": (4, 8)}


def test_short_bytes_keep_what_was_read() -> None:
    """A packet that ends inside a field shows the fields before it, the rest as bytes, and says where it ended."""
    (field, rest) = shown(Plain, bytes.fromhex("07 34"))
    assert values(field) == {"Count": "7"}
    assert (rest.name, rest.start, rest.stop) == ("Bytes", 1, 2)
    (field,) = shown(Plain, bytes.fromhex("07 34"), flat=True)
    assert field.problem == "Handle: the packet ends here"


class Bits(Packet):
    name = "Bits"
    fields_desc = [
        BitField("version", 0, 3),
        BitField("flag", 0, 1),
        BitField("length", 0, 12),
        ByteField("after", 0),
    ]


class ReversedBits(Packet):
    """The header of HCI ACL data: a handle of 12 bits below two flags of 2 bits, little-endian."""

    name = "ReversedBits"
    fields_desc = [
        BitField("broadcast", 0, 2, tot_size=-2),
        BitField("boundary", 0, 2),
        BitField("handle", 0, 12, end_tot_size=-2),
        LEShortField("length", 0),
    ]


def test_bit_fields_get_the_bytes_they_lie_in() -> None:
    """Bits of one byte share its range; a field over two bytes has both."""
    (field,) = shown(Bits, bytes.fromhex("b234 09"))
    assert values(field) == {"Version": "5", "Flag": "1", "Length": str(0x234), "After": "9"}
    assert spans(field) == {"Version": (0, 1), "Flag": (0, 1), "Length": (0, 2), "After": (2, 3)}


def test_bit_fields_of_a_reversed_group() -> None:
    """In a little-endian group the flags lie in the last byte and the number begins in the first."""
    (field,) = shown(ReversedBits, bytes.fromhex("40 20 1b00"))
    assert values(field) == {"Broadcast": "0", "Boundary": "2", "Handle": "64", "Length": "27"}
    assert spans(field) == {"Broadcast": (1, 2), "Boundary": (1, 2), "Handle": (0, 2), "Length": (2, 4)}


class Optional(Packet):
    name = "Optional"
    fields_desc = [
        ByteField("kind", 0),
        ConditionalField(ByteField("one", 0), lambda packet: packet.kind == 1),
        ConditionalField(ShortField("two", 0), lambda packet: packet.kind == 2),
        MultipleTypeField([(XByteField("value", 0), lambda packet: packet.kind == 1)], ShortField("value", 0)),
        FlagsField("flags", 0, 8, ["read", "write"]),
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("01 07 ff 03", {"Kind": "1", "One": "7", "Value": "0xFF", "Flags": "read+write (0x03)"}),
        ("02 0007 00ff 00", {"Kind": "2", "Two": "7", "Value": "255", "Flags": "none (0x00)"}),
    ],
)
def test_conditional_fields(data: str, expected: dict[str, str]) -> None:
    """A field that is not there has no line, and one of several types shows as the type it has."""
    (field,) = shown(Optional, bytes.fromhex(data))
    assert values(field) == expected


class Item(Packet):
    name = "Item"
    fields_desc = [ByteField("length", 0), StrLenField("data", b"", length_from=lambda packet: packet.length)]

    def extract_padding(self, s: bytes) -> tuple[bytes, bytes]:
        return b"", s


class Lists(Packet):
    name = "Lists"
    fields_desc = [
        ByteField("size", 0),
        FieldListField("handles", [], XLEShortField("", 0), length_from=lambda packet: packet.size),
        PadField(PacketListField("items", [], Item, length_from=lambda packet: 4), align=6),
        PacketField("tail", None, Item),
    ]


def test_lists_and_nested_packets() -> None:
    """Each element is a child with its own range; padding behind a list is a leaf of the list."""
    (field,) = shown(Lists, bytes.fromhex("04 0100 0200 01aa 01bb 0000 02cccc"))
    assert spans(field) == {"Size": (0, 1), "Handles": (1, 5), "Items": (5, 11), "Tail": (11, 14)}
    handles, items, tail = field.children[1:]
    assert handles.value == "0x0001, 0x0002"
    assert [(child.start, child.stop) for child in handles.children] == [(1, 3), (3, 5)]
    assert [(child.name, child.start, child.stop) for child in items.children] == [
        ("Item", 5, 7),
        ("Item", 7, 9),
        ("Bytes", 9, 11),
    ]
    assert values(items.children[1]) == {"Length": "1", "Data": "bb"}
    assert values(tail) == {"Length": "2", "Data": "cc cc"}


class Upper(Packet):
    name = "Upper"
    fields_desc = [ByteField("next", 0)]

    def guess_payload_class(self, payload: bytes) -> Any:
        return {1: Plain, 2: Padding}.get(self.next, Raw)


def test_layers_follow_each_other() -> None:
    """Without `flat` every layer is a field of its own, and what none of them reads is bytes."""
    fields = shown(Upper, bytes.fromhex("01 07 3412 05 deadbeef 9999"))
    assert [(field.name, field.start, field.stop) for field in fields] == [
        ("Upper", 0, 1),
        ("Plain", 1, 9),
        ("Bytes", 9, 11),
    ]


def test_a_layer_that_ends_too_early_is_not_lost() -> None:
    """scapy turns a payload that fails into raw bytes; its first fields are shown all the same."""
    (field,) = shown(Upper, bytes.fromhex("01 07 34"), flat=True)
    assert list(values(field)) == ["Next", "Count", "Bytes"]
    assert field.problem == "Handle: the packet ends here"


def test_many_elements_are_cut() -> None:
    """A list of thousands shows its first elements and the rest as bytes."""

    class Many(Packet):
        name = "Many"
        fields_desc = [PacketListField("items", [], Item, max_count=100_000)]

    (field,) = shown(Many, bytes(5000))
    assert field.children[0].value == "5,000"
    assert len(field.children[0].children) == MOST_ELEMENTS + 1


class Liar(ByteField):
    """Gives back more than it got."""

    def getfield(self, pkt: Any, s: bytes) -> tuple[bytes, int]:
        return s + b"more", 0


class Failing(ByteField):
    def i2repr(self, pkt: Any, x: Any) -> str:
        raise ZeroDivisionError("no way to say it")


class Hostile(Packet):
    name = "Hostile"
    fields_desc = [Failing("unspeakable", 0), Liar("liar", 0), ByteField("never", 0)]

    def mysummary(self) -> str:
        raise RuntimeError("no summary")


def test_a_field_that_lies_costs_only_itself() -> None:
    """A field that moves backwards ends the layer with a problem; what was read before stays."""
    fields = shown(Hostile, bytes(4))
    assert values(fields[0]) == {"Unspeakable": "0"}
    assert "gave back more bytes" in fields[0].problem
    assert (fields[1].start, fields[1].stop) == (1, 4)


@pytest.mark.parametrize("layer", [lambda data: 1 / 0, lambda data: "text", lambda: None, None])
def test_a_layer_that_raises_costs_one_field(layer: Any) -> None:
    """Whatever a dissector's layer does, the bytes stay on the screen beside the fault."""
    (field,) = shown(layer, b"\1\2\3")
    assert field.name == "test"
    assert field.problem
    assert [(child.start, child.stop) for child in field.children] == [(0, 3)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("initial_credits", "Initial credits"),
        ("source_CID", "Source CID"),
        ("mtu", "MTU"),
        ("BD_ADDR", "BD_ADDR"),
        ("sec_phy", "Secondary PHY"),
        ("bad\x1b[0m", "Bad\N{REPLACEMENT CHARACTER}[0m"),
    ],
)
def test_labels(name: str, expected: str) -> None:
    """Fields are called by their names in plain words, or by what the dissector calls them."""
    assert label(name, {"sec_phy": "Secondary PHY"}) == expected
