"""What can be dragged with the mouse: the heads of panes, and the edge between two of them."""

from textual import events
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from l2scope.tui.widgets.bars import PaneHead


class Dragged(Message):
    """The mouse went so many cells to the right and lines down."""

    def __init__(self, right: int, down: int) -> None:
        self.right = right
        self.down = down
        super().__init__()


class HeadPressed(Message):
    """A double click on the head of a pane."""

    def __init__(self, pane: str) -> None:
        self.pane = pane
        super().__init__()


class Grip(Widget):
    """Posts `Dragged` while it is held."""

    _held: tuple[int, int] | None = None

    def holds(self, _event: events.MouseDown) -> bool:
        """Whether this is a place to take hold of."""
        return True

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Takes hold."""
        if event.button == 1 and self.holds(event):
            self._held = (event.screen_x, event.screen_y)
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drags."""
        if self._held is None:
            return
        (x, y), self._held = self._held, (event.screen_x, event.screen_y)
        if (event.screen_x, event.screen_y) != (x, y):
            self.post_message(Dragged(event.screen_x - x, event.screen_y - y))

    def on_mouse_up(self, _event: events.MouseUp) -> None:
        """Lets go."""
        if self._held is not None:
            self._held = None
            self.release_mouse()


class HeadGrip(PaneHead, Grip):
    """The head of a pane, which moves the edge above it."""

    def on_click(self, event: events.Click) -> None:
        """A double click is to make the pane as large as the screen, or small again."""
        if event.chain == 2 and self.id is not None:
            self.post_message(HeadPressed(self.id.removesuffix("-head")))


class SidePane(Vertical, Grip):
    """A pane whose left edge can be dragged."""

    def holds(self, event: events.MouseDown) -> bool:
        """The edge alone; the head has a grip of its own."""
        return event.screen_x == self.region.x and event.screen_y > self.region.y
