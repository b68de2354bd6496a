"""Sums of times that hostile captures cannot make wrap."""

from typing import Final

from mypy_extensions import i64

# Sums of hostile times stay below this, so that adding one more span (below 2^62) never leaves 64 bits.
LONGEST_NS: Final = 1 << 62


def saturated(ns: i64) -> i64:
    """A sum of spans, held below the largest number that one more span can be added to."""
    if ns < LONGEST_NS:
        return ns
    return LONGEST_NS
