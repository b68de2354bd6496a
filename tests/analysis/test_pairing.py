"""Two captures of one link: how their clocks stand, delays, and where waits for credits went."""

import json
import random
from pathlib import Path

import pytest

import l2scope
from l2scope.analysis.pairing import NotOneLinkError, Pairing, pair
from l2scope.analysis.waits import Wait
from tests.analysis.edited import edited
from tests.analysis.two_ends import TwoEnds
from tests.cli.runner import l2scope as run
from tests.corpus import CORPUS, SAMPLES, corpus_files, name_of, needs_corpus, read_json

MS = 1_000_000
STARVED = SAMPLES / "starved.btsnoop", SAMPLES / "starved_peer.btsnoop"
PEERS = corpus_files("bumble/*.peer.btsnoop")
# In the corpus a link takes 7.5 ms and 8 us a byte, after 50 us or so from host to controller.
CORPUS_LATENCY_NS = 7_500_000


def paired(a: Path, b: Path) -> Pairing:
    return pair(l2scope.open(a), l2scope.open(b))


def sides(peer: Path) -> tuple[Path, Path]:
    return peer.with_name(peer.name.replace(".peer", "")), peer


def sum_of(wait: Wait) -> int:
    return sum(part for part in (wait.frames_ns, wait.held_ns, wait.credits_ns) if part is not None)


def starved_ends(way: float = 1.0, credit_way: float = 2.0, held: float = 100.0) -> TwoEnds:
    """An SDU of three K-frames for which there are two credits; the receiver gives more after it has both."""
    ends = TwoEnds()
    ends.open_channel(2)
    ends.send_sdu(bytes(150), way)
    ends.wait(-0.1 + way + held)
    ends.grant(1, 5, credit_way)
    ends.wait(credit_way)
    ends.send_sdu(b"later")
    return ends


@needs_corpus
@pytest.mark.parametrize("peer", PEERS, ids=name_of)
def test_the_clocks_of_the_corpus_agree(peer: Path) -> None:
    """Both sides share a clock: the offset is 0, and every PDU of one side is found at the other."""
    pairing = paired(*sides(peer))
    assert abs(pairing.clock.offset_ns) < MS
    assert pairing.clock.drift_ppm == 0.0
    for row in pairing.delays():
        assert row.delays.count == row.delays.sent == row.delays.received
        assert row.delays.min_ns is None or row.delays.min_ns >= CORPUS_LATENCY_NS


@needs_corpus
@pytest.mark.parametrize(("ahead_us", "drift_ppm"), [(123_456_789, 0.0), (-400 * 86_400_000_000, 0.0), (5_000, 200.0)])
@pytest.mark.parametrize("name", ["gatt_then_coc", "starved", "two_channels_bidir", "ecred", "classic"])
def test_another_clock_is_found(name: str, ahead_us: int, drift_ppm: float, tmp_path: Path) -> None:
    """Set to another time by milliseconds to years, and too fast: the offset is right within a millisecond at both
    ends of the capture."""
    a, b = sides(CORPUS / "bumble" / f"{name}.peer.btsnoop")
    first_ns = int(l2scope.open(b).tables.packets["time"][0])
    pairing = paired(a, edited(b, tmp_path / "b.btsnoop", offset_us=ahead_us, drift_ppm=drift_ppm))
    clock = pairing.clock
    assert clock.drift_low_ppm <= drift_ppm <= clock.drift_high_ppm
    for moment in (clock.since_ns, int(pairing.links[-1].forth.sent_times[-1])):
        seen = clock.offset_ns + (moment - clock.since_ns) * clock.drift_ppm * 1e-6
        assert seen == pytest.approx(ahead_us * 1000 + (moment - first_ns) * drift_ppm * 1e-6, abs=MS)


