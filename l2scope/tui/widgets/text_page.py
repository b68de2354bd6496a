"""Text that is wrapped to the width of its pane, and scrolled."""

import textwrap
from collections.abc import Iterable

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.strip import Strip

from l2scope.tui.keys import Scope, bindings
from l2scope.tui.theme import Tone, palette_of
from l2scope.tui.widgets.line_view import LineView

Paragraph = tuple[str, str, Tone]
"""A title ("" for none), a text, and its tone."""

MARGIN = 2
LONGEST_LINE = 100


class TextPage(LineView):
    """Paragraphs, each with its title in front; an empty line between them."""

    BINDINGS = bindings(Scope.TEXT)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._paragraphs: tuple[Paragraph, ...] = ()
        self._lines: list[tuple[str, str, Tone]] = []

    def show(self, paragraphs: Iterable[Paragraph]) -> None:
        """Shows these, from the beginning."""
        self._paragraphs = tuple(paragraphs)
        self._wrap()
        self.scroll_to(y=0, animate=False, force=True)

    def on_resize(self, _event: events.Resize) -> None:
        """Other lines."""
        self._wrap()

    def _wrap(self) -> None:
        width = max(10, min(LONGEST_LINE, self.size.width - MARGIN - 1))
        self._lines = []
        for title, text, tone in self._paragraphs:
            lead = f"{title}: " if title else ""
            for at, line in enumerate(textwrap.wrap(lead + text, width) or [""]):
                cut = len(lead) if at == 0 else 0
                self._lines.append((line[:cut], line[cut:], tone))
            self._lines.append(("", "", tone))
        self.virtual_size = Size(0, len(self._lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A line; titles stand out."""
        palette, width = palette_of(self), self.size.width
        index = self.scroll_offset.y + y
        title, text, tone = self._lines[index] if index < len(self._lines) else ("", "", Tone.PLAIN)
        segments = [
            Segment(" " * MARGIN, palette.style()),
            Segment(title, palette.style(Tone.STRONG)),
            Segment(text, palette.style(tone)),
        ]
        return Strip(segments).adjust_cell_length(width, palette.style())

    def _scroll(self, by: int) -> None:
        self.scroll_to(y=max(0, self.scroll_offset.y + by), animate=False, force=True)

    def action_down(self) -> None:
        """A line down."""
        self._scroll(1)

    def action_up(self) -> None:
        """A line up."""
        self._scroll(-1)

    def action_page_down(self) -> None:
        """A page down."""
        self._scroll(self.size.height)

    def action_page_up(self) -> None:
        """A page up."""
        self._scroll(-self.size.height)
