"""Which waits for credits are stalls.

A stack that grants one SDU's credits at a time reaches zero at every SDU and is healthy. A certain or likely wait is
a stall only when it is longer than what the link's timing, or the direction's own habit, explains.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from l2scope.columns import seconds
from l2scope.engine.flow import Flow
from l2scope.engine.tables import ZeroTable
from l2scope.engine.words import (
    BY_CAPTURE_END,
    BY_CLOSING,
    BY_CREDITS,
    CERTAIN,
    IDLE,
    LIKELY,
    NONE,
    PENDING,
    ZERO_NOT_READY,
    ZERO_OVERSPENT,
    ZERO_TIME_REVERSED,
    ZERO_WINDOW,
)

# A row of the zeros table, and its columns.
Row = tuple[int, ...]
START: Final = 0
END: Final = 1
CHANNEL: Final = 2
FIRST: Final = 3
LAST: Final = 4
OWED: Final = 5
PATIENCE: Final = 6
DIRECTION: Final = 7
CLASS: Final = 8
ENDED_BY: Final = 9
FLAGS: Final = 10

SHORTEST_STALL_NS: Final = 20_000_000
CLASSES: Final = {CERTAIN: "certain", LIKELY: "likely", IDLE: "idle", PENDING: "pending"}
ENDINGS: Final = {BY_CREDITS: "credits", BY_CLOSING: "closing", BY_CAPTURE_END: "capture-end"}
DIRECTIONS: Final = ("tx", "rx")
NO_CREDITS: Final = "no-credits"
WINDOW_FULL: Final = "window-full"
NOT_READY: Final = "receiver-not-ready"

_ROW: Final = struct.Struct("<qqiiiiiBBBB")
_LATE: Final = struct.Struct("<ii")
assert _ROW.size == ZeroTable.size


@dataclass(frozen=True, slots=True)
class ZeroInterval:
    """A time in which one direction of a channel was not allowed to send. Times in ns; end_packet is None at the
    capture's end. cause is "no-credits"; of a channel that retransmits "window-full", or "receiver-not-ready" where
    that was part of it.
    """

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
    cause: str = NO_CREDITS

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
            "cause": self.cause,
        }


def duration_of(row: Row) -> int:
    """How long a zero interval lasted, in ns."""
    return row[END] - row[START]


def habit_ns(waits: Sequence[int]) -> int | None:
    """The 10th percentile, by nearest rank, of certain and likely waits in ascending order; None without any."""
    return waits[-(-len(waits) // 10) - 1] if waits else None


def stall_floor_ns(patience_us: int, habit: int | None) -> int:
    """What a wait must exceed to be a stall, on a link that takes patience_us for two connection events."""
    explained = patience_us * 1000
    if habit is not None:
        explained = min(explained, 2 * habit)
    return max(SHORTEST_STALL_NS, explained)


def zero_interval(row: Row, stall: bool) -> ZeroInterval:
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
        ended_by="acknowledgement" if ended_by == BY_CREDITS and flags & ZERO_WINDOW else ENDINGS[ended_by],
        overspent=bool(flags & ZERO_OVERSPENT),
        time_reversed=bool(flags & ZERO_TIME_REVERSED),
        stall=stall,
        cause=cause_of(flags),
    )


def cause_of(flags: int) -> str:
    """Why the sender had to wait, by the flags of the interval's row."""
    if flags & ZERO_NOT_READY:
        return NOT_READY
    return WINDOW_FULL if flags & ZERO_WINDOW else NO_CREDITS


def rows_of(zero_rows: bytes) -> Iterator[Row]:
    """The rows of the zeros table, each as its columns."""
    return _ROW.iter_unpack(zero_rows)


def row_bytes(row: Row) -> bytes:
    """A row as its table has it."""
    return _ROW.pack(*row)


def changes_of(late: bytes) -> Iterator[tuple[int, int]]:
    """The late records of the zeros table: the number of a row, and its class."""
    return _LATE.iter_unpack(late)


def busy_until(flow: Flow, now_ns: int) -> int:
    """A direction's busy time up to now: the engine adds a wait that lasts, and its SDU, only when they are over."""
    busy, ledger = int(flow.busy.total), flow.ledger
    if ledger.zero_packet == NONE or ledger.zero_owed <= 0:
        return busy
    since = flow.sdus.in_flight_since()
    since = ledger.zero_time if since == NONE else since
    return busy + max(0, now_ns - max(int(flow.busy.until), int(since)))
