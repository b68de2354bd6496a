"""Each kind of expectation holds up to its limit and fails beyond it."""

from pathlib import Path

import pytest

import l2scope
from l2scope.check.verdict import Severity
from tests.check.judging import outcome, verdicts
from tests.check.stalled import SENT, stalled_capture, timed_btsnoop
from tests.corpus import SAMPLES
from tests.wire import acl, kframes, pdu

# Of the capture in stalled.py, whose figures are added up there: what holds, and what is just too strict.
STALLED = [
    ("tx.stalls = 3", "tx.stalls = 2"),
    ("tx.stalls = { max = 3 }", "tx.stalls = { max = 2 }"),
    ("tx.stalls = { min = 3 }", "tx.stalls = { min = 4 }"),
    ('tx.stalls = { max = 1, longer_than = "200ms" }', 'tx.stalls = { max = 1, longer_than = "199ms" }'),
    ('tx.longest_stall = { max = "300ms" }', 'tx.longest_stall = { max = "299.9ms" }'),
    ('tx.longest_stall = { min = "0.3s" }', 'tx.longest_stall = { min = "301ms" }'),
    ('tx.stall_time = { max = "600ms" }', 'tx.stall_time = { max = "599ms" }'),
    ("tx.starved_share = { max = 0.996 }", "tx.starved_share = { max = 0.995 }"),
    ("tx.goodput_bps = { min = 5950 }", "tx.goodput_bps = { min = 5951 }"),
    ("tx.sdus = 3", "tx.sdus = 4"),
    ("tx.sdu_bytes = 450", "tx.sdu_bytes = { max = 449 }"),
    ("tx.sdu_length = 150", "tx.sdu_length = { min = 151 }"),
    ("tx.incomplete_sdus = 0", "tx.incomplete_sdus = { min = 1 }"),
    ('close_reason = "open"', 'close_reason = "link-lost"'),
    ('rx.longest_stall = { max = "0ms" }', 'rx.longest_stall = { min = "1ms" }'),
    ("rx.sdus = 0", "rx.goodput_bps = { min = 0 }"),
]


@pytest.mark.parametrize(("holds", "fails"), STALLED)
def test_limits(holds: str, fails: str, tmp_path: Path) -> None:
    """Both ends of a range are included."""
    capture = stalled_capture(tmp_path / "stalled.btsnoop")
    assert outcome(tmp_path, holds, capture) == "passed"
    assert outcome(tmp_path, fails, capture) == "failed"


def test_a_stall_that_never_ends_counts(tmp_path: Path) -> None:
    """A deadlock of 5 s is the longest stall, though it has no end packet."""
    capture = stalled_capture(tmp_path / "deadlock.btsnoop", deadlock=True)
    rules = '[[channels]]\ntx.stalls = 3\ntx.longest_stall.max = "1s"\ntx.stall_time.max = "5.6s"'
    found = verdicts(tmp_path, rules, capture)
    assert found["tx.stalls"].message == "4 stalls on channel #0; expected exactly 3 stalls"
    assert found["tx.longest_stall"].message == "5.000 s in packets 13-end on channel #0; expected at most 1.000 s"
    assert found["tx.stall_time"].outcome.value == "passed"


def test_the_proof_of_a_stall_is_its_packets(tmp_path: Path) -> None:
    """Of three stalls only the one beyond the limit is shown."""
    capture = stalled_capture(tmp_path / "stalled.btsnoop")
    found = verdicts(tmp_path, '[[channels]]\ntx.longest_stall.max = "250ms"', capture)["tx.longest_stall"]
    (stall,) = found.proof
    assert isinstance(stall, l2scope.ZeroInterval)
    assert (stall.start_packet, stall.end_packet, stall.duration_ns) == (10, 11, 300_000_000)
    assert found.message == "300.0 ms in packets 10-11 on channel #0; expected at most 250.0 ms"


def test_the_proof_of_a_length_is_the_sdu(tmp_path: Path) -> None:
    """SDUs of 0 to 1000 bytes, two of which are longer than 200."""
    rules = "[[channels]]\nwhere.psm = 0x81\nrx.sdu_length.max = 200\nrx.sdus = 9"
    found = verdicts(tmp_path, rules, SAMPLES / "two_channels.btsnoop")
    assert [item.as_json()["length"] for item in found["rx.sdu_length"].proof] == [1000, 1000]
    assert found["rx.sdu_length"].message == "2 of 9 SDUs with 1,000 bytes on channel #0; expected at most 200 bytes"
    assert not found["rx.sdus"].failed


def test_incomplete_sdus_are_shown(tmp_path: Path) -> None:
    """The link went with an SDU of 170 bytes unfinished: the lengths of those that are complete are as expected."""
    capture = stalled_capture(tmp_path / "lost.btsnoop", deadlock=True, link_ends=True)
    found = verdicts(tmp_path, "[[channels]]\ntx.incomplete_sdus = 0\ntx.sdu_length = 150", capture)
    (sdu,) = found["tx.incomplete_sdus"].proof
    assert (sdu.as_json()["state"], sdu.as_json()["length"]) == ("incomplete", 170)
    assert found["tx.sdu_length"].message == "3 SDUs with 150 bytes on channel #0; expected exactly 150 bytes"


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [('"link-lost"', "passed"), ('["open", "link-lost"]', "passed"), ('["disconnect-local", "open"]', "failed")],
)
def test_close_reasons(reasons: str, expected: str, tmp_path: Path) -> None:
    """One of several reasons will do."""
    assert outcome(tmp_path, f"close_reason = {reasons}", SAMPLES / "link_lost.btsnoop") == expected


