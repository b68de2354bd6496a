"""What the panes that paint themselves line by line share."""

from textual.geometry import clamp
from textual.scroll_view import ScrollView

from l2scope.tui.keys import Scope, bindings


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


class ScrolledLines(LineView):
    """Lines without a cursor."""

    BINDINGS = bindings(Scope.TEXT)

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
