"""The credits of one direction over time, with a cursor that reads out what was the case and leads to the packet."""

from l2scope.tui.graph_rows import Picture, draw
from l2scope.tui.ledger import Ledger
from l2scope.tui.widgets.time_graph import TimeGraph


class BalanceGraph(TimeGraph):
    """Shows a `Ledger`, and that of the other direction upside down below it."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.ledger: Ledger | None = None
        self.other: Ledger | None = None

    @property
    def packet(self) -> int | None:
        """The last packet of the ledger up to the cursor."""
        return None if self.ledger is None else self.ledger.packet_at(self.moment)

    def show(self, ledger: Ledger | None, origin: int, message: str = "", other: Ledger | None = None) -> None:
        """Shows the time in which a ledger was active, or a message; the cursor goes to the end of the longest stall.

        Times are counted from `origin`.
        """
        self.origin, self.message = origin, message
        self._take(ledger, other)
        if ledger is not None:
            self._start, self._end = ledger.active
            longest = ledger.waits.longest_stall
            middle = (self._start + self._end) // 2
            self.moment = middle if longest is None else int(ledger.waits.spans.end[longest])
        self.redraw()

    def renew(self, ledger: Ledger, other: Ledger | None = None) -> None:
        """Shows more of the same ledger: a window that showed all of it grows, the cursor stays."""
        if self.ledger is None or (self._start, self._end) == self.ledger.active:
            self._start, self._end = ledger.active
        self._take(ledger, other)
        self.redraw()

    def _take(self, ledger: Ledger | None, other: Ledger | None) -> None:
        self.ledger, self.other = ledger, other
        self.life = None if ledger is None else (ledger.start, ledger.end)

    def drawn(self) -> Picture:
        """Balance, lanes and axis, the other direction hanging from it."""
        assert self.ledger is not None
        columns, below = self.ledger.columns(*self.window, self.columns), None
        if self.other is not None:
            below = self.other, self.other.columns(*self.window, self.columns)
        return draw(self.ledger, columns, self.size.height, self.origin, below)