@needs_corpus
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["gatt_then_coc", "starved", "ecred", "classic"])
def test_captures_that_begin_and_end_at_other_times_and_lose_packets(name: str, seed: int, tmp_path: Path) -> None:
    """One lacks the first third, the other the last fifth, and both one packet in twenty: no PDU finds a wrong
    partner, and the offset holds."""
    a, b = sides(CORPUS / "bumble" / f"{name}.peer.btsnoop")
    chance = random.Random(seed)
    counts = l2scope.open(a).count, l2scope.open(b).count
    kept_a = {number for number in range(1, counts[0] + 1) if chance.random() > 0.05 and number > counts[0] / 3}
    kept_b = {number for number in range(1, counts[1] + 1) if chance.random() > 0.05 and number < counts[1] * 0.8}
    pairing = paired(
        edited(a, tmp_path / "a.btsnoop", keep=kept_a.__contains__),
        edited(b, tmp_path / "b.btsnoop", keep=kept_b.__contains__, offset_us=777),
    )
    assert pairing.clock.offset_ns == pytest.approx(777_000, abs=MS)
    true_delays = {
        (row.sender, row.kind): (row.delays.min_ns, row.delays.max_ns) for row in paired(a, b).delays() if not row.link
    }
    for row in pairing.delays():
        least, most = true_delays[row.sender, "pdus"]
        if row.delays.count and least is not None and most is not None:
            assert row.delays.min_ns is not None
            assert row.delays.max_ns is not None
            assert least - MS <= row.delays.min_ns <= row.delays.max_ns <= most + MS


@needs_corpus
@pytest.mark.parametrize("name", ["lossy", "starts_mid_connection", "cut_mid_header", "cut_mid_record", "snaplen64"])
def test_a_part_of_a_capture_finds_its_peer(name: str) -> None:
    """Whatever it lost, all its whole PDUs are in the other."""
    pairing = paired(CORPUS / "bumble" / f"{name}.btsnoop", CORPUS / "bumble" / "gatt_then_coc.peer.btsnoop")
    assert abs(pairing.clock.offset_ns) < MS
    (link,) = pairing.links
    assert link.shared == len(link.forth.sender.rows) + len(link.back.receiver.rows)


@needs_corpus
def test_the_credits_of_the_corpus_are_granted_late() -> None:
    """The truth's receiver gives its credits 300 ms late; the rest of each wait is the link's."""
    waits = paired(*sides(CORPUS / "bumble" / "starved.peer.btsnoop")).waits()
    assert len(waits) == 19
    assert {(wait.sender, wait.cause) for wait in waits} == {("b", "granted-late")}
    assert all(wait.held_ns is not None and 300 * MS <= wait.held_ns < 301 * MS for wait in waits)


@needs_corpus
def test_the_link_of_the_corpus_delivers_late() -> None:
    """In gatt_then_coc the receiver grants at once: its waits are the way there and back."""
    waits = paired(*sides(CORPUS / "bumble" / "gatt_then_coc.peer.btsnoop")).waits(all=True)
    assert len(waits) == 199
    assert {wait.cause for wait in waits} == {"delivered-late"}


def test_the_sample_is_granted_late() -> None:
    """captures/README.md: 17 waits, each because the gadget keeps its credits for 300 ms."""
    pairing = paired(*STARVED)
    truth = read_json(SAMPLES / "starved.truth.json")
    waits = pairing.waits()
    assert len(waits) == truth["starvation"]["zero_credit_waits"]
    for wait in waits:
        assert (wait.sender, wait.cause, wait.stall) == ("a", "granted-late", True)
        assert wait.held_ns == pytest.approx(300 * MS, abs=MS)
        assert sum_of(wait) == wait.duration_ns
    assert abs(pairing.clock.offset_ns) <= pairing.clock.uncertainty_ns
    (frames,) = [row for row in pairing.delays() if row.kind == "kframes"]
    assert (frames.sender, frames.delays.count) == ("a", truth["channels"][0]["tx"]["kframes"])


def test_which_side_is_a_changes_nothing_but_names() -> None:
    """The offset turns its sign; the waits are the same."""
    one, other = paired(*STARVED), paired(*reversed(STARVED))
    assert one.clock.offset_ns == -other.clock.offset_ns
    assert [wait.held_ns for wait in one.waits()] == [wait.held_ns for wait in other.waits()]
    assert {wait.sender for wait in other.waits()} == {"b"}


