"""Packets or bytes a second over time: what was sent grows upwards, what was received hangs below it."""

import numpy as np
from textual.geometry import clamp

from l2scope.analysis.traffic import Floats, Rates, Traffic
from l2scope.engine.words import RX, TX
from l2scope.tui.figures import a_second, rate
from l2scope.tui.graph_lanes import Lane, Row, axis
from l2scope.tui.graph_rows import Picture
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.time_graph import TimeGraph

DOTS = 4
"""Dots of a braille character from bottom to top, and two of them side by side."""
UPWARD = (0x00, 0x40, 0x44, 0x46, 0x47), (0x00, 0x80, 0xA0, 0xB0, 0xB8)
HANGING = (0x00, 0x01, 0x03, 0x07, 0x47), (0x00, 0x08, 0x18, 0x38, 0xB8)
BRAILLE = 0x2800
LEAST_PLOT = 2


class RateChart(TimeGraph):
    """Shows `Traffic`, by packets or by bytes."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.traffic: Traffic | None = None
        self.by_bytes = False

    def show(self, traffic: Traffic, origin: int) -> None:
        """Shows traffic: all of it, or the window where that was narrower. Times count from `origin`."""
        whole = self.life is None or self.window == self.life
        self.traffic, self.origin = traffic, origin
        self.message = "No packets in this capture."
        self.life = (traffic.start, traffic.end) if traffic.packet_from(traffic.start) is not None else None
        if self.life is not None:
            if whole:
                self._start, self._end = self.life
            self.moment = clamp(self.moment, *self.life)
        self.redraw()

    def switch(self) -> None:
        """Packets or bytes."""
        self.by_bytes = not self.by_bytes
        self.redraw()

    @property
    def packet(self) -> int | None:
        """The first packet of the moment under the cursor, or the next one."""
        return None if self.traffic is None else self.traffic.packet_from(self._column_start)

    @property
    def _column_start(self) -> int:
        """When the column under the cursor begins."""
        at = (self.moment - self._start) * self.columns // max(1, self._end - self._start)
        return self._start + at * (self._end - self._start) // self.columns

    def rates_here(self) -> Rates | None:
        """What went each way in the column under the cursor."""
        if self.traffic is None:
            return None
        start = self._column_start
        return self.traffic.rates(start, start + self.column_ns, 1)

    def drawn(self) -> Picture:
        """Two plots of one scale, the axis below."""
        assert self.traffic is not None
        rates = self.traffic.rates(*self.window, 2 * self.columns)
        values = rates.bytes if self.by_bytes else rates.packets
        full = float(values.max(initial=0.0))
        height = max(LEAST_PLOT, self.size.height - 1)
        above = height - height // 2
        entries = [
            *_plot(values[TX], full, above, self._margin("→", full), upward=True),
            *_plot(values[RX], full, height // 2, self._margin("←", full), upward=False),
            axis(rates.edges[::2], self.origin),
        ]
        return Picture(tuple(margin for margin, _ in entries), tuple(row for _, row in entries))

    def _margin(self, sign: str, full: float) -> str:
        return f"{sign} {rate(full)} ┤" if self.by_bytes else f"{sign} {a_second(full)} ┤"


def _plot(values: Floats, full: float, height: int, margin: str, *, upward: bool) -> list[Lane]:
    """Columns of dots, from the middle of the chart outwards."""
    dots = np.ceil(values * DOTS * height / full).astype(np.int64) if full else np.zeros(len(values), np.int64)
    levels = range(height - 1, -1, -1) if upward else range(height)
    lanes: list[Lane] = []
    for level in levels:
        filled = np.clip(dots - DOTS * level, 0, DOTS).reshape(-1, 2).tolist()
        left, right = UPWARD if upward else HANGING
        row: Row = [(chr(BRAILLE + left[one] + right[two]), Tone.FIGURE if upward else Tone.AREA, False)
                    for one, two in filled]  # fmt: skip
        lanes.append(((margin if level == height - 1 else "│", Tone.DIM), row))
    return lanes
