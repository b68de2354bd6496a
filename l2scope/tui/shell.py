"""What is around the screens: the tabs that are seen, opening files, the user's settings, the tour, the terminal."""

from collections.abc import Sequence
from typing import Final

from textual import on, work
from textual.dom import DOMNode
from textual.filter import LineFilter

from l2scope.analysis.findings import Severity
from l2scope.sources.containers.origin import STANDARD_INPUT
from l2scope.text import printable
from l2scope.tui.background import beside_keys
from l2scope.tui.colour_rules import ColourRules
from l2scope.tui.figures import count
from l2scope.tui.glyphs import Glyphs
from l2scope.tui.keys import Action
from l2scope.tui.of_files import OfFile
from l2scope.tui.screens.opening import OpeningScreen
from l2scope.tui.screens.scope_screen import ScopeScreen
from l2scope.tui.screens.tour import TourScreen
from l2scope.tui.session import Asked, Session
from l2scope.tui.tabs import TabbedApp
from l2scope.tui.theme import DARK, Tone
from l2scope.tui.user import User
from l2scope.tui.widgets.bars import Piece, TitleBar
from l2scope.tui.widgets.tab_strip import TabLabel, TabStrip

PROBLEM_SECONDS: Final = 15


class ShellApp(TabbedApp):
    """Tabs, files and settings of one user."""

    def __init__(self, sessions: tuple[Session, ...], user: User, *, ansi_color: bool | None = None) -> None:
        super().__init__(sessions, ansi_color=ansi_color)
        self.user = user
        self.ascii_alone = user.settings.ascii or False
        self._glyphs = Glyphs(self.ascii_alone)
        self.usual_theme = DARK.name
        """Where the user has no other wish."""
        self._said: set[str] = set()
        self.use_keys(user.settings.keys)

    def begin(self) -> None:
        """The settings hold from the first picture on."""
        self._glyphs = Glyphs(self.ascii_alone)
        problem = self._use_theme()
        super().begin()
        for session in reversed(self.sessions):
            self.opened(session)
        self.say_problems(problem)
        if (colours := self.user.settings.colours).rules:
            colours.on_problem = lambda: self.call_later(self.say_problems)
            self._understand(colours)
        if not self.user.knows_the_tour:
            self.user.has_seen_the_tour()
            self.show_tour()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """No line of any widget leaves but through these."""
        return [*super().get_line_filters(), self._glyphs]

    def _use_theme(self) -> str:
        """That of the settings, else the one that was chosen last, else what suits the terminal. What is wrong."""
        chosen = self.user.layout.get("theme", "")
        wanted = self.user.settings.theme or (chosen if chosen in self.available_themes else "")
        known = wanted in self.available_themes
        self.theme = wanted if known else self.usual_theme
        self.theme_changed_signal.subscribe(self, lambda theme: self._keep_theme(theme.name))
        return "" if known or not wanted else f"settings.toml: there is no theme {printable(wanted, 60)}"

    def _keep_theme(self, name: str) -> None:
        if self.user.layout.get("theme") != name:
            self.user.layout.change(lambda values: values.update(theme=name))
            self.say_problems()

    def say_problems(self, *more: str) -> None:
        """What is wrong with the user's files, once."""
        fresh = [text for text in (*more, *self.user.problems) if text and text not in self._said]
        self._said.update(fresh)
        if fresh:
            self.notify("\n".join(fresh), severity="warning", timeout=PROBLEM_SECONDS, markup=False)

    @work(group="colours")
    async def _understand(self, colours: ColourRules) -> None:
        """So that what is wrong with rules is said, whether or not a packet is ever shown."""
        await beside_keys(colours.compile)

    def opened(self, session: Session) -> None:
        """A file was opened: it is among the last ones from now on."""
        if session.asked is not None and session.asked.path != STANDARD_INPUT:
            self.user.remember(session.asked)
            said = self.user.of_files.of(session.asked)
            session.mute(said.muted)
            session.marks.take(said.marks)
            self.say_problems()

    def said_of_file(self, session: Session) -> None:
        """So it is when the file is opened again."""
        super().said_of_file(session)
        if session.asked is not None and session.asked.path != STANDARD_INPUT:
            self.user.of_files.keep(session.asked, OfFile(session.muted, session.marks.packets))
            self.say_problems()

    def action_open_file(self) -> None:
        """Asks for a file."""
        if not isinstance(self.screen, OpeningScreen):
            self.push_screen(OpeningScreen(self.user.recent), self._open_answer)

    def _open_answer(self, asked: Asked | None) -> None:
        if asked is not None:
            self.open_asked(asked)

    def open_asked(self, asked: Asked) -> None:
        """Opens a file in a tab."""
        self.open(asked)

    def show_tour(self) -> None:
        """The four lines."""
        if not isinstance(self.screen, TourScreen):
            self.push_screen(TourScreen())

    def run_registered(self, action: Action, node: DOMNode) -> None:
        """Does what a key of this action does, once the palette has gone."""
        self.call_later(self.run_action, action.method, node)

    def show_frame(self) -> None:
        """The tabs too."""
        screen = self.framed
        if screen is not None and self.shown is not None:
            self._show_tabs(screen, self.sessions.index(self.shown))
        super().show_frame()

    def _show_tabs(self, screen: ScopeScreen, current: int) -> None:
        several = len(self.sessions) > 1
        if several and not screen.query(TabStrip):
            screen.mount(TabStrip(), before=screen.query_one(TitleBar))
        screen.set_class(several, "-tabs")
        for strip in screen.query(TabStrip):
            strip.display = several
            strip.show([_label(session) for session in self.sessions], current)

    @on(TabStrip.Chosen)
    def _tab_chosen(self, event: TabStrip.Chosen) -> None:
        self.show_tab(event.index + 1)

    @on(TabStrip.Closed)
    def _tab_closed(self, event: TabStrip.Closed) -> None:
        if event.index < len(self.sessions):
            self.close_session(self.sessions[event.index])

    @on(TabStrip.OpenWanted)
    def _open_wanted(self) -> None:
        self.action_open_file()


def _label(session: Session) -> TabLabel:
    """An alarm goes before how far it is read, that before how much is wrong."""
    sign: Piece = ("", Tone.DIM)
    verdict = session.overview.verdict
    if session.alarm:
        sign = ("!", Tone.LOOK)
    elif session.reading:
        sign = (session.reading, Tone.MARK)
    elif verdict.grave:
        sign = (count(verdict.grave), Tone.LOOK if verdict.number(Severity.ERROR) else Tone.DIM)
    return TabLabel(session.name, sign)
