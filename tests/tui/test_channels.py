"""The screen of channels: worst first, the chosen one's credits and stalls, and the way to the packets."""

from dataclasses import replace
from typing import Any

import pytest

from l2scope.analysis.whatif import whatif
from l2scope.busy import SHARES
from l2scope.channels import Channels, Direction
from l2scope.tui.busy_bar import busy_pieces
from l2scope.tui.widgets.bars import PaneHead
from tests.corpus import CORPUS, needs_corpus
from tests.tui.driving import SMALL, WIDE, Session, asynchronous, opened, sample


def reading(session: Session) -> str:
    """What is read out at the graph's cursor."""
    return "".join(text for text, _ in session.channels.query_one("#graph-head", PaneHead).right)


@needs_corpus
@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "160x50"])
@asynchronous
async def test_the_long_stall_of_a_real_host_is_seen_after_one_key(size: tuple[int, int]) -> None:
    """After `c` the stall of 3.99 s stands in the table, in the graph and in the list."""
    async with opened(CORPUS / "kernel" / "lecoc_recv_stalls_4s_k6.1.btsnoop", size) as session:
        await session.press("c")
        assert sum("3.99 s" in line for line in session.lines) >= 3
        assert "3.99 s without credits" in session.text
        await session.press("enter", "enter")
        assert "after 3.989 s at zero" in session.packets.rows.summary(session.packets.table.row).summary


@needs_corpus
@asynchronous
async def test_worst_first() -> None:
    """Of six channels the two ends of the starved one come first."""
    async with opened(CORPUS / "kernel" / "lecoc_3chan_ch0stalls_k6.12.btsnoop") as session:
        await session.press("c")
        stalled = [channel.tx.stall_count + channel.rx.stall_count for channel in session.channels.rows.channels]
        assert stalled == [1, 1, 0, 0, 0, 0]


@asynchronous
async def test_from_a_stall_to_its_packets_and_back() -> None:
    """Enter goes to the packet that ends the stall, o to the one that began it, backspace back to the same stall."""
    async with opened(sample("starved")) as session:
        stalls = session.app.capture.stalls()
        await session.press("c", "enter", "g", "j", "j", "enter")
        assert session.packets.number == stalls[2].end_packet
        await session.press("backspace")
        assert session.channels.stall_table.cursor == 2
        await session.press("o")
        assert session.packets.number == stalls[2].start_packet
        await session.press("backspace", "s")
        assert session.channels.stall_table.cursor == 3


@asynchronous
async def test_the_direction_with_data_is_shown_first() -> None:
    """Of a channel that carries data one way that way is shown; d shows the other, which says that it is empty."""
    async with opened(sample("starved")) as session:
        await session.press("c")
        assert session.channels.direction == "tx"
        await session.press("d")
        assert session.channels.direction == "rx"
        assert "This direction carried nothing." in session.text


@asynchronous
async def test_all_waits() -> None:
    """a lists every time at zero, and a again the stalls alone."""
    async with opened(sample("starved_peer")) as session:
        way = session.app.capture.channels[0].rx
        await session.press("c")
        assert session.channels.stalls.count == way.stall_count
        await session.press("a")
        assert session.channels.stalls.count == way.zero_intervals
        await session.press("a")
        assert session.channels.stalls.count == way.stall_count


@asynchronous
async def test_the_graphs_cursor() -> None:
    """h and l move through time; what is read out is the balance after the last packet up to then, and Enter goes to
    that packet."""
    async with opened(sample("starved")) as session:
        await session.press("c", "tab", "g")
        graph = session.channels.graph
        credits = session.app.capture.tables.credits
        times = session.app.capture.tables.packets["time"]
        for _ in range(40):
            await session.press("l")
            before = credits[(times[credits["packet"] - 1] <= graph.moment) & (credits["flow"] == 0)]
            balance = int(before["balance"][-1]) if len(before) else 7
            assert f"balance {balance} " in reading(session)
        packet = graph.packet
        await session.press("enter")
        assert session.packets.number == packet


