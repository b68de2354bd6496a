"""What every format does with pieces of any size, and with damage."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l2scope.build import engine_build
from l2scope.engine.engine import Engine
from l2scope.sources.btsnoop import BtsnoopParser
from l2scope.sources.errors import CaptureError
from l2scope.sources.pcap import PcapParser
from tests.generate.containers import btsnoop, packet, packetlogger, pcap, pcapng
from tests.sources.readings import everything, mutations, packets, parsed, rules, samples, split

SAMPLES = samples()
EVERY = pytest.mark.parametrize("name", SAMPLES)

# Headers and garbage for a capture that is made by hand: ten packets of ten bytes.
TEN = [packet(bytes((2, 0x40, 0, 5, 0, number, 1, 2, 3, 4)), time=10**18 + number * 10**6) for number in range(10)]
FORMATS = {
    "btsnoop": (btsnoop(TEN), 16, 24 + 10),
    "pcap": (pcap(TEN), 24, 16 + 4 + 10),
    "pcapng": (pcapng(TEN), 28 + 20, 32 + 16),
    "pcap, H4": (pcap(TEN, link=187), 24, 16 + 10),
    "PacketLogger": (packetlogger(TEN), 0, 12 + 10),
    "PacketLogger, little-endian": (packetlogger(TEN, "<"), 0, 12 + 10),
}  # fmt: skip
BY_HAND = pytest.mark.parametrize("name", FORMATS)


def numbers(data: bytes) -> list[int]:
    """Which of the ten packets a damaged capture still has, by the byte that numbers them."""
    parser = parsed(data)
    return [data[row["offset"] + 4] for row in packets(parser) if row["length"] == 9]


@EVERY
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_split_of_the_bytes_gives_the_same_tables(name: str, data: st.DataObject) -> None:
    """Pieces of any size, single bytes and empty ones among them."""
    whole = SAMPLES[name]
    cuts = data.draw(st.lists(st.integers(0, len(whole)), max_size=30))
    assert everything(parsed(whole, split(whole, cuts))) == everything(parsed(whole))


@EVERY
def test_single_bytes_give_the_same_tables(name: str) -> None:
    """The smallest pieces there are."""
    whole = SAMPLES[name]
    assert everything(parsed(whole, [bytes((byte,)) for byte in whole])) == everything(parsed(whole))


@EVERY
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_mutations_raise_nothing_else_and_split_as_well(name: str, data: st.DataObject) -> None:
    """A mutated capture is read or refused with a CaptureError, the same in any split; its rows of damage are few."""
    mutant = data.draw(mutations(SAMPLES[name]))
    cuts = data.draw(st.lists(st.integers(0, len(mutant)), max_size=8))
    whole = outcome(mutant, [mutant])
    assert outcome(mutant, split(mutant, cuts)) == whole


def outcome(data: bytes, pieces: list[bytes]) -> object:
    """All that can be seen of a reading, or the line with which it is refused."""
    try:
        parser = parsed(data, pieces)
    except CaptureError as error:
        return str(error).splitlines() == [str(error)] and str(error)
    assert parser.engine.packets <= len(data) // 9
    assert len(parser.damage.rows()) < 220
    return everything(parser)


@BY_HAND
def test_a_whole_capture_has_no_damage(name: str) -> None:
    """All ten packets, and but for missing directions not one row."""
    data, _, _ = FORMATS[name]
    assert numbers(data) == list(range(10))
    assert [rule for rule in rules(parsed(data)) if rule != "CAP013"] == []


@BY_HAND
def test_a_cut_in_the_last_record_loses_only_that(name: str) -> None:
    """Wherever the cut is; the row names packet and byte."""
    data, header, record = FORMATS[name]
    for cut in (1, record // 2, record - 1):
        parser = parsed(data[:-cut])
        start = header + 9 * record
        assert numbers(data[:-cut]) == list(range(9))
        assert parser.problem == f"the file ends within packet 10, which begins at byte {start}"
        row = parser.damage.rows()[0]
        assert (row.rule, row.packet, row.offset, row.count) == ("CAP001", 10, start, record - cut)


@BY_HAND
@pytest.mark.parametrize("garbage", [b"\xff" * 100, b"\xff" * 3, b"not a record " * 5, bytes(100)], ids=range(4))
def test_garbage_between_records_is_skipped(name: str, garbage: bytes) -> None:
    """Every packet before and behind it is read, its place and size are told; no ledger is exact across it."""
    data, header, record = FORMATS[name]
    place = header + 4 * record
    damaged = data[:place] + garbage + data[place:]
    assert numbers(damaged) == list(range(10))
    parser = parsed(damaged)
    (row,) = [row for row in parser.damage.rows() if row.rule == "CAP005"]
    assert (row.packet, row.offset, row.count) == (5, place, len(garbage))
    assert row.loses
    assert (parser.engine.gaps, parser.engine.lost, parser.problem) == (1, 0, "")


@BY_HAND
def test_garbage_to_the_end_is_told(name: str) -> None:
    """What came before it is kept."""
    data, header, record = FORMATS[name]
    place = header + 4 * record
    damaged = data[:place] + b"\xee" * 200
    assert numbers(damaged) == [0, 1, 2, 3]
    parser = parsed(damaged)
    row = parser.damage.rows()[0]
    assert (row.rule, row.packet, row.offset, row.count, row.message) == ("CAP006", 5, place, 200, parser.problem)


@BY_HAND
def test_a_length_beyond_the_end_of_the_file_does_not_swallow_what_follows(name: str) -> None:
    """A record claims more bytes than are left, and the others are still found."""
    data, header, record = FORMATS[name]
    place = header + 3 * record
    long = [packet(bytes(3000), time=10**18)]
    claim = {
        "btsnoop": btsnoop(long)[16:][:24],
        "pcap": pcap(long)[24:][:16],
        "pcap, H4": pcap(long, link=187)[24:][:16],
        "pcapng": struct.pack("<II", 6, 3000),
        "PacketLogger": struct.pack(">III", 3000, 10**9, 0),
        "PacketLogger, little-endian": struct.pack("<III", 3000, 10**9, 0),
    }[name]
    damaged = data[:place] + claim + data[place + len(claim) :]
    assert numbers(damaged) == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert [rule for rule in rules(parsed(damaged)) if rule != "CAP013"] == ["CAP005"]


@BY_HAND
def test_a_record_that_lost_bytes_costs_two_packets_at_most(name: str) -> None:
    """The one that lost them, and the one whose header it swallows; later ones are found again."""
    data, header, record = FORMATS[name]
    place = header + 3 * record + record // 2
    left = numbers(data[:place] + data[place + 7 :])
    assert left[:3] == [0, 1, 2]
    assert left[-5:] == [5, 6, 7, 8, 9]


@BY_HAND
def test_garbage_everywhere_keeps_few_rows(name: str) -> None:
    """Of a thousand damaged places two hundred are listed, the others counted."""
    data, header, record = FORMATS[name]
    records = data[header : header + 3 * record]
    parser = parsed(data[:header] + (records + b"\xff" * 30) * 1000 + records)
    assert parser.engine.packets == 3 * 1001
    rows = parser.damage.rows()
    assert [row.rule for row in rows].count("CAP005") == 200
    assert (rows[-1].rule, rows[-1].count) == ("CAP016", 800)


def test_a_capture_of_garbage_alone_is_refused() -> None:
    """Nothing believable behind a good header: no capture."""
    with pytest.raises(CaptureError, match=r"^not a btsnoop capture: the first record claims 4294967295 bytes$"):
        parsed(btsnoop([]) + b"\xff" * 100_000)


def test_a_damaged_first_record_is_skipped() -> None:
    """The others are read."""
    data, header, _ = FORMATS["btsnoop"]
    damaged = bytearray(data)
    damaged[header + 4 : header + 8] = b"\xff" * 4
    assert numbers(bytes(damaged)) == list(range(1, 10))


def test_a_file_without_a_clock_is_read() -> None:
    """Times of 0 are odd only in a file whose first record has a real one."""
    for data in (btsnoop([packet(b"\x02abcdefghi")] * 3), pcap([packet(b"\x02abcdefghi", time=0)] * 3)):
        assert parsed(data).engine.packets == 3
    timeless = bytearray(btsnoop([packet(b"\x02abcdefghi")] * 3))
    for record in range(3):
        timeless[16 + record * 34 + 16 : 16 + record * 34 + 24] = struct.pack(">q", record)
    assert (packets(parsed(bytes(timeless)))["time"] == 0).all()


def test_odd_lengths_are_taken_as_wireshark_takes_them() -> None:
    """A record may hold more bytes than it says the packet had: one row for all of them."""
    data = bytearray(FORMATS["btsnoop"][0])
    for record in (2, 5):
        data[16 + record * 34 : 16 + record * 34 + 4] = struct.pack(">I", 3)
    parser = parsed(bytes(data))
    assert packets(parser)["original"].tolist() == [9] * 10
    (row,) = parser.damage.rows()
    assert (row.rule, row.packet, row.count) == ("CAP018", 3, 2)


def test_a_record_is_taken_at_once() -> None:
    """A live feed does not wait for the next record, unless the header is odd."""
    engine = Engine()
    parser = BtsnoopParser(engine)
    for number in range(10):
        parser.feed(FORMATS["btsnoop"][0][16 + 34 * number - (16 if number == 0 else 0) : 16 + 34 * (number + 1)])
        assert engine.packets == number + 1


def test_a_nonsensical_header_is_not_taken_though_a_good_one_follows() -> None:
    """Odd lengths may pass, and odd times; both together are garbage."""
    data, header, record = FORMATS["btsnoop"]
    place = header + 4 * record
    nonsense = struct.pack(">IIIIq", 555_115_776, 100, 2816, 0, 3_809_824_943) + bytes(100)
    parser = parsed(data[:place] + nonsense + data[place:])
    assert (parser.engine.packets, rules(parser)) == (10, ["CAP005"])


@pytest.mark.skipif(engine_build() == "compiled", reason="compiled classes cannot be watched")
@pytest.mark.parametrize("piece", [1, 100, 10_000])
def test_work_is_linear_in_hostile_input(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Headers whose records would be long, one behind the other: each byte is looked at a few times only."""
    judged, kept = [], []
    believable, reread = PcapParser.believable, PcapParser._reread

    def watched_believable(parser: PcapParser, data: bytes, at: int) -> int:
        judged.append(at)
        return believable(parser, data, at)

    def watched_reread(parser: PcapParser, end: int) -> None:
        kept.append(len(parser.partial))
        reread(parser, end)

    monkeypatch.setattr(PcapParser, "believable", watched_believable)
    monkeypatch.setattr(PcapParser, "_reread", watched_reread)
    claim = struct.pack("<IIII", 1, 1, 65_000, 65_000)
    hostile = pcap(TEN) + b"\xff" * 16 + claim * 20_000
    parser = PcapParser(Engine())
    for start in range(0, len(hostile), piece):
        parser.feed(hostile[start : start + piece])
    parser.end()
    assert 0 < len(judged) < 4 * len(hostile)
    assert 0 < sum(kept) < 8 * len(hostile)
