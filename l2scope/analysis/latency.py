"""How long a thing took, over all times that it happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Latency:
    """Nanoseconds: the shortest, the median and the 99th percentile by nearest rank, the longest; of so many."""

    count: int
    min_ns: int
    median_ns: int
    p99_ns: int
    max_ns: int

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def latency_of(durations: Iterable[int]) -> Latency | None:
    """None where it never happened. A clock that ran back counts as no time."""
    ordered = sorted(max(0, duration) for duration in durations)
    if not ordered:
        return None
    return Latency(len(ordered), ordered[0], _rank(ordered, 50), _rank(ordered, 99), ordered[-1])


def _rank(ordered: list[int], percent: int) -> int:
    """The smallest value that so many percent do not exceed."""
    return ordered[-(-len(ordered) * percent // 100) - 1]
