"""The last gate before the terminal: what steers it is taken out of every line of every widget."""

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from l2scope.tui.stand_ins import in_ascii


class Glyphs(LineFilter):
    """Applied to every line of every widget."""

    def __init__(self, ascii_alone: bool) -> None:
        super().__init__()
        self.ascii_alone = ascii_alone

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, harmless and, if need be, in ASCII; their widths are kept."""
        return [self._shown(segment) for segment in segments]

    def _shown(self, segment: Segment) -> Segment:
        text = segment.text
        if (text.isascii() and text.isprintable()) or segment.control:
            return segment
        text = harmless(text)
        return Segment(in_ascii(text) if self.ascii_alone else text, segment.style)


def harmless(text: str) -> str:
    """Characters that steer a terminal or turn the order of text round are taken out of what the gate of texts did not
    see, such as what is pasted; most of them have no width."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else "?" * cell_len(character) for character in text)
