"""The lanes under the picture of a ledger: time at zero, SDUs, bytes, marks of signalling and ATT, and the axis."""

import numpy as np
from numpy.typing import NDArray

from l2scope.tui.blocks import UPWARD, eighths
from l2scope.tui.figures import rate
from l2scope.tui.ledger import Columns, Floats, Times
from l2scope.tui.ledger_marks import Marks
from l2scope.tui.theme import Tone

MOST_TICKS_APART = 16
SECOND = 1_000_000_000

Glyph = tuple[str, Tone, bool]
"""A character, its tone, and whether it stands on the shade of what the balance reached."""
Row = list[Glyph]
Lane = tuple[tuple[str, Tone], Row]
"""What stands in the margin, and the row."""

BLANK: Glyph = (" ", Tone.PLAIN, False)


def zero_lane(columns: Columns) -> Lane:
    """How much of each column the direction had no credits; `!` where a stall is too short for its hatching."""
    shares = columns.certain + columns.likely + columns.idle
    row: Row = []
    for share, stalled, touched in zip(shares, columns.stalled, columns.stall_touched, strict=True):
        if touched and stalled < 0.5:
            row.append(("!", Tone.LOOK, False))
        else:
            row.append((UPWARD[eighths(share, 1.0)], Tone.SOFT_LOOK if stalled >= 0.5 else Tone.FIGURE, False))
    return ("at zero  ", Tone.DIM), row


def sdu_lane(columns: Columns) -> Lane:
    """SDUs one by one where there is room, else how many end in each column."""
    if columns.begun.max(initial=0) <= 1:
        row: Row = [
            ("▐" if begun else "━", Tone.FIGURE, False) if begun or share > 0 else BLANK
            for begun, share in zip(columns.begun, columns.sdu_share, strict=True)
        ]
        return ("SDUs  ", Tone.DIM), row
    return ("SDUs  ", Tone.DIM), _bars(columns.ended, int(columns.ended.max(initial=0)))


def rate_lane(columns: Columns) -> Lane:
    """Bytes carried in each column; the margin has the rate of the fullest."""
    full = float(columns.bytes.max(initial=0.0))
    width = int(columns.edges[1] - columns.edges[0])
    return (f"{rate(full * SECOND / max(1, width))}  ", Tone.DIM), _bars(columns.bytes, full)


def mark_lane(marks: Marks, columns: Columns) -> Lane:
    """The most telling mark of each column."""
    row: Row = [BLANK] * len(columns.high)
    for at, sign in marks.telling(columns.edges):
        row[at] = (sign, marks.tone(sign), False)
    return (f"{marks.name}  ", Tone.DIM), row


def _bars(values: NDArray[np.int64] | Floats, full: float) -> Row:
    return [(UPWARD[eighths(value, full)], Tone.FIGURE, False) for value in values]


def axis(edges: Times, origin: int) -> Lane:
    """Ticks at round times."""
    width = len(edges) - 1
    start, end = int(edges[0]) - origin, int(edges[-1]) - origin
    step = _round_step((end - start) * MOST_TICKS_APART // max(1, width))
    decimals = max(1, min(6, 10 - len(str(step))))
    row: Row = [BLANK] * width
    for moment in range(-(-start // step) * step, end, step):
        label = f"╵{moment / SECOND:,.{decimals}f}"
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
