"""The figures behind the graph, against slow and obvious ways to get them."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2scope.capture import Capture, open_capture
from l2scope.channels import Channel
from l2scope.tui.flows import Flows
from l2scope.tui.graph_rows import draw
from l2scope.tui.ledger import Ledger, Spans
from tests.tui.driving import sample

SAMPLES = ("healthy", "starved", "starved_peer", "two_channels", "link_lost", "small_fragments")


def directions(name: str) -> Iterator[tuple[Capture, Channel, str, Ledger]]:
    """Every direction of every channel of a sample."""
    capture = open_capture(sample(name))
    flows = Flows(capture)
    for channel in capture.channels:
        for way in ("tx", "rx"):
            yield capture, channel, way, Ledger(flows, channel, way)


@st.composite
def spans(draw_value: st.DrawFn) -> Spans:
    """Stretches in order that do not overlap."""
    edges = sorted(draw_value(st.lists(st.integers(0, 1000), max_size=20)))
    edges = edges[: len(edges) // 2 * 2]
    return Spans(np.array(edges[::2], np.int64), np.array(edges[1::2], np.int64))


@given(spans(), st.lists(st.integers(-100, 1100), min_size=2, max_size=12, unique=True))
def test_shares(stretches: Spans, edges: list[int]) -> None:
    """The share of each column that is filled, counted nanosecond by nanosecond."""
    edges.sort()
    filled = np.zeros(1300, bool)
    for start, end in zip(stretches.start, stretches.end, strict=True):
        filled[start + 100 : end + 100] = True
    expected = [filled[first + 100 : last + 100].mean() for first, last in pairwise(edges)]
    assert stretches.share(np.array(edges)) == pytest.approx(expected)


@pytest.mark.parametrize("name", SAMPLES)
def test_columns(name: str) -> None:
    """Highest and mean balance, SDUs and bytes of every column are those that a walk through the packets gives."""
    for capture, channel, way, ledger in directions(name):
        columns = ledger.columns(ledger.start, ledger.end, 37)
        credits, times = capture.tables.credits, capture.tables.packets["time"]
        flow = channel.id * 2 + (way == "rx")
        rows = [row for row in credits.tolist() if row[1] == flow]
        moments = [(int(times[packet - 1]), balance) for packet, _, _, balance in rows]
        balance = channel.direction(way).initial_credits or 0
        for index in range(37):
            start, end = int(columns.edges[index]), int(columns.edges[index + 1])
            levels, area, at = [balance], 0.0, start
            for moment, after in moments:
                if start <= moment < end:
                    area += balance * (moment - at)
                    at, balance = moment, after
                    levels.append(after)
            area += balance * (end - at)
            assert columns.high[index] == max(levels)
            assert columns.mean[index] == pytest.approx(area / (end - start), abs=1e-3)


@pytest.mark.parametrize("name", SAMPLES)
def test_stalls_are_those_of_the_views(name: str) -> None:
    """The vectorised judgement of waits and the one of the command line are the same."""
    for _, channel, way, ledger in directions(name):
        views = channel.direction(way).zeros()
        assert [bool(stall) for stall in ledger.waits.stall] == [view.stall for view in views]
        longest = ledger.waits.longest_stall
        durations = [view.duration_ns for view in views if view.stall]
        assert (longest is None) == (not durations)
        if longest is not None:
            assert views[longest].duration_ns == max(durations)


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_is_lost_between_columns(name: str) -> None:
    """However wide the picture, it has all SDUs and all bytes of the direction."""
    for _, channel, way, ledger in directions(name):
        for width in (1, 10, 333):
            columns = ledger.columns(ledger.start, ledger.end, width)
            assert columns.ended.sum() == channel.direction(way).sdus
            assert columns.bytes.sum() == ledger.frames["length"].sum()


@pytest.mark.parametrize("height", range(1, 20))
@pytest.mark.parametrize("width", [1, 2, 7, 60])
def test_every_size_can_be_drawn(height: int, width: int) -> None:
    """The picture has as many rows as it may have at most, all of them exactly as wide as asked for."""
    for _, _, _, ledger in directions("starved"):
        columns = ledger.columns(*ledger.active, width)
        picture = draw(ledger, columns, height, ledger.start)
        assert len(picture.rows) <= max(height, 2)
        assert {len(row) for row in picture.rows} == {width}
        assert len(picture.margins) == len(picture.rows)
