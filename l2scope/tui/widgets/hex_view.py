"""Bytes as offset, hexadecimal and text; the field under the cursor stands out, and the other way round."""

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size, clamp
from textual.message import Message
from textual.strip import Strip

from l2scope.dissection import Buffer
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.theme import Ground, Palette, Tone, palette_of
from l2scope.tui.widgets.line_view import LineView

HIDDEN = "··"


class HexView(LineView):
    """Shows one of several buffers, with a byte cursor. A range of bytes, the field's, can be marked."""

    BINDINGS = bindings(Scope.HEX)

    class ByteChosen(Message):
        """The byte cursor was moved: show the field that holds this byte."""

        def __init__(self, buffer: int, offset: int) -> None:
            self.buffer = buffer
            self.offset = offset
            super().__init__()

    class BufferChosen(Message):
        """Another buffer is shown."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.buffers: tuple[Buffer, ...] = ()
        self.buffer = 0
        self.cursor = 0
        self.marked = range(0)
        self._hidden: tuple[tuple[int, int, int], ...] = ()

    @property
    def data(self) -> bytes:
        """The bytes of the buffer that is shown."""
        return self.buffers[self.buffer].data if self.buffers else b""

    @property
    def per_line(self) -> int:
        """16 bytes a line, 8 where there is no room, 32 where there is plenty."""
        width = self.size.width
        return next((count for count in (32, 16, 8) if 4 * count + 2 * (count // 8) + 6 <= width), 4)

    def show(self, buffers: tuple[Buffer, ...], hidden: tuple[tuple[int, int, int], ...] = ()) -> None:
        """The bytes of another packet; those of the hidden spans (buffer, start, stop) are not to be read."""
        self.buffers, self._hidden = buffers, hidden
        self.buffer, self.cursor, self.marked = 0, 0, range(0)
        self._lay_out()
        self.scroll_to(y=0, animate=False, force=True)

    def mark(self, buffer: int, start: int, stop: int) -> None:
        """Marks a field and puts the byte cursor on its first byte."""
        changed = buffer != self.buffer
        self.buffer = buffer if buffer < len(self.buffers) else 0
        self.marked = range(start, min(stop, len(self.data)))
        if self.cursor not in self.marked:
            self.cursor = clamp(start, 0, max(0, len(self.data) - 1))
        self._lay_out()
        self._show_cursor()
        if changed:
            self.post_message(self.BufferChosen())

    def _lay_out(self) -> None:
        lines = max(-(-len(self.data) // self.per_line), self.size.height)
        if self.virtual_size.height != lines:
            self.virtual_size = Size(0, lines)
        self.refresh()

    def on_resize(self, _event: events.Resize) -> None:
        """More or fewer bytes a line."""
        self._lay_out()
        self._show_cursor()

    def _show_cursor(self) -> None:
        line, height = self.cursor // self.per_line, max(1, self.size.height)
        last = max(line, (self.marked.stop - 1) // self.per_line) if self.marked else line
        self.scroll_between(min(last, line + height - 1) - height + 1, line)

    def render_line(self, y: int) -> Strip:
        """Offset, hexadecimal in groups of eight, text."""
        palette, width = palette_of(self), self.size.width
        per_line = self.per_line
        start = (self.scroll_offset.y + y) * per_line
        if start >= len(self.data):
            return Strip.blank(width, palette.style())
        chunk = self.data[start : start + per_line]
        styles = [self._style(start + index, byte, palette) for index, byte in enumerate(chunk)]
        segments = [Segment(f" {start:04x} ", palette.style(Tone.FAINT))]
        pairs = [self._digits(start + index, byte) for index, byte in enumerate(chunk)]
        segments += self._hexadecimal(pairs, styles, palette)
        for byte, pair, style in zip(chunk, pairs, styles, strict=True):
            segments.append(Segment(chr(byte) if 0x20 <= byte < 0x7F and pair != HIDDEN else "·", style))
        return Strip(segments).adjust_cell_length(width, palette.style())

    def _digits(self, offset: int, byte: int) -> str:
        """A byte in hexadecimal, unless it is hidden."""
        hidden = any(buffer == self.buffer and start <= offset < stop for buffer, start, stop in self._hidden)
        return HIDDEN if hidden else f"{byte:02x}"

    def _hexadecimal(self, pairs: list[str], styles: list[Style], palette: Palette) -> list[Segment]:
        """Two digits a byte; a gap inside a marked field is marked too."""
        plain = palette.style()
        segments = []
        for index in range(self.per_line):
            if index % 8 == 0:
                segments.append(Segment(" ", plain))
            if index >= len(pairs):
                segments.append(Segment("   ", plain))
                continue
            joined = index + 1 < len(pairs) and (index + 1) % 8 and styles[index].bgcolor == styles[index + 1].bgcolor
            gap = styles[index] if joined else plain
            segments += [Segment(pairs[index], styles[index]), Segment(" ", gap)]
        return [*segments, Segment(" ", plain)]

    def _style(self, offset: int, byte: int, palette: Palette) -> Style:
        if offset == self.cursor and self.has_focus:
            return palette.style(Tone.STRONG, Ground.CURSOR) + Style(reverse=palette.coloured)
        if offset in self.marked:
            return palette.style(Tone.STRONG, Ground.CURSOR if self.has_focus else Ground.FIELD)
        return palette.style(Tone.DIM if byte in (0x00, 0xFF) else Tone.PLAIN)

    def _go(self, offset: int) -> None:
        offset = clamp(offset, 0, max(0, len(self.data) - 1))
        if offset != self.cursor:
            self.cursor = offset
            self.refresh()
            self._show_cursor()
            self.post_message(self.ByteChosen(self.buffer, offset))

    def action_right(self) -> None:
        """The next byte."""
        self._go(self.cursor + 1)

    def action_left(self) -> None:
        """The previous byte."""
        self._go(self.cursor - 1)

    def action_down(self) -> None:
        """The line below."""
        self._go(self.cursor + self.per_line)

    def action_up(self) -> None:
        """The line above."""
        self._go(self.cursor - self.per_line if self.cursor >= self.per_line else self.cursor)

    def action_page_down(self) -> None:
        """A page down."""
        self._go(self.cursor + self.per_line * max(1, self.size.height - 1))

    def action_page_up(self) -> None:
        """A page up."""
        self._go(self.cursor - self.per_line * max(1, self.size.height - 1))

    def action_first(self) -> None:
        """The first byte."""
        self._go(0)

    def action_last(self) -> None:
        """The last byte."""
        self._go(len(self.data) - 1)

    def action_next_buffer(self) -> None:
        """Packet, PDU, SDU, and round again."""
        if len(self.buffers) > 1:
            self.show_buffer((self.buffer + 1) % len(self.buffers))

    def show_buffer(self, buffer: int) -> None:
        """Shows another of the buffers from its beginning."""
        self.buffer, self.cursor, self.marked = buffer, 0, range(0)
        self._lay_out()
        self.scroll_to(y=0, animate=False, force=True)
        self.post_message(self.BufferChosen())
        self.post_message(self.ByteChosen(buffer, 0))

    def action_copy(self) -> None:
        """Copies the marked bytes, or all of them, in hexadecimal; what is hidden stays so."""
        span = self.marked or range(len(self.data))
        self.app.copy_to_clipboard(" ".join(self._digits(offset, self.data[offset]) for offset in span))

    def on_click(self, event: events.Click) -> None:
        """A click on a byte, in either column."""
        column = event.x - 6
        hexadecimal = 3 * self.per_line + -(-self.per_line // 8)
        if column < 0:
            return
        if column < hexadecimal:
            group, rest = divmod(column, 25)
            index = group * 8 + max(0, rest - 1) // 3
        else:
            index = column - hexadecimal - 1
        if 0 <= index < self.per_line:
            self._go((self.scroll_offset.y + event.y) * self.per_line + index)
