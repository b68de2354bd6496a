"""The packets of a capture as a filter sees them: the tables as they stand, and bytes of many packets at once."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from l2scope.engine import words
from l2scope.filter.values import Mask, Rows
from l2scope.tables import Rows as Table

if TYPE_CHECKING:
    from l2scope.analysis.findings import Finding
    from l2scope.capture import Capture
    from l2scope.channels import Channel
    from l2scope.links import Link


MONITOR_MARK: Final = 2


class Stopped(Exception):
    """Nobody waits for the answer any more."""


class Packets:
    """What there is of a capture at one moment. It may grow meanwhile: whatever points past `count` is left out."""

    def __init__(self, capture: "Capture", stopped: Callable[[], bool] | None = None) -> None:
        """stopped is asked while packets are dissected: once it says so, Stopped is raised."""
        self.capture = capture
        self._stopped = stopped
        self.table: Table = capture.tables.packets
        self.pdus: Table = capture.tables.pdus
        self.signals: Table = capture.tables.signals
        self.credits: Table = capture.tables.credits
        self.sdus: Table = capture.tables.sdus
        self.att: Table = capture.tables.att

    def go_on(self) -> None:
        """Raises Stopped where nobody waits for the answer any more."""
        if self._stopped is not None and self._stopped():
            raise Stopped

    @property
    def count(self) -> int:
        return len(self.table)

    @property
    def first_number(self) -> int:
        return self.capture.first_number

    def none(self) -> Mask:
        return np.zeros(self.count, dtype=np.bool_)

    def all(self) -> Mask:
        return np.ones(self.count, dtype=np.bool_)

    def of_kind(self, *kinds: int) -> Mask:
        """The packets of these kinds."""
        found: Mask = np.isin(self.table["kind"], kinds) if len(kinds) > 1 else self.table["kind"] == kinds[0]
        return found

    def rows(self, numbers: npt.NDArray[np.integer]) -> Rows:
        """The rows of packets by their numbers."""
        return numbers.astype(np.int64) - self.first_number

    def at_least(self, length: int) -> Mask:
        """The packets that hold so many bytes."""
        found: Mask = self.table["length"] >= length
        return found

    def byte(self, rows: Rows, position: int) -> npt.NDArray[np.int64]:
        """One byte of each of these packets, which must be long enough."""
        return self.capture.bytes_at(self.table["offset"][rows] + position).astype(np.int64)

    def word(self, rows: Rows, position: int) -> npt.NDArray[np.int64]:
        """Two bytes of each of these packets, little-endian."""
        return self.byte(rows, position) | self.byte(rows, position + 1) << 8

    @cached_property
    def has_indicator(self) -> Mask:
        """The packets that count an H4 indicator as theirs."""
        with_indicator = self._of_adapters(lambda adapter: self.capture.indicator_of(adapter) > 0)
        found: Mask = with_indicator & (self.table["kind"] != words.OTHER)
        return found

    @cached_property
    def is_h4(self) -> Mask:
        """The packets of a capture of H4."""
        return self.has_indicator & ("PacketLogger" not in self.capture.format)

    @cached_property
    def is_h1(self) -> Mask:
        """The packets of a capture of HCI without indicators."""
        return self.all() if "without H4" in self.capture.format else self.none()

    @cached_property
    def is_monitor(self) -> Mask:
        """The records of the Linux monitor."""
        return self._of_adapters(lambda adapter: self.capture.mark_width(adapter) == MONITOR_MARK)

    def _of_adapters(self, fits: Callable[[int], bool]) -> Mask:
        adapters = self.table["adapter"]
        fitting = np.zeros(1 << 16, dtype=np.bool_)
        for adapter in np.flatnonzero(np.bincount(adapters, minlength=1)).tolist():
            fitting[adapter] = fits(adapter)
        found: Mask = fitting[adapters]
        return found

    @cached_property
    def channels(self) -> list["Channel"]:
        return self.capture.channels

    @cached_property
    def links(self) -> list["Link"]:
        return self.capture.links

    @cached_property
    def findings(self) -> list["Finding"]:
        return self.capture.findings()
