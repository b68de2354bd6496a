"""How long answers took, kind by kind: ATT responses, HCI commands, L2CAP signalling, and waits for credits.

Durations are columns beside the packets that begin them, so that a capture of millions of packets takes moments.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from l2scope.capture import Capture
from l2scope.engine.words import CERTAIN, COMMAND, EVENT, LIKELY, ZERO_NOT_READY, ZERO_WINDOW
from l2scope.names import att, l2cap
from l2scope.names.hci import command_name
from l2scope.tables import Rows

Integers = npt.NDArray[np.int64]

ATT: Final = "ATT"
HCI: Final = "HCI command"
SIGNALLING: Final = "L2CAP signalling"
WAITS: Final = "flow control"

# Bounds of the buckets: 1, 2 and 5 times each power of ten, in nanoseconds, from a microsecond to 100 seconds.
BOUNDS: Final = (*(factor * 10**power for power in range(3, 11) for factor in (1, 2, 5)), 10**11)
COMMAND_COMPLETE: Final = 0x0E
COMMAND_STATUS: Final = 0x0F
"""Vol 4 Part E 7.7.14 and 7.7.15: where the Command_Opcode stands in each."""
OPCODE_AT: Final = {COMMAND_COMPLETE: 3, COMMAND_STATUS: 4}
PIECE: Final = 1 << 17


@dataclass(frozen=True)
class Delays:
    """All durations of one kind (ns), with the packets that begin them, in the order of those."""

    family: str
    name: str
    durations: Integers
    packets: Integers

    def percentile(self, percent: int) -> int:
        """By nearest rank: the smallest duration that so many percent do not exceed."""
        ordered = np.sort(self.durations)
        return int(ordered[-(-len(ordered) * percent // 100) - 1])

    @property
    def slowest_packet(self) -> int:
        """The packet that begins the longest."""
        return int(self.packets[self.durations.argmax()])

    @property
    def buckets(self) -> Integers:
        """How many there are below the first bound, between each two, and from the last one on."""
        return np.bincount(np.searchsorted(BOUNDS, self.durations, "right"), minlength=len(BOUNDS) + 1)

    def first_in(self, bucket: int) -> int | None:
        """The packet that begins the first one in a bucket."""
        found = np.flatnonzero(np.searchsorted(BOUNDS, self.durations, "right") == bucket)
        return int(self.packets[found[0]]) if len(found) else None


def delays(capture: Capture) -> list[Delays]:
    """What was waited for in a capture, family by family, the most frequent kind first. Raises CaptureError where the
    file has changed meanwhile."""
    count = len(capture.tables.packets)
    found = [*_att(capture, count), *_commands(capture, count), *_signalling(capture, count), *_waits(capture)]
    order = (ATT, HCI, SIGNALLING, WAITS)
    return sorted(found, key=lambda kind: (order.index(kind.family), -len(kind.durations)))


def _att(capture: Capture, count: int) -> Iterator[Delays]:
    rows = capture.tables.att
    yield from _answered(capture, rows[rows["packet"] <= count], "opcode", ATT)


def _signalling(capture: Capture, count: int) -> Iterator[Delays]:
    rows = capture.tables.signals
    yield from _answered(capture, rows[rows["packet"] <= count], "code", SIGNALLING)


def _answered(capture: Capture, rows: Rows, column: str, family: str) -> Iterator[Delays]:
    """From each request to the row that answers it, by what was asked."""
    names = att.opcode_name if family == ATT else l2cap.code_name
    answers = np.flatnonzero((rows["request"] >= 0) & (rows["request"] < len(rows)))
    requests = rows["request"][answers]
    asked = rows["packet"][requests].astype(np.int64)
    lasted = _between(capture, asked, rows["packet"][answers].astype(np.int64))
    yield from _by_kind(family, rows[column][requests].astype(np.int64), lasted, asked, names)


def _between(capture: Capture, first: Integers, last: Integers) -> Integers:
    """The time between packets; a clock that ran back counts as no time."""
    times = capture.tables.packets["time"]
    lasted: Integers = np.maximum(0, times[last - capture.first_number] - times[first - capture.first_number])
    return lasted


def _by_kind(
    family: str, kinds: Integers, lasted: Integers, packets: Integers, name: Callable[[int], str]
) -> Iterator[Delays]:
    if not len(kinds):
        return
    order = np.argsort(kinds, kind="stable")
    found, starts = np.unique(kinds[order], return_index=True)
    for kind, own in zip(found.tolist(), np.split(order, starts[1:]), strict=True):
        yield Delays(family, name(kind), lasted[own], packets[own])


def _commands(capture: Capture, count: int) -> Iterator[Delays]:
    """From a command to the Command Complete or Command Status that answers it (Vol 4 Part E 4.4): the next one of its
    opcode on its adapter, unless the command was sent again before."""
    packets = capture.tables.packets[:count]
    asked = _numbers(packets, COMMAND, 2)
    told, at = _answers(capture, packets)
    numbers = np.concatenate((asked, told))
    opcodes = np.concatenate(
        (_opcodes(capture, packets, asked, np.zeros_like(asked)), _opcodes(capture, packets, told, at))
    )
    keys = opcodes | packets["adapter"][numbers - 1].astype(np.int64) << 16
    order = np.lexsort((numbers, keys))
    is_answer = (np.arange(len(numbers)) >= len(asked))[order]
    pairs = np.flatnonzero((keys[order][1:] == keys[order][:-1]) & ~is_answer[:-1] & is_answer[1:])
    first, last = numbers[order[pairs]], numbers[order[pairs + 1]]
    by_packet = np.argsort(first, kind="stable")
    first, last, kinds = first[by_packet], last[by_packet], opcodes[order[pairs]][by_packet]
    yield from _by_kind(HCI, kinds, _between(capture, first, last), first, command_name)


def _numbers(packets: Rows, kind: int, shortest: int) -> Integers:
    """The numbers of the packets of a kind that are long enough, found a piece at a time."""
    pieces = [
        np.flatnonzero((rows["kind"] == kind) & (rows["length"] >= shortest)) + at
        for at, rows in ((at, packets[at : at + PIECE]) for at in range(0, len(packets), PIECE))
    ]
    return np.concatenate([np.zeros(0, np.int64), *pieces]) + 1


def _answers(capture: Capture, packets: Rows) -> tuple[Integers, Integers]:
    """The events that answer commands, and where in each of them the opcode stands."""
    events = _numbers(packets, EVENT, 1)
    codes = _bytes(capture, packets, events, np.zeros_like(events))
    numbers = [np.zeros(0, np.int64)]
    places = [np.zeros(0, np.int64)]
    for code, place in OPCODE_AT.items():
        own = events[codes == code]
        own = own[packets["length"][own - 1] >= place + 2]
        numbers.append(own)
        places.append(np.full(len(own), place, np.int64))
    return np.concatenate(numbers), np.concatenate(places)


def _opcodes(capture: Capture, packets: Rows, numbers: Integers, at: Integers) -> Integers:
    return _bytes(capture, packets, numbers, at) | _bytes(capture, packets, numbers, at + 1) << 8


def _bytes(capture: Capture, packets: Rows, numbers: Integers, at: Integers) -> Integers:
    """One byte of each of these packets, read a piece at a time."""
    pieces = [
        capture.bytes_at(packets["offset"][numbers[piece : piece + PIECE] - 1] + at[piece : piece + PIECE])
        for piece in range(0, len(numbers), PIECE)
    ]
    return np.concatenate([np.zeros(0, np.uint8), *pieces]).astype(np.int64)


def _waits(capture: Capture) -> Iterator[Delays]:
    """The times at zero in which something waited, by what it waited for."""
    rows = capture.tables.zeros
    waited = (rows["class"] == CERTAIN) | (rows["class"] == LIKELY)
    window, not_ready = (rows["flags"] & ZERO_WINDOW) > 0, (rows["flags"] & ZERO_NOT_READY) > 0
    for name, mask in (
        ("waits for credits, certain", ~window & (rows["class"] == CERTAIN)),
        ("waits for credits, likely", ~window & (rows["class"] == LIKELY)),
        ("waits for the transmit window", window & ~not_ready & waited),
        ("waits for a ready receiver", window & not_ready & waited),
    ):
        own = rows[mask]
        if len(own):
            yield Delays(WAITS, name, np.maximum(0, own["end"] - own["start"]), own["first"].astype(np.int64))
