"""The stalls of one direction of a channel, or all its times at zero, one a line in order of time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from l2scope.engine.words import BY_CAPTURE_END, BY_CREDITS, CERTAIN, ZERO_OVERSPENT, ZERO_WINDOW
from l2scope.stalls import CLASSES, ENDINGS, NO_CREDITS, NOT_READY, WINDOW_FULL, cause_of
from l2scope.tui.blocks import bar
from l2scope.tui.figures import counted, duration, seconds
from l2scope.tui.ledger import Ledger
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.table_row import Cell, Column, plain

ENDED = {"closing": "the channel closed", "capture-end": "not in this capture"}
ENDED_WAIT = {NO_CREDITS: "credits came", WINDOW_FULL: "acknowledged", NOT_READY: "receiver ready"}
OVERSPENT = ("; sent without credits", "; sent without a window")
BAR_WIDTH = 16


class StallRows:
    """Zero intervals of a ledger as rows of a table."""

    def __init__(self) -> None:
        self.ledger: Ledger | None = None
        self.origin = 0
        self.every_wait = False
        self._rows: NDArray[np.intp] = np.zeros(0, np.intp)
        self._longest = 1

    @property
    def count(self) -> int:
        """Stalls, or waits."""
        return len(self._rows)

    def show(self, ledger: Ledger | None, origin: int, every_wait: bool) -> None:
        """Lists the stalls of a ledger or, with `every_wait`, all its zero intervals. Times count from `origin`."""
        self.ledger, self.origin, self.every_wait = ledger, origin, every_wait
        if ledger is None:
            self._rows = np.zeros(0, np.intp)
            return
        waits = ledger.waits
        self._rows = np.arange(len(waits.rows)) if every_wait else np.flatnonzero(waits.stall)
        spans = waits.spans
        self._longest = int((spans.end - spans.start)[self._rows].max(initial=1))

    def wait(self, row: int) -> int:
        """The row of the ledger's waits that is listed here."""
        return int(self._rows[row])

    def row_of(self, wait: int) -> int:
        """Where a wait is listed, or the one before it."""
        return max(0, int(np.searchsorted(self._rows, wait, "right")) - 1)

    def row_near(self, moment: int) -> int:
        """The row of the last wait that had begun at a moment."""
        if self.ledger is None:
            return 0
        return self.row_of(int(np.searchsorted(self.ledger.waits.spans.start, moment, "right")) - 1)

    def columns(self, width: int) -> Sequence[Column]:
        """When, how long, of which class, and between which packets."""
        return (
            Column("Began", 11, right=True),
            Column("Lasted", 8, right=True),
            Column("", BAR_WIDTH if width >= 110 else BAR_WIDTH // 2, rank=2),
            Column("Class", 7),
            Column("Owed", 11, right=True),
            Column("Packets", 19, right=True),
            Column("Ended by", 12, rank=1, elastic=True),
        )

    def gutter(self, row: int) -> tuple[str, Tone]:
        """`!` for a stall."""
        stalled = self.ledger is not None and bool(self.ledger.waits.stall[self.wait(row)])
        return ("!", Tone.LOOK) if stalled else (" ", Tone.PLAIN)

    def cells(self, row: int) -> Sequence[Cell]:
        """A wait; those that are no stalls are dim."""
        if self.ledger is None:
            return ((),) * 7
        start, end, _, first, last, owed, _, _, kind, ended_by, flags = self.ledger.waits.rows[self.wait(row)].tolist()
        stalled = bool(self.ledger.waits.stall[self.wait(row)])
        tone, strong = (Tone.PLAIN, Tone.LOOK) if stalled else (Tone.DIM, Tone.DIM)
        until = "…" if ended_by == BY_CAPTURE_END else str(last)
        overspent = OVERSPENT[bool(flags & ZERO_WINDOW)] if flags & ZERO_OVERSPENT else ""
        return (
            plain(seconds(start - self.origin), tone),
            plain(duration(end - start), strong),
            plain(bar(end - start, self._longest, BAR_WIDTH), Tone.SOFT_LOOK if stalled else Tone.FAINT),
            plain(CLASSES[kind], tone),
            plain(counted(owed, "byte") if kind == CERTAIN else "-", tone),
            ((f"{first} → ", Tone.DIM), (until, tone)),
            plain(_ended(ended_by, flags) + overspent, Tone.DIM),
        )


def _ended(ended_by: int, flags: int) -> str:
    """What ended an interval."""
    return ENDED_WAIT[cause_of(flags)] if ended_by == BY_CREDITS else ENDED[ENDINGS[ended_by]]