@asynchronous
async def test_zoom_keeps_the_moment_under_the_cursor() -> None:
    """+ and - change how much time is shown around the cursor; 0 shows the whole life again."""
    async with opened(sample("starved")) as session:
        await session.press("c", "tab")
        graph = session.channels.graph
        moment, whole = graph.moment, graph.window
        await session.press("+", "+")
        start, end = graph.window
        assert graph.moment == moment
        assert start <= moment <= end
        assert abs((end - start) * 4 - (whole[1] - whole[0])) < 8
        await session.press("L")
        assert graph.window[0] > start
        await session.press("0")
        assert graph.ledger is not None
        assert graph.window == (graph.ledger.start, graph.ledger.end)


@asynchronous
async def test_the_graph_follows_the_list_of_stalls() -> None:
    """A stall chosen in the list is brought into the window of the graph, its end under the cursor."""
    async with opened(sample("starved")) as session:
        await session.press("c", "tab", "+", "+", "+", "+", "tab", "G")
        graph = session.channels.graph
        last = session.app.capture.stalls()[-1]
        assert graph.moment == last.end_ns
        assert graph.window[0] <= last.start_ns
        assert last.end_ns <= graph.window[1]


@asynchronous
async def test_no_credit_channels() -> None:
    """Refused attempts are named where there is no channel to show."""
    async with opened(sample("att_only"), SMALL) as session:
        await session.press("c")
        assert "No channel was opened in this capture." in session.text
        await session.press("enter", "d", "s", "o", "a", "tab", "enter", "q")
        assert session.packets.number == 1


@asynchronous
async def test_figures_that_contradict_each_other() -> None:
    """Stalls that are longer than the busy time they are a part of are shown as all of it."""
    async with opened(sample("starved")) as session:
        channel = session.app.overview.channels[0]
        odd = replace(channel, tx=replace(channel.tx, busy_ns=1_000, stall_ns=10**15))
        session.app.overview = replace(session.app.overview, channels=Channels([odd]))
        await session.press("c")
        session.channels.refresh_capture()
        await session.press("j")
        assert "100 %" in session.lines[2]


@asynchronous
async def test_what_the_busy_time_went_into() -> None:
    """The shares are those of `channels --json`, the largest first; the receiver's policy stands below."""
    async with opened(sample("starved")) as session:
        way = session.app.overview.channels[0].tx
        await session.press("c")
        assert f"waiting for credits {round(100 * way.busy.share('credits'))} %" in session.text
        assert way.policy is not None
        assert f"the receiver {way.policy.in_words}" in session.text


def parts(way: Direction, **nanoseconds: int) -> list[str]:
    """The pieces of the bar of a direction whose busy time went into these parts."""
    split: dict[str, Any] = {f"{name}_ns": nanoseconds.get(f"{name}_ns", 0) for name in SHARES}
    busy = replace(way.busy, **split)
    return [text for text, _ in busy_pieces(replace(way, busy=busy), 20)]


@asynchronous
async def test_the_bar_is_as_long_as_its_parts() -> None:
    """Three quarters of the time take three quarters of the bar; what is not nothing is seen; nothing has none."""
    async with opened(sample("starved")) as session:
        way = session.app.overview.channels[0].tx
        assert parts(way, credits_ns=750_000, sending_ns=250_000) == [
            "busy 1.00 ms  ", "▒" * 15, "", "", "█" * 5, "",
            "  ▒ waiting for credits 75 %", "  █ sending 25 %",
        ]  # fmt: skip
        assert parts(way, controller_ns=10**9, host_ns=1)[1:6] == ["", "▓" * 19, "╱", "", ""]
        assert parts(way) == []


@asynchronous
async def test_what_more_credits_would_have_done() -> None:
    """w says the smallest credits that remove the stalls, as `l2scope whatif` does; another channel takes it away."""
    async with opened(sample("starved"), SMALL) as session:
        channel = session.app.overview.channels[0]
        best = whatif(session.app.capture, channel, channel.tx).advice()[0]
        await session.press("c", "w")
        assert f"{best.initial_credits} credits, {best.grant} at a time: " in session.text
        assert "instead of 5.61 s, no stall" in session.text
        await session.press("d", "w")
        assert "instead of" not in session.text


@asynchronous
async def test_nothing_to_gain() -> None:
    """A direction that never stalled says so; on a capture without channels w does nothing."""
    async with opened(sample("healthy")) as session:
        await session.press("c", "w")
        assert "nothing stalled: more credits would only shorten waits" in session.text
    async with opened(sample("att_only")) as session:
        await session.press("c", "w")
        assert "No channel was opened" in session.text
