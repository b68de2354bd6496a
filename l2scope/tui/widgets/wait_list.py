"""The waits of a direction seen from both ends, one a line: where each spent its time."""

from collections.abc import Sequence

from l2scope.analysis.waits import DELIVERED_LATE, GRANTED_LATE, NOT_DELIVERED, NOT_GRANTED, Wait
from l2scope.tui.blocks import shares
from l2scope.tui.figures import duration, seconds
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.table_row import Cell, Column, plain

CAUSES = {
    GRANTED_LATE: "granted late",
    DELIVERED_LATE: "delivered late",
    NOT_GRANTED: "never granted",
    NOT_DELIVERED: "never delivered",
    None: "not seen at both ends",
}
NARROW_BAR, WIDE_BAR = 12, 24


class WaitRows:
    """Zero intervals of a sender, each with what the receiver's end tells of it."""

    def __init__(self) -> None:
        self.origin = 0
        self.waits: list[Wait] = []
        self._bar_width = NARROW_BAR

    @property
    def count(self) -> int:
        """Waits listed."""
        return len(self.waits)

    def show(self, waits: Sequence[Wait], every: bool, origin: int) -> None:
        """Lists the stalls, or with `every` all waits. Times count from `origin`."""
        self.waits = [wait for wait in waits if every or wait.stall]
        self.origin = origin

    def columns(self, width: int) -> Sequence[Column]:
        """When, how long, and how that divides."""
        self._bar_width = WIDE_BAR if width >= 150 else NARROW_BAR
        return (
            Column("Began", 10, right=True),
            Column("Lasted", 7, right=True),
            Column("Frame on its way", 16, right=True, rank=3),
            Column("Held by receiver", 16, right=True),
            Column("Credits on their way", 20, right=True, rank=2),
            Column("", self._bar_width, rank=4),
            Column("Cause", 15, elastic=True),
            Column("Packets", 17, right=True, rank=1),
        )

    def gutter(self, row: int) -> tuple[str, Tone]:
        """`!` for a stall."""
        return ("!", Tone.LOOK) if self.waits[row].stall else (" ", Tone.PLAIN)

    def cells(self, row: int) -> Sequence[Cell]:
        """A wait; those that are no stalls are dim."""
        wait = self.waits[row]
        tone, strong = (Tone.PLAIN, Tone.LOOK) if wait.stall else (Tone.DIM, Tone.DIM)
        held = strong if wait.cause in (GRANTED_LATE, NOT_GRANTED) else tone
        late = strong if wait.cause in (DELIVERED_LATE, NOT_DELIVERED) else tone
        until = "…" if wait.end_packet is None else str(wait.end_packet)
        return (
            plain(seconds(wait.start_ns - self.origin), tone),
            plain(duration(wait.duration_ns), strong),
            plain(_part(wait.frames_ns), tone),
            plain(_part(wait.held_ns), held),
            plain(_part(wait.credits_ns), late),
            self._bar(wait),
            plain(CAUSES[wait.cause], tone),
            ((f"{wait.start_packet} → ", Tone.DIM), (until, tone)),
        )

    def _bar(self, wait: Wait) -> Cell:
        """The three parts in proportion."""
        if wait.frames_ns is None or wait.held_ns is None or wait.credits_ns is None:
            return ()
        widths = shares((wait.frames_ns, wait.held_ns, wait.credits_ns), self._bar_width)
        tones = (Tone.FIGURE, Tone.SOFT_LOOK if wait.stall else Tone.DIM, Tone.FIGURE)
        return tuple((sign * cells, tone) for sign, cells, tone in zip("▸▒◂", widths, tones, strict=True))


def _part(nanoseconds: int | None) -> str:
    return "-" if nanoseconds is None else duration(nanoseconds)
