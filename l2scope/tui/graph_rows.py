"""The picture of a credit ledger as characters: balance, time at zero, SDUs, bytes and the axis, a row at a time.

Everything here is characters and tones for given columns; the widget adds the cursor and the window of time.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l2scope.engine.words import CERTAIN
from l2scope.stalls import CLASSES, NO_CREDITS, NOT_READY, WINDOW_FULL, cause_of
from l2scope.tui.blocks import UPWARD, eighths
from l2scope.tui.figures import count, counted, duration, rate
from l2scope.tui.ledger import Columns, Floats, Ledger
from l2scope.tui.theme import Tone

MARGIN = 13
MOST_TICKS_APART = 16
SHORTEST_LABEL = 10
SECOND = 1_000_000_000

# What a sender that waits does not have.
LACKING = {NO_CREDITS: "credits", WINDOW_FULL: "a window", NOT_READY: "a ready receiver"}

Glyph = tuple[str, Tone, bool]
"""A character, its tone, and whether it stands on the shade of what the balance reached."""
Row = list[Glyph]

BLANK: Glyph = (" ", Tone.PLAIN, False)


@dataclass(frozen=True, slots=True)
class Picture:
    """Rows with what stands in the margin left of each."""

    margins: tuple[tuple[str, Tone], ...]
    rows: tuple[Row, ...]


def draw(ledger: Ledger, columns: Columns, height: int, origin: int) -> Picture:
    """Draws in `height` rows: what fits of axis, balance and lanes. Times on the axis count from `origin`."""
    lanes = [_axis(columns, origin)]
    if height >= 5:
        lanes.insert(0, _sdu_lane(columns))
    if height >= 6 and ledger.credited:
        lanes.insert(0, _zero_lane(columns))
    if height >= 10:
        lanes.insert(-1, _rate_lane(columns))
    plot = _plot(ledger, columns, height - len(lanes)) if ledger.credited and height > len(lanes) else []
    entries = [*plot, *lanes]
    return Picture(tuple(margin for margin, _ in entries), tuple(row for _, row in entries))


Lane = tuple[tuple[str, Tone], Row]


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


def _zero_lane(columns: Columns) -> Lane:
    """How much of each column the direction had no credits; `!` where a stall is too short for its hatching."""
    shares = columns.certain + columns.likely + columns.idle
    row: Row = []
    for share, stalled, touched in zip(shares, columns.stalled, columns.stall_touched, strict=True):
        if touched and stalled < 0.5:
            row.append(("!", Tone.LOOK, False))
        else:
            row.append((UPWARD[eighths(share, 1.0)], Tone.SOFT_LOOK if stalled >= 0.5 else Tone.FIGURE, False))
    return ("at zero  ", Tone.DIM), row


def _sdu_lane(columns: Columns) -> Lane:
    """SDUs one by one where there is room, else how many end in each column."""
    if columns.begun.max(initial=0) <= 1:
        row: Row = [
            ("▐" if begun else "━", Tone.FIGURE, False) if begun or share > 0 else BLANK
            for begun, share in zip(columns.begun, columns.sdu_share, strict=True)
        ]
        return ("SDUs  ", Tone.DIM), row
    return ("SDUs  ", Tone.DIM), _bars(columns.ended, int(columns.ended.max(initial=0)))


def _rate_lane(columns: Columns) -> Lane:
    """Bytes carried in each column; the margin has the rate of the fullest."""
    full = float(columns.bytes.max(initial=0.0))
    width = int(columns.edges[1] - columns.edges[0])
    return (f"{rate(full * SECOND / max(1, width))}  ", Tone.DIM), _bars(columns.bytes, full)


def _bars(values: NDArray[np.int64] | Floats, full: float) -> Row:
    return [(UPWARD[eighths(value, full)], Tone.FIGURE, False) for value in values]


def _axis(columns: Columns, origin: int) -> Lane:
    """Ticks at round times."""
    edges = columns.edges
    width = len(edges) - 1
    start, end = int(edges[0]) - origin, int(edges[-1]) - origin
    step = _round_step((end - start) * MOST_TICKS_APART // max(1, width))
    decimals = max(1, min(6, 10 - len(str(step))))
    row: Row = [BLANK] * width
    for moment in range(-(-start // step) * step, end, step):
        label = f"╵{moment / SECOND:.{decimals}f}"
        at = (moment - start) * width // (end - start)
        if at + len(label) <= width:
            row[at : at + len(label)] = [(character, Tone.DIM, False) for character in label]
    return ("seconds  ", Tone.DIM), row


def _round_step(shortest: int) -> int:
    """1, 2 or 5 times a power of ten, at least this long."""
    power = 1
    while power * 10 <= shortest:
        power *= 10
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= shortest) if shortest > 0 else 1
