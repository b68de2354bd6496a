"""What was said on a channel or over a whole link, in order: commands, PDUs, credits, stalls, folded as one likes."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from l2scope.capture import Capture
from l2scope.channels import Channel
from l2scope.tables import Rows
from l2scope.tui.conversation_events import Kind, of_channel, of_link, place_of
from l2scope.tui.flows import Flows

Integers = NDArray[np.int64]


class Fold(IntEnum):
    """How much is one step."""

    CHAPTERS = 0
    """All data and all credits of a direction between two commands or stalls."""
    RUNS = 1
    """PDUs, or credits, of one direction that nothing interrupts."""
    SDUS = 2
    """Every SDU with all of its PDUs, every PDU that is part of none, and every indication."""
    NOTHING = 3
    """Every PDU and every indication."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line: packets first to last (equal for a single one), `count` PDUs in the `direction` in which they went (TX
    to the right). subject is the channel or, below 0, the fixed channel: -1 - CID. bytes are those of PDUs, amount the
    credits given, sdus the SDUs that ended, sdu the index of the first of them; duration_ns the length of a stall,
    whose direction is that of the data that waited. last is None for a stall that did not end."""

    kind: Kind
    direction: int
    subject: int
    first: int
    last: int | None
    time_ns: int
    count: int
    bytes: int = 0
    amount: int = 0
    sdus: int = 0
    sdu: int = 0
    duration_ns: int = 0

    @property
    def place(self) -> int:
        """Where it stands among all events: a stall stands behind the packet that began it."""
        return place_of(self.first, self.kind)


class Conversation:
    """The steps of a conversation. Events are rows, put together and folded by numpy: a step is made when it is
    asked."""

    def __init__(self, times: Integers, events: Rows, fold: Fold) -> None:
        self._times = times
        self._fold = fold
        events = events[np.argsort(events["place"], kind="stable")]
        self._events, self._starts = _folded(events, fold)
        self._ends = np.append(self._starts[1:], len(self._events))

    @classmethod
    def of_channel(cls, capture: Capture, flows: Flows, channel: Channel, fold: Fold) -> Self:
        """What was said about a channel and over it."""
        return cls(flows.times, of_channel(capture, flows, channel), fold)

    @classmethod
    def of_link(cls, capture: Capture, flows: Flows, link: int, channels: list[Channel], fold: Fold) -> Self:
        """What was said over a link: its events, all signalling, the fixed channels, and these channels of its own.
        Raises CaptureError where the file has changed meanwhile."""
        return cls(flows.times, of_link(capture, flows, link, channels), fold)

    def __len__(self) -> int:
        return len(self._starts)

    def step(self, row: int) -> Step:
        """A step by its row."""
        own = self._events[self._starts[row] : self._ends[row]]
        kind, first = Kind(int(own["kind"][0])), int(own["place"][0] // 2)
        last = int(own["last"][-1])
        return Step(
            kind=kind,
            direction=int(own["way"][0]),
            subject=int(own["subject"][0]),
            first=first,
            last=None if last < 0 else last,
            time_ns=int(self._times[first - 1]),
            count=len(own),
            bytes=int(own["bytes"].sum()),
            amount=int(own["amount"].sum()),
            sdus=int(own["sdu"].sum()),
            sdu=int(own["ordinal"][0]),
            duration_ns=int(own["duration"].sum()),
        )

    @property
    def by_sdus(self) -> bool:
        """A step of data is an SDU."""
        return self._fold is Fold.SDUS

    def row_of(self, place: int) -> int:
        """The row of the last step that had begun at a place."""
        begun = np.flatnonzero(self._events["place"][self._starts] <= place)
        return int(begun[-1]) if len(begun) else 0

    def stall_after(self, row: int, step: int) -> int | None:
        """The row of the next (step 1) or previous (-1) stall."""
        stalls = np.flatnonzero(self._events["kind"][self._starts] == Kind.STALL)
        found = stalls[stalls > row] if step > 0 else stalls[stalls < row]
        return int(found[0 if step > 0 else -1]) if len(found) else None


_SIDES: Final = 8


def _folded(events: Rows, fold: Fold) -> tuple[Rows, Integers]:
    """The events in the order in which they are shown, by the beginnings of their steps, and where each step begins."""
    if not len(events):
        return events, np.zeros(0, np.int64)
    groups = _groups(events, fold)
    _, firsts, members = np.unique(groups, return_index=True, return_inverse=True)
    begun = firsts[members]
    order = np.argsort(begun, kind="stable")
    begun = begun[order]
    return events[order], np.flatnonzero(np.concatenate(([True], begun[1:] != begun[:-1])))


def _groups(events: Rows, fold: Fold) -> Integers:
    """A number for each event; those of one step have the same."""
    single = np.arange(len(events))
    if fold is Fold.NOTHING:
        return single
    if fold is Fold.SDUS:
        flows = (events["subject"].astype(np.int64) * 2 + events["way"]) * len(events) + events["ordinal"]
        return np.where((events["kind"] == Kind.DATA) & (events["ordinal"] >= 0), -1 - _dense(flows), single)
    alone = (events["kind"] == Kind.COMMAND) | (events["kind"] == Kind.STALL)
    sort = _dense(events["subject"].astype(np.int64) * _SIDES + events["kind"] * 2 + events["way"])
    after = np.concatenate(([False], alone[:-1]))
    if fold is Fold.RUNS:
        new = np.concatenate(([True], np.diff(sort) != 0)) | alone | after
        return np.cumsum(new)
    return np.cumsum(alone | after) * (int(sort.max()) + 1) + sort


def _dense(values: Integers) -> Integers:
    """The same partition in small numbers from 0."""
    return np.unique(values, return_inverse=True)[1].reshape(-1)
