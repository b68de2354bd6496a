"""What can be dragged with the mouse: the heads of panes, and the edge between two of them."""

from typing import ClassVar, Final

from textual import events
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from l2scope.tui.widgets.bars import PaneHead

LINES: Final = "lines"
CELLS: Final = "cells"


class Dragged(Message):
    """A grip is to go so many lines down, or cells to the right."""

    def __init__(self, grip: "Grip", by: int) -> None:
        self.grip = grip
        self.by = by
        super().__init__()


class Dropped(Message):
    """The grip was let go."""


class HeadPressed(Message):
    """A double click on the head of a pane."""

    def __init__(self, pane: str) -> None:
        self.pane = pane
        super().__init__()


class Grip(Widget):
    """Posts `Dragged` while it is held, by how far the mouse is from where the grip is by then."""

    axis: ClassVar[str]
    _is_held = False

    def holds(self, _event: events.MouseDown) -> bool:
        """Whether this is a place to take hold of."""
        return True

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Takes hold."""
        if event.button == 1 and self.holds(event):
            self._is_held = True
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drags."""
        region = self.region
        by = event.screen_y - region.y if self.axis == LINES else event.screen_x - region.x
        if self._is_held and by:
            self.post_message(Dragged(self, int(by)))

    def on_mouse_up(self, _event: events.MouseUp) -> None:
        """Lets go."""
        if self._is_held:
            self._is_held = False
            self.release_mouse()
            self.post_message(Dropped())


class HeadGrip(PaneHead, Grip):
    """The head of a pane, which moves the edge above it."""

    axis = LINES

    def on_click(self, event: events.Click) -> None:
        """A double click is to make the pane as large as the screen, or small again."""
        if event.chain == 2 and self.id is not None:
            self.post_message(HeadPressed(self.id.removesuffix("-head")))


class SidePane(Vertical, Grip):
    """A pane whose left edge can be dragged."""

    axis = CELLS

    def holds(self, event: events.MouseDown) -> bool:
        """The edge alone; the head has a grip of its own."""
        return event.screen_x == self.region.x and event.screen_y > self.region.y
