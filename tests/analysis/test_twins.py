"""Both ends of a link in one capture: delays between the two views of a channel, and where waits went."""

import json
from pathlib import Path

import pytest

import l2scope
from l2scope.analysis.pairing import Pairing
from l2scope.analysis.twins import twins
from tests.analysis.two_ends import TwoEnds
from tests.cli.runner import l2scope as run
from tests.corpus import CORPUS, SAMPLES, corpus_files, name_of, needs_corpus

MS = 1_000_000
KERNEL = [path for path in corpus_files("kernel/*.btsnoop") if "tester" not in path.name]
LATE_ATTACH = "lecoc_lateattach"
# The stalls of each capture, as other tests have them too: how many, and what each lasts at least (ns).
STALLS = {
    "lecoc_3chan_ch0stalls_k6.12": (1, 3.6e9),
    "lecoc_recv_stalls_4s_k6.1": (1, 3.9e9),
    "lecoc_slowread_50ms_rcvbuf4k_k6.12": (58, 0.035e9),
    "ecred_5chan_1req_ch0stalls_reconf_k6.12": (1, 3.6e9),
    "lecoc_bulk_500x500_k6.1": (0, 0),
    "lecoc_bidir_200x500_k6.12": (0, 0),
}


def found_in(path: Path) -> Pairing:
    return twins(l2scope.open(path))


@needs_corpus
@pytest.mark.parametrize("path", KERNEL, ids=name_of)
def test_both_ends_have_every_pdu(path: Path) -> None:
    """Nothing is lost between two adapters of one machine, and nothing arrives before it was sent."""
    pairing = found_in(path)
    (link,) = pairing.links
    assert {link.a.adapter, link.b.adapter} == {0, 1}
    for row in pairing.delays():
        assert row.delays.count == row.delays.sent == row.delays.received
        assert row.delays.min_ns is not None
        assert row.delays.median_ns is not None
        assert row.delays.p99_ns is not None
        assert row.delays.max_ns is not None
        assert 0 < row.delays.min_ns <= row.delays.median_ns <= row.delays.p99_ns <= row.delays.max_ns < 20 * MS


@needs_corpus
@pytest.mark.parametrize("path", KERNEL, ids=name_of)
def test_channels_are_those_that_say_they_are_twins(path: Path) -> None:
    """Where the set-up was seen, Channel.twin has told it by CIDs and limits; content agrees."""
    pairing = found_in(path)
    by_content = {ids for link in pairing.links for a, b in pairing.channels(link) for ids in ((a, b), (b, a))}
    by_opening = {(channel.id, channel.twin) for channel in pairing.a.channels if channel.twin is not None}
    if path.name.startswith(LATE_ATTACH):
        assert (by_opening, len(by_content)) == (set(), 2)
    else:
        assert by_content == by_opening


@needs_corpus
@pytest.mark.parametrize("name", STALLS)
def test_a_reader_that_does_not_read_grants_late(name: str) -> None:
    """In these runs the program on the receiving side slept: all its credits were held back by its host."""
    waits = found_in(CORPUS / "kernel" / f"{name}.btsnoop").waits()
    count, least = STALLS[name]
    assert len(waits) == pytest.approx(count, abs=1 if count > 1 else 0)
    for wait in waits:
        assert wait.cause == "granted-late"
        assert wait.held_ns is not None
        assert least < wait.held_ns <= wait.duration_ns


@needs_corpus
def test_healthy_waits_are_travel() -> None:
    """The bulk run waits at each of its 500 SDUs, for no longer than the way there and back."""
    waits = found_in(CORPUS / "kernel" / "lecoc_bulk_500x500_k6.1.btsnoop").waits(all=True)
    assert len(waits) == 500
    assert {wait.cause for wait in waits} == {"delivered-late"}
    for wait in waits:
        assert wait.frames_ns is not None
        assert wait.held_ns is not None
        assert wait.credits_ns is not None
        assert wait.frames_ns + wait.held_ns + wait.credits_ns == wait.duration_ns


