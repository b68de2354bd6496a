"""Finds the SDU that a PDU belongs to."""

from array import array
from bisect import bisect_left, bisect_right

import numpy as np

from l2scope.capture import Capture


class SduIndex:
    """The rows of the SDU table by channel and direction. Follows the table as it grows."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._seen = 0
        self._firsts: dict[int, array[int]] = {}
        self._rows: dict[int, array[int]] = {}

    def find(self, pdu: int, channel: int, direction: int) -> tuple[int, int] | None:
        """Row and index (among those of its channel and direction, from 0) of the SDU that holds a PDU row."""
        self._follow()
        flow = 2 * channel + direction
        if flow not in self._firsts:
            return None
        index = bisect_right(self._firsts[flow], pdu) - 1
        if index < 0:
            return None
        row = self._rows[flow][index]
        return (row, index) if pdu <= int(self._capture.tables.sdus[row]["last"]) else None

    def index_of(self, row: int, channel: int, direction: int) -> int:
        """The index of an SDU among those of its channel and direction, from 0."""
        self._follow()
        return bisect_left(self._rows[2 * channel + direction], row)

    def _follow(self) -> None:
        sdus = self._capture.tables.sdus
        if len(sdus) == self._seen:
            return
        new = sdus[self._seen :]
        flows = 2 * new["channel"] + new["direction"]
        for flow in np.unique(flows).tolist():
            own = np.flatnonzero(flows == flow)
            self._firsts.setdefault(flow, array("i")).frombytes(new["first"][own].astype("i4").tobytes())
            self._rows.setdefault(flow, array("i")).frombytes((own + self._seen).astype("i4").tobytes())
        self._seen = len(sdus)
