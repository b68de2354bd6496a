"""The figures behind the picture of a direction: balance, waits, SDUs and bytes over time, gathered by numpy.

A `Ledger` holds one direction of a channel as arrays in order of time; `columns` gathers them into the columns of a
picture. Nothing here loops over rows, so 200,000 credits take milliseconds.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from l2scope.channels import Channel, Direction
from l2scope.engine.words import CERTAIN, IDLE, LIKELY, RX, SDU_COMPLETE, TX
from l2scope.stalls import END, SHORTEST_STALL_NS
from l2scope.tables import Rows
from l2scope.tui.certainty import at_least
from l2scope.tui.flows import Flows
from l2scope.tui.ledger_marks import Marks, att, signalling
from l2scope.tui.theme import Tone

Times = NDArray[np.int64]
Floats = NDArray[np.float64]

SHORTEST_MARGIN_NS = 1000
MARGIN_SHARE = 50


@dataclass(frozen=True, slots=True)
class Spans:
    """Stretches of time in order, none overlapping the next. Nanoseconds."""

    start: Times
    end: Times

    def share(self, edges: Times) -> Floats:
        """How much of each column, between one edge and the next, the stretches fill: 0 to 1."""
        if not len(self.start):
            return np.zeros(len(edges) - 1)
        covered = np.concatenate(([0], np.cumsum(self.end - self.start)))
        begun = np.searchsorted(self.start, edges, "right")
        running = np.where(begun > 0, self.end[np.maximum(begun - 1, 0)] - edges, 0)
        filled = np.diff(covered[begun] - np.maximum(0, running))
        return np.clip(filled / np.maximum(1, np.diff(edges)), 0.0, 1.0)

    def touched(self, edges: Times) -> NDArray[np.bool_]:
        """The columns in which a stretch begins, lies or ends, however short it is."""
        begun = np.searchsorted(self.start, edges[1:], "left")
        ended = np.searchsorted(self.end, edges[:-1], "left")
        return begun > ended


@dataclass(frozen=True, slots=True)
class JudgedWaits:
    """The zero intervals of a direction: their spans, their rows as in tables.zeros, and which of them are stalls."""

    spans: Spans
    rows: Rows
    stall: NDArray[np.bool_]

    def where(self, mask: NDArray[np.bool_]) -> Spans:
        """The spans of some of them."""
        return Spans(self.spans.start[mask], self.spans.end[mask])

    @property
    def stalls(self) -> Spans:
        """The spans of those that are stalls."""
        return self.where(self.stall)

    @property
    def longest_stall(self) -> int | None:
        """The row of the longest stall."""
        if not self.stall.any():
            return None
        return int(np.where(self.stall, self.spans.end - self.spans.start, -1).argmax())


@dataclass(frozen=True, slots=True)
class Columns:
    """A picture's columns: highest and mean balance (NaN where there is none), shares of waits, SDUs and bytes.

    `begun` and `ended` count SDUs, `sdu_share` is how much of a column they fill.
    """

    edges: Times
    high: Floats
    mean: Floats
    stalled: Floats
    stall_touched: NDArray[np.bool_]
    certain: Floats
    likely: Floats
    idle: Floats
    begun: NDArray[np.int64]
    ended: NDArray[np.int64]
    sdu_share: Floats
    bytes: Floats


class Ledger:
    """One direction of a channel over its life, `start` to `end` (ns); `credited` is False for modes without credits
    and without a transmit window, `noun` says which it is; `at_least` is True where balances are only what there is at
    least.

    levels[i] is the balance before times[i]; the last but one is the balance at the end, the last only closes the
    array. What a picture does not ask for is never gathered.
    """

    def __init__(self, flows: Flows, channel: Channel, name: str) -> None:
        self._flows = flows
        self._flow = channel.id * 2 + (TX if name == "tx" else RX)
        self._way = channel.direction(name)
        self.way = name
        self._channel = channel
        credits = flows.credits(self._flow)
        self.credited = channel.waits
        self.noun = "credits" if channel.credit_based else "window"
        self.at_least = at_least(channel) and not (channel.opened and self._way.exact)
        self.start, self.end = _life(flows.times, channel, self._way)
        self.times = _clock(flows.times[credits["packet"] - 1])
        self.packets = credits["packet"]
        self.levels = np.concatenate(([self._way.initial_credits or 0], credits["balance"].astype(np.int64), [0]))

    @cached_property
    def waits(self) -> JudgedWaits:
        """The zero intervals, the open one last."""
        return _judged(self._flows.zeros(self._flow), self._way)

    @cached_property
    def marks(self) -> tuple[Marks, Marks]:
        """What was said about the channel by signalling, and over it in ATT."""
        return signalling(self._flows, self._channel, self._flow), att(self._flows, self._channel.id)

    @cached_property
    def sdu(self) -> Spans:
        """The complete SDUs, from the first to the last packet of each."""
        rows, times = self._flows.sdus(self._flow), self._flows.times
        rows = rows[rows["state"] == SDU_COMPLETE]
        return _in_order(times[rows["first_packet"] - 1], times[rows["last_packet"] - 1])

    @cached_property
    def frames(self) -> Rows:
        """The PDUs that were carried."""
        return self._flows.pdus(self._flow)

    @cached_property
    def frame_times(self) -> Times:
        """When each PDU was complete."""
        return _clock(self._flows.times[self.frames["last"] - 1])

    @cached_property
    def highest(self) -> int:
        """The highest balance there ever was, at least 1."""
        return max(1, int(self.levels.max()))

    @property
    def tone(self) -> Tone:
        """In what the balance is drawn: a lower bound is grey."""
        return Tone.FAINT if self.at_least else Tone.AREA

    @property
    def active(self) -> tuple[int, int]:
        """From the first frame or credit to the last, or to the end of a wait that lasts, with a margin of a fiftieth;
        the whole life where it is idle."""
        moments = self.times if len(self.times) else self.frame_times
        if not len(moments):
            return self.start, self.end
        begun, ended = int(moments[0]), int(moments[-1])
        if self._way.open_row is not None:
            ended = max(ended, self._way.open_row[END])
        margin = max(SHORTEST_MARGIN_NS, (ended - begun) // MARGIN_SHARE)
        first = max(self.start, begun - margin)
        return first, max(first + 1, min(self.end, ended + margin))

    def balance_at(self, time: int) -> int:
        """The balance after the last packet up to a time."""
        return int(self.levels[np.searchsorted(self.times, time, "right")])

    def packet_at(self, time: int) -> int | None:
        """The last packet of the ledger up to a time, the first where there is none."""
        times, packets = (self.times, self.packets) if len(self.times) else (self.frame_times, self.frames["last"])
        row = int(np.searchsorted(times, time, "right")) - 1
        return int(packets[max(row, 0)]) if len(packets) else None

    def sdu_at(self, time: int) -> tuple[int, bool] | None:
        """The index of the last SDU that had begun by a time, and whether the packet of that time is still one of its
        own; None before the first."""
        times = self.times if len(self.times) else self.frame_times
        packet, rows = self.packet_at(time), self._flows.sdus(self._flow)
        if packet is None or time < int(times[0]):
            return None
        index = int(np.searchsorted(rows["first_packet"], packet, "right")) - 1
        return None if index < 0 else (index, packet <= int(rows["last_packet"][index]))

    def sketch(self, width: int) -> tuple[Floats, Floats]:
        """For a small picture of `width` columns: the highest balance, and the share of time in stalls."""
        edges = _edges(*self.active, width)
        return self._high(edges), self.waits.stalls.share(edges)

    def columns(self, start: int, end: int, width: int) -> Columns:
        """Gathers the time from start to end (nanoseconds) into `width` columns."""
        edges = _edges(start, end, width)
        waits, kinds = self.waits, self.waits.rows["class"]
        return Columns(
            edges=edges,
            high=self._high(edges),
            mean=self._mean(edges),
            stalled=waits.stalls.share(edges),
            stall_touched=waits.stalls.touched(edges),
            certain=waits.where(kinds == CERTAIN).share(edges),
            likely=waits.where(kinds == LIKELY).share(edges),
            idle=waits.where(kinds >= IDLE).share(edges),
            begun=np.histogram(self.sdu.start, edges)[0],
            ended=np.histogram(self.sdu.end, edges)[0],
            sdu_share=self.sdu.share(edges),
            bytes=np.histogram(self.frame_times, edges, weights=self.frames["length"].astype(np.float64))[0],
        )

    def _high(self, edges: Times) -> Floats:
        """The highest balance in each column, which starts with what the one before left."""
        at = np.searchsorted(self.times, edges, "left")
        pairs = np.column_stack((at[:-1], at[1:] + 1)).ravel()
        return self._in_life(np.maximum.reduceat(self.levels, pairs)[::2].astype(np.float64), edges)

    def _mean(self, edges: Times) -> Floats:
        """The mean balance in each column."""
        at = np.searchsorted(self.times, edges, "left")
        since = np.concatenate(([self.start], self.times))[at]
        until = self._area[at] + self.levels[at] * np.maximum(0, edges - since).astype(np.float64)
        return self._in_life(np.maximum(0.0, np.diff(until) / np.maximum(1, np.diff(edges))), edges)

    @cached_property
    def _area(self) -> Floats:
        """The integral of the balance from `start` to each of times, in credit nanoseconds, after a 0."""
        lasted = np.diff(np.concatenate(([self.start], self.times))).astype(np.float64)
        return np.concatenate(([0.0], np.cumsum(self.levels[: len(self.times)] * lasted)))

    def _in_life(self, values: Floats, edges: Times) -> Floats:
        """Leaves out the columns before the channel opened and after it closed."""
        alive = np.clip(edges[1:], self.start, self.end) > np.clip(edges[:-1], self.start, self.end)
        return np.where(alive & self.credited, values, np.nan)


def _edges(start: int, end: int, width: int) -> Times:
    return np.linspace(start, max(end, start + width), width + 1).astype(np.int64)


def _clock(times: Times) -> Times:
    """Times in order: a capture's may run backwards by some milliseconds."""
    return np.maximum.accumulate(times) if len(times) else times


