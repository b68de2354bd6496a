"""Text that is wrapped to the width of its pane, and scrolled."""

import textwrap
from collections.abc import Iterable

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.strip import Strip

from l2scope.tui.theme import Tone, palette_of
from l2scope.tui.widgets.line_view import ScrolledLines

Paragraph = tuple[str, str, Tone]
"""A title ("" for none), a text, and its tone."""

MARGIN = 2
LONGEST_LINE = 100


class TextPage(ScrolledLines):
    """Paragraphs, each with its title in front; an empty line between them."""

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
