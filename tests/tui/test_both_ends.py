"""The screen of both ends of a channel: figures side by side, delays between them, and where waits went."""

import pytest

from l2scope.tui.end_to_end import EndToEnd
from l2scope.tui.screens.both_ends import BothEndsScreen
from tests.corpus import CORPUS, needs_corpus
from tests.tui.driving import LARGE, MEDIUM, SMALL, Session, asynchronous, opened, sample
from tests.tui.pictures import check

STALLED = CORPUS / "kernel" / "lecoc_3chan_ch0stalls_k6.12.btsnoop"
SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE], ids=["80x24", "120x34", "200x60"])


def both_ends(session: Session) -> BothEndsScreen:
    """The screen of both ends, which must be the one that is seen."""
    assert isinstance(session.app.screen, BothEndsScreen)
    return session.app.screen


@needs_corpus
@SIZES
@asynchronous
async def test_both_ends_of_a_stalled_channel(size: tuple[int, int]) -> None:
    """The figures of sender and receiver with the delays of K-frames and credits; both balances over the same time; the
    stall of 3.67 s, which the receiver's host held: the credits were granted late, not delivered late."""
    async with opened(STALLED, size) as session:
        await session.press("c", "t")
        check(session, f"both-ends-{size[0]}x{size[1]}")
        assert "granted late" in session.text


@needs_corpus
@asynchronous
async def test_delays_are_those_between_the_packets() -> None:
    """The delay of the K-frame that took the last credit is that between its packets, 119 and 121 in Wireshark."""
    async with opened(STALLED) as session:
        capture = session.app.capture
        times = capture.tables.packets["time"]
        way = EndToEnd(capture).way(1, 0)
        (stall,) = (wait for wait in way.waits if wait.stall)
        assert (stall.start_packet, stall.arrived_packet) == (119, 121)
        assert stall.frames_ns == int(times[120] - times[118])
        assert way.frames is not None
        assert way.frames.min_ns is not None
        assert way.frames.max_ns is not None
        assert way.frames.min_ns <= stall.frames_ns <= way.frames.max_ns
        assert EndToEnd(capture).way(0, 1).frames is None


@needs_corpus
@asynchronous
async def test_the_two_graphs_share_the_moment() -> None:
    """Zooming and moving in one graph moves the other; Enter on a wait goes to its end, p to the receiver's grant, and
    backspace comes back."""
    async with opened(STALLED) as session:
        await session.press("c", "t", "tab", "+", "+", "L", "l")
        upper, lower = both_ends(session).graphs
        assert upper.window == lower.window
        assert upper.moment == lower.moment
        both_ends(session).table.focus()
        await session.press("enter")
        assert session.packets.number == 1159
        await session.press("backspace", "p")
        assert session.packets.number == 1157
        await session.press("backspace", "o")
        assert session.packets.number == 119
        await session.press("backspace", "t")
        assert session.channels


@needs_corpus
@asynchronous
async def test_the_other_direction() -> None:
    """d makes the receiver the sender; that direction carried nothing, and says that it never stalled."""
    async with opened(STALLED) as session:
        await session.press("c", "t", "d")
        screen = both_ends(session)
        assert screen.sender is not None
        assert screen.sender.id == 0
        assert "Never stalled." in session.text


@asynchronous
async def test_one_end_alone() -> None:
    """A channel whose other end is not in the capture stays where it is, and says why."""
    async with opened(sample("starved")) as session:
        await session.press("c", "t")
        assert session.channels
        assert "only one end of this channel is in the capture" in session.text