@pytest.mark.parametrize(
    ("way", "held", "credit_way", "cause"), [(2.0, 120.0, 3.0, "granted-late"), (40.0, 1.0, 60.0, "delivered-late")]
)
def test_a_wait_by_hand(way: float, held: float, credit_way: float, cause: str, tmp_path: Path) -> None:
    """Two credits, two K-frames with an SDU of 150 bytes; then the receiver holds the next credits back."""
    ends = TwoEnds()
    ends.open_channel(2)
    ends.send_sdu(bytes(150), way)
    ends.wait(-0.1 + way + held)
    ends.grant(1, 5, credit_way)
    ends.wait(credit_way)
    ends.send_sdu(b"later", 7.0)
    pairing = found_in(ends.one_capture(tmp_path / "both.btsnoop"))
    (wait,) = pairing.waits(all=True)
    assert (wait.frames_ns, wait.held_ns, wait.credits_ns) == (way * MS, held * MS, credit_way * MS)
    assert (wait.sender, wait.channel, wait.peer_channel, wait.cause) == (
        "a",
        wait.peer_channel ^ 1,
        wait.channel ^ 1,
        cause,
    )
    rows = {(row.sender, row.kind): row.delays for row in pairing.delays()}
    assert (rows["a", "kframes"].count, rows["b", "credits"].count) == (3, 1)
    assert (rows["a", "kframes"].min_ns, rows["a", "kframes"].max_ns) == tuple(
        sorted((way * MS, 7 * MS)) if way < 7 else (7 * MS, way * MS)
    )
    assert rows["b", "credits"].median_ns == credit_way * MS


def test_percentiles_by_nearest_rank(tmp_path: Path) -> None:
    """200 K-frames that take 1 to 200 ms: the median is the 100th, the 99th percentile the 198th."""
    ends = TwoEnds()
    ends.open_channel(300)
    for way in range(1, 201):
        ends.send_sdu(way.to_bytes(2, "little"), float(way))
        ends.wait(300)
    (row,) = [row for row in found_in(ends.one_capture(tmp_path / "both.btsnoop")).delays() if row.kind == "kframes"]
    delays = row.delays
    assert (delays.count, delays.min_ns, delays.median_ns) == (200, MS, 100 * MS)
    assert (delays.p99_ns, delays.max_ns) == (198 * MS, 200 * MS)


def test_a_lost_frame_has_no_partner(tmp_path: Path) -> None:
    """Four K-frames left, three arrived: which is told by content."""
    ends = TwoEnds()
    ends.open_channel(10)
    for number in range(4):
        ends.send_sdu(bytes((number,)), 1.0)
        ends.wait(5)
    lost = [record for record in ends.records if record[1] == 1 and record[3][-1:] == b"\x02"]
    ends.records.remove(lost[-1])
    (row,) = [row for row in found_in(ends.one_capture(tmp_path / "both.btsnoop")).delays() if row.kind == "kframes"]
    assert (row.delays.sent, row.delays.received, row.delays.count, row.delays.max_ns) == (4, 3, 3, MS)


def test_one_adapter_has_no_twins() -> None:
    """There is nothing to measure; the command asks for the other capture."""
    assert found_in(SAMPLES / "starved.btsnoop").links == []
    result = run("pair", SAMPLES / "starved.btsnoop")
    assert (result.returncode, result.stdout) == (2, "")
    assert "no link has both its ends in this capture" in result.stderr


@needs_corpus
def test_pair_with_one_file() -> None:
    """It has no second clock; all else is as with two files."""
    path = CORPUS / "kernel" / "lecoc_3chan_ch0stalls_k6.12.btsnoop"
    report = json.loads(run("pair", path, "--json").stdout)
    assert report["clock"] is None
    assert [wait["cause"] for wait in report["waits"]] == ["granted-late"]
    text = run("pair", path).stdout
    assert "clock" not in text
    assert text.count("K-frames   ") == 3
