"""Which waits for credits are stalls.

A stack that grants one SDU's credits at a time reaches zero at every SDU and is healthy. A certain or likely wait is
a stall only when it is longer than what the link's timing, or the direction's own habit, explains.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from l2scope.columns import seconds
from l2scope.engine.tables import ZeroTable
from l2scope.engine.words import (
    BY_CAPTURE_END,
    BY_CLOSING,
    BY_CREDITS,
    CERTAIN,
    IDLE,
    LIKELY,
    PENDING,
    ZERO_OVERSPENT,
    ZERO_TIME_REVERSED,
)

SHORTEST_STALL_NS: Final = 20_000_000
CLASSES: Final = {CERTAIN: "certain", LIKELY: "likely", IDLE: "idle", PENDING: "pending"}
ENDINGS: Final = {BY_CREDITS: "credits", BY_CLOSING: "closing", BY_CAPTURE_END: "capture-end"}
DIRECTIONS: Final = ("tx", "rx")

_ROW: Final = struct.Struct("<qqiiiiiBBBB")
assert _ROW.size == ZeroTable.size


@dataclass(frozen=True, slots=True)
class ZeroInterval:
    """A time without credits in one direction of a channel. Times in ns; end_packet is None at the capture's end."""

    channel: int
    direction: str
    start_packet: int
    end_packet: int | None
    start_ns: int
    end_ns: int
    duration_ns: int
    class_: str
    sdu_bytes_owed: int
    ended_by: str
    overspent: bool
    time_reversed: bool
    stall: bool

    def __repr__(self) -> str:
        kind = "stall" if self.stall else "zero interval"
        return (
            f"<{kind} of #{self.channel} {self.direction}: {seconds(self.duration_ns)}, packets "
            f"{self.start_packet}-{self.end_packet or 'end'}, {self.class_}, {self.sdu_bytes_owed:,} bytes owed>"
        )

    def as_json(self) -> dict[str, object]:
        """The object of `l2scope stalls --json`."""
        return {
            "channel": self.channel,
            "direction": self.direction,
            "start_packet": self.start_packet,
            "end_packet": self.end_packet,
            "start_ns": self.start_ns,
            "end_ns": self.end_ns,
            "duration_ns": self.duration_ns,
            "class": self.class_,
            "sdu_bytes_owed": self.sdu_bytes_owed,
            "ended_by": self.ended_by,
            "overspent": self.overspent,
            "time_reversed": self.time_reversed,
            "stall": self.stall,
        }


@dataclass(slots=True)
class Waits:
    """The zero intervals of one direction, in order, and how long one must be to be a stall."""

    rows: list[tuple[int, ...]] = field(default_factory=list)
    habit_ns: int | None = None

    def judge(self) -> None:
        """Finds the direction's habit."""
        self.habit_ns = habit_ns(sorted(row[1] - row[0] for row in self.rows if row[8] in (CERTAIN, LIKELY)))

    def is_stall(self, row: Sequence[int]) -> bool:
        duration = row[1] - row[0]
        if duration <= SHORTEST_STALL_NS or row[8] > LIKELY:
            return False
        return duration > stall_floor_ns(row[6], self.habit_ns)

    def stalls(self) -> list[tuple[int, ...]]:
        return [row for row in self.rows if self.is_stall(row)]

    def interval(self, row: Sequence[int]) -> ZeroInterval:
        return zero_interval(row, self.is_stall(row))


def habit_ns(waits: Sequence[int]) -> int | None:
    """The 10th percentile, by nearest rank, of certain and likely waits in ascending order; None without any."""
    return waits[-(-len(waits) // 10) - 1] if waits else None


def stall_floor_ns(patience_us: int, habit: int | None) -> int:
    """What a wait must exceed to be a stall, on a link that takes patience_us for two connection events."""
    explained = patience_us * 1000
    if habit is not None:
        explained = min(explained, 2 * habit)
    return max(SHORTEST_STALL_NS, explained)


def zero_interval(row: Sequence[int], stall: bool) -> ZeroInterval:
    """A row of the zeros table for people."""
    start, end, channel, first, last, owed, _, direction, kind, ended_by, flags = row
    return ZeroInterval(
        channel=channel,
        direction=DIRECTIONS[direction],
        start_packet=first,
        end_packet=None if ended_by == BY_CAPTURE_END else last,
        start_ns=start,
        end_ns=end,
        duration_ns=end - start,
        class_=CLASSES[kind],
        sdu_bytes_owed=owed,
        ended_by=ENDINGS[ended_by],
        overspent=bool(flags & ZERO_OVERSPENT),
        time_reversed=bool(flags & ZERO_TIME_REVERSED),
        stall=stall,
    )


def rows_of(zero_rows: bytes) -> Iterator[tuple[int, ...]]:
    """The rows of the zeros table, each as its columns."""
    return _ROW.iter_unpack(zero_rows)


def waits_by_flow(zero_rows: bytes) -> dict[int, Waits]:
    """The rows of the zeros table, sorted by flow (2 * channel + direction) and judged."""
    flows: dict[int, Waits] = {}
    for row in rows_of(zero_rows):
        flows.setdefault(row[2] * 2 + row[7], Waits()).rows.append(row)
    for waits in flows.values():
        waits.judge()
    return flows