def _life(times: Times, channel: Channel, way: Direction) -> tuple[int, int]:
    """From the opening to the closing, or to the ends of the capture where these were not seen; a wait that lasts in a
    live capture goes on behind the last packet."""
    first = int(times[0]) if channel.opened_ns is None else channel.opened_ns
    last = int(times[-1]) if channel.closed_ns is None else channel.closed_ns
    if way.open_row is not None:
        last = max(last, way.open_row[END])
    return first, max(last, first + 1)


def _judged(rows: Rows, way: Direction) -> JudgedWaits:
    """Judges zero intervals as `l2scope.stalls` does, all at once."""
    if way.open_row is not None:
        rows = np.append(rows, np.array([way.open_row], rows.dtype))
    explained = rows["patience"].astype(np.int64) * 1000
    if way.waits.habit_ns is not None:
        explained = np.minimum(explained, 2 * way.waits.habit_ns)
    waited = (rows["class"] == CERTAIN) | (rows["class"] == LIKELY)
    stall = waited & (rows["end"] - rows["start"] > np.maximum(SHORTEST_STALL_NS, explained))
    return JudgedWaits(_in_order(rows["start"], rows["end"]), rows, stall)


def _in_order(start: Times, end: Times) -> Spans:
    """Stretches that neither run backwards nor overlap, even where the capture's clock does."""
    start = _clock(start.astype(np.int64))
    end = np.maximum(_clock(end.astype(np.int64)), start)
    end[:-1] = np.minimum(end[:-1], start[1:])
    return Spans(start, np.maximum(start, end))
