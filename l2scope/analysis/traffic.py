"""How much went each way when, and over which link: packets and their bytes on the wire, by numpy.

Whoever shows it gathers in a thread beside its keys: the tables are gone through in pieces, so that none of them holds
the interpreter for long.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from l2scope.capture import Capture
from l2scope.engine.words import NEW_INDEX, TX
from l2scope.tables import Rows

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

PIECE: Final = 1 << 17
MOMENTS: Final = 1 << 15
"""Into so many stretches of equal length the time of a capture is divided."""
EXACT_ROWS: Final = 1 << 18
"""Up to so many packets a stretch of time is looked at packet by packet."""
WAYS: Final = 2
SECOND: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Rates:
    """Packets and bytes a second by direction (TX, RX) in each stretch between two edges (Unix ns)."""

    edges: Integers
    packets: Floats
    bytes: Floats


class Traffic:
    """Keeps a view of the packets as they were when it was made. Records of a monitor that carry no packet are left
    out. Of a link's packets there are `link_packets[link, direction]`, with `link_bytes` bytes."""

    def __init__(self, capture: Capture) -> None:
        self._rows = capture.tables.packets
        self._first_number = capture.first_number
        times = self._rows["time"]
        self.start = int(times[0]) if len(times) else 0
        self.end = max(self.start + 1, int(times[-1]) + 1 if len(times) else 0)
        self._bounds = np.linspace(0, self.end - self.start, MOMENTS + 1)
        packets, sizes = (np.zeros((WAYS, MOMENTS)) for _ in range(2))
        links = len(capture.links)
        by_link, sizes_by_link = (np.zeros(links * WAYS, np.int64) for _ in range(2))
        for rows, ways, lengths in self._pieces(0, len(self._rows)):
            moments = ((rows["time"] - self.start) * (MOMENTS / (self.end - self.start))).astype(np.int64)
            places = ways * MOMENTS + np.clip(moments, 0, MOMENTS - 1)
            packets += np.bincount(places, minlength=WAYS * MOMENTS).reshape(WAYS, MOMENTS)
            sizes += np.bincount(places, lengths, WAYS * MOMENTS).reshape(WAYS, MOMENTS)
            own = (rows["link"] >= 0) & (rows["link"] < links)
            flows = rows["link"][own] * WAYS + ways[own]
            by_link += np.bincount(flows, minlength=links * WAYS)
            sizes_by_link += np.bincount(flows, lengths[own], links * WAYS).astype(np.int64)
        self._packets, self._bytes = _summed(packets), _summed(sizes)
        self.link_packets: Integers = by_link.reshape(links, WAYS)
        self.link_bytes: Integers = sizes_by_link.reshape(links, WAYS)

    def _pieces(self, first: int, last: int) -> Iterator[tuple[Rows, Integers, Integers]]:
        """Rows with their directions and their lengths on the wire."""
        for at in range(first, last, PIECE):
            rows = self._rows[at : min(at + PIECE, last)]
            rows = rows[rows["kind"] < NEW_INDEX]
            yield rows, (rows["direction"] & 1).astype(np.int64), rows["original"].astype(np.int64)

    def rates(self, start: int, end: int, width: int) -> Rates:
        """The rates from start to end (Unix ns) in `width` stretches: packet by packet where there are few, else
        taken to be even within a stretch of MOMENTS."""
        # Relative to the start: a double holds Unix nanoseconds to a quarter of a microsecond only.
        edges = start + np.linspace(0, max(end - start, width), width + 1).astype(np.int64)
        first, last = self._row_at(int(edges[0])), self._row_at(int(edges[-1]))
        packets, sizes = self._counted(edges, first, last) if last - first <= EXACT_ROWS else self._even(edges)
        seconds = np.maximum(1, np.diff(edges)) / SECOND
        return Rates(edges, packets / seconds, sizes / seconds)

    def _counted(self, edges: Integers, first: int, last: int) -> tuple[Floats, Floats]:
        width = len(edges) - 1
        packets, sizes = (np.zeros(WAYS * width) for _ in range(2))
        for rows, ways, lengths in self._pieces(first, last):
            columns = np.searchsorted(edges, rows["time"], "right") - 1
            inside = (columns >= 0) & (columns < width)
            places = (ways * width + columns)[inside]
            packets += np.bincount(places, minlength=WAYS * width)
            sizes += np.bincount(places, lengths[inside], WAYS * width)
        return packets.reshape(WAYS, width), sizes.reshape(WAYS, width)

    def _even(self, edges: Integers) -> tuple[Floats, Floats]:
        packets, sizes = (
            np.diff(np.stack([np.interp(edges - self.start, self._bounds, way) for way in summed]))
            for summed in (self._packets, self._bytes)
        )
        return packets, sizes

    def packet_from(self, moment: int) -> int | None:
        """The first packet from a moment on, the last one where none follows; None for an empty capture."""
        if not len(self._rows):
            return None
        return min(self._row_at(moment), len(self._rows) - 1) + self._first_number

    def _row_at(self, moment: int) -> int:
        """By halving: a clock that ran back by some milliseconds makes no more difference than that. Nothing is
        copied, as numpy would do with a column of rows."""
        return bisect_left(self._rows["time"], moment)


def _summed(values: Floats) -> Floats:
    """What there was before each edge."""
    return np.concatenate((np.zeros((WAYS, 1)), np.cumsum(values, axis=1)), axis=1)


def link_total(traffic: Traffic, link: int) -> tuple[int, int, int, int]:
    """Packets and bytes sent, packets and bytes received over a link; zeros for one that came later."""
    if link >= len(traffic.link_packets):
        return 0, 0, 0, 0
    sent, received = TX, 1 - TX
    packets, sizes = traffic.link_packets[link], traffic.link_bytes[link]
    return int(packets[sent]), int(sizes[sent]), int(packets[received]), int(sizes[received])
