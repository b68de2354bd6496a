"""A table of any number of rows: a row becomes text only when its line is painted.

What the rows are is the model's business; the table knows their count, turns positions into rows through `view` (a
filter or an order) and keeps the cursor, the selection and what is on the screen.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.cells import set_cell_size
from rich.segment import Segment
from textual import events
from textual.cache import LRUCache
from textual.geometry import Size, clamp
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from l2scope.tui.key_map import keys_of
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.theme import Ground, Palette, Tone, palette_of
from l2scope.tui.widgets.line_view import LineView
from l2scope.tui.widgets.list_motions import ListMotions
from l2scope.tui.widgets.table_row import Column, RowPainter, TableModel, length

GROWTH_STEP = 65_536
"""While a table grows its height is raised in steps of this many rows: every change of height lays out the screen."""

UNSETTLED_ROWS = 256
"""The last rows of a growing table may still change."""

PAN_STEP = 8
CONTEXT_LINES = 2


class VirtualTable(ListMotions, LineView):
    """Shows a `TableModel`; posts `Moved` when the cursor is on another row and `Opened` for Enter and double click."""

    BINDINGS = bindings(Scope.LIST)
    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """The cursor is on another row (-1: the table is empty)."""

        def __init__(self, table: "VirtualTable", row: int) -> None:
            self.table = table
            self.row = row
            super().__init__()

        @property
        def control(self) -> "VirtualTable":
            """The table, for `@on(..., "#id")`."""
            return self.table

    class Opened(Moved):
        """Enter or a double click on a row."""

    def __init__(self, model: TableModel, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.model = model
        self.view: NDArray[np.int64] | None = None
        self.empty: Sequence[tuple[str, Tone]] = ()
        self._known = 0
        self._anchor: int | None = None
        self._painter = RowPainter((), 0)
        self._strips: LRUCache[tuple[int, Ground], Strip] = LRUCache(1024)

    @property
    def count(self) -> int:
        """Positions shown."""
        return self._known if self.view is None else len(self.view)

    @property
    def row(self) -> int:
        """The row under the cursor, -1 when there is none."""
        return self.row_at(self.cursor)

    def columns(self, width: int) -> Sequence[Column]:
        """The columns for this width."""
        return self.model.columns(width)

    def row_at(self, position: int) -> int:
        """The row at a position, -1 when there is none."""
        if not 0 <= position < self.count:
            return -1
        return position if self.view is None else int(self.view[position])

    def position_of(self, row: int) -> int:
        """Where a row is shown, -1 when it is not."""
        if self.view is None:
            return row if 0 <= row < self.count else -1
        found = np.flatnonzero(self.view == row)
        return int(found[0]) if len(found) else -1

    def place_of(self, row: int) -> int:
        """Where a row is shown whose view is in order of rows."""
        return row if self.view is None else int(np.searchsorted(self.view, row))

    @property
    def selection(self) -> range:
        """The selected positions; the cursor's alone when nothing is selected."""
        if self._anchor is None:
            return range(self.cursor, min(self.cursor + 1, self.count))
        first, last = sorted((self._anchor, self.cursor))
        return range(first, last + 1)

    @property
    def page(self) -> int:
        """Lines for rows on the screen."""
        return max(1, self.size.height - 1)

    @property
    def max_scroll_y(self) -> int:
        """No further than the rows there are, whatever height growth has reserved."""
        return max(0, self.count + 1 - self.size.height)

    def set_view(self, view: NDArray[np.int64] | None) -> None:
        """Shows these rows, and keeps the cursor on its row when that is among them."""
        row = self.row
        self.view = view
        self._anchor = None
        self.update()
        if not (row >= 0 and self.go_to_row(row)) and self.count:
            self.post_message(self.Moved(self, self.row))

    def update(self, *, growing: bool = False) -> None:
        """Reads the model anew. With `growing` rows are only added: the height is raised in steps, and what is painted
        stays where it cannot have changed.
        """
        before = self.count
        self._known = self.model.count
        reserved = -(-self.count // GROWTH_STEP) * GROWTH_STEP if growing else self.count
        if self.virtual_size.height != reserved + 1:
            self.virtual_size = Size(0, reserved + 1)
        self.cursor = clamp(self.cursor, 0, max(0, self.count - 1))
        settled = self.scroll_offset.y + self.page < before - UNSETTLED_ROWS
        if not (growing and settled and self._painter.fits(self.columns(self.size.width), self.size.width)):
            self.repaint()
        if not before and self.count:
            self.post_message(self.Moved(self, self.row))

    def repaint(self) -> None:
        """Paints anew: rows or columns have changed."""
        self._renew()
        self.refresh()

    def _renew(self) -> None:
        """Lays out the columns and forgets what was painted."""
        self._strips.clear()
        width = self.size.width
        painter = RowPainter(self.columns(width), width)
        was = self._painter
        painter.pan, painter.highlight, painter.chosen = was.pan, was.highlight, was.chosen
        self._painter = painter

    def highlight(self, text: str) -> None:
        """Marks a text (in lower case) wherever the elastic column shows it."""
        self._painter.highlight = text
        self._strips.clear()
        self.refresh()

    def go_to_row(self, row: int) -> bool:
        """Puts the cursor on a row; False when the view leaves it out."""
        position = self.position_of(row)
        if position < 0:
            return False
        self._anchor = None
        self.cursor = position
        self._show_cursor()
        return True

    def on_resize(self, _event: events.Resize) -> None:
        """Keeps the cursor on the screen."""
        self._show_cursor()

    def notify_style_update(self) -> None:
        """The theme may have changed."""
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        """The head, a row, or the empty page."""
        palette = palette_of(self)
        if self._painter.width != self.size.width:
            self._renew()
        if y == 0:
            return self._painter.head(palette)
        position = self.scroll_offset.y + y - 1
        if position >= self.count:
            return self._below(y, palette)
        row, ground = self.row_at(position), self._ground(position)
        if (strip := self._strips.get((row, ground))) is None:
            strip = self._painter.row(self.model.cells(row), self.model.gutter(row), ground, palette)
            self._strips[row, ground] = strip
        return strip

    def _ground(self, position: int) -> Ground:
        if position == self.cursor:
            return Ground.CURSOR if self.has_focus else Ground.SHADOW
        if self._anchor is not None and position in self.selection:
            return Ground.CHOSEN
        return Ground.PAGE

    def _below(self, y: int, palette: Palette) -> Strip:
        """The page under the last row; on an empty table it says what to do next, actions in braces as keys."""
        line = y - 2
        text, tone = self.empty[line] if not self.count and 0 <= line < len(self.empty) else ("", Tone.PLAIN)
        text = keys_of(self).named(text)
        return Strip([Segment(set_cell_size(f"   {text}", self.size.width), palette.style(tone))], self.size.width)

    def validate_cursor(self, value: int) -> int:
        """Stays on the rows there are."""
        return clamp(value, 0, max(0, self.count - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Repaints two lines and says where the cursor is."""
        self._show_cursor()
        for position in (old, new):
            self.refresh_lines(position + 1, 1)
        if self.count:
            self.post_message(self.Moved(self, self.row))

    def _show_cursor(self) -> None:
        """Scrolls so that a line or two around the cursor are seen; after a far jump it stands in the middle."""
        page, top = self.page, self.scroll_offset.y
        context = min(CONTEXT_LINES, (page - 1) // 2)
        lowest, highest = self.cursor - page + 1 + context, self.cursor - context
        if lowest <= top <= highest:
            return
        far = not top - page <= self.cursor < top + 2 * page
        wanted = self.cursor - page // 2 if far else clamp(top, lowest, highest)
        self.scroll_to(y=clamp(wanted, 0, self.max_scroll_y), animate=False, force=True)

    def step(self, by: int, *, extend: bool = False) -> None:
        """Moves the cursor, and the end of the selection with it when extending."""
        if extend or self._anchor is not None:
            self._anchor = (self.cursor if self._anchor is None else self._anchor) if extend else None
            self.refresh()
        self.cursor += by

    def turn(self, by: int) -> None:
        """Moves page and cursor together, as vim does."""
        self.scroll_to(y=clamp(self.scroll_offset.y + by, 0, self.max_scroll_y), animate=False, force=True)
        self.step(by)

    def action_pan_right(self) -> None:
        """Shows more of long texts."""
        self._pan_by(PAN_STEP)

    def action_pan_left(self) -> None:
        """Shows the beginning of long texts again."""
        self._pan_by(-PAN_STEP)

    def action_open(self) -> None:
        """Enter."""
        if self.count:
            self.post_message(self.Opened(self, self.row))

    def action_copy(self) -> None:
        """Copies the selected rows as they read."""
        lines = (self._text(self.row_at(position)) for position in self.selection)
        self.app.copy_to_clipboard("\n".join(lines))

    def _text(self, row: int) -> str:
        cells = self.model.cells(row)
        texts = ("".join(text for text, _ in cells[index]).strip() for index, _ in self._painter.columns)
        return "  ".join(text for text in texts if text)

    def _pan_by(self, by: int) -> None:
        """Pans the elastic column, no further than the longest text on the screen reaches."""
        if self._painter.elastic is None:
            return
        index, width = self._painter.elastic
        top = self.scroll_offset.y
        rows = (self.row_at(position) for position in range(top, min(top + self.page, self.count)))
        longest = max((length(self.model.cells(row)[index]) for row in rows), default=0)
        self._painter.pan = clamp(self._painter.pan + by, 0, max(0, longest - width))
        self._strips.clear()
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor, with shift it selects; a double click opens."""
        position = self.scroll_offset.y + event.y - 1
        if event.y == 0 or position >= self.count:
            return
        self.step(position - self.cursor, extend=event.shift)
        if event.chain == 2:
            self.action_open()
