"""Live captures: the same tables as from a file, while the file grows; time that goes on; stalls and notices."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import l2scope
from l2scope.live import Live
from l2scope.sources import growing
from l2scope.sources.adapters import StandingLink
from l2scope.sources.errors import CaptureError
from l2scope.sources.monitor_records import Notice
from l2scope.stall_watch import StallReport
from tests.fake_kernel import DELETE_INDEX, EVENT, NEW_INDEX, FakeKernel, needs_linux
from tests.wire import acl, le_connection_complete, pdu, signal

pytestmark = needs_linux

MS = 1_000_000


class Session:
    """A fake kernel and the live capture that listens to it."""

    def __init__(self, path: Path | None = None, links: list[StandingLink] | None = None) -> None:
        self.kernel = FakeKernel()
        monitor = self.kernel.monitor()
        self.kernel.send(NEW_INDEX, b"")
        self.live = Live(monitor, links or [], path)

    def step_until(self, condition: Callable[[], bool]) -> None:
        """Steps until it holds; fails after ten seconds."""
        until = time.monotonic() + 10
        while not condition():
            assert self.live.step()
            assert time.monotonic() < until, "waited in vain"

    def open_channel(self) -> None:
        """A link with an interval of 30 ms, and a channel on which one credit is left."""
        self.kernel.send(EVENT, le_connection_complete(interval=24))
        self.kernel.sent(acl(signal(0x14, 1, 0x80, 0x40, 500, 100, 1)))
        self.kernel.received(acl(signal(0x15, 1, 0x50, 500, 100, 1, 0)))

    def starve(self) -> None:
        """The sender spends its last credit in the middle of an SDU."""
        self.kernel.sent(acl(pdu(0x50, b"\x0a\x00\x01")))

    def grant(self) -> None:
        self.kernel.received(acl(signal(0x16, 2, 0x50, 1)))

    def end(self) -> None:
        self.live.stop()
        while self.live.step():
            pass


@pytest.fixture
def session() -> Iterator[Session]:
    session = Session()
    session.step_until(lambda: session.live.capture.count == 1)
    yield session
    session.live.close()


def test_packets_appear_while_they_come(session: Session) -> None:
    """With their bytes, however far the file has grown since the first look at it."""
    for number in range(3000):
        session.kernel.send(EVENT, number.to_bytes(4, "little"))
        if number % 1000 == 500:
            session.step_until(lambda number=number: session.live.capture.count > number - 100)  # type: ignore[misc]
            assert session.live.capture.raw(number - 200) == (number - 202).to_bytes(4, "little")
    session.step_until(lambda: session.live.capture.count == 3001)
    assert session.live.capture.raw(3001) == (2999).to_bytes(4, "little")
    assert not session.live.capture.ended
    assert session.live.progress == 1.0


def test_the_file_gives_the_tables_that_were_seen_live(tmp_path: Path) -> None:
    """Every table, to the byte, and whole: it ends with a note of its own."""
    path = tmp_path / "out.btsnoop"
    session = Session(path)
    session.open_channel()
    session.starve()
    session.step_until(lambda: session.live.capture.count == 5)
    session.grant()
    session.end()
    again = l2scope.open(path)
    for table in ("packets", "pdus", "signals", "credits", "sdus", "zeros", "att"):
        assert np.array_equal(getattr(session.live.capture.tables, table), getattr(again.tables, table)), table
    assert session.live.capture.channels == again.channels
    assert (session.live.capture.ended, again.count, again.quality.conclusive) == (True, 7, True)
    session.live.close()


def test_a_reader_that_does_not_come_loses_nothing(session: Session) -> None:
    """The file takes what comes; the capture catches up later, in several steps."""
    for number in range(20_000):
        session.kernel.send(EVENT, number.to_bytes(40, "little"))
    session.step_until(lambda: session.live.capture.count == 20_001)
    assert session.live.drops == 0
    assert session.live.capture.quality.lost == 0


def test_a_stall_is_told_while_nothing_comes(session: Session) -> None:
    """The clock of a live capture does not stand still between packets; what the channel shows goes on as well."""
    session.open_channel()
    session.starve()
    session.step_until(lambda: bool(session.live.events))
    begun = session.live.events.popleft()
    assert isinstance(begun, StallReport)
    assert (begun.lasts, begun.interval.start_packet) == (True, 5)
    assert 60 * MS < begun.interval.duration_ns < 400 * MS
    zero = session.live.capture.channels[0].tx.open_zero
    assert zero is not None
    assert zero.duration_ns >= begun.interval.duration_ns
    session.grant()
    session.step_until(lambda: bool(session.live.events))
    over = session.live.events.popleft()
    assert isinstance(over, StallReport)
    assert (over.lasts, over.interval.ended_by) == (False, "credits")
    (stall,) = session.live.capture.stalls()
    assert over.interval == stall


def test_an_adapter_that_goes_away_is_noticed_and_the_capture_goes_on(session: Session) -> None:
    """Its channels are closed; packets of the others keep coming."""
    session.open_channel()
    session.kernel.send(DELETE_INDEX, b"")
    session.kernel.send(EVENT, b"\x0e\x00", adapter=1)
    session.step_until(lambda: session.live.capture.count == 6)
    notice = session.live.events.popleft()
    assert isinstance(notice, Notice)
    assert notice.text.startswith("hci0 went away")
    assert session.live.capture.channels[0].close_reason == "adapter-gone"
    assert session.live.capture.tables.packets["adapter"][-1] == 1


def test_links_that_stand_are_there_behind_the_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the engine an adapter that is named begins anew; the link must not end by that, however slowly it reads."""
    monkeypatch.setattr(growing, "PIECE", 16)
    address = bytes.fromhex("0100010100aa")
    session = Session(links=[StandingLink(0, 0x40, le=True, central=False, address=address)])
    session.step_until(lambda: bool(session.live.capture.links))
    session.kernel.sent(acl(pdu(4, b"\x02\x17\x00")))
    session.step_until(lambda: session.live.capture.count == 2)
    (link,) = session.live.capture.links
    assert (link.opened, link.closed, link.transport, link.role) == (None, None, "le", "peripheral")
    assert link.peer_address == "AA:00:01:01:00:01"
    session.live.close()


def test_it_can_end_by_itself() -> None:
    """After the time that was asked for."""
    live = Live(FakeKernel().monitor(), [], for_ns=200 * MS)
    began = time.monotonic()
    while live.step():
        pass
    assert 0.2 <= time.monotonic() - began < 2
    live.close()


def test_a_temporary_file_goes_away(session: Session) -> None:
    """And may be closed in the middle of a run."""
    path = session.live.capture.path
    assert path.exists()
    session.live.close()
    assert not path.exists()


@pytest.mark.parametrize(("name", "words"), [("nowhere/x", "No such file or directory"), ("", "not a regular file")])
def test_a_file_that_cannot_be_written(name: str, words: str, tmp_path: Path) -> None:
    """One line, with its name."""
    with pytest.raises(CaptureError, match=words):
        Live(FakeKernel().monitor(), [], tmp_path / name)