@pytest.mark.parametrize(
    ("where", "channels"),
    [
        ("", 2),
        ("psm = 0x81", 1),
        ("psm = 0x83", 0),
        ("adapter = 0", 2),
        ("adapter = 1", 0),
        ("cid = 0x40", 2),
        ("local_cid = 0x40", 1),
        ("remote_cid = 0x40, psm = 0x82", 1),
        ("remote_cid = 0x40, psm = 0x81", 0),
        ('initiator = "local"', 1),
        ('initiator = "remote", psm = 0x82', 1),
        ('mode = "le-credit"', 2),
        ('mode = "enhanced-credit"', 0),
        ('peer_address = "nobody"', 0),
    ],
)
def test_selection(where: str, channels: int, tmp_path: Path) -> None:
    """0x0040-0x0041 to PSM 0x81 is ours, 0x0041-0x0040 to PSM 0x82 the peer's: all conditions must fit."""
    capture = SAMPLES / "two_channels.btsnoop"
    assert outcome(tmp_path, f"count = {channels}", capture, where) == "passed"
    assert outcome(tmp_path, f"count = {{ min = {channels + 1} }}", capture, where) == "failed"


def test_a_peer_is_found_by_its_address_in_any_case(tmp_path: Path) -> None:
    """As `stats` prints it, or in small letters."""
    capture = SAMPLES / "healthy.btsnoop"
    (link,) = l2scope.open(capture).links
    assert link.peer_address
    assert outcome(tmp_path, "count = 1", capture, f'peer_address = "{link.peer_address.lower()}"') == "passed"


def test_presence_is_expected_unless_absence_is(tmp_path: Path) -> None:
    """A table whose channel is missing fails and says what there is; its other expectations are skipped."""
    found = verdicts(tmp_path, "[[channels]]\nwhere.psm = 0x90\nrx.sdus = 1", SAMPLES / "two_channels.btsnoop")
    assert found["count"].failed
    assert found["count"].message == "no channel fits; expected at least 1; the capture has 2 channels"
    assert [item.as_json()["psm"] for item in found["count"].proof] == [0x81, 0x82]
    assert found["rx.sdus"].outcome.value == "skipped"
    assert not verdicts(tmp_path, "[[channels]]\ncount = 0", SAMPLES / "att_only.btsnoop")["count"].failed


def test_every_channel_that_fits_must_do(tmp_path: Path) -> None:
    """Of two channels the second carries more; the message names it."""
    found = verdicts(tmp_path, "[[channels]]\ntx.sdu_bytes.max = 2000", SAMPLES / "two_channels.btsnoop")[
        "tx.sdu_bytes"
    ]
    assert found.message == "4,921 bytes on channel #1; expected at most 2,000 bytes"
    assert [item.as_json()["id"] for item in found.proof] == [1]


REFUSED = [
    ("", "failed"),
    ("count = 1", "passed"),
    ("count = { min = 1 }\nwhere = { psm = 0xEE, result = 2 }", "passed"),
    ("count = { min = 1 }\nwhere = { result = 4 }", "failed"),
    ('count = { min = 1 }\nwhere = { result = "rejected" }', "failed"),
    ('where = { initiator = "remote" }', "passed"),
    ("except = [{ psm = 0xEE }]", "passed"),
    ("except = [{ psm = 0xEF }, { psm = 0xEE, result = 4 }]", "failed"),
]


@pytest.mark.parametrize(("table", "expected"), REFUSED)
def test_refused_attempts(table: str, expected: str, tmp_path: Path) -> None:
    """SPSM 0x00EE was refused with result 2: forbidden, required or allowed."""
    found = verdicts(tmp_path, f"[[refused]]\n{table}", SAMPLES / "refused.btsnoop")["count"]
    assert found.outcome.value == expected


def test_a_refusal_is_shown(tmp_path: Path) -> None:
    """With its request and response."""
    (attempt,) = verdicts(tmp_path, "[[refused]]", SAMPLES / "refused.btsnoop")["count"].proof
    assert (attempt.as_json()["psm"], attempt.as_json()["result"]) == (0xEE, 2)


def test_what_rests_on_an_inferred_channel_is_a_warning(tmp_path: Path) -> None:
    """The capture begins after the channel was opened."""
    whole = stalled_capture(tmp_path / "stalled.btsnoop").read_bytes()
    records = whole[16:]
    for _ in range(3):
        records = records[24 + int.from_bytes(records[4:8]) :]
    late = tmp_path / "late.btsnoop"
    late.write_bytes(whole[:16] + records)
    assert [channel.certainty for channel in l2scope.open(late).channels] == ["likely"]
    found = verdicts(tmp_path, "[[channels]]\ntx.sdus = 50", late)["tx.sdus"]
    assert (found.failed, found.severity) == (True, Severity.WARNING)


def test_what_may_be_no_channel_is_left_out(tmp_path: Path) -> None:
    """Two SDUs on a CID that nothing else tells of."""
    sent = [pdu(0x0004, b"\x0a\x01\x00"), *(pdu(0x50, frame) for frame in kframes(bytes(10), 100) * 2)]
    path = tmp_path / "weak.btsnoop"
    path.write_bytes(timed_btsnoop([(number, SENT, b"\x02" + acl(whole)) for number, whole in enumerate(sent)]))
    assert [channel.certainty for channel in l2scope.open(path).channels] == ["weak"]
    assert outcome(tmp_path, "count = 0", path) == "passed"
