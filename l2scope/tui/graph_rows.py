"""The picture of a credit ledger as characters: the balance above its lanes, the other direction's below them.

Everything here is characters and tones for given columns; the widget adds the cursor and the window of time.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l2scope.engine.words import CERTAIN
from l2scope.stalls import CLASSES, NO_CREDITS, NOT_READY, WINDOW_FULL, cause_of
from l2scope.tui.blocks import UPWARD
from l2scope.tui.figures import count, counted, duration
from l2scope.tui.graph_lanes import BLANK, Glyph, Lane, Row, axis, mark_lane, rate_lane, sdu_lane, zero_lane
from l2scope.tui.ledger import Columns, Ledger
from l2scope.tui.theme import Tone

MARGIN = 13
SHORTEST_LABEL = 10
HANGING = " ▔▔▀▀▀▀██"
"""Eighths from the top of a character, as far as characters go."""
MIRRORED = 40
"""What percentage of the picture of both balances the other direction gets."""
SHORTEST_WITH_MIRROR = 3

Mirrored = tuple[Ledger, Columns]

# What a sender that waits does not have.
LACKING = {NO_CREDITS: "credits", WINDOW_FULL: "a window", NOT_READY: "a ready receiver"}


@dataclass(frozen=True, slots=True)
class Picture:
    """Rows with what stands in the margin left of each."""

    margins: tuple[tuple[str, Tone], ...]
    rows: tuple[Row, ...]


def draw(ledger: Ledger, columns: Columns, height: int, origin: int, other: Mirrored | None = None) -> Picture:
    """Draws in `height` rows: what fits of axis, balance, lanes, and of the other direction below the axis, upside
    down. Times on the axis count from `origin`."""
    lanes = _lanes(ledger, columns, height, origin)
    room = height - len(lanes)
    hanging = max(1, room * MIRRORED // 100) if other is not None and room >= SHORTEST_WITH_MIRROR else 0
    plot = _plot(ledger, columns, room - hanging) if ledger.credited and room > 0 else []
    below = _mirrored(*other, hanging) if other is not None and hanging else []
    entries = [*plot, *lanes, *below]
    return Picture(tuple(margin for margin, _ in entries), tuple(row for _, row in entries))


def _lanes(ledger: Ledger, columns: Columns, height: int, origin: int) -> list[Lane]:
    lanes = [axis(columns.edges, origin)]
    if height >= 5:
        lanes.insert(0, sdu_lane(columns))
    if height >= 6 and ledger.credited:
        lanes.insert(0, zero_lane(columns))
    if height >= 10:
        lanes.insert(-1, rate_lane(columns))
    if height >= 12:
        lanes[-1:-1] = [mark_lane(marks, columns) for marks in ledger.marks if len(marks.times)]
    return lanes


def _plot(ledger: Ledger, columns: Columns, height: int) -> list[Lane]:
    """The balance: solid up to its mean, shaded up to its highest; waits are hatched, stalls strongest."""
    full, tone = ledger.highest, ledger.tone
    hatches = [_hatch(columns, index) for index in range(len(columns.high))]
    grid = [[_cell(columns, index, level, height, full, hatches[index], tone) for index in range(len(hatches))]
            for level in range(height - 1, -1, -1)]  # fmt: skip
    _label_stalls(grid[height // 2], ledger, columns)
    return [
        ((_scale(level, height, full, "≥" if ledger.at_least else "", ledger.noun), Tone.DIM), row)
        for level, row in enumerate(grid)
    ]


def _mirrored(ledger: Ledger, columns: Columns, height: int) -> list[Lane]:
    """The balance of the other direction, hanging from the axis."""
    full, tone = ledger.highest, ledger.tone
    hatches = [_hatch(columns, index) for index in range(len(columns.high))]
    grid = [
        [_hanging(_cell(columns, index, level, height, full, hatch, tone)) for index, hatch in enumerate(hatches)]
        for level in range(height)
    ]
    _label_stalls(grid[height // 2], ledger, columns)
    sign = "→" if ledger.way == "tx" else "←"
    bound = "≥" if ledger.at_least else ""
    margins = [f"{sign} 0 ┤", *["│"] * (height - 2), f"{sign} {bound}{count(full)} ┤"][-height:]
    return [((margin, Tone.DIM), row) for margin, row in zip(margins, grid, strict=True)]


def _hanging(glyph: Glyph) -> Glyph:
    """The same amount of a character from its top."""
    character, tone, _ = glyph
    return (HANGING[UPWARD.index(character)], tone, False) if character in UPWARD else glyph


def _scale(line: int, height: int, full: int, bound: str, noun: str) -> str:
    """What stands left of a line of the plot, the highest balance on top; `bound` goes before each balance, `noun` says
    of what."""
    if line == 0:
        return f"{bound}{count(full)} ┤" if height == 1 else f"{noun} {bound}{count(full)} ┤"
    if line == height - 1:
        return f"{bound}0 ┤"
    level = full * (height - line) / height
    return f"{bound}{int(level)} ┤" if height % 2 == 0 and line == height // 2 and level == int(level) else "│"


def _cell(columns: Columns, index: int, level: int, height: int, full: int, hatch: Glyph, tone: Tone) -> Glyph:
    high, mean = columns.high[index], columns.mean[index]
    if np.isnan(high):
        return BLANK
    top = _filled(high, full, height) - 8 * level
    solid = _filled(mean, full, height) - 8 * level
    if solid >= 8:
        return ("█", tone, False)
    if hatch[0] != " ":
        return hatch
    if solid > 0:
        return (UPWARD[solid], tone, top >= 8)
    return (UPWARD[min(8, top)], Tone.SHADE, False) if top > 0 else BLANK


def _filled(value: float, full: int, height: int) -> int:
    """Eighths of a character that a balance fills in a plot of this height."""
    return int(value * 8 * height / full + 0.5) if value > 0 else 0


def _hatch(columns: Columns, index: int) -> Glyph:
    """How a column is hatched in which the direction mostly waits: dense for certain, light for likely, dotted idle."""
    certain, likely = columns.certain[index], columns.likely[index]
    character = "▒" if certain >= likely else "░"
    if columns.stalled[index] >= 0.5:
        return (character, Tone.SOFT_LOOK, False)
    if certain + likely >= 0.5:
        return (character, Tone.FAINT, False)
    return ("·", Tone.FAINT, False) if columns.idle[index] >= 0.5 else BLANK


def _label_stalls(row: Row, ledger: Ledger, columns: Columns) -> None:
    """Writes into each wide stall how long it was, and where they are narrow, how many there are and how long."""
    spans, stall = ledger.waits.spans, ledger.waits.stall
    edges = columns.edges
    for first, last in _runs(columns.stalled >= 0.5):
        found = np.flatnonzero(stall & (spans.start < edges[last]) & (spans.end > edges[first]))
        if last - first < SHORTEST_LABEL * len(found):
            _write(row, first, last, _labels_of_many(ledger, found))
            continue
        for wait in found:
            begins = max(first, int(np.searchsorted(edges, spans.start[wait], "left")))
            ends = min(last, int(np.searchsorted(edges, spans.end[wait], "right")) - 1)
            _write(row, begins, ends, _labels(ledger, int(wait)))


def _write(row: Row, first: int, last: int, texts: Iterable[str]) -> None:
    """Writes the first text that fits, in the middle of these columns."""
    text = next((f" {text} " for text in texts if len(text) + 2 <= last - first), "")
    at = first + (last - first - len(text)) // 2
    for offset, character in enumerate(text):
        row[at + offset] = (character, Tone.LOOK, False)


def _labels(ledger: Ledger, wait: int) -> Iterable[str]:
    """What to say about a stall, the longest text first."""
    row = ledger.waits.rows[wait]
    lasted, kind = duration(int(row["end"] - row["start"])), CLASSES[int(row["class"])]
    lacking = LACKING[cause_of(int(row["flags"]))]
    if int(row["class"]) == CERTAIN:
        yield f"{lasted} without {lacking}, {kind}: {counted(int(row['owed']), 'byte')} owed"
    yield f"{lasted} without {lacking}, {kind}"
    yield f"{lasted} {kind}"
    yield lasted


def _labels_of_many(ledger: Ledger, waits: NDArray[np.intp]) -> Iterable[str]:
    """What to say about several stalls, the longest text first."""
    spans = ledger.waits.spans
    total = duration(int((spans.end[waits] - spans.start[waits]).sum()))
    yield f"{counted(len(waits), 'stall')}, {total} together"
    yield counted(len(waits), "stall")


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where a mask is true, as (first, one past the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]
