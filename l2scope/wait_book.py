"""The waits for credits of a capture, kept direction by direction as they come.

What a direction suffered is known without a look at all its waits: those that may be stalls are kept apart, and of the
others the sums. So a live capture may be asked again and again.
"""

from bisect import insort
from collections.abc import Iterator
from heapq import heappush, heappushpop, nlargest
from itertools import islice
from typing import Final

from l2scope.engine.words import BY_CREDITS, CERTAIN, LIKELY, PENDING
from l2scope.stalls import (
    CHANNEL,
    CLASS,
    DIRECTION,
    ENDED_BY,
    OWED,
    PATIENCE,
    SHORTEST_STALL_NS,
    Row,
    ZeroInterval,
    duration_of,
    row_bytes,
    rows_of,
    stall_floor_ns,
    zero_interval,
)

# A habit up to this leaves the floor at its lowest: only longer waits need to be kept in order.
SHORT_HABIT_NS: Final = SHORTEST_STALL_NS // 2
# So many of the longest waits that are no stalls are kept.
LONGEST_KEPT: Final = 10
LASTING_NS: Final = 1_000_000_000


class ShortWaits:
    """Waits that credits ended and that are no stalls: how many, how long in all, and some of the longest."""

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
        """The longest first."""
        return [row for _, _, row in sorted(self._longest, reverse=True)]


class Owed:
    """How many certain waits there were with so many bytes owed, and the first of them."""

    def __init__(self, first: Row) -> None:
        self.count = 1
        self.first = first


class Waits:
    """The zero intervals of one direction as they come, and how long one must be to be a stall.

    by_owed are the certain ones, lasting those of a second or more.
    """

    def __init__(self) -> None:
        self.by_owed: dict[int, Owed] = {}
        self.lasting: list[Row] = []
        self._rows = bytearray()
        self._count = 0
        # Those above SHORT_HABIT_NS, in ascending order.
        self._long: list[int] = []
        # Too short for a stall whatever the habit is, and those that may be stalls if it allows.
        self._short = ShortWaits()
        self._candidates: list[Row] = []
        # The candidates told apart by a habit, as far as they were.
        self._sorted_by: int | None = None
        self._sorted = 0
        self._stalls: list[Row] = []
        self._excused = ShortWaits()

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
        self._rows += row_bytes(row)
        self._judge(row)
        return place

    def settle(self, place: int, row: Row) -> None:
        """What was pending is known; to be said before the next interval comes."""
        self._rows[place : place + len(row_bytes(row))] = row_bytes(row)
        self._judge(row)

    def is_stall(self, row: Row) -> bool:
        if duration_of(row) <= SHORTEST_STALL_NS or row[CLASS] > LIKELY:
            return False
        return duration_of(row) > stall_floor_ns(row[PATIENCE], self.habit_ns)

    def stalls(self) -> list[Row]:
        """Those that are stalls, in order."""
        self._sort()
        return self._stalls

    def window_limited(self) -> tuple[int, int, list[Row]]:
        """The waits that credits ended and that are no stalls: how many, their time in ns, and the longest of them."""
        self._sort()
        short, excused = self._short, self._excused
        longest = nlargest(LONGEST_KEPT, [*excused.longest(), *short.longest()], key=duration_of)
        return short.count + excused.count, short.ns + excused.ns, longest

    def interval(self, row: Row) -> ZeroInterval:
        return zero_interval(row, self.is_stall(row))

    def _judge(self, row: Row) -> None:
        if row[CLASS] > LIKELY:
            return
        duration = duration_of(row)
        self._count += 1
        if row[CLASS] == CERTAIN:
            self._note_owed(row)
            if duration >= LASTING_NS:
                self.lasting.append(row)
        if duration > SHORT_HABIT_NS:
            insort(self._long, duration)
        if duration > SHORTEST_STALL_NS:
            self._candidates.append(row)
        elif row[ENDED_BY] == BY_CREDITS:
            self._short.add(row)

    def _note_owed(self, row: Row) -> None:
        owed = self.by_owed.get(row[OWED])
        if owed is None:
            self.by_owed[row[OWED]] = Owed(row)
        else:
            owed.count += 1

    def _sort(self) -> None:
        """Tells stalls from the candidates that the habit excuses; all of them anew where it changed."""
        habit = self.habit_ns
        if habit != self._sorted_by:
            self._sorted_by, self._sorted = habit, 0
            self._stalls, self._excused = [], ShortWaits()
        for row in islice(self._candidates, self._sorted, None):
            if duration_of(row) > stall_floor_ns(row[PATIENCE], habit):
                self._stalls.append(row)
            elif row[ENDED_BY] == BY_CREDITS:
                self._excused.add(row)
        self._sorted = len(self._candidates)


class WaitBook:
    """The zero intervals of a capture by flow (2 * channel + direction), as the rows of their table come."""

    def __init__(self) -> None:
        self.flows: dict[int, Waits] = {}
        self.count = 0
        self._pending: dict[int, tuple[Waits, int, Row]] = {}

    @property
    def pending(self) -> list[int]:
        """The rows whose class is not decided yet."""
        return list(self._pending)

    def add(self, zero_rows: bytes) -> None:
        """Takes the next rows of the table."""
        for number, row in enumerate(rows_of(zero_rows), self.count):
            waits = self._of(row)
            place = waits.add(row)
            if row[CLASS] == PENDING:
                self._pending[number] = waits, place, row
            self.count += 1

    def _of(self, row: Row) -> Waits:
        flow = row[CHANNEL] * 2 + row[DIRECTION]
        waits = self.flows.get(flow)
        if waits is None:
            waits = self.flows[flow] = Waits()
        return waits

    def settle(self, number: int, kind: int) -> None:
        """The class of a row is decided."""
        waits, place, row = self._pending.pop(number)
        waits.settle(place, (*row[:CLASS], kind, *row[CLASS + 1 :]))


def waits_by_flow(zero_rows: bytes) -> dict[int, Waits]:
    """All rows of the zeros table, by flow (2 * channel + direction)."""
    book = WaitBook()
    book.add(zero_rows)
    return book.flows
