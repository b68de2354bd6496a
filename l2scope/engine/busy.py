"""The busy time of one direction: the union of spans that come in the order of their starts."""

from typing import Final, final

from mypy_extensions import i64

# Sums of hostile times stay below this, so that adding one more span (below 2^62) never leaves 64 bits.
LONGEST_NS: Final = 1 << 62


def saturated(ns: i64) -> i64:
    """A sum of spans, held below the largest number that one more span can be added to."""
    return ns if ns < LONGEST_NS else LONGEST_NS


@final
class BusyTime:
    """Nanoseconds covered by SDUs and by waits for credits. Where the clock ran backwards nothing is counted twice."""

    def __init__(self) -> None:
        self.total: i64 = 0
        self.until: i64 = 0

    def cover(self, start: i64, end: i64) -> None:
        if start < self.until:
            start = self.until
        if end > start:
            self.total = saturated(self.total + end - start)
            self.until = end
