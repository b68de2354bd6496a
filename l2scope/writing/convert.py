"""Writes a capture, or a piece of it, to a file of another format."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import numpy as np
import numpy.typing as npt

from l2scope.capture import Capture
from l2scope.engine.words import NEW_INDEX, OTHER
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

Counts = npt.NDArray[np.int64]


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


def convert(capture: Capture, path: Path, to: str, piece: Mask | None = None, within: Mask | None = None) -> Written:
    """Writes the packets of a piece, or all, to a file in the format `to`, one of FORMATS.

    within cuts the piece further, and what is missing between its first and its last packet then counts as lost: it
    belongs to the piece, and no ledger is exact without it. Raises CaptureError where the file cannot be written, where
    it is the capture itself, or where nothing would be in it.
    """
    if path.exists() and capture.path.exists() and path.samefile(capture.path):
        raise CaptureError(f"{path}: is the capture itself; name another file to write to")
    about = np.ones(capture.count, dtype=bool) if piece is None else piece
    chosen = about if within is None else about & within
    foreign = _is_foreign(capture)
    numbers = np.flatnonzero(chosen & ~foreign) + capture.first_number
    if not len(numbers):
        raise CaptureError(f"{path}: is not written, since no packet was chosen")
    losses = _losses(capture, numbers, about & ~chosen)
    monitor = _needs_monitor(capture, numbers, to)
    with replacing(path) as file:
        writer = _writer(file, to, monitor, int(capture.tables.packets["adapter"][numbers - 1].max()) + 1)
        for record in _records(capture, numbers, losses):
            writer.write(record)
        told = writer.finish(losses.lost_behind, losses.gap_behind)
    return Written(len(numbers), int(np.count_nonzero(chosen & foreign)), told)


def _writer(file: IO[bytes], to: str, monitor: bool, adapters: int) -> BtsnoopWriter | PcapngWriter:
    return BtsnoopWriter(file, monitor) if to == "btsnoop" else PcapngWriter(file, monitor, adapters)


def _is_foreign(capture: Capture) -> Mask:
    """Packets of other networks that stand in a pcapng between those of Bluetooth."""
    packets = capture.tables.packets
    mask: Mask = (packets["kind"] == OTHER) & (packets["adapter"] == NO_ADAPTER)
    return mask


def _needs_monitor(capture: Capture, numbers: Counts, to: str) -> bool:
    """Records in the form of the Linux monitor hold these packets, and HCI H4 does not: they came so, they are none of
    HCI, or of several adapters, which in btsnoop only the monitor's records name."""
    packets = capture.tables.packets[numbers - capture.first_number]
    adapters = np.unique(packets["adapter"]).tolist()
    most = 0 if to == "btsnoop" else IN_BLOCK - 1
    came_so = any(capture.mark_width(adapter) == MONITOR_MARK_WIDTH for adapter in adapters)
    return came_so or bool((packets["kind"] >= NEW_INDEX).any()) or adapters[-1] > most


@dataclass(frozen=True, slots=True)
class _Losses:
    """lost and gaps have an element for each packet to be written: what is missing right before it."""

    lost: Counts
    gaps: Mask
    lost_behind: int
    gap_behind: bool


def _losses(capture: Capture, numbers: Counts, holes: Mask) -> _Losses:
    """What the capture says is missing is missing before the next packet that is written; so are the holes, but those
    before the first packet and behind the last."""
    rows = capture.tables.losses
    first, last = int(numbers[0]), int(numbers[-1])
    lost = np.zeros(len(numbers), dtype=np.int64)
    gaps = np.zeros(len(numbers), dtype=bool)
    inside = rows[rows["packet"] <= last]
    places = np.searchsorted(numbers, inside["packet"])
    np.add.at(lost, places, inside["count"])
    gaps[places[inside["count"] == 0]] = True
    missing = np.flatnonzero(holes) + capture.first_number
    missing = missing[(missing > first) & (missing < last)]
    np.add.at(lost, np.searchsorted(numbers, missing), 1)
    behind = rows["count"][rows["packet"] == last + 1]
    return _Losses(lost, gaps, int(behind.sum()), bool((behind == 0).any()))


def _records(capture: Capture, numbers: Counts, losses: _Losses) -> Iterator[Record]:
    """The packets as they are to be written."""
    for start in range(0, len(numbers), SLICE):
        chosen = slice(start, start + SLICE)
        rows = capture.tables.packets[numbers[chosen] - capture.first_number]
        columns = [rows[name].tolist() for name in ("time", "direction", "kind", "adapter", "original")]
        lacks = losses.lost[chosen].tolist(), losses.gaps[chosen].tolist()
        for number, time, direction, kind, adapter, original, data, lost, gap in zip(
            numbers[chosen].tolist(), *columns, capture.raws(numbers[chosen]), *lacks, strict=True
        ):
            mark = capture.mark(number) if kind == OTHER else 0
            yield Record(time, direction, kind, adapter, data, original, mark, lost, gap, capture.comments(number))
