"""PDUs that are in the captures of both ends of a link: when each left one host and arrived at the other."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from l2scope.analysis.alignment import align
from l2scope.analysis.streams import Stream
from l2scope.capture import Capture

Integers = npt.NDArray[np.int64]

PERCENTILE: Final = 99


@dataclass(frozen=True, slots=True)
class Crossings:
    """PDUs of one direction of a link that both ends have, in order: which of the sender's and of the receiver's stream
    they are, their rows and completing packets at either end, and times in ns of the clocks at either end.

    span counts the PDUs from the first to the last of them, of the end that has fewer there.
    """

    sender: Stream
    receiver: Stream
    left: Integers
    arrived: Integers

    def __len__(self) -> int:
        return len(self.left)

    @property
    def sent_rows(self) -> Integers:
        return self.sender.rows[self.left]

    @property
    def received_rows(self) -> Integers:
        return self.receiver.rows[self.arrived]

    @property
    def sent_packets(self) -> Integers:
        return self.sender.packets[self.left]

    @property
    def received_packets(self) -> Integers:
        return self.receiver.packets[self.arrived]

    @property
    def sent_times(self) -> Integers:
        return self.sender.times[self.left]

    @property
    def received_times(self) -> Integers:
        return self.receiver.times[self.arrived]

    @property
    def tails(self) -> Integers:
        """How many bytes were still to go at the time when each was sent."""
        return self.sender.tails[self.left]

    @property
    def span(self) -> int:
        if not len(self.left):
            return 0
        return 1 + int(min(self.left[-1] - self.left[0], self.arrived[-1] - self.arrived[0]))


def crossings(sender: Stream, receiver: Stream, same_start: bool, same_end: bool) -> Crossings:
    """Matches what one end sent with what the other received, by content and order."""
    pairs = align(sender.contents, receiver.contents, same_start, same_end)
    places = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Crossings(sender, receiver, places[:, 0], places[:, 1])


@dataclass(frozen=True, slots=True)
class Delays:
    """One-way delays in ns of what both ends have: count of them, of sent and received ones at either end. Median and
    99th percentile by nearest rank; None where there is nothing to measure."""

    count: int
    sent: int
    received: int
    min_ns: int | None
    median_ns: int | None
    p99_ns: int | None
    max_ns: int | None

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def delays_of(delays: Integers, sent: int, received: int) -> Delays:
    ordered = np.sort(delays).tolist()
    if not ordered:
        return Delays(0, sent, received, None, None, None, None)
    return Delays(
        count=len(ordered),
        sent=sent,
        received=received,
        min_ns=ordered[0],
        median_ns=_nearest_rank(ordered, 50),
        p99_ns=_nearest_rank(ordered, PERCENTILE),
        max_ns=ordered[-1],
    )


def _nearest_rank(ordered: list[int], percent: int) -> int:
    return ordered[-(-len(ordered) * percent // 100) - 1]


def channel_pairs(sender: Capture, receiver: Capture, found: Crossings) -> Counter[tuple[int, int]]:
    """How many PDUs belong to each pair of a channel at the sender and a channel at the receiver."""
    sent = sender.tables.pdus["channel"][found.sent_rows]
    received = receiver.tables.pdus["channel"][found.received_rows]
    both = (sent >= 0) & (received >= 0)
    return Counter(zip(sent[both].tolist(), received[both].tolist(), strict=True))


def grant_packets(capture: Capture, channel: int, direction: int) -> Integers:
    """The packets whose credits let a direction of a channel go on, in order."""
    credits = capture.tables.credits
    rows = credits[(credits["flow"] == 2 * channel + direction) & (credits["change"] > 0)]
    packets: Integers = rows["packet"].astype(np.int64)
    return packets
