"""PacketLogger files: both byte orders, every type of record."""

import struct

import pytest

from l2scope.engine import words
from l2scope.sources.packetlogger import is_packetlogger
from tests.generate.containers import packetlogger, packetlogger_record
from tests.sources.readings import packets, parsed, rules
from tests.sources.test_pcap import ALL, DIRECTIONS, KINDS, TIME

ORDERS = pytest.mark.parametrize("order", ["<", ">"])
HCI = packetlogger_record(0, b"\x03\x0c\x00", TIME)


@ORDERS
def test_both_byte_orders(order: str) -> None:
    """The same packets to the microsecond; offsets point at the HCI packets."""
    data = packetlogger(ALL, order)
    parser = parsed(data)
    rows = packets(parser)
    assert rows["kind"].tolist() == KINDS
    assert rows["direction"].tolist() == DIRECTIONS
    assert rows["time"].tolist() == [p.time // 1000 * 1000 for p in ALL]
    assert [data[row["offset"] : row["offset"] + row["length"]] for row in rows] == [p.data[1:] for p in ALL]
    assert (rows["original"] == rows["length"]).all()
    assert parser.format == f"PacketLogger, {'little' if order == '<' else 'big'}-endian"
    assert parser.indicator_length == 1
    assert rules(parser) == []


@ORDERS
def test_every_type_of_record(order: str) -> None:
    """Texts are system notes with their text, link manager packets and unknown types other packets."""
    kinds = [10, 11, 0x40, *range(0xF7, 0xFF), 0xFF]
    data = packetlogger(ALL, order) + b"".join(packetlogger_record(kind, b"text", TIME, order) for kind in kinds)
    rows = packets(parsed(data))[len(ALL) :]
    assert rows["kind"].tolist() == [words.OTHER] * 3 + [words.SYSTEM_NOTE] * 8 + [words.OTHER]
    assert rows["direction"].tolist() == [words.TX, *[words.RX] * 11]
    assert {data[row["offset"] : row["offset"] + row["length"]] for row in rows} == {b"text"}


def test_a_record_without_a_type_keeps_its_number() -> None:
    """As in Wireshark."""
    parser = parsed(HCI + struct.pack(">III", 8, 17, 5) + HCI)
    assert packets(parser)["kind"].tolist() == [words.COMMAND, words.OTHER, words.COMMAND]
    assert packets(parser)["length"].tolist() == [3, 0, 3]
    assert rules(parser) == ["CAP007"]


@pytest.mark.parametrize(
    ("beginning", "expected"),
    [
        (HCI, True),
        (HCI * 3, True),
        (HCI[:-1], True),
        (HCI + HCI[:5], True),
        (HCI[:12], False),
        (b"", False),
        (bytes(100), False),
        (b"\xff" * 100, False),
        (HCI + b"\xff" * 30, False),
        (packetlogger_record(4, b"abc", TIME), False),
        (struct.pack(">III", 12, 17, 1_000_000) + bytes(4), False),
        (struct.pack(">III", 0x10000, 17, 5) + bytes(4), False),
        (struct.pack(">III", 7, 17, 5) + bytes(4), False),
        (b"these are notes, not a capture", False),
    ],
)
def test_how_a_file_begins(beginning: bytes, expected: bool) -> None:
    """Length, microseconds and type of the first records tell, for there is no magic number."""
    assert is_packetlogger(beginning) is expected
