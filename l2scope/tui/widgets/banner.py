"""A line under the title for what must be seen at once, such as a stall while it lasts."""

from collections.abc import Iterable

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from l2scope.tui.key_map import keys_of
from l2scope.tui.theme import Ground, Tone, palette_of
from l2scope.tui.widgets.bars import Piece, clipped


class Banner(Widget):
    """Hidden while there is nothing to say. A click does `action`."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Banner { height: 1; display: none; }"

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action = action
        self.text = ""
        self.right: tuple[Piece, ...] = ()

    def show(self, text: str, right: Iterable[Piece] = ()) -> None:
        """Says this, at the right what to do (actions in braces as keys); is gone where the text is empty."""
        keys = keys_of(self)
        self.text, self.right = text, tuple((keys.named(piece), tone) for piece, tone in right)
        self.display = bool(text)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Text and what to do."""
        palette, width = palette_of(self), self.size.width
        right = [Segment(text, palette.style(tone, Ground.ALARM)) for text, tone in self.right]
        room = max(0, width - sum(cell_len(text) for text, _ in self.right) - 2)
        style = palette.style(Tone.LOOK, Ground.ALARM)
        text = clipped(f" {self.text}", room)
        return Strip([Segment(text + " " * (room + 1 - cell_len(text)), style), *right, Segment(" ", style)], width)

    async def on_click(self, event: events.Click) -> None:
        """Goes there."""
        event.stop()
        await self.app.run_action(self.action)
