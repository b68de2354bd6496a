"""A screen with a list of packets that a display filter narrows."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from textual import on, work

from l2scope.capture import Capture
from l2scope.filter import Filter, FilterError, Selection, Stopped
from l2scope.sources.errors import CaptureError
from l2scope.text import printable
from l2scope.tui.background import beside_keys
from l2scope.tui.figures import count
from l2scope.tui.screens.paned import PanedScreen
from l2scope.tui.seen_values import seen_values
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.filter_bar import FilterBar
from l2scope.tui.widgets.virtual_table import VirtualTable

FILTER = "filter"
SMALL = 250_000
"""Up to so many packets the list follows while one types."""
NO_PACKETS = (
    ("No packets in this capture.", Tone.STRONG),
    ("It has a header but no records. Press {app.leave} to leave.", Tone.DIM),
)
NONE_PASSES = (
    ("No packet passes the filter.", Tone.STRONG),
    ("Press {packets.filter} to change it; empty, it lets all pass.", Tone.DIM),
)
PATIENCE = 0.05
"""Seconds without a key before a filter is tried."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a text: a filter and the packets that pass, or why not. known is how many packets were asked."""

    filter: Filter | None = None
    selection: Selection | None = None
    error: FilterError | None = None
    problem: str = ""
    known: int = 0


class FilteredScreen(PanedScreen):
    """What is typed is tried beside the keys; Enter puts it in force, Escape goes back to what was."""

    def __init__(self) -> None:
        super().__init__()
        self.filter: Filter | None = None
        self._trials = 0
        self._settled = 0
        self._known = 0

    @property
    @abstractmethod
    def table(self) -> VirtualTable:
        """The list."""

    @property
    def bar(self) -> FilterBar:
        """The line of the filter."""
        return self.query_one(FilterBar)

    def action_filter(self) -> None:
        """Asks for a display filter; the list follows while one types."""
        self.bar.ask()

    def passes(self, row: int) -> bool:
        """The row is on the list."""
        view = self.table.view
        if view is None:
            return True
        place = int(np.searchsorted(view, row))
        return place < len(view) and int(view[place]) == row

    def filter_anew(self) -> None:
        """Asks the filter about packets that have come since, unless it is being asked."""
        idle = self._settled == self._trials and not self.bar.is_open
        if self.filter is not None and idle and self._known != self.scope_app.capture.count:
            self._try(self.filter.expression, force=True)

    def put_in_force(self, expression: str) -> None:
        """Filters by what another screen asks for."""
        self.bar.remember(expression)
        self.bar.close(expression)
        self._try(expression, force=True)

    def drop_filter(self) -> None:
        """All packets again."""
        self._trials += 1
        self._settled = self._trials
        self._put_in_force(Outcome())

    @on(FilterBar.Changed)
    def _filter_typed(self, event: FilterBar.Changed) -> None:
        if not isinstance(event, FilterBar.Answered):
            self._try(event.text, force=False)

    @on(FilterBar.Answered)
    def _filter_answered(self, event: FilterBar.Answered) -> None:
        self._try(event.text, force=True)

    @on(FilterBar.Cancelled)
    def _filter_cancelled(self) -> None:
        """Back to the filter that is in force."""
        self.table.focus()
        self._try(self.filter.expression if self.filter is not None else "", force=True)

    @on(FilterBar.ValuesWanted)
    def _values_wanted(self, event: FilterBar.ValuesWanted) -> None:
        self._see_values(event.field)

    @work(exclusive=True, group="values of a field")
    async def _see_values(self, field: str) -> None:
        """Looks for the values of a field, which filters for it are completed with."""
        capture, bar = self.scope_app.capture, self.bar
        values = await beside_keys(lambda: seen_values(capture, field, lambda: not bar.is_open))
        if self.is_attached:
            bar.take_values(field, values)

    @work(exclusive=True, group=FILTER)
    async def _try(self, text: str, *, force: bool) -> None:
        """Tries a text once no key has come for a moment; of two, the later wins."""
        self._trials += 1
        trial = self._trials
        if not force:
            await asyncio.sleep(PATIENCE)
        outcome = await beside_keys(lambda: _compiled(text))
        if outcome.filter is not None and self.is_attached:
            self.bar.judge("-valid")
            capture, filter = self.scope_app.capture, outcome.filter
            if force or capture.count <= SMALL:
                outcome = await beside_keys(lambda: _asked(filter, capture, lambda: trial != self._trials))
        if trial != self._trials or not self.is_attached:
            return
        self._settled = trial
        if outcome.error is not None:
            self.bar.judge("-invalid", outcome.error)
        elif force:
            self._put_in_force(outcome)
        else:
            self.bar.judge("-valid" if outcome.filter else "")
            self._show(outcome)

    def _put_in_force(self, outcome: Outcome) -> None:
        was_open = self.bar.is_open
        self.filter = outcome.filter
        self._known = outcome.known
        expression = "" if self.filter is None else self.filter.expression
        if was_open or self.filter is None:
            self.bar.remember(expression)
            self.bar.close(expression)
        if was_open:
            self.table.focus()
        self._show(outcome)

    def _show(self, outcome: Outcome) -> None:
        if outcome.problem:
            self.bar.count(outcome.problem)
        elif outcome.filter is None:
            self.bar.count("")
            self.table.empty = NO_PACKETS
            self.table.set_view(None)
        elif outcome.selection is not None:
            self.bar.count(f"{count(len(outcome.selection))} of {count(outcome.known)}")
            self.table.empty = NONE_PASSES
            self.table.set_view(np.flatnonzero(outcome.selection.mask))


def _compiled(text: str) -> Outcome:
    """The filter that a text is, or why it is none."""
    try:
        return Outcome(Filter(text.strip()) if text.strip() else None)
    except FilterError as error:
        return Outcome(error=error)


def _asked(filter: Filter, capture: Capture, stopped: Callable[[], bool]) -> Outcome:
    """What of the capture passes."""
    try:
        selection = filter.select(capture, stopped)
        return Outcome(filter, selection, known=len(selection.mask))
    except FilterError as error:
        return Outcome(error=error)
    except Stopped:
        return Outcome()
    except CaptureError as error:
        return Outcome(filter, problem=printable(str(error)))
