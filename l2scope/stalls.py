"""Which waits for credits are stalls.

A stack that grants one SDU's credits at a time reaches zero at every SDU and is healthy. A certain or likely wait is
a stall only when it is longer than what the link's timing, or the direction's own habit, explains.
"""

import struct
from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappush, heappushpop, nlargest
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
# A habit up to this leaves the floor at its lowest: only longer waits need to be kept in order.
SHORT_HABIT_NS: Final = SHORTEST_STALL_NS // 2
# So many of the longest waits that are no stalls are kept.
LONGEST_KEPT: Final = 10
CLASSES: Final = {CERTAIN: "certain", LIKELY: "likely", IDLE: "idle", PENDING: "pending"}
ENDINGS: Final = {BY_CREDITS: "credits", BY_CLOSING: "closing", BY_CAPTURE_END: "capture-end"}
DIRECTIONS: Final = ("tx", "rx")
NO_CREDITS: Final = "no-credits"
WINDOW_FULL: Final = "window-full"
NOT_READY: Final = "receiver-not-ready"

_ROW: Final = struct.Struct("<qqiiiiiBBBB")
_LATE: Final = struct.Struct("<ii")
CLASS_OFFSET: Final = 37
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


class ShortWaits:
    """The waits that credits ended and that are too short for a stall, whatever the direction's habit."""

    def __init__(self) -> None:
        self.count = 0
        self.ns = 0
        self._longest: list[tuple[int, int, Row]] = []

    def add(self, row: Row) -> None:
        duration = duration_of(row)
        self.count += 1
        self.ns += duration
        kept = (duration, -self.count, row)
        if self.count <= LONGEST_KEPT:
            heappush(self._longest, kept)
        else:
            heappushpop(self._longest, kept)

    def longest(self) -> list[Row]:
        """Some of the longest, the longest first."""
        return [row for _, _, row in sorted(self._longest, reverse=True)]


class Waits:
    """The zero intervals of one direction as they come, and how long one must be to be a stall.

    candidates are the certain and likely ones that may be stalls, if the direction's habit allows; the others are in
    `short`. So what a direction suffered is known without a look at all its intervals.
    """

    def __init__(self) -> None:
        self.candidates: list[Row] = []
        self.short = ShortWaits()
        self._rows = bytearray()
        self._count = 0
        self._long: list[int] = []

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Waits) and self._rows == other._rows

    __hash__ = None  # type: ignore[assignment]  # it grows

    @property
    def rows(self) -> Iterator[Row]:
        """All of them in order."""
        return rows_of(bytes(self._rows))

    @property
    def habit_ns(self) -> int | None:
        """The 10th percentile of the certain and likely ones, by nearest rank; None without any. One below
        SHORT_HABIT_NS counts as that much: the floor is the same."""
        short = self._count - len(self._long)
        rank = -(-self._count // 10)
        if not self._count:
            return None
        return SHORT_HABIT_NS if rank <= short else self._long[rank - short - 1]

    def add(self, row: Row) -> int:
        """Takes the next interval. Returns where it is, for settle()."""
        place = len(self._rows)
        self._rows += _ROW.pack(*row)
        self._judge(row)
        return place

    def settle(self, place: int, kind: int) -> None:
        """What was pending is known; to be said before the next interval comes."""
        self._rows[place + CLASS_OFFSET] = kind
        self._judge(_ROW.unpack_from(self._rows, place))

    def is_stall(self, row: Row) -> bool:
        if duration_of(row) <= SHORTEST_STALL_NS or row[CLASS] > LIKELY:
            return False
        return duration_of(row) > stall_floor_ns(row[PATIENCE], self.habit_ns)

    def stalls(self) -> list[Row]:
        """Those that are stalls, in order."""
        habit = self.habit_ns
        return [row for row in self.candidates if duration_of(row) > stall_floor_ns(row[PATIENCE], habit)]

    def window_limited(self) -> tuple[int, int, list[Row]]:
        """The waits that credits ended and that are no stalls: how many, their time in ns, and the longest of them."""
        candidates = [row for row in self.candidates if row[ENDED_BY] == BY_CREDITS and not self.is_stall(row)]
        longest = nlargest(LONGEST_KEPT, [*candidates, *self.short.longest()], key=duration_of)
        return self.short.count + len(candidates), self.short.ns + sum(map(duration_of, candidates)), longest

    def interval(self, row: Row) -> ZeroInterval:
        return zero_interval(row, self.is_stall(row))

    def _judge(self, row: Row) -> None:
        if row[CLASS] > LIKELY:
            return
        duration = duration_of(row)
        self._count += 1
        if duration > SHORT_HABIT_NS:
            insort(self._long, duration)
        if duration > SHORTEST_STALL_NS:
            self.candidates.append(row)
        elif row[ENDED_BY] == BY_CREDITS:
            self.short.add(row)


class WaitBook:
    """The zero intervals of a capture by flow (2 * channel + direction), as the rows of their table come."""

    def __init__(self) -> None:
        self.flows: dict[int, Waits] = {}
        self.count = 0
        self._pending: dict[int, tuple[Waits, int]] = {}

    @property
    def pending(self) -> list[int]:
        """The rows whose class is not decided yet."""
        return list(self._pending)

    def add(self, zero_rows: bytes) -> None:
        """Takes the next rows of the table."""
        for number, row in enumerate(rows_of(zero_rows), self.count):
            waits = self.flows.setdefault(row[CHANNEL] * 2 + row[DIRECTION], Waits())
            place = waits.add(row)
            if row[CLASS] == PENDING:
                self._pending[number] = waits, place
        self.count += len(zero_rows) // _ROW.size

    def settle(self, number: int, kind: int) -> None:
        """The class of a row is decided."""
        waits, place = self._pending.pop(number)
        waits.settle(place, kind)


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


def changes_of(late: bytes) -> Iterator[tuple[int, int]]:
    """The late records of the zeros table: the number of a row, and its class."""
    return _LATE.iter_unpack(late)


def waits_by_flow(zero_rows: bytes) -> dict[int, Waits]:
    """All rows of the zeros table, by flow (2 * channel + direction)."""
    book = WaitBook()
    book.add(zero_rows)
    return book.flows


def busy_until(flow: Flow, now_ns: int) -> int:
    """A direction's busy time up to now: the engine adds a wait that lasts, and its SDU, only when they are over."""
    busy, ledger = int(flow.busy.total), flow.ledger
    if ledger.zero_packet == NONE or ledger.zero_owed <= 0:
        return busy
    since = flow.sdus.in_flight_since()
    since = ledger.zero_time if since == NONE else since
    return busy + max(0, now_ns - max(int(flow.busy.until), int(since)))
