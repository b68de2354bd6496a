"""A table that can be put in the order of any of its columns, by a key or a click on the column's head."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from textual import events

from l2scope.tui.keys import Scope, bindings
from l2scope.tui.widgets.bars import clipped
from l2scope.tui.widgets.table_row import Column, TableModel
from l2scope.tui.widgets.virtual_table import VirtualTable

OWN = -1
"""The order in which the model has its rows."""
MARGIN = 2
UP, DOWN = "▴", "▾"


class SortableModel(TableModel, Protocol):
    """A model that knows what its rows are ordered by."""

    def order_by(self, column: int) -> Sequence[Any] | None:
        """What each row has in a column, as something that can be compared; None entries come last. None for a column
        that orders nothing."""


class SortedTable(VirtualTable):
    """Columns of numbers begin with the largest, those of texts with the first in the alphabet."""

    BINDINGS = bindings(Scope.ORDER)

    def __init__(self, model: SortableModel, *, id: str | None = None) -> None:
        super().__init__(model, id=id)
        self.sortable = model
        self.column = OWN
        self.reversed = False

    def columns(self, width: int) -> Sequence[Column]:
        """The model's, with a sign on the one that orders the rows."""
        found = list(self.model.columns(width))
        if 0 <= self.column < len(found):
            column = found[self.column]
            sign = DOWN if column.right != self.reversed else UP
            found[self.column] = replace(column, title=clipped(column.title, column.width - 1) + sign)
        return found

    def update(self, *, growing: bool = False) -> None:
        """Reads the model anew, and puts its rows in order."""
        self._arrange()
        super().update(growing=growing)

    def _arrange(self) -> None:
        values = None if self.column == OWN else self.sortable.order_by(self.column)
        if values is None:
            self.view = None
            return
        largest_first = self.model.columns(self.size.width)[self.column].right != self.reversed
        known = [row for row in range(len(values)) if values[row] is not None]
        known.sort(key=lambda row: values[row], reverse=largest_first)
        unknown = [row for row in range(len(values)) if values[row] is None]
        self.view = np.array(known + unknown, np.int64)

    def order(self, column: int) -> None:
        """Orders by a column; by the same one again the other way round."""
        self.reversed = column == self.column and not self.reversed
        self.column = column
        row = self.row
        self.update()
        self.go_to_row(row)
        self.repaint()

    def _step_column(self, by: int) -> None:
        """The next of the columns on the screen that order something, and the model's own order."""
        shown = [index for index, _ in self._painter.columns if self.sortable.order_by(index) is not None]
        choices = [OWN, *shown]
        at = choices.index(self.column) if self.column in choices else 0
        self.reversed = False
        self.column = OWN
        self.order(choices[(at + by) % len(choices)])
        self.reversed = False

    def action_next_column(self) -> None:
        """Orders by the next column."""
        self._step_column(1)

    def action_previous_column(self) -> None:
        """Orders by the previous column."""
        self._step_column(-1)

    def action_reverse(self) -> None:
        """The other way round."""
        if self.column != OWN:
            self.order(self.column)

    def on_click(self, event: events.Click) -> None:
        """A click on a head orders by its column."""
        if event.y != 0:
            return
        at = MARGIN
        for index, column in self._painter.columns:
            if at <= event.x < at + column.width + 1 and self.sortable.order_by(index) is not None:
                self.order(index)
            at += column.width + 1
