"""A screen of packets whose columns the user arranges; they are kept for the next session."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from time import perf_counter

from textual import on, work

from l2scope.filter import Stopped
from l2scope.tui.background import beside_keys
from l2scope.tui.packet_columns import PacketColumn, as_data, columns_in, sized
from l2scope.tui.screens.columns import ColumnsScreen
from l2scope.tui.screens.searched import SearchedScreen
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.detail_tree import DetailTree
from l2scope.tui.widgets.packet_table import PacketTable
from l2scope.tui.widgets.virtual_table import VirtualTable

KEPT = "packets"
"""What the columns are called in the file of the layouts."""
SLOW = 0.1
"""Seconds after which what is computed gives way to what is seen by now."""


class ArrangedScreen(SearchedScreen):
    """Values of columns come in beside the keys."""

    def __init__(self) -> None:
        super().__init__()
        self.rows.chosen = columns_in(self.user.layout.get(KEPT))
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
        kept = {"columns": as_data(self.rows.chosen)}
        self.user.layout.change(lambda values: values.update({KEPT: kept}))

    @on(VirtualTable.Opened, "#packets")
    def _packet_opened(self) -> None:
        self.query_one(DetailTree).focus()
