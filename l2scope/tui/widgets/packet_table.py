"""The table of packets: a column can be chosen and be made wider with the mouse, and a row has a menu."""

from textual import events
from textual.message import Message

from l2scope.tui.widgets.table_row import TableModel
from l2scope.tui.widgets.virtual_table import VirtualTable

RIGHT_BUTTON = 3


class PacketTable(VirtualTable):
    """Posts `ColumnSized` while the end of a title is dragged, `MenuWanted` for a right click on a row and
    `ColumnsWanted` for one on the titles."""

    class ColumnSized(Message):
        """The column at this place in the model is to be so wide."""

        def __init__(self, place: int, width: int) -> None:
            self.place = place
            self.width = width
            super().__init__()

    class MenuWanted(Message):
        """A menu for the chosen cell, at this place of the screen."""

        def __init__(self, x: int, y: int) -> None:
            self.x = x
            self.y = y
            super().__init__()

    class ColumnsWanted(Message):
        """The columns are to be chosen anew."""

    class CopyWanted(Message):
        """The selected rows are to be copied."""

    def __init__(self, model: TableModel, *, id: str | None = None) -> None:
        super().__init__(model, id=id)
        self._dragged: tuple[int, int] | None = None

    @property
    def column(self) -> int:
        """The place in the model of the column that is chosen, -1 for none."""
        return self._painter.chosen

    @property
    def shown_columns(self) -> list[int]:
        """The places in the model of the columns that there is room for."""
        return [index for index, _ in self._painter.columns]

    def choose_column(self, place: int) -> None:
        """Lets a column stand out."""
        self._painter.chosen = place
        self._strips.clear()
        self.refresh()

    def step_column(self, by: int) -> None:
        """Chooses the next column that is shown, or the one before; beyond the ends none."""
        shown = self.shown_columns
        at = shown.index(self.column) + by if self.column in shown else (0 if by > 0 else len(shown) - 1)
        self.choose_column(shown[at] if 0 <= at < len(shown) else -1)

    def action_copy(self) -> None:
        """Copies the selected rows; their values may have to be computed."""
        self.post_message(self.CopyWanted())

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Takes hold of the end of a column's title."""
        place, from_end = self._painter.column_at(event.x)
        if event.y == 0 and place >= 0 and from_end == 0 and event.button != RIGHT_BUTTON:
            width = next(column.width for index, column in self._painter.columns if index == place)
            self._dragged = (place, event.screen_x - width)
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drags it."""
        if self._dragged is not None:
            place, origin = self._dragged
            self.post_message(self.ColumnSized(place, event.screen_x - origin))

    def on_mouse_up(self, _event: events.MouseUp) -> None:
        """Lets it go."""
        if self._dragged is not None:
            self._dragged = None
            self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """Chooses the column; the right button opens a menu, on the titles that of the columns."""
        right = event.button == RIGHT_BUTTON
        place, from_end = self._painter.column_at(event.x)
        if event.y == 0 and (right or event.chain == 2):
            self.post_message(self.ColumnsWanted())
        elif event.y == 0:
            if from_end:
                self.choose_column(-1 if place == self.column else place)
        elif self.scroll_offset.y + event.y - 1 < self.count:
            self.choose_column(place)
            if right:
                self.step(self.scroll_offset.y + event.y - 1 - self.cursor)
                self.post_message(self.MenuWanted(event.screen_x, event.screen_y))
                event.prevent_default()
