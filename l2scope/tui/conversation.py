"""What was said on a channel, in order: commands, K-frames, credits and stalls, folded as far as one likes."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from l2scope.capture import Capture
from l2scope.channels import Channel
from l2scope.engine.words import RX, TX
from l2scope.tui.flows import Flows
from l2scope.tui.ledger import Ledger

Integers = NDArray[np.int64]


class Kind(IntEnum):
    """What a step of a conversation is."""

    COMMAND = 0
    DATA = 1
    CREDITS = 2
    STALL = 3


class Fold(IntEnum):
    """How much is one step."""

    CHAPTERS = 0
    """All data and all credits of a direction between two commands or stalls."""
    RUNS = 1
    """K-frames, or credits, of one direction that nothing interrupts."""
    NOTHING = 2
    """Every K-frame and every indication."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line: packets first to last (equal for a single one), `count` PDUs in the `direction` in which they went (TX
    to the right). bytes are those of K-frames, amount the credits given, sdus the SDUs that ended; duration_ns the
    length of a stall, whose direction is that of the data that waited. last is None for a stall that did not end."""

    kind: Kind
    direction: int
    first: int
    last: int | None
    time_ns: int
    count: int
    bytes: int = 0
    amount: int = 0
    sdus: int = 0
    duration_ns: int = 0

    @property
    def place(self) -> int:
        """Where it stands among all events: a stall stands behind the packet that began it."""
        return _place(self.first, self.kind)


def _place(packet: int, kind: Kind) -> int:
    return 2 * packet + (kind is Kind.STALL)


# Columns of the events.
_PLACE, _KIND, _WAY, _BYTES, _AMOUNT, _SDU, _DURATION, _LAST = range(8)
_COLUMNS: Final = 8


class Conversation:
    """The steps of a channel. Events are columns, put together and folded by numpy: a step is made when it is asked."""

    def __init__(self, capture: Capture, flows: Flows, channel: Channel, fold: Fold) -> None:
        self.channel = channel
        self._times = flows.times
        parts = [_commands(capture, channel)]
        for direction in (TX, RX):
            parts += [_data(flows, channel, direction), _credits(flows, channel, direction)]
            parts.append(_stalls(flows, channel, direction))
        events = np.concatenate(parts)
        events = events[np.argsort(events[:, _PLACE], kind="stable")]
        self._events, self._starts = _folded(events, fold)
        self._ends = np.append(self._starts[1:], len(self._events))

    def __len__(self) -> int:
        return len(self._starts)

    def step(self, row: int) -> Step:
        """A step by its row."""
        own = self._events[self._starts[row] : self._ends[row]]
        kind, first = Kind(int(own[0, _KIND])), int(own[0, _PLACE] // 2)
        last = int(own[-1, _LAST])
        return Step(
            kind=kind,
            direction=int(own[0, _WAY]),
            first=first,
            last=None if last < 0 else last,
            time_ns=int(self._times[first - 1]),
            count=len(own),
            bytes=int(own[:, _BYTES].sum()),
            amount=int(own[:, _AMOUNT].sum()),
            sdus=int(own[:, _SDU].sum()),
            duration_ns=int(own[:, _DURATION].sum()),
        )

    def row_of(self, place: int) -> int:
        """The row of the last step that had begun at a place."""
        begun = np.flatnonzero(self._events[self._starts, _PLACE] <= place)
        return int(begun[-1]) if len(begun) else 0

    def stall_after(self, row: int, step: int) -> int | None:
        """The row of the next (step 1) or previous (-1) stall."""
        stalls = np.flatnonzero(self._events[self._starts, _KIND] == Kind.STALL)
        found = stalls[stalls > row] if step > 0 else stalls[stalls < row]
        return int(found[0 if step > 0 else -1]) if len(found) else None


def _events(packets: Integers, kind: Kind, direction: int) -> Integers:
    """Events of one kind; a stall stands behind the packet that began it."""
    events = np.zeros((len(packets), _COLUMNS), np.int64)
    events[:, _PLACE] = 2 * packets + (kind is Kind.STALL)
    events[:, _KIND], events[:, _WAY] = kind, direction
    events[:, _LAST] = packets
    return events


def _commands(capture: Capture, channel: Channel) -> Integers:
    """What opened, reconfigured and closed the channel, responses with their requests."""
    answers = [channel.opened, channel.closed, *(change["packet"] for change in channel.reconfigured)]
    packets = np.array(sorted({packet for packet in answers if isinstance(packet, int)}), np.int64)
    signals = capture.tables.signals
    requests = signals["request"][np.isin(signals["packet"], packets)]
    asked = signals["packet"][requests[requests >= 0]].astype(np.int64)
    every = np.union1d(packets, asked)
    every = every[every <= capture.count]
    found = _events(every, Kind.COMMAND, TX)
    found[:, _WAY] = capture.tables.packets["direction"][every - capture.first_number] & 1
    return found


def _data(flows: Flows, channel: Channel, direction: int) -> Integers:
    rows = flows.pdus(2 * channel.id + direction)
    found = _events(rows["last"].astype(np.int64), Kind.DATA, direction)
    found[:, _BYTES] = rows["length"]
    found[:, _SDU] = np.isin(rows["last"], flows.sdus(2 * channel.id + direction)["last_packet"])
    return found


def _credits(flows: Flows, channel: Channel, direction: int) -> Integers:
    """The credits of a direction go against its data."""
    rows = flows.credits(2 * channel.id + direction)
    rows = rows[rows["change"] > 0]
    found = _events(rows["packet"].astype(np.int64), Kind.CREDITS, 1 - direction)
    found[:, _AMOUNT] = rows["change"]
    return found


def _stalls(flows: Flows, channel: Channel, direction: int) -> Integers:
    waits = Ledger(flows, channel, "tx" if direction == TX else "rx").waits
    rows = waits.rows[waits.stall]
    found = _events(rows["first"].astype(np.int64), Kind.STALL, direction)
    found[:, _DURATION] = rows["end"] - rows["start"]
    found[:, _LAST] = rows["last"]
    return found


def _folded(events: Integers, fold: Fold) -> tuple[Integers, Integers]:
    """The events in the order in which they are shown, and where in them each step begins."""
    if not len(events):
        return events, np.zeros(0, np.int64)
    alone = (events[:, _KIND] == Kind.COMMAND) | (events[:, _KIND] == Kind.STALL)
    sort = 2 * events[:, _KIND] + events[:, _WAY]
    if fold is Fold.CHAPTERS:
        chapter = np.cumsum(alone | np.concatenate(([False], alone[:-1])))
        order = np.lexsort((sort, chapter))
        events, alone, sort, chapter = events[order], alone[order], sort[order], chapter[order]
        new = (np.diff(chapter) != 0) | (np.diff(sort) != 0)
    elif fold is Fold.RUNS:
        new = (np.diff(sort) != 0) | alone[1:] | alone[:-1]
    else:
        new = np.ones(len(events) - 1, np.bool_)
    starts = np.flatnonzero(np.concatenate(([True], new)))
    if fold is Fold.CHAPTERS:
        events, starts = _by_beginning(events, starts)
    return events, starts


def _by_beginning(events: Integers, starts: Integers) -> tuple[Integers, Integers]:
    """The steps in order of their first packets."""
    sizes = np.diff(np.append(starts, len(events)))
    order = np.argsort(events[starts, _PLACE], kind="stable")
    moved = np.concatenate([np.arange(starts[step], starts[step] + sizes[step]) for step in order])
    return events[moved], np.concatenate(([0], np.cumsum(sizes[order])[:-1]))
