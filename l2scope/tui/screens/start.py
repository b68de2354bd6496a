"""Where the program begins without a file: the files that were opened last, and how to open one."""

from typing import Protocol, runtime_checkable

from textual import on
from textual.app import ComposeResult
from textual.events import ScreenResume
from textual.screen import Screen

from l2scope._version import __version__
from l2scope.tui.key_map import keys_of
from l2scope.tui.keys import EVERYWHERE, Scope, bindings
from l2scope.tui.session import Asked
from l2scope.tui.theme import Tone
from l2scope.tui.user import User
from l2scope.tui.widgets.bars import KeyLine, PaneHead
from l2scope.tui.widgets.recent_list import RecentRows
from l2scope.tui.widgets.virtual_table import VirtualTable


@runtime_checkable
class Opens(Protocol):
    """An application that opens files for somebody."""

    user: User

    def open_asked(self, asked: Asked) -> None:
        """Opens a file in a tab."""


class StartScreen(Screen[None]):
    """Enter opens a file of the list."""

    BINDINGS = bindings(Scope.START)
    AUTO_FOCUS = None
    DEFAULT_CSS = """
    StartScreen { background: $ground-page; layout: vertical; }
    StartScreen VirtualTable { height: 1fr; }
    """

    scopes = (Scope.LIST, Scope.START, *EVERYWHERE)
    help_scopes = (Scope.START, Scope.LIST, *EVERYWHERE)

    def __init__(self) -> None:
        super().__init__()
        self.rows = RecentRows(())

    @property
    def opener(self) -> Opens:
        """The application."""
        assert isinstance(self.app, Opens)
        return self.app

    @property
    def table(self) -> VirtualTable:
        """The list."""
        return self.query_one(VirtualTable)

    def compose(self) -> ComposeResult:
        """Who this is, the list, keys."""
        yield PaneHead(id="name-head")
        yield PaneHead(id="recent-head")
        yield VirtualTable(self.rows, id="recent")
        yield KeyLine()

    @on(ScreenResume)
    def _resumed(self) -> None:
        """Another file may have been opened since."""
        keys = keys_of(self.table)
        version = (("l2scope", Tone.MARK), (f"  {__version__}", Tone.DIM))
        self.query_one("#name-head", PaneHead).show(version, (("why is my channel slow, stuck or broken?", Tone.DIM),))
        how = f"{keys.first('list.open')} opens  {keys.first('tabs.open_file')}: another file"
        self.query_one("#recent-head", PaneHead).show((("Recently opened", Tone.STRONG),), ((how, Tone.DIM),))
        self.table.empty = (
            ("Nothing was opened yet.", Tone.STRONG),
            (
                f"{keys.first('tabs.open_file')} asks for a file, {keys.first('app.show_help')} shows all keys.",
                Tone.DIM,
            ),
            ("From a shell: l2scope open capture.btsnoop", Tone.DIM),
        )
        self.query_one(KeyLine).show(self.scopes)
        self._show()
        self.table.focus()

    def _show(self) -> None:
        self.rows.recent = self.opener.user.recent
        self.table.update()
        self.table.repaint()

    @on(VirtualTable.Opened)
    def _opened(self, event: VirtualTable.Opened) -> None:
        self.opener.open_asked(self.rows.recent[event.row].asked)

    def action_forget(self) -> None:
        """The file is on the list no more."""
        if self.table.row >= 0:
            self.opener.user.forget(self.rows.recent[self.table.row])
            self._show()
