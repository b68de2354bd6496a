"""The ledger of a channel's direction as SVG: the balance over time, stalls shaded, throughput below.

All lanes share the time axis, in seconds from the beginning of the capture, so that the page can zoom them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from l2scope.capture import Capture
from l2scope.channels import Direction
from l2scope.engine.words import SDU_COMPLETE
from l2scope.stalls import DIRECTIONS

# A step for each of so many slices of time: more than a screen has columns, so that zooming in shows more.
SLICES: Final = 4000
BARS: Final = 200
NANOSECONDS: Final = 1_000_000_000
SHORTEST_SPAN: Final = 1e-6

Times = npt.NDArray[np.int64]
Numbers = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Shade:
    """A stall, from start to end in seconds; its packets, and how long it lasted in ns."""

    start: float
    end: float
    first_packet: int
    last_packet: int | None
    duration_ns: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Paths in units of seconds and of credits (or kB/s), with y upwards from 0 to the largest value."""

    start: float
    end: float
    balance: str
    most_credits: int
    throughput: str
    most_rate: float
    shades: list[Shade]


def chart_of(capture: Capture, direction: Direction) -> Chart | None:
    """None where the direction has no ledger."""
    tables = capture.tables
    flow = 2 * direction.channel + DIRECTIONS.index(direction.name)
    rows = tables.credits[tables.credits["flow"] == flow]
    if not len(rows):
        return None
    packets = tables.packets
    origin = int(packets["time"][0])
    times = packets["time"][rows["packet"] - capture.first_number] - origin
    moments, levels = _thinned(times, rows["balance"])
    stalls = direction.stalls()
    ends = [times[0], times[-1], *(stall.end_ns - origin for stall in stalls)]
    start, end = min(ends) / NANOSECONDS, max(ends) / NANOSECONDS
    throughput, most_rate = _throughput(capture, direction, origin, start, max(end, start + SHORTEST_SPAN))
    return Chart(
        start=start,
        end=max(end, start + SHORTEST_SPAN),
        balance=_steps(moments / NANOSECONDS, levels, end),
        most_credits=max(1, int(levels.max())),
        throughput=throughput,
        most_rate=most_rate,
        shades=[
            Shade(
                (stall.start_ns - origin) / NANOSECONDS,
                (stall.end_ns - origin) / NANOSECONDS,
                stall.start_packet,
                stall.end_packet,
                stall.duration_ns,
            )
            for stall in stalls
        ],
    )


def _thinned(times: Times, levels: Numbers) -> tuple[Times, Numbers]:
    """Of each slice of time with many changes the lowest, the highest and the last: what a line would show."""
    if len(times) <= SLICES:
        return times, levels
    edges = np.linspace(times[0], times[-1], SLICES + 1)
    slices = np.clip(np.searchsorted(edges, times, "right") - 1, 0, SLICES - 1)
    starts = np.flatnonzero(np.diff(slices, prepend=-1))
    stops = np.append(starts[1:], len(times))
    kept: set[int] = set()
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        piece = levels[start:stop]
        kept |= {start + int(piece.argmin()), start + int(piece.argmax()), stop - 1}
    order = np.array(sorted(kept))
    return times[order], levels[order]


def _steps(moments: npt.NDArray[np.float64], levels: Numbers, end: float) -> str:
    """A balance holds until it changes."""
    parts = [f"M{moments[0]:.6f} 0V{max(0, int(levels[0]))}"]
    parts += [f"H{moment:.6f}V{max(0, level)}" for moment, level in zip(moments[1:], levels[1:].tolist(), strict=True)]
    return "".join(parts) + f"H{end:.6f}V0Z"


def _throughput(capture: Capture, direction: Direction, origin: int, start: float, end: float) -> tuple[str, float]:
    """Bars of whole SDUs' bytes a second, each counted where it ended; the largest, in kB/s."""
    sdus = capture.tables.sdus
    own = sdus[
        (sdus["channel"] == direction.channel)
        & (sdus["direction"] == DIRECTIONS.index(direction.name))
        & (sdus["state"] == SDU_COMPLETE)
    ]
    ended = (capture.tables.packets["time"][own["last_packet"] - capture.first_number] - origin) / NANOSECONDS
    sums, edges = np.histogram(ended, bins=BARS, range=(start, end), weights=own["length"].astype(float))
    rates = sums / ((end - start) / BARS) / 1000
    path = "".join(
        f"M{edges[bar]:.6f} 0V{rates[bar]:.3f}H{edges[bar + 1]:.6f}V0Z" for bar in np.flatnonzero(rates).tolist()
    )
    return path, max(1e-3, float(rates.max()))
