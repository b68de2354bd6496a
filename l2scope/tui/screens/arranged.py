"""A screen of packets whose columns and panes the user arranges; the arrangement is kept for the next session."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from time import perf_counter

from textual import on, work
from textual.css.scalar import Scalar
from textual.geometry import clamp
from textual.widget import Widget

from l2scope.filter import Stopped
from l2scope.tui.background import beside_keys
from l2scope.tui.packet_columns import PacketColumn, layout_from, sized
from l2scope.tui.screens.columns import ColumnsScreen
from l2scope.tui.screens.searched import SearchedScreen
from l2scope.tui.stored import Stored
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.detail_tree import DetailTree
from l2scope.tui.widgets.grips import Dragged, HeadPressed
from l2scope.tui.widgets.hex_view import HexView
from l2scope.tui.widgets.packet_table import PacketTable
from l2scope.tui.widgets.virtual_table import VirtualTable

LEAST_LINES = 4
"""Of the panes, and of the list above them."""
LEAST_CELLS = 18
KEPT = "packets"
"""What the arrangement is called in the file of the layouts."""
STEP_LINES, STEP_CELLS = 2, 4
SLOW = 0.1
"""Seconds after which what is computed gives way to what is seen by now."""
PANES = {"packets": "-list-alone", "fields": "-fields-alone", "bytes": "-bytes-alone"}
"""The classes of a screen that shows one pane alone."""


class ArrangedScreen(SearchedScreen):
    """+ and - make the pane with the focus larger and smaller, < and > move the edge between fields and bytes, z shows
    one pane alone; heads and edges can be dragged. Values of columns come in beside the keys."""

    def __init__(self) -> None:
        super().__init__()
        self.arrangement = layout_from(self._kept.get(KEPT))
        self.rows.chosen = self.arrangement.columns
        self.rows.shown_before = self._shown_before
        self.rows.values.on_wanted = self._wanted
        self._filling = False

    @property
    def packet_table(self) -> PacketTable:
        """The list."""
        return self.query_one(PacketTable)

    def _shown_before(self, row: int) -> int:
        position = self.table.place_of(row)
        return self.table.row_at(position - 1)

    def _wanted(self) -> None:
        self.call_later(self._fill)

    @work(group="values")
    async def _fill(self) -> None:
        """Computes the values that the list asks for, until it asks for no more."""
        values = self.rows.values
        if self._filling:
            return
        self._filling = True
        try:
            while values.is_wanted:
                wanted = values.take_wanted(self._around())
                with suppress(Stopped):  # what is still on the screen is asked for again
                    values.keep(await beside_keys(partial(values.compute, wanted, self._overtaken(perf_counter()))))
                if not self.is_attached:
                    return
                self.table.repaint()
        finally:
            self._filling = False

    def _overtaken(self, begun: float) -> Callable[[], bool]:
        """Whether what is computed takes long, and something else is on the screen by now."""
        return lambda: self.rows.values.is_wanted and perf_counter() - begun > SLOW

    def _around(self) -> list[int]:
        """The rows on the screen, a page before it and a page behind it."""
        table = self.table
        top = table.scroll_offset.y
        first, last = max(0, top - table.page), min(top + 2 * table.page, table.count)
        return [table.row_at(position) for position in range(first, last)]

    def action_columns(self) -> None:
        """Opens the columns."""
        names = [column.name for column in self.rows.chosen]
        place = self.packet_table.column
        if place < 0:
            place = max(0, names.index("info") - 1) if "info" in names else 0
        table = self.packet_table
        columns = ColumnsScreen(self.rows.chosen, place, self.show_columns, lambda: table.shown_columns)
        self.app.push_screen(columns, lambda _: self._keep())

    @on(PacketTable.ColumnsWanted)
    def _columns_wanted(self) -> None:
        self.action_columns()

    def show_columns(self, columns: tuple[PacketColumn, ...]) -> None:
        """Shows these columns from now on."""
        self.rows.chosen = columns
        self.arrangement = self.arrangement.with_columns(columns)
        if self.packet_table.column >= len(columns):
            self.packet_table.choose_column(-1)
        self.table.repaint()

    def add_column(self, name: str) -> None:
        """Puts a column before the text of the packets, or says that it is there already."""
        names = [column.name for column in self.rows.chosen]
        if name in names:
            self.say(f"{name} is a column already")
            return
        place = names.index("info") if "info" in names else len(names)
        chosen = list(self.rows.chosen)
        chosen.insert(place, PacketColumn(name))
        self.show_columns(tuple(chosen))
        self._keep()
        self.say(f"column {name}; {{packets.columns}}: columns", Tone.MARK)

    @on(PacketTable.ColumnSized)
    def _column_sized(self, event: PacketTable.ColumnSized) -> None:
        chosen = list(self.rows.chosen)
        chosen[event.place] = replace(chosen[event.place], width=sized(event.width))
        self.show_columns(tuple(chosen))
        self._keep()

    def action_next_column(self) -> None:
        """Chooses the next column: its cell is what = and Y take."""
        self.packet_table.step_column(1)

    def action_previous_column(self) -> None:
        """Chooses the column before."""
        self.packet_table.step_column(-1)

    def _keep(self) -> None:
        """For the next session."""
        self._kept.change(lambda values: values.update({KEPT: self.arrangement.as_data()}))

    @property
    def _kept(self) -> Stored:
        """What this user keeps of how the screens are arranged."""
        from l2scope.tui.shell import ShellApp  # that module imports this one

        app = self.app
        assert isinstance(app, ShellApp)
        return app.user.layout

    @property
    def _alone(self) -> str:
        """The pane that is shown alone, nothing where all are."""
        return next((pane for pane, name in PANES.items() if self.has_class(name)), "")

    def show_alone(self, pane: str) -> None:
        """Shows one pane alone; all of them where it is alone already, or where it is none."""
        shown = "" if pane == self._alone else pane
        for name, style in PANES.items():
            self.set_class(name == shown, style)
        if shown:
            self.query_one(f"#{shown}").focus()

    def action_maximise(self) -> None:
        """The pane with the focus alone, or all panes again."""
        self.show_alone(self._alone or self._focused_pane)

    @property
    def _focused_pane(self) -> str:
        if isinstance(self.focused, DetailTree):
            return "fields"
        return "bytes" if isinstance(self.focused, HexView) else "packets"

    @on(HeadPressed)
    def _head_pressed(self, event: HeadPressed) -> None:
        self.show_alone(event.pane)

    def reveal(self, pane: str) -> None:
        """Shows all panes again where another one is shown alone."""
        if self._alone not in ("", pane):
            self.show_alone("")

    def action_grow_pane(self) -> None:
        """The pane with the focus takes lines from the other."""
        self._move_edge(-STEP_LINES if self._focused_pane == "packets" else STEP_LINES)

    def action_shrink_pane(self) -> None:
        """The pane with the focus gives lines to the other."""
        self._move_edge(STEP_LINES if self._focused_pane == "packets" else -STEP_LINES)

    def action_edge_left(self) -> None:
        """More room for the bytes."""
        self._move_side(STEP_CELLS)

    def action_edge_right(self) -> None:
        """More room for the fields."""
        self._move_side(-STEP_CELLS)

    @on(Dragged)
    def _dragged(self, event: Dragged) -> None:
        if event.down:
            self._move_edge(-event.down, keep=False)
        if event.right:
            self._move_side(-event.right, keep=False)

    def _move_edge(self, by: int, *, keep: bool = True) -> None:
        """Gives the panes below the list so many lines more."""
        lines = self.query_one("#panes").size.height
        most = max(LEAST_LINES, self.size.height - 2 - LEAST_LINES)
        self.arrangement = replace(self.arrangement, lines=clamp(lines + by, LEAST_LINES, most))
        self.lay_out_panes()
        if keep:
            self._keep()

    def _move_side(self, by: int, *, keep: bool = True) -> None:
        """Gives the bytes so many cells more, where they stand beside the fields."""
        if self.has_class("-narrow"):
            return
        cells = self.query_one("#right").size.width
        most = max(LEAST_CELLS, self.size.width - LEAST_CELLS)
        self.arrangement = replace(self.arrangement, cells=clamp(cells + by, LEAST_CELLS, most))
        self.lay_out_panes()
        if keep:
            self._keep()

    def lay_out_panes(self) -> None:
        """Gives the panes their sizes."""
        lines, cells = self.arrangement.lines, self.arrangement.cells
        most = max(LEAST_LINES, self.size.height - 2 - LEAST_LINES)
        panes = self.query_one("#panes")
        _size(panes, "height", min(lines, most) if lines else 0)
        _size(panes, "min_height", LEAST_LINES if lines else 0)
        narrow = self.has_class("-narrow")
        widest = max(LEAST_CELLS, self.size.width - LEAST_CELLS)
        _size(self.query_one("#right"), "width", min(cells, widest) if cells and not narrow else 0)
        for side in ("#left", "#right"):
            half = Scalar.parse("1fr") if lines and narrow else 0
            _size(self.query_one(side), "height", half)

    @on(VirtualTable.Opened, "#packets")
    def _packet_opened(self) -> None:
        self.reveal("fields")
        self.query_one(DetailTree).focus()


def _size(widget: Widget, rule: str, value: int | Scalar) -> None:
    """Sets a size of a widget; 0 is the one of the style sheet."""
    if value:
        setattr(widget.styles, rule, value)
    else:
        widget.styles.clear_rule(rule)
