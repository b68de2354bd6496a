"""A picture over time with a cursor that leads to packets: what zooms, pans and drags, whatever is drawn."""

from itertools import groupby

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import clamp
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from l2scope.tui.graph_lanes import Glyph
from l2scope.tui.graph_rows import MARGIN, Picture
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.theme import Ground, Palette, Tone, palette_of

SHORTEST_COLUMN_NS = 1000
"""Capture files keep microseconds."""


class TimeGraph(Widget, can_focus=True):
    """Posts `CursorMoved`, and `PacketWanted` for Enter, a double click, and a click where the cursor is."""

    BINDINGS = bindings(Scope.GRAPH)
    ALLOW_SELECT = False
    DEFAULT_CSS = "TimeGraph { background: $ground-page; }"

    class CursorMoved(Message):
        """The cursor is at another moment, or something else is shown."""

        def __init__(self, graph: "TimeGraph") -> None:
            self.graph = graph
            super().__init__()

        @property
        def control(self) -> "TimeGraph":
            """The graph, for `@on(..., "#id")`."""
            return self.graph

    class PacketWanted(Message):
        """Go to this packet."""

        def __init__(self, packet: int) -> None:
            self.packet = packet
            super().__init__()

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.life: tuple[int, int] | None = None
        self.message = ""
        self.moment = 0
        self.origin = 0
        self._start = 0
        self._end = 1
        self._picture: Picture | None = None
        self._grip: tuple[int, int] | None = None
        self._dragged = False

    def drawn(self) -> Picture:
        """The picture of the window, as high as the widget."""
        raise NotImplementedError

    @property
    def packet(self) -> int | None:
        """The packet under the cursor."""
        raise NotImplementedError

    @property
    def columns(self) -> int:
        """Columns of the picture."""
        return max(1, self.size.width - MARGIN - 1)

    @property
    def window(self) -> tuple[int, int]:
        """The time that is shown."""
        return self._start, self._end

    @property
    def column_ns(self) -> int:
        """How much time a column is."""
        return max(1, (self._end - self._start) // self.columns)

    def show_moment(self, moment: int, since: int | None = None) -> None:
        """Puts the cursor on a moment. The window moves, and grows, until it holds that and the time since."""
        if self.life is None:
            return
        self.moment = clamp(moment, *self.life)
        first = self.moment if since is None else min(since, self.moment)
        if not self._start <= first <= self.moment <= self._end:
            lasted = self.moment - first
            span = max(self._end - self._start, lasted + lasted // 4)
            self._show_window((first + self.moment - span) // 2, span)
        self.redraw()

    def follow(self, other: "TimeGraph") -> None:
        """Shows the same time as another graph, with the cursor at the same moment; posts nothing."""
        if (self._start, self._end) != other.window:
            self._start, self._end = other.window
            self._picture = None
        self.moment = other.moment
        self.refresh()

    def _show_window(self, start: int, span: int) -> None:
        """Shows this stretch of time, kept within the life of what is shown."""
        if self.life is None:
            return
        begun, ended = self.life
        span = clamp(span, min(ended - begun, self.columns * SHORTEST_COLUMN_NS), ended - begun)
        self._start = clamp(start, begun, ended - span)
        self._end = self._start + span

    def redraw(self) -> None:
        """The picture is another one."""
        self._picture = None
        self.refresh()
        self.post_message(self.CursorMoved(self))

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
        if self.life is None:
            text = f"   {self.message}" if y == 1 else ""
            return Strip([Segment(text, palette.style(Tone.DIM))]).adjust_cell_length(width, palette.style())
        if self._picture is None:
            self._picture = self.drawn()
        if y >= len(self._picture.rows):
            return Strip.blank(width, palette.style())
        margin, tone = self._picture.margins[y]
        segments = [Segment(margin.rjust(MARGIN), palette.style(tone)), *self._segments(self._picture.rows[y], palette)]
        return Strip(segments).adjust_cell_length(width, palette.style())

    @property
    def _cursor(self) -> int:
        """The column of the cursor; past the last one where the window does not hold it."""
        if not self._start <= self.moment <= self._end:
            return self.columns
        at = (self.moment - self._start) * self.columns // max(1, self._end - self._start)
        return min(at, self.columns - 1)

    def _segments(self, row: list[Glyph], palette: Palette) -> list[Segment]:
        """A row in as few segments as it has styles, the cursor's column on a ground of its own."""
        cursor = self._cursor
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
        if self.life is None:
            return
        self.moment = clamp(self.moment + columns * self.column_ns, *self.life)
        if not self._start <= self.moment <= self._end:
            self._show_window(self._start + columns * self.column_ns, self._end - self._start)
            if not self._start <= self.moment <= self._end:
                self._show_window(self.moment - (self._end - self._start) // 2, self._end - self._start)
            self._picture = None
        self.refresh()
        self.post_message(self.CursorMoved(self))

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
        if self.life is not None:
            self.moment = clamp(self.moment, self._start, self._end)
            self.redraw()

    def action_pan_right(self) -> None:
        """A quarter of the window later."""
        self._pan(1)

    def action_pan_left(self) -> None:
        """A quarter of the window earlier."""
        self._pan(-1)

    def _zoom(self, numerator: int, denominator: int, about: int | None = None) -> None:
        """Zooms so that a moment, or else the cursor, stays where it is on the screen."""
        if self.life is None:
            return
        span = self._end - self._start
        wanted = span * numerator // denominator
        fixed = clamp(self.moment, self._start, self._end) if about is None else about
        self._show_window(fixed - (fixed - self._start) * wanted // max(1, span), wanted)
        self.redraw()

    def action_zoom_in(self) -> None:
        """Half as much time."""
        self._zoom(1, 2)

    def action_zoom_out(self) -> None:
        """Twice as much time."""
        self._zoom(2, 1)

    def action_fit(self) -> None:
        """All the time there is."""
        if self.life is not None:
            self._start, self._end = self.life
            self.redraw()

    def action_first(self) -> None:
        """The beginning."""
        if self.life is not None:
            self.show_moment(self.life[0])

    def action_last(self) -> None:
        """The end."""
        if self.life is not None:
            self.show_moment(self.life[1])

    def action_open(self) -> None:
        """The packet under the cursor."""
        packet = self.packet
        if packet is not None:
            self.post_message(self.PacketWanted(packet))

    def _moment_at(self, x: int) -> int:
        """The first moment of a column of the widget."""
        column = clamp(x - MARGIN, 0, self.columns)
        return self._start - (-column * (self._end - self._start) // self.columns)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Takes hold of the picture."""
        self._grip, self._dragged = (event.x, self._start), False
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drags the picture along."""
        if self._grip is None or (event.x == self._grip[0] and not self._dragged):
            return
        self._dragged = True
        held, start = self._grip
        self._show_window(start - (event.x - held) * self.column_ns, self._end - self._start)
        self.redraw()

    def on_mouse_up(self, _event: events.MouseUp) -> None:
        """Lets go of it."""
        self._grip = None
        self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor; a second one, or a double click, goes to the packet."""
        if self.life is None or self._dragged or not MARGIN <= event.x < MARGIN + self.columns:
            return
        here = event.x - MARGIN == self._cursor
        if not here:
            self.moment = self._moment_at(event.x)
            self.refresh()
            self.post_message(self.CursorMoved(self))
        if here or event.chain == 2:
            self.action_open()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zooms in at the pointer, with shift pans earlier."""
        event.stop()
        self._pan(-1) if event.shift else self._zoom(1, 2, self._moment_at(event.x))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zooms out at the pointer, with shift pans later."""
        event.stop()
        self._pan(1) if event.shift else self._zoom(2, 1, self._moment_at(event.x))
