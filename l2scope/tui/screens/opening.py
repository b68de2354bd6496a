"""Asks for a file: a path with completion, or one of the files that were opened last."""

import os
from collections.abc import Sequence

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from l2scope.sources.containers.limits import size_text
from l2scope.text import printable
from l2scope.tui.background import beside_keys
from l2scope.tui.key_map import keys_of
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.paths import Candidate, candidates, common, expanded
from l2scope.tui.session import Asked
from l2scope.tui.theme import Tone
from l2scope.tui.user import Recent
from l2scope.tui.widgets.bars import KeyLine, PaneHead
from l2scope.tui.widgets.recent_list import RecentRows
from l2scope.tui.widgets.table_row import Cell, Column, plain
from l2scope.tui.widgets.virtual_table import VirtualTable


class CandidateRows:
    """What a path may mean."""

    def __init__(self, found: Sequence[Candidate]) -> None:
        self.found = list(found)

    @property
    def count(self) -> int:
        """Files and folders."""
        return len(self.found)

    def columns(self, width: int) -> Sequence[Column]:
        """Name and size."""
        return (Column("File", 20, elastic=True), Column("Size", 10, right=True, rank=1))

    def cells(self, row: int) -> Sequence[Cell]:
        """Folders end in a slash."""
        one = self.found[row]
        name = printable(one.path.name) + (os.sep if one.is_folder else "")
        size = "" if one.is_folder else size_text(one.size)
        return plain(name, Tone.MARK if one.is_folder else Tone.PLAIN), plain(size, Tone.DIM)

    def gutter(self, row: int) -> tuple[str, Tone]:
        """Nothing."""
        return " ", Tone.DIM


class OpeningScreen(ModalScreen[Asked | None]):
    """Lies over the screen that asks. Empty, it lists what was opened last; the arrows choose from the list."""

    BINDINGS = bindings(Scope.OPENING)
    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    OpeningScreen { align: center middle; background: $ground-page 60%; }
    OpeningScreen > Vertical { width: 100; max-width: 96%; height: 22; max-height: 92%; background: $ground-page;
                               border: round $tone-faint; }
    OpeningScreen Input { background: $ground-bar; color: $tone-strong; }
    OpeningScreen Input.-textual-compact { padding: 0 1; }
    OpeningScreen VirtualTable { height: 1fr; }
    """

    def __init__(self, recent: Sequence[Recent]) -> None:
        super().__init__()
        self.recent = RecentRows(recent)
        self.found = CandidateRows(())
        self.chose = False
        """The list was walked through: Enter means its cursor, not the text."""

    @property
    def table(self) -> VirtualTable:
        """The list."""
        return self.query_one(VirtualTable)

    @property
    def line(self) -> Input:
        """The path."""
        return self.query_one(Input)

    def compose(self) -> ComposeResult:
        """A head, the path, the list, keys."""
        with Vertical():
            yield PaneHead()
            yield Input(compact=True, select_on_focus=False, placeholder=self._hint)
            yield VirtualTable(self.recent, id="found")
            yield KeyLine()

    @property
    def _hint(self) -> str:
        key = keys_of(self).first("opening.complete")
        return f"path of a capture; {key} completes" if key else "path of a capture"

    def on_mount(self) -> None:
        """What was opened last."""
        self.table.can_focus = False
        self.query_one(PaneHead).show((("Open", Tone.STRONG),), (("Enter opens", Tone.DIM),))
        self.query_one(KeyLine).show((Scope.OPENING,))
        self._list(self.recent, "Nothing was opened yet: type a path.")

    def _list(self, model: RecentRows | CandidateRows, otherwise: str) -> None:
        self.chose = False
        self.table.model = model
        self.table.empty = ((otherwise, Tone.DIM),)
        self.table.cursor = 0
        self.table.update()
        self.table.repaint()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if event.value:
            self._look(event.value)
        else:
            self._list(self.recent, "Nothing was opened yet: type a path.")

    @work(exclusive=True, group="candidates")
    async def _look(self, typed: str) -> None:
        """A folder may be slow to tell what is in it."""
        found = await beside_keys(lambda: candidates(typed))
        if self.line.value == typed:
            self.found = CandidateRows(found)
            self._list(self.found, "No file begins like that.")

    def action_complete(self) -> None:
        """As much as is certain; the chosen one where the list was walked through."""
        if not self.found.count or not self.line.value:
            self.line.value = self.line.value or f".{os.sep}"
        elif self.chose:
            self._write(self.found.found[self.table.row].text)
        else:
            self._write(common(self.line.value, self.found.found))
        self.line.cursor_position = len(self.line.value)

    def _write(self, text: str) -> None:
        if text.isprintable():
            self.line.value = text
            self.line.cursor_position = len(text)

    def action_down(self) -> None:
        """The next one."""
        self.table.step(1 if self.chose else 0)
        self.chose = self.table.count > 0

    def action_up(self) -> None:
        """The previous one."""
        self.table.step(-1)
        self.chose = self.table.count > 0

    def action_cancel(self) -> None:
        """Nothing is opened."""
        self.dismiss(None)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if self.chose or not event.value:
            self._take(self.table.row)
        else:
            self._take_path(event.value)

    def _take_path(self, typed: str) -> None:
        path = expanded(typed)
        if path.is_dir():
            self._write(typed if typed.endswith(os.sep) else typed + os.sep)
        elif not path.exists() and self.table.model is self.found and self.found.count:
            self._take(self.table.row)
        else:
            self.dismiss(Asked(path.absolute()))

    def on_click(self, event: events.Click) -> None:
        """A click beside the prompt is no answer."""
        if not self.query_one(Vertical).region.contains(event.screen_x, event.screen_y):
            self.dismiss(None)

    @on(VirtualTable.Opened)
    def _opened(self, event: VirtualTable.Opened) -> None:
        self._take(event.row)

    def _take(self, row: int) -> None:
        if row < 0:
            return
        if self.table.model is self.recent:
            self.dismiss(self.recent.recent[row].asked)
            return
        one = self.found.found[row]
        if one.is_folder:
            self._write(one.text)
        else:
            self.dismiss(Asked(one.path.absolute()))
