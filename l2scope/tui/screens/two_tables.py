"""A screen of two tables: what is chosen in the upper one is told in full in the lower one."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult

from l2scope.sources.errors import CaptureError
from l2scope.text import printable
from l2scope.tui.places import Place
from l2scope.tui.screens.paned import PanedScreen
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.bars import KeyLine, PaneHead, Piece, TitleBar
from l2scope.tui.widgets.grips import HeadGrip
from l2scope.tui.widgets.table_row import TableModel
from l2scope.tui.widgets.virtual_table import VirtualTable

Pieces = tuple[Piece, ...]


class TwoTablesScreen(PanedScreen):
    """What the tables list is gathered from ATT beside the keys. STACKS names the two tables."""

    NOTHING: ClassVar[Pieces]
    """What an empty upper table says."""
    upper_rows: TableModel
    lower_rows: TableModel

    def __init__(self) -> None:
        super().__init__()
        self._known = -1
        self._wanted: Place | None = None

    async def gather(self) -> None:
        """Computes what is to be listed, beside the keys. May raise CaptureError."""
        raise NotImplementedError

    def list_upper(self) -> int:
        """Lists what was gathered in the upper table, and gives the row of what was chosen before."""
        raise NotImplementedError

    def list_lower(self) -> tuple[Pieces, Pieces, Pieces]:
        """Lists what is chosen in the lower table; gives what that says when it is empty, and its head's two texts."""
        raise NotImplementedError

    def go_to(self, place: Place) -> None:
        """Goes back to a place; what was gathered is there."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Title, upper table, the lower one with its head, keys."""
        upper, lower = self.STACKS[0]
        yield TitleBar(f"app.show_{self.name_of_place}")
        yield VirtualTable(self.upper_rows, id=upper)
        yield HeadGrip(id=f"{lower}-head")
        yield VirtualTable(self.lower_rows, id=lower)
        yield KeyLine()

    @property
    def table(self) -> VirtualTable:
        """The upper one."""
        return self.query_one(f"#{self.STACKS[0][0]}", VirtualTable)

    @property
    def lower_table(self) -> VirtualTable:
        """The lower one."""
        return self.query_one(f"#{self.STACKS[0][1]}", VirtualTable)

    def restore(self, place: Place) -> None:
        """Goes back to a line; once the lines are there, if they are not yet."""
        if self._known < 0:
            self._wanted = place
        else:
            self.go_to(place)

    def on_mount(self) -> None:
        """Looks at the capture."""
        self.table.focus()
        self.refresh_capture()

    def refresh_capture(self) -> None:
        """Takes in what the capture holds by now."""
        self.show_title()
        if len(self.scope_app.capture.tables.att) != self._known:
            self._look()

    @work(exclusive=True, group="tables")
    async def _look(self) -> None:
        """Lists all anew; the cursors stay where they were."""
        known = len(self.scope_app.capture.tables.att)
        try:
            await self.gather()
        except CaptureError as error:
            self.say(printable(str(error)), Tone.LOOK)
            return
        self._known = known
        at = self.lower_table.cursor
        row = self.list_upper()
        self.table.empty = self.NOTHING
        self.set_class(not self.upper_rows.count, "-empty")
        self.table.update()
        self.table.cursor = row
        self.show_lower()
        self.lower_table.cursor = at
        if self._wanted is not None:
            self.go_to(self._wanted)
            self._wanted = None

    def show_lower(self) -> None:
        """Shows what belongs to the chosen line."""
        empty, left, right = self.list_lower()
        table = self.lower_table
        table.empty = empty
        table.update()
        table.repaint()
        if left:
            self.query_one(f"#{table.id}-head", PaneHead).show(left, right)

    @on(VirtualTable.Moved)
    def _line_chosen(self, event: VirtualTable.Moved) -> None:
        if event.table is self.table:
            self.show_lower()
            self.lower_table.cursor = 0

    @on(VirtualTable.Opened)
    def _line_opened(self, event: VirtualTable.Opened) -> None:
        if event.table is self.table:
            self.lower_table.focus()

    def say(self, text: str, tone: Tone = Tone.LOOK) -> None:
        """Says something in the key line."""
        self.query_one(KeyLine).say(text, tone if text else Tone.PLAIN)
