"""The captures that are open, a tab each, in a line at the top; not there while there is one alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from l2scope.tui.theme import Ground, Palette, Tone, palette_of
from l2scope.tui.widgets.bars import Piece, clipped

LEAST_NAME = 6
CLOSE, OPEN = "×", " + "


@dataclass(frozen=True, slots=True)
class TabLabel:
    """The name of a capture, and what is to be known of it: how far it is read, how much is wrong."""

    name: str
    sign: Piece


class TabStrip(Widget):
    """A click shows a tab, one on × or with the middle button closes it, one on + asks for a file."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "TabStrip { height: 1; dock: top; }"

    class Chosen(Message):
        """A tab was clicked, by its index."""

        def __init__(self, index: int) -> None:
            self.index = index
            super().__init__()

    class Closed(Chosen):
        """A tab is to be closed."""

    class OpenWanted(Message):
        """Another file is wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.labels: tuple[TabLabel, ...] = ()
        self.current = 0
        self._spans: list[tuple[int, int, TabStrip.Chosen | TabStrip.OpenWanted]] = []

    def show(self, labels: Sequence[TabLabel], current: int) -> None:
        """These tabs, of which one is seen."""
        if (tuple(labels), current) != (self.labels, self.current):
            self.labels, self.current = tuple(labels), current
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The tabs that fit, the one that is seen always among them."""
        palette, width = palette_of(self), self.size.width
        self._spans = []
        first, last, longest = self._fitting(width - len(OPEN) - 4)
        segments, at = [Segment(" ‹" if first else " ", palette.style(Tone.DIM, Ground.BAR))], 1 + bool(first)
        for index in range(first, last):
            parts = self._tab(index, longest, palette)
            end = at + sum(part.cell_length for part in parts)
            if index == self.current:
                self._spans.append((end - 2, end, self.Closed(index)))
            self._spans.append((at, end, self.Chosen(index)))
            segments += parts
            at = end
        if last < len(self.labels):
            segments.append(Segment("›", palette.style(Tone.DIM, Ground.BAR)))
            at += 1
        self._spans.append((at, at + len(OPEN), self.OpenWanted()))
        segments.append(Segment(OPEN, palette.style(Tone.MARK, Ground.BAR)))
        return Strip(segments).adjust_cell_length(width, palette.style(Tone.DIM, Ground.BAR))

    def _tab(self, index: int, longest: int, palette: Palette) -> list[Segment]:
        label, is_current = self.labels[index], index == self.current
        ground = Ground.PAGE if is_current else Ground.BAR
        number = f" {index + 1} " if index < 9 else " "
        pieces: list[Piece] = [
            (number, Tone.MARK),
            (clipped(label.name, longest), Tone.STRONG if is_current else Tone.DIM),
            (f" {label.sign[0]}" if label.sign[0] else "", label.sign[1]),
            (f" {CLOSE} " if is_current else " ", Tone.DIM),
        ]
        return [Segment(text, palette.style(tone, ground)) for text, tone in pieces if text]

    def _fitting(self, width: int) -> tuple[int, int, int]:
        """The first and the end of the tabs that are shown, and the longest that a name may be."""
        longest = max((cell_len(label.name) for label in self.labels), default=0)
        while longest > LEAST_NAME and self._needed(0, len(self.labels), longest) > width:
            longest -= 1
        first, last = 0, len(self.labels)
        while last - first > 1 and self._needed(first, last, longest) > width:
            if last - 1 > self.current:
                last -= 1
            else:
                first += 1
        return first, last, longest

    def _needed(self, first: int, last: int, longest: int) -> int:
        names = (min(longest, cell_len(label.name)) for label in self.labels[first:last])
        signs = (1 + cell_len(label.sign[0]) for label in self.labels[first:last] if label.sign[0])
        return sum(names) + sum(signs) + 4 * (last - first) + 2

    def on_click(self, event: events.Click) -> None:
        """What was hit."""
        event.stop()
        for start, end, message in self._spans:
            if start <= event.x < end:
                self.post_message(self._meant(message, event.button))
                return

    def _meant(self, message: "Chosen | OpenWanted", button: int) -> Message:
        """The middle button closes what the others choose."""
        return self.Closed(message.index) if button == 2 and isinstance(message, self.Chosen) else message
