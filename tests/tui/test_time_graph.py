"""The mouse on a graph, the order of a table by its heads, marks and the mirrored direction."""

import numpy as np
import pytest
from textual import events

from l2scope.capture import open_capture
from l2scope.tui.flows import Flows
from l2scope.tui.graph_rows import MARGIN, draw
from l2scope.tui.ledger import Ledger
from l2scope.tui.ledger_marks import PDUS, SIGNALS, Marks
from tests.corpus import SAMPLES, read_json
from tests.tui.driving import MEDIUM, WIDE, Session, asynchronous, opened, sample
from tests.tui.test_channels import reading

COLUMN = 70


async def turn_wheel(session: Session, up: bool, column: int) -> None:
    """Turns the wheel over a column of the graph."""
    graph = session.channels.graph
    kind = events.MouseScrollUp if up else events.MouseScrollDown
    graph.post_message(kind(graph, MARGIN + column, 2, 0, 0, 0, False, False, False))
    await session.press()


@asynchronous
async def test_the_wheel_zooms_at_the_pointer() -> None:
    """What is under the pointer stays there, to a column, however far the cursor is; back the same time is shown."""
    async with opened(sample("starved"), WIDE) as session:
        await session.press("c", "tab")
        graph = session.channels.graph
        window, moment = graph.window, graph.moment
        under = window[0] + COLUMN * (window[1] - window[0]) // graph.columns
        await turn_wheel(session, True, COLUMN)
        await turn_wheel(session, True, COLUMN)
        start, end = graph.window
        assert abs((end - start) * 4 - (window[1] - window[0])) < 8
        assert abs(start + COLUMN * (end - start) // graph.columns - under) <= graph.column_ns
        assert graph.moment == moment
        await turn_wheel(session, False, COLUMN)
        await turn_wheel(session, False, COLUMN)
        assert abs(graph.window[0] - window[0]) <= 8 * graph.columns


@asynchronous
async def test_dragging_pans() -> None:
    """The picture goes along with the pointer; the cursor stays at its moment, also where it is not seen."""
    async with opened(sample("starved"), WIDE) as session:
        await session.press("c", "tab", "+", "+")
        graph = session.channels.graph
        window, moment, column = graph.window, graph.moment, graph.column_ns
        await session.pilot.mouse_down("#graph", offset=(MARGIN + 60, 2))
        await session.pilot.hover("#graph", offset=(MARGIN + 50, 2))
        await session.pilot.mouse_up("#graph", offset=(MARGIN + 50, 2))
        graph.post_message(events.Click(graph, MARGIN + 50, 2, 0, 0, 1, False, False, False))
        await session.press()
        assert graph.window == (window[0] + 10 * column, window[1] + 10 * column)
        assert graph.moment == moment
        await session.pilot.hover("#graph", offset=(MARGIN + 5, 2))
        assert graph.window == (window[0] + 10 * column, window[1] + 10 * column)


@asynchronous
async def test_a_click_puts_the_cursor_and_another_goes_there() -> None:
    """The first click reads out, the second on the same column goes to the packet."""
    async with opened(sample("starved"), WIDE) as session:
        await session.press("c")
        await session.pilot.click("#graph", offset=(MARGIN + 40, 2))
        await session.press()
        packet = session.channels.graph.packet
        assert f"packet {packet}" in reading(session)
        await session.pilot.pause(0.6)
        await session.pilot.click("#graph", offset=(MARGIN + 40, 2))
        await session.press()
        assert session.packets.number == packet


@asynchronous
async def test_the_sdu_under_the_cursor() -> None:
    """The cursor reads out the SDU that the packet under it is part of, counted from 0 as in the list of packets."""
    async with opened(sample("starved"), WIDE) as session:
        sdus = session.app.capture.sdus(0, "tx")
        times = session.app.capture.tables.packets["time"]
        await session.press("c", "tab")
        graph = session.channels.graph
        assert "SDU" not in reading_at(session, int(times[sdus[0].first_packet - 1]) - 1000)
        for sdu in sdus[:5]:
            graph.show_moment(sdu.start_ns)
            await session.press()
            assert f"  SDU {sdu.index} " in f"{reading(session)} "


def reading_at(session: Session, moment: int) -> str:
    """What the ledger says of a moment."""
    ledger = session.channels.graph.ledger
    assert ledger is not None
    found = ledger.sdu_at(moment)
    return "" if found is None else f"SDU {found[0]}"


@asynchronous
async def test_the_order_of_the_channels() -> None:
    """A click on a head orders by its column, another turns it round; < and > go through the columns, and on to the
    worst first again."""
    async with opened(sample("two_channels"), MEDIUM) as session:
        await session.press("c")
        table = session.channels.table
        worst = [table.row_at(position) for position in range(table.count)]

        def goodputs() -> list[float]:
            rows = (table.row_at(position) for position in range(table.count))
            return [session.channels.rows.channels[row].tx.goodput_bps or 0.0 for row in rows]

        at = session.lines[1].index("Goodput")
        await session.pilot.click("#channels", offset=(at, 0))
        assert goodputs() == sorted(goodputs(), reverse=True)
        assert "Goodput▾" in session.text
        await session.pilot.click("#channels", offset=(at, 0))
        assert goodputs() == sorted(goodputs())
        assert "Goodput▴" in session.text
        await session.press("<", ">", "|", "|")
        assert goodputs() == sorted(goodputs(), reverse=True)
        for _ in range(20):
            await session.press(">")
            if not {"▾", "▴"} & set(session.lines[1]):
                break
        assert [table.row_at(position) for position in range(table.count)] == worst


@pytest.mark.parametrize("name", ["starved", "two_channels"])
def test_marks_of_signalling(name: str) -> None:
    """A mark for each indication of the direction, one for the opening and one for the closing."""
    truth = read_json(SAMPLES / f"{name}.truth.json")["channels"][0]
    with open_capture(sample(name)) as capture:
        ledger = Ledger(Flows(capture), capture.channels[0], "tx")
        signals, att = ledger.marks
        granted = capture.channels[0].tx.credit_packets
    kinds = [SIGNALS[kind] for kind in signals.kinds.tolist()]
    assert sorted(kinds) == sorted("+" * granted + "ox")
    assert granted > 0
    assert truth["tx"]["credits_granted"] >= granted
    assert len(att.times) == 0
    assert (np.diff(signals.times) >= 0).all()


def test_the_most_telling_mark_of_a_column() -> None:
    """A closing goes before credits; ATT PDUs both ways share a sign; a refusal goes before all."""
    with open_capture(sample("starved")) as capture:
        ledger = Ledger(Flows(capture), capture.channels[0], "tx")
        signals = ledger.marks[0]
    whole = np.array([int(signals.times[0]), int(signals.times[-1]) + 1])
    assert list(signals.telling(whole)) == [(0, "x")]
    both = Marks("ATT", PDUS, np.array([1, 2, 11, 12, 21, 31]), np.array([0, 1, 0, 3, 1, 0], np.int8))
    assert list(both.telling(np.array([0, 10, 20, 30, 40, 50]))) == [(0, "⇄"), (1, "!"), (2, "←"), (3, "→")]


def test_the_other_direction_hangs_below() -> None:
    """With the other direction the picture has as many rows as before, its last ones hanging from the axis: where that
    one's balance is highest its last row is filled, and the margin names the highest balance."""
    with open_capture(sample("two_channels")) as capture:
        flows = Flows(capture)
        ledger, other = (Ledger(flows, capture.channels[0], way) for way in ("tx", "rx"))
        columns, below = (one.columns(ledger.start, ledger.end, 60) for one in (ledger, other))
        alone = draw(ledger, columns, 20, ledger.start)
        both = draw(ledger, columns, 20, ledger.start, (other, below))
    assert len(alone.rows) == len(both.rows) == 20
    assert both.margins[-1][0] == f"← {other.highest} ┤"
    full = np.flatnonzero(below.mean >= other.highest * 0.999)
    assert len(full) > 0
    assert {both.rows[-1][at][0] for at in full} == {"█"}
    nearest = next(at for at, (margin, _) in enumerate(both.margins) if margin == "← 0 ┤")
    reached = [sum(glyph[0] == "█" for glyph in row) for row in both.rows[nearest:]]
    assert reached[0] == max(reached) > reached[-1]
    empty = np.flatnonzero(np.isnan(below.high))
    assert {both.rows[-1][at][0] for at in empty} <= {" "}
