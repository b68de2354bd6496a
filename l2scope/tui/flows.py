"""The rows of each direction of each channel, found once for a whole capture.

A flow is 2 * channel + direction. Sorting by flow takes some ten milliseconds for a million rows; after that the rows
of a flow are a slice.
"""

from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from l2scope.capture import Capture
from l2scope.engine.words import PDU_COMPLETE
from l2scope.tables import Rows

RADIX_KEYS: Final = 0xFFFF


class Flows:
    """Keeps views of the tables as they were when it was made."""

    def __init__(self, capture: Capture) -> None:
        tables = capture.tables
        credits, zeros, sdus, pdus = tables.credits, tables.zeros, tables.sdus, tables.pdus
        self.times: NDArray[np.int64] = tables.packets["time"]
        carried = pdus["channel"] * 2 + pdus["direction"]
        carried[(pdus["state"] != PDU_COMPLETE) | (pdus["last"] < 1)] = -1
        self._credits = _Grouped(credits, credits["flow"])
        self._zeros = _Grouped(zeros, zeros["channel"] * 2 + zeros["direction"])
        self._sdus = _Grouped(sdus, sdus["channel"] * 2 + sdus["direction"])
        self._pdus = _Grouped(pdus, carried)
        self._att, self._carriers = tables.att, pdus["channel"]

    def credits(self, flow: int) -> Rows:
        """Rows of tables.credits whose packets are here."""
        rows = self._credits.rows(flow)
        return rows[rows["packet"] <= len(self.times)]

    def highest(self, flow: int) -> int:
        """The highest balance after any packet."""
        return int(self._credits.rows(flow)["balance"].max(initial=0))

    def zeros(self, flow: int) -> Rows:
        """Rows of tables.zeros."""
        return self._zeros.rows(flow)

    def sdus(self, flow: int) -> Rows:
        """Rows of tables.sdus whose packets are here."""
        rows = self._sdus.rows(flow)
        return rows[rows["last_packet"] <= len(self.times)]

    def pdus(self, flow: int) -> Rows:
        """Complete rows of tables.pdus whose packets are here."""
        rows = self._pdus.rows(flow)
        return rows[rows["last"] <= len(self.times)]

    def att(self, channel: int) -> Rows:
        """Rows of tables.att that a channel carries and whose packets are here."""
        rows = self._att_by_channel.rows(channel)
        return rows[rows["packet"] <= len(self.times)]

    @cached_property
    def _att_by_channel(self) -> "_Grouped":
        rows = self._att[self._att["pdu"] < len(self._carriers)]
        return _Grouped(rows, self._carriers[rows["pdu"]])


class _Grouped:
    """The rows of a table by a number that each of them has; rows with a negative one are left out."""

    def __init__(self, table: Rows, keys: NDArray[np.int32]) -> None:
        self._table = table
        kept = np.flatnonzero(keys >= 0)
        keys = keys[kept]
        highest = int(keys.max(initial=-1))
        if highest < RADIX_KEYS:
            keys = keys.astype(np.uint16)  # numpy sorts these by radix
        order = np.argsort(keys, kind="stable")
        self._order = kept[order]
        self._bounds = np.searchsorted(keys[order], np.arange(highest + 2))

    def rows(self, key: int) -> Rows:
        if key + 1 >= len(self._bounds):
            return self._table[:0]
        return self._table[self._order[self._bounds[key] : self._bounds[key + 1]]]
