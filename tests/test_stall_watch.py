"""Stalls told while they happen, and what they add up to."""

from pathlib import Path

import pytest

import l2scope
from l2scope.engine.engine import Engine
from l2scope.feed import drop_rows
from l2scope.sources.btsnoop import BtsnoopParser
from l2scope.stall_watch import StallReport, StallWatch
from tests.corpus import SAMPLES, corpus_files, name_of
from tests.wire import MS, Conversation, pdu, signal

# The floor on a link with an interval of 30 ms, until the direction has shown a shorter habit: two connection events.
FLOOR_NS = 60 * MS
FILES = [*sorted(SAMPLES.glob("*.btsnoop")), *corpus_files("kernel/*.btsnoop"), *corpus_files("bumble/*.btsnoop")]


class Watched:
    """A conversation whose engine is watched; rows are dropped as in a live run."""

    def __init__(self) -> None:
        self.talk = Conversation()
        self.watch = StallWatch(self.talk.engine)
        self.talk.connect(interval=24)
        self.talk.open_channel(credits=1)

    def look(self, after_ns: int = 0, ended: bool = False) -> list[StallReport]:
        reports = self.watch.look(self.talk.now + after_ns, ended)
        drop_rows(self.talk.engine.tables)
        return reports

    def frame(self, *payload: int) -> None:
        self.talk.sent(pdu(0x50, bytes(payload)))

    def grant(self, credits: int = 1) -> None:
        self.talk.received(signal(0x16, 2, 0x50, credits))


def test_a_wait_with_bytes_owed_is_told_the_moment_it_passes_its_floor() -> None:
    """Not before, and only once while it lasts."""
    watched = Watched()
    watched.frame(10, 0, 1)
    assert watched.look(FLOOR_NS) == []
    (report,) = watched.look(FLOOR_NS + 1)
    assert (report.lasts, report.floor_ns, report.interval.duration_ns) == (True, FLOOR_NS, FLOOR_NS + 1)
    assert (report.interval.class_, report.interval.sdu_bytes_owed, report.interval.stall) == ("certain", 9, True)
    assert watched.look(FLOOR_NS * 10) == []


def test_a_told_stall_is_told_again_when_it_is_over() -> None:
    """With its whole duration and the packet that ended it, also when no look fell into it."""
    for looks in (True, False):
        watched = Watched()
        watched.frame(10, 0, 1)
        if looks:
            watched.look(FLOOR_NS + 1)
        watched.talk.wait(99)
        watched.grant()
        (report,) = watched.look()
        assert (report.lasts, report.interval.ended_by, report.interval.duration_ns) == (False, "credits", 100 * MS)
        assert report.interval.end_packet == watched.talk.engine.packets


def test_a_wait_between_sdus_is_told_when_the_sender_shows_that_it_waited() -> None:
    """Its K-frame follows the grant at once; before that nobody can know."""
    watched = Watched()
    watched.frame(1, 0, 7)
    assert watched.look(10 * FLOOR_NS) == []
    watched.talk.wait(200)
    watched.grant()
    assert watched.look() == []
    watched.frame(1, 0, 7)
    (report,) = watched.look()
    assert (report.lasts, report.interval.class_, report.interval.duration_ns) == (False, "likely", 201 * MS)


def test_an_idle_wait_is_never_told() -> None:
    """The sender had nothing to send, however long it took, and whenever one looks."""
    for looks in (True, False):
        watched = Watched()
        watched.frame(1, 0, 7)
        watched.talk.wait(500)
        watched.grant()
        assert not looks or watched.look() == []
        watched.talk.wait(500)
        watched.frame(1, 0, 7)
        assert watched.look(0, ended=True) == []
        assert watched.watch.starved_share(0, 0, watched.talk.now) == 0.0


def test_a_stall_that_lasts_at_the_end_is_over_then() -> None:
    """Told before or not, it counts."""
    for looks in (True, False):
        watched = Watched()
        watched.frame(10, 0, 1)
        if looks:
            watched.look(FLOOR_NS + 1)
        (report,) = watched.look(300 * MS, ended=True)
        assert (report.lasts, report.interval.ended_by, report.interval.end_packet) == (False, "capture-end", None)
        assert watched.watch.starved_share(0, 0, watched.talk.now + 300 * MS) == 1.0


def test_the_starved_share_counts_the_busy_time_only() -> None:
    """1 ms of frames, 100 ms of stall, then idleness that does not dilute it."""
    watched = Watched()
    watched.frame(2, 0, 1)
    watched.talk.wait(99)
    watched.grant()
    watched.frame(1)
    (report,) = watched.look()
    assert report.starved_share == pytest.approx(100 / 101, abs=0.001)
    watched.talk.wait(5000)
    assert watched.watch.starved_share(0, 0, watched.talk.now) == pytest.approx(100 / 101, abs=0.001)


def test_the_starved_share_of_a_stall_that_lasts_counts_its_whole_sdu() -> None:
    """100 ms of frames before the credits ran out, then 100 ms of stall."""
    watched = Watched()
    watched.grant()
    watched.frame(10, 0, 1)
    watched.talk.wait(99)
    watched.frame(1)
    (report,) = watched.look(100 * MS)
    assert report.starved_share == pytest.approx(0.5)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_stall_of_a_capture_is_told(path: Path) -> None:
    """However the capture comes in pieces; a habit that shows later may only take away from what was told."""
    engine = Engine()
    parser, watch = BtsnoopParser(engine), StallWatch(engine)
    told = []
    data = path.read_bytes()
    for at in range(0, len(data), 10_000):
        parser.feed(data[at : at + 10_000])
        told += watch.look(engine.last_time)
        drop_rows(engine.tables)
    engine.finish()
    told += watch.look(engine.last_time, ended=True)
    over = {(r.interval.channel, r.interval.direction, r.interval.start_packet): r for r in told if not r.lasts}
    expected = l2scope.open(path).stalls()
    assert len(over) == len([report for report in told if not report.lasts])
    for stall in expected:
        report = over[stall.channel, stall.direction, stall.start_packet]
        assert (report.interval.duration_ns, report.interval.class_) == (stall.duration_ns, stall.class_)
