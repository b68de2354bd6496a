"""Tells of stalls while they happen: the moment a wait for credits passes its floor, and again when it is over.

A wait with bytes owed is known to be a stall while it lasts. One at an SDU boundary is known to have been one only when
the sender's next K-frame shows that it had been waiting. What a direction's own habit explains changes as its waits go
by, so a wait that was none may turn out to have been a stall; one that was told is not taken back.
"""

from array import array
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass

from l2scope.engine.channel import Channel
from l2scope.engine.engine import Engine
from l2scope.engine.words import BY_CAPTURE_END, CERTAIN, LIKELY, NONE, PENDING, RX, TX
from l2scope.stalls import (
    CHANNEL,
    CLASS,
    DIRECTION,
    END,
    FIRST,
    PATIENCE,
    SHORTEST_STALL_NS,
    START,
    Row,
    ZeroInterval,
    busy_until,
    changes_of,
    habit_ns,
    rows_of,
    stall_floor_ns,
    zero_interval,
)


@dataclass(frozen=True, slots=True)
class StallReport:
    """A stall that lasts, or that is over. floor_ns is what it exceeded; starved_share the share of the direction's
    busy time so far that was stalls, 0 to 1."""

    interval: ZeroInterval
    lasts: bool
    floor_ns: int
    starved_share: float


class FlowWatch:
    """What the stalls of one direction add up to; those that were told of, and are over, count.

    told is the first packet of the stall that lasts and was told of.
    """

    def __init__(self) -> None:
        self.stall_ns = 0
        self.told: int = NONE
        self._waits = array("q")
        self._candidates: dict[int, list[tuple[int, Row]]] = {}

    def floor_ns(self, patience_us: int) -> int:
        return stall_floor_ns(patience_us, habit_ns(self._waits))

    def waited(self, row: Row) -> None:
        """A certain or likely wait is over."""
        duration = row[END] - row[START]
        insort(self._waits, duration)
        if duration > SHORTEST_STALL_NS and row[FIRST] != self.told:
            insort(self._candidates.setdefault(row[PATIENCE], []), (duration, row))

    def found(self) -> Iterator[Row]:
        """Waits that are stalls by what is known now and were not told of, in no order."""
        for patience, candidates in self._candidates.items():
            floor = self.floor_ns(patience)
            while candidates and candidates[-1][0] > floor:
                yield candidates.pop()[1]


class StallWatch:
    """Watches the engine of a capture that still goes on."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._flows: dict[tuple[int, int], FlowWatch] = {}
        self._pending: dict[int, Row] = {}

    def look(self, now_ns: int, ended: bool = False) -> list[StallReport]:
        """What is new since the last look: stalls that passed their floor by now_ns, and those that are over.

        To be called once, before rows are taken from the engine's tables. ended: no packet will follow.
        """
        over = self._over()
        for watch in self._flows.values():
            over += watch.found()
        for row in over:
            self._watch(row).stall_ns += row[END] - row[START]
        reports = [self._report(row, lasts=False) for row in over] + self._lasting(now_ns, ended)
        return sorted(reports, key=lambda report: (report.interval.start_ns, report.interval.channel))

    def starved_share(self, channel: int, direction: int, now_ns: int) -> float:
        """The share of a direction's busy time up to now that was stalls, one that lasts among them; 0 to 1."""
        flow = self._engine.host.registry.channels[channel].flow(direction)
        watch = self._flows.get((channel, direction), FlowWatch())
        stalled = watch.stall_ns
        if watch.told != NONE:
            stalled += max(0, now_ns - int(flow.ledger.zero_time))
        busy = busy_until(flow, now_ns)
        return min(1.0, stalled / busy) if busy > 0 else 0.0

    def _over(self) -> list[Row]:
        """Takes note of all waits that are over; returns those that were told of while they lasted."""
        zeros = self._engine.tables.zeros
        told = []
        for number, row in enumerate(rows_of(zeros.rows.getvalue()), int(zeros.taken)):
            if row[CLASS] == PENDING:
                self._pending[number] = row
            elif row[CLASS] in (CERTAIN, LIKELY):
                watch = self._watch(row)
                watch.waited(row)
                if row[FIRST] == watch.told:
                    watch.told = NONE
                    told.append(row)
        for number, kind in changes_of(zeros.late.getvalue()):
            row = self._pending.pop(number)
            if kind == LIKELY:
                self._watch(row).waited((*row[:CLASS], kind, *row[CLASS + 1 :]))
        return told

    def _lasting(self, now_ns: int, ended: bool) -> list[StallReport]:
        """Stalls that have just passed their floor; at the end, all that still last."""
        reports = []
        for row in self._open_waits(now_ns):
            watch = self._watch(row)
            told = watch.told == row[FIRST]
            if not told and row[END] - row[START] <= watch.floor_ns(row[PATIENCE]):
                continue
            watch.told = NONE if ended else row[FIRST]
            if ended:
                watch.stall_ns += row[END] - row[START]
            if ended or not told:
                reports.append(self._report(row, lasts=not ended))
        return reports

    def _open_waits(self, now_ns: int) -> list[Row]:
        """The waits with bytes owed that go on, as rows of the zeros table."""
        return [
            row
            for adapter in self._engine.host.adapters.values()
            for link in adapter.links.values()
            if link.channels is not None
            for channel in link.channels.open.channels.values()
            for direction in (TX, RX)
            if (row := _open_wait(channel, direction, now_ns)) is not None
        ]

    def _watch(self, row: Row) -> FlowWatch:
        return self._flows.setdefault((row[CHANNEL], row[DIRECTION]), FlowWatch())

    def _report(self, row: Row, lasts: bool) -> StallReport:
        watch = self._watch(row)
        return StallReport(
            interval=zero_interval(row, stall=True),
            lasts=lasts,
            floor_ns=watch.floor_ns(row[PATIENCE]),
            starved_share=self.starved_share(row[CHANNEL], row[DIRECTION], row[END]),
        )


def _open_wait(channel: Channel, direction: int, now_ns: int) -> Row | None:
    """The wait with bytes owed that goes on in a direction, as a row of the zeros table, or None."""
    ledger = channel.flow(direction).ledger
    if ledger.zero_packet == NONE or ledger.zero_owed <= 0:
        return None
    return (
        ledger.zero_time, max(int(ledger.zero_time), now_ns), channel.row, ledger.zero_packet, NONE, ledger.zero_owed,
        ledger.pace.patience, direction, CERTAIN, BY_CAPTURE_END, ledger.zero_flags,
    )  # fmt: skip