@pytest.mark.parametrize("ahead", [0.0, 60_000.0, -3.0])
def test_a_wait_by_hand(ahead: float, tmp_path: Path) -> None:
    """The second K-frame takes the last credit; it is 1 ms on its way, the credits are held 100 ms and take 2."""
    pairing = paired(*starved_ends().two_captures(tmp_path, ahead))
    (wait,) = pairing.waits(all=True)
    assert (wait.frames_ns, wait.held_ns, wait.credits_ns) == pytest.approx((MS, 100 * MS, 2 * MS), abs=MS / 2)
    assert (wait.duration_ns, wait.cause) == (103 * MS, "granted-late")
    assert pairing.clock.offset_ns == pytest.approx(ahead * MS, abs=MS / 2)


def test_held_does_not_hang_on_the_offset(tmp_path: Path) -> None:
    """What the receiver's host took is on its own clock alone: exact, where the ways are only known in sum."""
    (wait,) = paired(*starved_ends(way=1.0, credit_way=9.0).two_captures(tmp_path, 5.0)).waits(all=True)
    assert wait.held_ns == 100 * MS
    assert sum_of(wait) == 110 * MS


def test_a_wait_for_the_link(tmp_path: Path) -> None:
    """The receiver grants within 1 ms, the credits arrive 150 ms later."""
    (wait,) = paired(*starved_ends(credit_way=150.0, held=1.0).two_captures(tmp_path)).waits(all=True)
    assert (wait.held_ns, wait.cause) == (MS, "delivered-late")


def test_times_of_the_other_clock(tmp_path: Path) -> None:
    """Waits are in the clock of A; in_own_clocks gives each time as its capture has it."""
    a, b = starved_ends().two_captures(tmp_path, 60_000.0)
    pairing = paired(a, b)
    (wait,) = pairing.waits(all=True)
    own = pairing.in_own_clocks(wait)
    packets = pairing.b.tables.packets["time"]
    assert own.arrived_packet is not None
    assert own.granted_packet is not None
    assert own.granted_ns is not None
    assert own.start_ns == wait.start_ns
    assert own.arrived_ns == packets[own.arrived_packet - 1]
    assert own.granted_ns == packets[own.granted_packet - 1]
    assert wait.granted_ns == pytest.approx(own.granted_ns - 60_000 * MS, abs=MS / 2)


@pytest.mark.parametrize(("granted", "cause"), [(False, "not-granted"), (True, "not-delivered")])
def test_credits_that_never_come(granted: bool, cause: str, tmp_path: Path) -> None:
    """The capture ends before: the receiver's own tells whether it gave any."""
    ends = TwoEnds()
    ends.open_channel(2)
    ends.send_sdu(bytes(150))
    ends.wait(50)
    if granted:
        ends.grant(1, 5, lost=True)
    ends.wait(50)
    for packet in range(3):
        ends.send(packet % 2, b"\x03\x00\x04\x00\x0a" + bytes((packet, 0)))
        ends.wait(10)
    (wait,) = paired(*ends.two_captures(tmp_path)).waits(all=True)
    assert (wait.cause, wait.end_packet, wait.granted_packet is not None) == (cause, None, granted)


def test_a_channel_that_opens_without_credits(tmp_path: Path) -> None:
    """The wait begins with the response: from its arrival on the receiver holds the credits."""
    ends = TwoEnds()
    ends.open_channel(0)
    ends.wait(94.9 + 1)
    ends.grant(1, 5, way=2.0)
    ends.wait(5)
    ends.send_sdu(b"first")
    (wait,) = paired(*ends.two_captures(tmp_path)).waits(all=True)
    assert (wait.frames_ns, wait.cause) == (0, "granted-late")
    assert wait.held_ns == pytest.approx(100 * MS, abs=MS)


