"""Writes a capture, or a piece of it, to a file of another format."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import numpy as np
import numpy.typing as npt

from l2scope.capture import Capture
from l2scope.engine.words import NEW_INDEX, OTHER
from l2scope.sources.containers.origin import is_origin
from l2scope.sources.errors import CaptureError
from l2scope.sources.hci_records import IN_BLOCK, NO_ADAPTER
from l2scope.writing.btsnoop import BtsnoopWriter
from l2scope.writing.pcapng import PcapngWriter
from l2scope.writing.records import Record
from l2scope.writing.replacing import replacing
from l2scope.writing.selection import Mask

FORMATS: Final = {"btsnoop": (".btsnoop", ".snoop", ".log"), "pcapng": (".pcapng",)}

# So many packets are in memory as Python objects at a time.
SLICE: Final = 16_384
MONITOR_MARK_WIDTH: Final = 2

Numbers = npt.NDArray[np.int64]


def _unchanged(_number: int, data: bytes) -> bytes:
    return data


@dataclass(frozen=True, slots=True)
class Edits:
    """What is written otherwise than it was read: comments are added, by numbers of packets, to those of the capture,
    if these are kept; rewrite gives the bytes of a packet, as many as it gets.
    """

    comments: Mapping[int, Sequence[str]] = field(default_factory=dict)
    keep_comments: bool = True
    rewrite: Callable[[int, bytes], bytes] = _unchanged


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a capture: packets that were written; packets of the piece that are no Bluetooth packets and were
    left out; whether losses behind the last packet are told, which btsnoop has no place for."""

    packets: int
    left_out: int
    losses_told: bool


def format_of(path: Path) -> str | None:
    """The format that a file's name asks for, None where it asks for none."""
    return next((name for name, endings in FORMATS.items() if path.suffix.lower() in endings), None)


def convert(
    capture: Capture,
    path: Path,
    to: str,
    piece: Mask | None = None,
    within: Mask | None = None,
    edits: Edits | None = None,
) -> Written:
    """Writes the packets of a piece, or all, to a file in the format `to`, one of FORMATS.

    within cuts the piece further, and what is missing between its first and its last packet then counts as lost: it
    belongs to the piece, and no ledger is exact without it. edits say what is written otherwise than it was read.
    Raises CaptureError where the file cannot be written, where it is the capture itself, or where nothing would be in
    it.
    """
    if is_origin(path, capture.path):
        raise CaptureError(f"{path}: is the capture itself; name another file to write to")
    about = np.ones(capture.count, dtype=bool) if piece is None else piece
    foreign = is_foreign(capture)[: len(about)]
    asked = about if within is None else about & within
    chosen = asked & ~foreign
    if not chosen.any():
        raise CaptureError(f"{path}: is not written, since no packet was chosen")
    losses = _losses(capture, chosen, about & ~asked)
    adapters = np.unique(capture.tables.packets["adapter"][: len(chosen)][chosen]).tolist()
    monitor = _needs_monitor(capture, chosen, adapters, to)
    with replacing(path) as file:
        writer = _writer(file, to, monitor, adapters[-1] + 1)
        for record in _records(capture, chosen, losses, edits or Edits()):
            writer.write(record)
        told = writer.finish(losses.lost_behind, losses.gap_behind)
    return Written(int(np.count_nonzero(chosen)), int(np.count_nonzero(asked & foreign)), told)


def _writer(file: IO[bytes], to: str, monitor: bool, adapters: int) -> BtsnoopWriter | PcapngWriter:
    return BtsnoopWriter(file, monitor) if to == "btsnoop" else PcapngWriter(file, monitor, adapters)


def is_foreign(capture: Capture) -> Mask:
    """Packets of other networks that stand in a pcapng between those of Bluetooth."""
    packets = capture.tables.packets
    mask: Mask = (packets["kind"] == OTHER) & (packets["adapter"] == NO_ADAPTER)
    return mask


def _needs_monitor(capture: Capture, chosen: Mask, adapters: list[int], to: str) -> bool:
    """Records in the form of the Linux monitor hold these packets, and HCI H4 does not: they came so, they are none of
    HCI, or of several adapters, which in btsnoop only the monitor's records name."""
    most = 0 if to == "btsnoop" else IN_BLOCK - 1
    came_so = any(capture.mark_width(adapter) == MONITOR_MARK_WIDTH for adapter in adapters)
    kinds = capture.tables.packets["kind"][: len(chosen)][chosen]
    return came_so or adapters[-1] > most or bool((kinds >= NEW_INDEX).any())


@dataclass(frozen=True, slots=True)
class _Losses:
    """What is missing right before packets, by their numbers: how many, and where nobody knows how many."""

    lost: Counter[int]
    gaps: set[int]
    lost_behind: int
    gap_behind: bool


def _losses(capture: Capture, chosen: Mask, holes: Mask) -> _Losses:
    """What the capture says is missing is missing before the next packet that is written; so are the holes, but those
    before the first packet and behind the last."""
    rows = capture.tables.losses
    first = int(chosen.argmax()) + capture.first_number
    last = len(chosen) - int(chosen[::-1].argmax()) - 1 + capture.first_number
    told = rows[rows["packet"] <= last]
    missing = np.flatnonzero(holes) + capture.first_number
    missing = missing[(missing > first) & (missing < last)]
    lost: Counter[int] = Counter()
    for number, count in zip(_next(capture, chosen, told["packet"]), told["count"].tolist(), strict=True):
        lost[number] += count
    lost.update(_next(capture, chosen, missing))
    gaps = set(_next(capture, chosen, told["packet"][told["count"] == 0]))
    behind = rows["count"][rows["packet"] == last + 1]
    return _Losses(lost, gaps, int(behind.sum()), bool((behind == 0).any()))


def _next(capture: Capture, chosen: Mask, numbers: Numbers) -> list[int]:
    """For each number the first from it on that is written; there must be one."""
    if not len(numbers):
        return []
    written = np.flatnonzero(chosen) + capture.first_number
    found: list[int] = written[np.searchsorted(written, numbers)].tolist()
    return found


def _records(capture: Capture, chosen: Mask, losses: _Losses, edits: Edits) -> Iterator[Record]:
    """The packets as they are to be written."""
    for start in range(0, len(chosen), SLICE):
        numbers = np.flatnonzero(chosen[start : start + SLICE]) + start + capture.first_number
        rows = capture.tables.packets[numbers - capture.first_number]
        columns = [rows[name].tolist() for name in ("time", "direction", "kind", "adapter", "original")]
        for number, time, direction, kind, adapter, original, data in zip(
            numbers.tolist(), *columns, capture.raws(numbers), strict=True
        ):
            mark = capture.mark(number) if kind == OTHER else 0
            data = edits.rewrite(number, data)  # noqa: PLW2901 - the same packet in other words
            lost, gap = losses.lost.get(number, 0), number in losses.gaps
            notes = [*(capture.comments(number) if edits.keep_comments else ()), *edits.comments.get(number, ())]
            yield Record(time, direction, kind, adapter, data, original, mark, lost, gap, notes)
