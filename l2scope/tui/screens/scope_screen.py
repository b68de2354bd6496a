"""What all screens share: the title bar, the key line, and the application they belong to."""

from collections.abc import Iterable

from textual import on
from textual.events import ScreenResume
from textual.screen import Screen
from textual.widget import Widget

from l2scope.analysis.findings import Severity
from l2scope.text import printable
from l2scope.tui.figures import count, counted, duration
from l2scope.tui.keys import EVERYWHERE, TYPING, Scope
from l2scope.tui.places import Place
from l2scope.tui.session import Session
from l2scope.tui.theme import Tone
from l2scope.tui.user import User
from l2scope.tui.widgets.banner import Banner
from l2scope.tui.widgets.bars import KeyLine, PaneHead, Piece, TitleBar
from l2scope.tui.widgets.detail_tree import DetailTree
from l2scope.tui.widgets.filter_bar import FilterLine
from l2scope.tui.widgets.hex_view import HexView
from l2scope.tui.widgets.line_view import ScrolledLines
from l2scope.tui.widgets.prompt import PromptLine
from l2scope.tui.widgets.sorted_table import SortedTable
from l2scope.tui.widgets.time_graph import TimeGraph
from l2scope.tui.widgets.virtual_table import VirtualTable

FOCUS_SCOPES: tuple[tuple[type[Widget], Scope], ...] = (
    (VirtualTable, Scope.LIST),
    (SortedTable, Scope.ORDER),
    (ScrolledLines, Scope.TEXT),
    (DetailTree, Scope.TREE),
    (HexView, Scope.HEX),
    (TimeGraph, Scope.GRAPH),
    (PromptLine, Scope.PROMPT),
    (FilterLine, Scope.FILTER),
)

GO_THERE: tuple[Piece, ...] = (("{app.go_to_stall}", Tone.MARK), (" go there", Tone.PLAIN))


class ScopeScreen(Screen[None]):
    """A screen with a title bar and a key line. `scope` is that of its own actions."""

    scope: Scope
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (132, "-wider")]  # noqa: RUF012 - as Textual types it
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-tall")]  # noqa: RUF012 - as Textual types it
    AUTO_FOCUS = None

    def __init__(self) -> None:
        super().__init__()
        from l2scope.tui.navigation import NavigatingApp

        app = self.app
        assert isinstance(app, NavigatingApp)
        self.scope_app: Session = app.session
        """The capture of this screen's tab, shown or not, and the way to its other places."""

    @property
    def user(self) -> User:
        """Whose settings and layout the application has."""
        from l2scope.tui.shell import ShellApp  # that module imports this one

        app = self.app
        assert isinstance(app, ShellApp)
        return app.user

    @property
    def name_of_place(self) -> str:
        """The name of the screen in a `Place`."""
        return self.scope.name.lower()

    @property
    def place(self) -> Place:
        """Where the user is."""
        raise NotImplementedError

    def restore(self, place: Place) -> None:
        """Goes back to a place on this screen."""
        raise NotImplementedError

    def refresh_capture(self) -> None:
        """More of the capture has been read, or it was judged anew."""
        raise NotImplementedError

    @property
    def own_scopes(self) -> tuple[Scope, ...]:
        """Those of the screen itself, whatever has the focus."""
        return (self.scope,)

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """Whose keys work now: those of the pane with the focus, of the screen, and of the application; while one types
        those of the line alone."""
        own = tuple(scope for kind, scope in FOCUS_SCOPES if isinstance(self.focused, kind))
        if set(own) & set(TYPING):
            return own
        return (*own, *self.own_scopes, *EVERYWHERE)

    @property
    def help_scopes(self) -> tuple[Scope, ...]:
        """The scopes of all keys of this screen: its own first, then those of its panes, that with the focus first."""
        panes = [scope for kind, scope in FOCUS_SCOPES if self.query(kind)]
        focused = [scope for kind, scope in FOCUS_SCOPES if isinstance(self.focused, kind)]
        return tuple(dict.fromkeys([self.scope, *focused, *EVERYWHERE, *panes, *self.own_scopes]))

    def show_title(self) -> None:
        """File, size and progress."""
        bar = self.query_one(TitleBar)
        bar.show(self._title(), self.scope_app.progress)
        verdict = self.scope_app.overview.verdict
        tone = Tone.LOOK if verdict.number(Severity.ERROR) else Tone.PLAIN
        bar.badge("app.show_findings", (count(verdict.grave), tone) if verdict.grave else None)

    def show_alarm(self, text: str) -> None:
        """Shows what must be seen at once in a banner under the title; takes it away where the text is empty."""
        banners = self.query(Banner)
        if not banners and text:
            banner = Banner("app.go_to_stall")
            self.mount(banner, after=self.query_one(TitleBar))
            banner.show(text, GO_THERE)
        for banner in banners:
            banner.show(text, GO_THERE)

    def _title(self) -> Iterable[Piece]:
        app = self.scope_app
        capture = app.capture
        yield printable(capture.name), Tone.STRONG
        if app.reading:
            yield app.reading, Tone.MARK
        elif app.notes:
            yield f"? {counted(len(app.notes), 'note')}", Tone.LOOK
        yield counted(capture.count, "packet"), Tone.PLAIN
        times = capture.tables.packets["time"]
        if len(times):
            yield duration(max(0, int(times[-1]) - int(times[0]))), Tone.DIM

    def resumed(self) -> None:
        """It is seen again, and takes in what came while it was not."""
        self.refresh_capture()

    @on(ScreenResume)
    def _screen_resumed(self) -> None:
        self.resumed()
        self.scope_app.screen_resumed()

    def on_descendant_focus(self) -> None:
        """Another pane has the focus: its head and its keys."""
        self._show_focus()

    def on_descendant_blur(self) -> None:
        """A pane has lost the focus."""
        self._show_focus()

    def _show_focus(self) -> None:
        self.query_one(KeyLine).show(self.scopes)
        focused = self.focused
        for head in self.query(PaneHead):
            head.activate(focused is not None and head.id == f"{focused.id}-head")
