"""The credits of one direction over time, with a cursor that reads out what was the case and leads to the packet."""

from itertools import groupby

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import clamp
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from l2scope.tui.graph_rows import MARGIN, Glyph, Picture, draw
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.ledger import Ledger
from l2scope.tui.theme import Ground, Palette, Tone, palette_of

SHORTEST_COLUMN_NS = 1000
"""Capture files keep microseconds."""


class BalanceGraph(Widget, can_focus=True):
    """Shows a `Ledger`; posts `CursorMoved`, and `PacketWanted` for Enter and double click."""

    BINDINGS = bindings(Scope.GRAPH)
    ALLOW_SELECT = False
    DEFAULT_CSS = "BalanceGraph { background: $ground-page; }"

    class CursorMoved(Message):
        """The cursor is at another moment, or another ledger is shown."""

    class PacketWanted(Message):
        """Go to this packet."""

        def __init__(self, packet: int) -> None:
            self.packet = packet
            super().__init__()

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.ledger: Ledger | None = None
        self.message = ""
        self.moment = 0
        self.origin = 0
        self._start = 0
        self._end = 1
        self._picture: Picture | None = None

    @property
    def columns(self) -> int:
        """Columns of the picture."""
        return max(1, self.size.width - MARGIN - 1)

    @property
    def window(self) -> tuple[int, int]:
        """The time that is shown."""
        return self._start, self._end

    @property
    def packet(self) -> int | None:
        """The last packet of the ledger up to the cursor."""
        return None if self.ledger is None else self.ledger.packet_at(self.moment)

    @property
    def _column_ns(self) -> int:
        return max(1, (self._end - self._start) // self.columns)

    def show(self, ledger: Ledger | None, origin: int, message: str = "") -> None:
        """Shows the time in which a ledger was active, or a message; the cursor goes to the end of the longest stall.

        Times are counted from `origin`.
        """
        self.ledger, self.origin, self.message = ledger, origin, message
        if ledger is not None:
            self._start, self._end = ledger.active
            longest = ledger.waits.longest_stall
            middle = (self._start + self._end) // 2
            self.moment = middle if longest is None else int(ledger.waits.spans.end[longest])
        self._redraw()

    def renew(self, ledger: Ledger) -> None:
        """Shows more of the same ledger: a window that showed all of it grows, the cursor stays."""
        if self.ledger is None or (self._start, self._end) == self.ledger.active:
            self._start, self._end = ledger.active
        self.ledger = ledger
        self._redraw()

    def show_moment(self, moment: int, since: int | None = None) -> None:
        """Puts the cursor on a moment. The window moves, and grows, until it holds that and the time since."""
        if self.ledger is None:
            return
        self.moment = clamp(moment, self.ledger.start, self.ledger.end)
        first = self.moment if since is None else min(since, self.moment)
        if not self._start <= first <= self.moment <= self._end:
            lasted = self.moment - first
            span = max(self._end - self._start, lasted + lasted // 4)
            self._show_window((first + self.moment - span) // 2, span)
        self._redraw()

    def follow(self, other: "BalanceGraph") -> None:
        """Shows the same time as another graph, with the cursor at the same moment; posts nothing."""
        if (self._start, self._end) != other.window:
            self._start, self._end = other.window
            self._picture = None
        self.moment = other.moment
        self.refresh()

    def _show_window(self, start: int, span: int) -> None:
        """Shows this stretch of time, kept within the life of the channel."""
        if self.ledger is None:
            return
        life = self.ledger.end - self.ledger.start
        span = clamp(span, min(life, self.columns * SHORTEST_COLUMN_NS), life)
        self._start = clamp(start, self.ledger.start, self.ledger.end - span)
        self._end = self._start + span

    def _redraw(self) -> None:
        self._picture = None
        self.refresh()
        self.post_message(self.CursorMoved())

    def on_resize(self, _event: events.Resize) -> None:
        """More or fewer columns."""
        self._picture = None
        self.refresh()

    def on_focus(self) -> None:
        """The cursor is drawn stronger."""
        self.refresh()

    def on_blur(self) -> None:
        """The cursor is drawn weaker."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A row of the picture, or the message."""
        palette, width = palette_of(self), self.size.width
        if self.ledger is None:
            text = f"   {self.message}" if y == 1 else ""
            return Strip([Segment(text, palette.style(Tone.DIM))]).adjust_cell_length(width, palette.style())
        if self._picture is None:
            columns = self.ledger.columns(self._start, self._end, self.columns)
            self._picture = draw(self.ledger, columns, self.size.height, self.origin)
        if y >= len(self._picture.rows):
            return Strip.blank(width, palette.style())
        margin, tone = self._picture.margins[y]
        segments = [Segment(margin.rjust(MARGIN), palette.style(tone)), *self._segments(self._picture.rows[y], palette)]
        return Strip(segments).adjust_cell_length(width, palette.style())

    def _segments(self, row: list[Glyph], palette: Palette) -> list[Segment]:
        """A row in as few segments as it has styles, the cursor's column on a ground of its own."""
        cursor = (self.moment - self._start) * self.columns // max(1, self._end - self._start)
        cursor = min(cursor, self.columns - 1)
        segments = []
        for at, part in ((0, row[:cursor]), (cursor, row[cursor : cursor + 1]), (cursor + 1, row[cursor + 1 :])):
            ground = Ground.PAGE
            if at == cursor and part is not row[:cursor]:
                ground = Ground.CURSOR if self.has_focus else Ground.SHADOW
            segments += [
                Segment("".join(glyph[0] for glyph in glyphs), self._style(tone, shaded, ground, palette))
                for (tone, shaded), glyphs in groupby(part, key=lambda glyph: glyph[1:])
            ]
        return segments

    def _style(self, tone: Tone, shaded: bool, ground: Ground, palette: Palette) -> Style:
        style = palette.style(tone, ground)
        if shaded and ground is Ground.PAGE:
            return style + Style(bgcolor=palette.style(Tone.SHADE).color)
        return style

    def _step(self, columns: int) -> None:
        if self.ledger is None:
            return
        self.moment = clamp(self.moment + columns * self._column_ns, self.ledger.start, self.ledger.end)
        if not self._start <= self.moment <= self._end:
            self._show_window(self._start + columns * self._column_ns, self._end - self._start)
            self._picture = None
        self.refresh()
        self.post_message(self.CursorMoved())

    def action_right(self) -> None:
        """A column later."""
        self._step(1)

    def action_left(self) -> None:
        """A column earlier."""
        self._step(-1)

    def _pan(self, quarters: int) -> None:
        span = self._end - self._start
        before = self._start
        self._show_window(self._start + quarters * span // 4, span)
        self.moment += self._start - before or quarters * span // 4
        if self.ledger is not None:
            self.moment = clamp(self.moment, self._start, self._end)
            self._redraw()

    def action_pan_right(self) -> None:
        """A quarter of the window later."""
        self._pan(1)

    def action_pan_left(self) -> None:
        """A quarter of the window earlier."""
        self._pan(-1)

    def _zoom(self, numerator: int, denominator: int) -> None:
        """Zooms so that the cursor stays where it is on the screen."""
        span = self._end - self._start
        wanted = span * numerator // denominator
        self._show_window(self.moment - (self.moment - self._start) * wanted // max(1, span), wanted)
        self._redraw()

    def action_zoom_in(self) -> None:
        """Half as much time."""
        self._zoom(1, 2)

    def action_zoom_out(self) -> None:
        """Twice as much time."""
        self._zoom(2, 1)

    def action_fit(self) -> None:
        """The whole life of the channel."""
        if self.ledger is not None:
            self._start, self._end = self.ledger.start, self.ledger.end
            self._redraw()

    def action_first(self) -> None:
        """The beginning."""
        if self.ledger is not None:
            self.show_moment(self.ledger.start)

    def action_last(self) -> None:
        """The end."""
        if self.ledger is not None:
            self.show_moment(self.ledger.end)

    def action_open(self) -> None:
        """The packet under the cursor."""
        packet = self.packet
        if packet is not None:
            self.post_message(self.PacketWanted(packet))

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor, a double click goes to the packet."""
        if self.ledger is None or not MARGIN <= event.x < MARGIN + self.columns:
            return
        self.moment = self._start + (event.x - MARGIN) * (self._end - self._start) // self.columns
        self.refresh()
        self.post_message(self.CursorMoved())
        if event.chain == 2:
            self.action_open()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zooms in, with shift pans earlier."""
        event.stop()
        self._pan(-1) if event.shift else self.action_zoom_in()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zooms out, with shift pans later."""
        event.stop()
        self._pan(1) if event.shift else self.action_zoom_out()
