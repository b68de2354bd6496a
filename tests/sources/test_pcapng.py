"""pcapng files: sections, interfaces, clocks, blocks of every kind, options."""

import struct

import pytest

from l2scope.engine import words
from l2scope.sources.errors import CaptureError
from tests.generate.containers import (
    block,
    enhanced,
    interface,
    linked,
    options,
    padded,
    pcapng,
    section,
)
from tests.sources.readings import packets, parsed, rules
from tests.sources.test_pcap import ALL, DIRECTIONS, KINDS, RECEIVED, SENT

US = 1_700_000_000_000_000
H4 = linked(SENT, 201)
MONITOR = linked(SENT, 254, adapter=3)


def obsolete(data: bytes, stamp: int, *pairs: tuple[int, bytes], drops: int = 0) -> bytes:
    header = struct.pack("<HHIIII", 0, drops, stamp >> 32, stamp & 0xFFFFFFFF, len(data), len(data))
    return block(2, header + padded(data) + options(*pairs))


def simple(data: bytes, original: int | None = None) -> bytes:
    return block(3, struct.pack("<I", len(data) if original is None else original) + data)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("link", [187, 201, 254])
def test_every_byte_order_and_link_type(link: int, order: str) -> None:
    """The same packets, link type 187 with the direction in its flags; offsets point at the HCI packets."""
    data = pcapng(ALL, link, order)
    parser = parsed(data)
    rows = packets(parser)
    assert rows["kind"].tolist() == KINDS
    assert rows["direction"].tolist() == DIRECTIONS
    assert rows["time"].tolist() == [p.time // 1000 * 1000 for p in ALL]
    assert [data[row["offset"] : row["offset"] + row["length"]] for row in rows] == [p.data[1:] for p in ALL]
    assert rules(parser) == []
    assert {parser.indicator_of(adapter) for adapter in rows["adapter"].tolist()} == {0 if link == 254 else 1}


@pytest.mark.parametrize(
    ("resolution", "stamp", "nanoseconds"),
    [
        (None, 1_700_000_000_123_456, 1_700_000_000_123_456_000),
        (6, 1_700_000_000_123_456, 1_700_000_000_123_456_000),
        (9, 1_700_000_000_123_456_789, 1_700_000_000_123_456_789),
        (3, 1_700_000_000_123, 1_700_000_000_123_000_000),
        (0, 1_700_000_000, 1_700_000_000_000_000_000),
        (7, 17_000_000_001_234_567, 1_700_000_000_123_456_700),
        (10, 17_000_000_001_234_567_899, 1_700_000_000_123_456_789),
        (0x8A, 1_700_000_000 * 1024 + 1, 1_700_000_000_000_976_562),
        (0xBC, (1 << 60) + (1 << 59), 1_500_000_000),
        (127, 2**64 - 1, 0),
        (0xFF, 2**64 - 1, 0),
        (6, 2**64 - 1, 4_611_686_018_427_387_000),
        (6, 2**63, 4_611_686_018_427_387_000),
        (9, 2**62, 4_611_686_018_427_387_000),
        (0, 2**64 - 1, 4_611_686_018_427_387_000),
    ],
)
def test_resolutions(resolution: int | None, stamp: int, nanoseconds: int) -> None:
    """if_tsresol in powers of 10 and of 2, without wrapping whatever the stamp is."""
    pairs = [] if resolution is None else [(9, bytes((resolution,)))]
    data = section() + interface(201, *pairs) + enhanced(H4, stamp)
    assert packets(parsed(data))["time"].tolist() == [nanoseconds]


@pytest.mark.parametrize(
    ("seconds", "nanoseconds"),
    [
        (100, US * 1000 + 100 * 10**9),
        (-100, US * 1000 - 100 * 10**9),
        (-(2**63), 0),
        (2**63 - 1, 4_611_686_018_427_387_000),
    ],
)
def test_a_time_offset(seconds: int, nanoseconds: int) -> None:
    """if_tsoffset is added, and clamped."""
    data = section() + interface(201, (14, struct.pack("<q", seconds))) + enhanced(H4, US)
    assert packets(parsed(data))["time"].tolist() == [nanoseconds]


def test_several_interfaces() -> None:
    """Each has its link type, clock and adapter; the one that is no HCI keeps its packets' numbers."""
    data = (
        section()
        + interface(201)
        + interface(201, (9, b"\x09"))
        + interface(1)
        + interface(254)
        + enhanced(H4, US)
        + enhanced(H4, US * 1000 + 5, number=1)
        + enhanced(bytes(60), US, number=2)
        + enhanced(MONITOR, US, number=3)
    )
    parser = parsed(data)
    rows = packets(parser)
    assert rows["time"].tolist() == [US * 1000, US * 1000 + 5, US * 1000, US * 1000]
    assert rows["kind"].tolist() == [words.ACL, words.ACL, words.OTHER, words.ACL]
    assert rows["adapter"].tolist() == [0, 1, 0xFF00, 3 << 8 | 3]
    assert [parser.indicator_of(adapter) for adapter in rows["adapter"].tolist()] == [1, 1, 0, 0]
    assert parser.format == "pcapng, HCI H4 with direction, unknown to l2scope, Linux monitor"
    (row,) = parser.damage.rows()
    assert (row.rule, row.message) == (
        "CAP008",
        "interface 2 has link type 1 (unknown to l2scope): its packets are not read",
    )


def test_a_monitor_alone_names_its_adapters() -> None:
    """Its numbers are the HCI indices; an interface beside it cannot be taken for one of them."""
    data = section() + interface(254) + interface(201) + enhanced(MONITOR, US) + enhanced(H4, US, number=1)
    parser = parsed(data + data)
    assert packets(parser)["adapter"].tolist() == [3, 1 << 8] * 2
    assert (parser.indicator_of(3), parser.indicator_of(1 << 8)) == (0, 1)
    none = linked(SENT, 254, adapter=0xFFFF)
    data = section() + interface(201) + interface(254) + enhanced(none, US, number=1)
    assert packets(parsed(data))["adapter"].tolist() == [0xFF00]


def test_sections() -> None:
    """A section has its own byte order and interfaces; what happened between two is unknown."""
    second = section(">") + interface(254, order=">") + enhanced(MONITOR, US, order=">")
    parser = parsed(section() + interface(201) + enhanced(H4, US) + second)
    rows = packets(parser)
    assert rows["kind"].tolist() == [words.ACL, words.ACL]
    assert (rows["time"] == US * 1000).all()
    assert rows["adapter"].tolist() == [0, 254 << 8 | 3]
    (row,) = parser.damage.rows()
    assert (row.rule, row.packet) == ("CAP015", 2)
    assert (parser.engine.gaps, parser.engine.lost) == (1, 0)


def test_the_same_interface_of_two_sections_is_one_adapter() -> None:
    """As when two captures are put behind each other."""
    one = section() + interface(201) + interface(201) + enhanced(H4, US, number=1)
    assert packets(parsed(one + one))["adapter"].tolist() == [1, 1]


def test_simple_packets() -> None:
    """They have no time, belong to the first interface and are cut where it cuts."""
    data = section() + interface(187, snaplen=6) + enhanced(SENT.data[:6], US, original=9) + simple(SENT.data)
    parser = parsed(data)
    rows = packets(parser)
    assert rows["time"].tolist() == [US * 1000] * 2
    assert rows["length"].tolist() == [5, 5]
    assert rows["original"].tolist() == [8, 8]
    assert set(rules(parser)) == {"CAP013", "CAP014"}
    unlimited = section() + interface(187, snaplen=0) + simple(SENT.data, original=20)
    assert packets(parsed(unlimited))["original"].tolist() == [19]


def test_obsolete_packets() -> None:
    """With drops before the packet and the direction in their flags."""
    data = section() + interface(187) + obsolete(SENT.data, US, (2, struct.pack("<I", 1)), drops=7)
    parser = parsed(data + obsolete(SENT.data, US, (2, struct.pack("<I", 2)), drops=0xFFFF))
    rows = packets(parser)
    assert rows["time"].tolist() == [US * 1000] * 2
    assert rows["direction"].tolist() == [words.RX, words.TX]
    assert parser.engine.lost == 7
    assert parser.engine.first_loss == 1


def test_drops_are_counted_once() -> None:
    """Those of a packet, then what the statistics of the interface have beyond them."""
    statistics = block(5, struct.pack("<III", 0, 0, 0) + options((5, struct.pack("<Q", 9)), (7, struct.pack("<Q", 2))))
    first = section() + interface(201) + enhanced(H4, US, (4, struct.pack("<Q", 5)))
    parser = parsed(first + statistics + statistics)
    assert parser.engine.lost == 11
    huge = enhanced(H4, US, (4, struct.pack("<Q", 2**64 - 1)))
    assert parsed(section() + interface(201) + huge).engine.lost == 2**31 - 1


def test_flags_give_the_direction_only_where_there_is_none() -> None:
    """The pseudo header of link type 201 wins, as in Wireshark; without flags the direction is inferred."""
    inbound = (2, struct.pack("<I", 1))
    data = section() + interface(201) + interface(187) + enhanced(H4, US, inbound)
    data += enhanced(RECEIVED.data, US, (2, struct.pack("<I", 2)), number=1) + enhanced(RECEIVED.data, US, number=1)
    data += enhanced(RECEIVED.data, US, (2, bytes(4)), number=1)
    parser = parsed(data)
    assert packets(parser)["direction"].tolist() == [words.TX, words.TX, words.RX, words.RX]
    (row,) = parser.damage.rows()
    assert (row.rule, row.packet, row.count) == ("CAP013", 3, 2)


def test_comments_are_kept() -> None:
    """Several of a packet, in any script, up to a bound."""
    first = enhanced(H4, US, (1, "schön".encode()), (1, b"\xff bad"))
    parser = parsed(section() + interface(201) + first + enhanced(H4, US) + enhanced(H4, US, (1, b"third")))
    assert parser.comments == {1: ["schön", "� bad"], 3: ["third"]}
    many = parsed(section() + interface(201) + enhanced(H4, US, (1, b"x" * 60_000)) * 100)
    assert sum(len(text) for texts in many.comments.values() for text in texts) <= 4 << 20
    assert many.engine.packets == 100


def test_blocks_that_wireshark_numbers_are_packets() -> None:
    """Journal entries, custom blocks and system calls have frame numbers; other blocks have none."""
    entry = block(9, b"__REALTIME_TIMESTAMP=1700000000000000\nMESSAGE=hi\n")
    custom = block(0xBAD, struct.pack("<I", 32473) + b"abcd") + block(0x40000BAD, struct.pack("<I", 32473))
    calls = b"".join(block(kind, bytes(30)) for kind in (0x204, 0x216, 0x221))
    unknown = block(0x55, b"x") + block(0x80000055, b"x") + block(4, bytes(8)) + block(10, bytes(8)) + block(0x201, b"")
    parser = parsed(section() + interface(201) + enhanced(H4, US) + entry + custom + calls + unknown + enhanced(H4, US))
    rows = packets(parser)
    assert rows["kind"].tolist() == [words.ACL, *[words.OTHER] * 6, words.ACL]
    assert (rows["time"] == US * 1000).all()
    assert rules(parser) == []


def test_a_large_unknown_block_is_skipped() -> None:
    """In pieces as well."""
    data = section() + interface(201) + block(0x55, bytes(3 << 20)) + enhanced(H4, US)
    assert parsed(data, [data[at : at + 100_000] for at in range(0, len(data), 100_000)]).engine.packets == 1


def test_a_packet_of_no_interface_keeps_its_number() -> None:
    """Wireshark stops there; its bytes are kept as no HCI."""
    parser = parsed(section() + interface(201) + enhanced(H4, US) + enhanced(H4, US, number=7) + simple(H4))
    assert packets(parser)["kind"].tolist() == [words.ACL, words.OTHER, words.ACL]
    assert "CAP011" in rules(parser)
    assert packets(parsed(section() + simple(H4)))["kind"].tolist() == [words.OTHER]


def test_a_block_that_tells_two_lengths() -> None:
    """It is taken where a good block follows, and told."""
    good = enhanced(H4, US)
    parser = parsed(section() + interface(201) + good[:-4] + bytes(4) + good)
    assert packets(parser)["kind"].tolist() == [words.ACL, words.ACL]
    (row,) = parser.damage.rows()
    assert (row.rule, row.message) == ("CAP009", "the block at byte 48 tells two lengths, 48 and another")


def test_a_packet_longer_than_its_block() -> None:
    """What is there of it is read."""
    bad = bytearray(enhanced(H4, US))
    bad[20:24] = struct.pack("<I", 500)
    parser = parsed(section() + interface(201) + bytes(bad) + enhanced(H4, US))
    assert packets(parser)["length"].tolist() == [11, 8]
    assert rules(parser) == ["CAP009"]


def test_a_block_too_short_for_its_type() -> None:
    """A packet keeps its number."""
    parser = parsed(section() + interface(201) + block(6, bytes(8)) + block(1, b"") + block(5, b"") + enhanced(H4, US))
    assert packets(parser)["kind"].tolist() == [words.OTHER, words.ACL]
    assert rules(parser) == ["CAP009"] * 3


def test_options_that_end_too_late() -> None:
    """They are passed over."""
    data = section() + interface(201) + block(6, enhanced(H4, US)[8:-4] + struct.pack("<HH", 1, 60_000))
    parser = parsed(data)
    assert (parser.engine.packets, parser.comments) == (1, {})


def test_a_section_of_the_other_byte_order_ends_garbage() -> None:
    """What stands behind it is read in its own order."""
    second = section(">") + interface(201, order=">") + enhanced(H4, US, order=">") * 3
    parser = parsed(section() + interface(201) + enhanced(H4, US) + b"\xff" * 40 + second)
    assert packets(parser)["kind"].tolist() == [words.ACL] * 4
    assert rules(parser) == ["CAP005", "CAP015"]


@pytest.mark.parametrize("link", [1, 189, 220, 249, 251, 256, 272])
def test_captures_without_hci_are_refused_by_the_name_of_their_link_type(link: int) -> None:
    """At the first packet, or at the end where there is none."""
    for data in (section() + interface(link), section() + interface(link) + enhanced(bytes(20), US)):
        with pytest.raises(CaptureError, match=f"^pcapng link type {link} .*: record the host's own HCI log instead"):
            parsed(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (section()[:8], "ends within the pcapng header"),
        (section()[:8] + bytes(20), "its first block tells no byte order"),
        (section()[:12] + struct.pack("<HHq", 2, 0, -1) + section()[-4:], "another version than 1"),
        (section() + b"\xff" * 100, "^not a pcapng capture: the first record claims a block of 4294967295 bytes$"),
    ],
)
def test_what_is_no_capture_is_refused(data: bytes, message: str) -> None:
    """One line says what is wrong."""
    with pytest.raises(CaptureError, match=message):
        parsed(data)


def test_an_empty_section_is_a_capture() -> None:
    """Wireshark opens it, too."""
    parser = parsed(section())
    assert (parser.engine.packets, parser.format) == (0, "pcapng, no interface")


def test_more_interfaces_than_there_can_be() -> None:
    """Memory stays bounded; packets of the others belong to no interface."""
    data = section() + interface(201) * 70_000 + enhanced(H4, US, number=69_999)
    parser = parsed(data)
    assert packets(parser)["kind"].tolist() == [words.OTHER]
