"""A few lines about a capture, and how its packets spread over its time."""

from bisect import bisect_left
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from l2scope.tui.blocks import UPWARD, eighths
from l2scope.tui.key_map import keys_of
from l2scope.tui.theme import Tone, palette_of
from l2scope.tui.widgets.bars import Piece, clipped


class PieceLines(Widget):
    """As high as it has lines; what does not fit a line is cut. Actions in braces become keys."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "PieceLines { height: auto; background: $ground-page; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: tuple[tuple[Piece, ...], ...] = ()

    def show(self, lines: Iterable[tuple[Piece, ...]]) -> None:
        """Shows these lines."""
        before = len(self.lines)
        self.lines = tuple(lines)
        self.refresh(layout=len(self.lines) != before)

    def get_content_height(self, *_sizes: object) -> int:
        """A row for each line."""
        return len(self.lines)

    def render_line(self, y: int) -> Strip:
        """A line."""
        palette, width = palette_of(self), self.size.width
        segments, room = [Segment(" ", palette.style())], width - 2
        for text, tone in self.lines[y] if y < len(self.lines) else ():
            named = keys_of(self).named(text)
            shown = clipped(named, room)
            segments.append(Segment(shown, palette.style(tone)))
            room -= cell_len(shown)
            if shown != named:
                break
        return Strip(segments).adjust_cell_length(width, palette.style())


class Activity(Widget):
    """Packets over time, in one line; where a stall ends, `!` stands above."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Activity { height: 2; background: $ground-page; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.times: NDArray[np.int64] = np.zeros(0, np.int64)
        self.stalls: NDArray[np.int64] = np.zeros(0, np.int64)
        self._counted: NDArray[np.int64] = np.zeros(0, np.int64)

    def show(self, times: NDArray[np.int64], stalls: NDArray[np.int64]) -> None:
        """Shows the times of packets, almost in order, and those at which stalls end; nanoseconds."""
        self.times, self.stalls = times, stalls
        self._counted = np.zeros(0, np.int64)
        self.refresh()

    def _packets(self, columns: int) -> NDArray[np.int64]:
        """How many packets are in each column: found by halving, since numpy would copy the whole column of times."""
        if len(self._counted) != columns:
            edges = _edges(self.times, columns).astype(np.int64).tolist()
            places = [bisect_left(self.times, edge) for edge in edges[:-1]]
            self._counted = np.diff([*places, len(self.times)])
        return self._counted

    def render_line(self, y: int) -> Strip:
        """Stalls above, packets below."""
        palette, width = palette_of(self), self.size.width
        columns = max(1, width - 2)
        if not len(self.times):
            return Strip.blank(width, palette.style())
        if y == 0:
            ended = np.histogram(self.stalls, _edges(self.times, columns))[0]
            text, tone = "".join("!" if number else " " for number in ended), Tone.LOOK
        else:
            packets = self._packets(columns)
            full = int(packets.max(initial=1))
            text, tone = "".join(UPWARD[eighths(max(0, number), full)] for number in packets.tolist()), Tone.AREA
        return Strip([Segment(f" {text}", palette.style(tone))]).adjust_cell_length(width, palette.style())


def _edges(times: NDArray[np.int64], columns: int) -> NDArray[np.float64]:
    return np.linspace(times[0], max(times[-1], times[0] + columns), columns + 1)
