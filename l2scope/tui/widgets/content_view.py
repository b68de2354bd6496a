"""What a message carries: its text, its bytes, or the picture that it is."""

from enum import Enum

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

from l2scope.dissection.conversation import Message
from l2scope.dissection.transcript import content_lines
from l2scope.tui.halfblocks import Lines, picture_lines
from l2scope.tui.message_fields import field_lines
from l2scope.tui.theme import Tone, palette_of
from l2scope.tui.widgets.line_view import ScrolledLines

MARGIN = 1


def wrapped(line: str, width: int) -> list[str]:
    """A line in pieces that fit a width, cut between words where there are any."""
    pieces = []
    while cell_len(line) > width:
        fitting = len(set_cell_size(line, width).rstrip())
        space = line.rfind(" ", 0, fitting + 1)
        at = space if space > 0 else max(1, fitting)
        pieces.append(line[:at])
        line = line[at:].removeprefix(" ")
    return [*pieces, line]


class ViewMode(Enum):
    """How a message is shown: its content as what that is, the bytes of it, or the fields of its parts."""

    CONTENT = "content"
    BYTES = "bytes"
    FIELDS = "fields"

    @property
    def next(self) -> "ViewMode":
        modes = list(ViewMode)
        return modes[(modes.index(self) + 1) % len(modes)]


class ContentView(ScrolledLines):
    """Scrolled text, bytes, fields or a picture."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.message: Message | None = None
        self.mode = ViewMode.CONTENT
        self._lines: Lines = []

    def show(self, message: Message | None, mode: ViewMode) -> None:
        """Shows a message from its beginning."""
        if message is self.message and mode is self.mode:
            return
        self.message, self.mode = message, mode
        self._lay_out()
        self.scroll_to(y=0, animate=False, force=True)

    def on_resize(self) -> None:
        """A picture has another size."""
        self._lay_out()

    def notify_style_update(self) -> None:
        """The theme may have changed."""
        self._lay_out()

    def _lay_out(self) -> None:
        self._lines = [] if self.message is None else self._made(self.message)
        self.virtual_size = Size(0, len(self._lines))
        self.refresh()

    def _made(self, message: Message) -> Lines:
        palette = palette_of(self)
        if self.mode is ViewMode.FIELDS:
            lines = field_lines(message)
            return [[Segment(text, palette.style(tone)) for text, tone in line if text] for line in lines]
        if self.mode is ViewMode.CONTENT and message.media.startswith("image/") and message.content:
            room = self.size.width - 2 * MARGIN
            found = picture_lines(message, room, max(1, self.size.height), palette.coloured)
            if not isinstance(found, str):
                return found
            return [[Segment(found, palette.style(Tone.DIM))], [], *self._written(message, as_hex=True)]
        return self._written(message, as_hex=self.mode is ViewMode.BYTES)

    def _written(self, message: Message, as_hex: bool) -> Lines:
        """Lines of bytes as they are, those of a text as wide as the pane at the most."""
        style, width = palette_of(self).style(), max(10, self.size.width - 2 * MARGIN)
        lines = content_lines(message, as_hex)
        if as_hex:
            return [[Segment(line, style)] for line in lines]
        return [[Segment(part, style)] for line in lines for part in wrapped(line, width)]

    def render_line(self, y: int) -> Strip:
        """A line."""
        blank = palette_of(self).style()
        at = self.scroll_offset.y + y
        line = self._lines[at] if at < len(self._lines) else []
        return Strip([Segment(" " * MARGIN, blank), *line]).adjust_cell_length(self.size.width, blank)
