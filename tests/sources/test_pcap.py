"""pcap files: byte orders, times, link types."""

import struct

import pytest

from l2scope.engine import words
from l2scope.sources.errors import CaptureError
from tests.generate.containers import Packet, linked, packet, pcap
from tests.sources.readings import packets, parsed, rules

TIME = 1_700_000_000_123_456_789
COMMAND, EVENT, SENT, RECEIVED, SCO = (
    packet(b"\x01\x03\x0c\x00", time=TIME),
    packet(b"\x04\x0e\x00", True, TIME + 1000),
    packet(b"\x02\x40\x00\x04\x00abcd", time=TIME + 2000),
    packet(b"\x02\x40\x20\x04\x00abcd", True, TIME + 3000),
    packet(b"\x03abc", True, TIME + 4000),
)
ALL = [COMMAND, EVENT, SENT, RECEIVED, SCO]
KINDS = [words.COMMAND, words.EVENT, words.ACL, words.ACL, words.SCO]
DIRECTIONS = [words.TX, words.RX, words.TX, words.RX, words.RX]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nanoseconds", [False, True])
@pytest.mark.parametrize("link", [187, 201, 254])
def test_every_byte_order_clock_and_link_type(link: int, nanoseconds: bool, order: str) -> None:
    """The same packets, to the microsecond or the nanosecond; offsets point at the HCI packets."""
    data = pcap(ALL, link, order, nanoseconds)
    parser = parsed(data)
    rows = packets(parser)
    assert rows["kind"].tolist() == KINDS
    assert rows["direction"].tolist() == DIRECTIONS
    assert rows["time"].tolist() == [p.time if nanoseconds else p.time // 1000 * 1000 for p in ALL]
    assert [data[row["offset"] : row["offset"] + row["length"]] for row in rows] == [p.data[1:] for p in ALL]
    assert rows["original"].tolist() == [len(p.data) - 1 for p in ALL]
    assert set(rows["adapter"].tolist()) == {0}
    assert parser.indicator_length == (0 if link == 254 else 1)


def test_the_format_names_the_link_type() -> None:
    """For people."""
    assert parsed(pcap(ALL)).format == "pcap, HCI H4 with direction"
    assert parsed(pcap(ALL, 254)).format == "pcap, Linux monitor"


def test_the_adapter_of_a_monitor_record() -> None:
    """The first two bytes, big-endian in either byte order of the file."""
    for order in "<>":
        data = bytearray(pcap([SENT], 254, order))
        data[40:42] = b"\x01\x02"
        assert packets(parsed(bytes(data)))["adapter"].tolist() == [0x0102]


def test_directions_are_inferred_where_the_link_type_has_none() -> None:
    """Commands go out and events come in; data by its boundary flag, continuations as the PDU they continue."""
    data = [
        *ALL,
        packet(b"\x02\x40\x10\x01\x00x"),  # continues what handle 0x40 received
        packet(b"\x02\x41\x10\x01\x00x"),  # continues what nobody saw
        packet(b"\x02\x40"),
        packet(b"\x02\x40\x00\x00\x00"),
        packet(b"\x02\x40\x10\x00\x00"),
    ]
    parser = parsed(pcap(data, 187))
    directions = [*DIRECTIONS, words.RX, words.RX, words.RX, words.TX, words.TX]
    assert packets(parser)["direction"].tolist() == directions
    (row,) = [row for row in parser.damage.rows() if row.rule == "CAP013"]
    assert (row.packet, row.count) == (1, 10)


def test_records_without_a_byte_keep_their_numbers() -> None:
    """As Wireshark does; records that end in their pseudo header as well, where Wireshark stops."""
    empty = Packet(TIME, False, b"", 0)
    parser = parsed(pcap([SENT, empty, SENT], 187))
    assert packets(parser)["kind"].tolist() == [words.ACL, words.OTHER, words.ACL]
    assert "CAP007" in rules(parser)
    short = pcap([SENT])[:24] + struct.pack("<IIII", 17, 5, 2, 2) + b"ab" + pcap([SENT])[24:]
    parser = parsed(short)
    assert packets(parser)["kind"].tolist() == [words.OTHER, words.ACL]
    assert packets(parser)["length"].tolist() == [0, 8]
    assert rules(parser) == ["CAP012"]


def test_cut_payloads() -> None:
    """The length on the wire stands beside that in the file, both without what is no HCI."""
    for link in (187, 201, 254):
        rows = packets(parsed(pcap([SENT.cut(7)], link)))
        assert (rows["length"].tolist(), rows["original"].tolist()) == ([6], [8])
        assert rows["flags"][0] & words.PACKET_TRUNCATED


def test_the_latest_time_there_can_be() -> None:
    """The last second of 32 bits, with more microseconds than a second has: the years to 2106."""
    record = struct.pack("<IIII", 0xFFFFFFFF, 0xFFFFFFFF, 13, 13) + linked(SENT, 201)
    (time,) = packets(parsed(pcap([])[:24] + record))["time"].tolist()
    assert time == 0xFFFFFFFF * 1_000_000_000 + 0xFFFFFFFF * 1000 < 2**62


def test_the_length_of_a_check_sequence_is_no_part_of_the_link_type() -> None:
    """The upper bits of that field."""
    data = bytearray(pcap(ALL))
    data[23] = 0x14
    assert parsed(bytes(data)).engine.packets == 5


@pytest.mark.parametrize(
    ("link", "message"),
    [
        (251, "pcap link type 251 .Bluetooth LE link layer. is what a sniffer saw over the air"),
        (256, "pcap link type 256 .Bluetooth LE link layer with a radio header. is what a sniffer saw"),
        (272, "Nordic nRF Sniffer .*record the host's own HCI log instead"),
        (189, "USB of Linux. is raw USB, which l2scope does not read yet: record"),
        (220, "USB of Linux, padded. is raw USB"),
        (249, "USBPcap. is raw USB"),
        (1, "pcap link type 1 .unknown to l2scope. is not Bluetooth HCI"),
        (0x03FFFFFF, "link type 67108863 .unknown to l2scope."),
    ],
)
def test_other_link_types_are_refused_by_name(link: int, message: str) -> None:
    """With what to do instead."""
    with pytest.raises(CaptureError, match=message):
        parsed(pcap([])[:20] + struct.pack("<I", link))


def test_a_cut_file_header() -> None:
    """No capture, and it says where it ends."""
    with pytest.raises(CaptureError, match="the file ends within the pcap header"):
        parsed(pcap(ALL)[:20])
    assert parsed(pcap(ALL)[:24]).engine.packets == 0
