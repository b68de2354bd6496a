"""What the panes that paint themselves line by line share."""

from textual.geometry import clamp
from textual.scroll_view import ScrollView


class LineView(ScrollView, can_focus=True):
    """A pane with a thin scroll bar whose cursor looks stronger while it has the focus."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    LineView {
        background: $ground-page; overflow-x: hidden; overflow-y: auto;
        scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0;
    }
    """

    def on_focus(self) -> None:
        """The cursor is drawn stronger."""
        self.refresh()

    def on_blur(self) -> None:
        """The cursor is drawn weaker."""
        self.refresh()

    def scroll_between(self, lowest: int, highest: int) -> None:
        """Scrolls as little as it takes for the first line on the screen to be from lowest to highest."""
        top = self.scroll_offset.y
        if not lowest <= top <= highest:
            self.scroll_to(y=max(0, clamp(top, min(lowest, highest), highest)), animate=False, force=True)