def test_several_links(tmp_path: Path) -> None:
    """Reconnections with the same handle pair one by one."""
    later = [edited(side, tmp_path / f"later{number}", offset_us=60_000_000) for number, side in enumerate(STARVED)]
    both = []
    for number, (side, again) in enumerate(zip(STARVED, later, strict=True)):
        path = tmp_path / f"both{number}.btsnoop"
        path.write_bytes(side.read_bytes() + again.read_bytes()[16:])
        both.append(path)
    pairing = paired(*both)
    assert [(link.a.id, link.b.id, link.shared) for link in pairing.links] == [(0, 0, 141), (1, 1, 141)]
    assert len(pairing.waits()) == 34


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("starved", "starved", "show the same end of a link"),
        ("starved", "healthy", "show no link in common"),
        ("att_only", "starved_peer", "show no link in common"),
    ],
)
def test_captures_of_no_common_link(a: str, b: str, words: str) -> None:
    """One line says why, and exit code 2."""
    result = run("pair", SAMPLES / f"{a}.btsnoop", SAMPLES / f"{b}.btsnoop")
    assert (result.returncode, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
    assert words in result.stderr


@needs_corpus
def test_the_same_data_at_another_time_is_another_link() -> None:
    """Both runs sent the same SDUs; but the credits of one are not those of the other."""
    with pytest.raises(NotOneLinkError, match="at times that fit no link"):
        paired(CORPUS / "bumble" / "starved.btsnoop", CORPUS / "bumble" / "gatt_then_coc.peer.btsnoop")


def test_a_capture_without_traffic(tmp_path: Path) -> None:
    """It is named."""
    path = edited(STARVED[1], tmp_path / "quiet.btsnoop", keep=lambda number: number < 5)
    result = run("pair", STARVED[0], path)
    assert (result.returncode, "quiet.btsnoop: no L2CAP traffic" in result.stderr) == (2, True)


def test_as_json() -> None:
    """Both files, the clock, links with their channels, delays and waits."""
    report = json.loads(run("pair", *STARVED, "--json").stdout)
    assert list(report) == ["a", "b", "clock", "links", "delays", "waits"]
    assert [report[side]["packets"] for side in "ab"] == [203, 199]
    assert report["links"] == [
        {
            "a": {"link": 0, "adapter": 0, "handle": 64},
            "b": {"link": 0, "adapter": 0, "handle": 17},
            "shared": 141,
            "channels": [{"a": 0, "b": 0}],
        }
    ]
    assert [(row["sender"], row["kind"], row["count"]) for row in report["delays"]] == [
        ("a", "pdus", 122),
        ("b", "pdus", 19),
        ("a", "kframes", 120),
        ("b", "credits", 17),
    ]
    stalls = json.loads(run("stalls", STARVED[0], "--json").stdout)
    for name in ("channel", "direction", "start_packet", "end_packet", "start_ns", "end_ns", "duration_ns", "class"):
        assert [wait[name] for wait in report["waits"]] == [stall[name] for stall in stalls]


def test_shifted_times(tmp_path: Path) -> None:
    """Without --shift a time is that of its file; with it, it is a's."""
    a, b = starved_ends().two_captures(tmp_path, 60_000.0)
    own, shifted = (json.loads(run("pair", b, a, "--all", "--json", *more).stdout) for more in ([], ["--shift"]))
    assert own["clock"] == shifted["clock"]
    assert own["clock"]["offset_ns"] == pytest.approx(-60_000 * MS, abs=MS / 2)
    (one,), (other,) = own["waits"], shifted["waits"]
    assert other["start_ns"] - one["start_ns"] == pytest.approx(60_000 * MS, abs=MS / 2)


def test_on_a_terminal() -> None:
    """The clock, a line for each direction of the link and of the channel, and one for each stall."""
    text = run("pair", *STARVED).stdout
    assert "B's clock is" in text
    assert "A -> B  K-frames" in text
    assert text.count("granted late") == 17


def test_a_cut_capture_is_not_conclusive(tmp_path: Path) -> None:
    """As with `stalls`: exit code 3, or 0 where that is allowed."""
    cut = tmp_path / "cut.btsnoop"
    cut.write_bytes(STARVED[1].read_bytes()[:-5])
    assert run("pair", STARVED[0], cut).returncode == 3
    assert run("pair", STARVED[0], cut, "--allow-truncated").returncode == 0
