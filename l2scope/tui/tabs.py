"""Several captures in tabs: each has a stack of screens, a mode of Textual's, and is read on in the background."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import work
from textual.screen import Screen
from textual.timer import Timer
from textual.worker import get_current_worker

from l2scope.capture import Loading
from l2scope.dissection.registry import registry
from l2scope.sources.containers.origin import STANDARD_INPUT
from l2scope.sources.errors import CaptureError
from l2scope.text import printable
from l2scope.tui.background import beside_keys
from l2scope.tui.courtesy import Courtesy
from l2scope.tui.following_session import FollowingSession
from l2scope.tui.keys import MOST_TABS
from l2scope.tui.navigation import NavigatingApp
from l2scope.tui.places import OVERVIEW, PACKETS, Place
from l2scope.tui.screens.packets import PacketsScreen
from l2scope.tui.screens.scope_screen import ScopeScreen
from l2scope.tui.screens.start import StartScreen
from l2scope.tui.session import Asked, Session
from l2scope.tui.turns import Turns

LOOKS_PER_SECOND: Final = 8
START: Final = "start"
MOST_CLOSED: Final = 20
NOTICE_SECONDS: Final = 8


@dataclass(frozen=True, slots=True)
class Closed:
    """A tab that was closed: what it showed, where the user was in it, and its place among the tabs."""

    asked: Asked
    place: Place | None
    index: int


def begun(asked: Asked) -> Session:
    """A capture of which the first piece was read. Raises CaptureError."""
    loading = Loading(asked.path, unpacking=asked.unpacking, follow=asked.follow)
    try:
        loading.step()
    except CaptureError:
        loading.capture.close()
        raise
    if asked.follow or asked.path == STANDARD_INPUT:
        return FollowingSession(loading, asked.follow, asked)
    return Session(loading, asked)


class TabbedApp(NavigatingApp):
    """Opens captures, reads them on, shows one of them, and closes them."""

    DEFAULT_MODE = START
    MODES: ClassVar[dict[str, str | Callable[[], Screen[None]]]] = {START: StartScreen}
    first_screen = OVERVIEW
    """Where a capture opens."""

    def __init__(self, sessions: tuple[Session, ...], *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self.sessions = list(sessions)
        self.closed: list[Closed] = []
        self.courtesy = Courtesy()
        self.turns = Turns()
        self._modes_made = 0
        self._knows_dissectors = False
        self._ticker: Timer | None = None
        if self.sessions:
            self.shown = self.sessions[0]

    def begin(self) -> None:
        """The captures that the application was started with become tabs; the first one is seen."""
        self._ticker = self.set_interval(1 / LOOKS_PER_SECOND, self._look)
        for session in self.sessions:
            self._join(session)
        if self.sessions:
            self.show_session(self.sessions[0])

    def _join(self, session: Session) -> None:
        """It is a tab, and is read on."""
        self._modes_made += 1
        mode = f"capture {self._modes_made}"
        self.add_mode(mode, PacketsScreen)
        session.join(self, mode)
        self._read_on(session)
        if not self._knows_dissectors:
            self._knows_dissectors = True
            self._load_dissectors()
        if self._ticker is not None:
            self._ticker.resume()

    @work(thread=True)
    def _read_on(self, session: Session) -> None:
        worker = get_current_worker()
        session.read(self.courtesy, self.turns, lambda: worker.is_cancelled)
        self.call_later(self._look)

    @work(thread=True, group="dissectors")
    def _load_dissectors(self) -> None:
        """Loads them beside the keys; until then the lists say nothing of what channels carry."""
        notices = registry().notices
        self.call_from_thread(self._dissectors_loaded, notices)

    def _dissectors_loaded(self, notices: list[str]) -> None:
        for session in self.sessions:
            self._show_packets_anew(session)
        if notices:
            text = "\n".join(notices)
            self.notify(text, title="Dissectors that are left out", severity="warning", markup=False)

    def _show_packets_anew(self, session: Session) -> None:
        """What dissectors say of the packets is another now."""
        packets = next(iter(self._screen_stacks.get(session.mode, [])), None)
        if isinstance(packets, PacketsScreen) and packets.is_mounted:
            packets.show_anew()

    def decoded_otherwise(self, session: Session) -> None:
        """The list is painted anew, and what is complete is judged anew beside the keys."""
        self._show_packets_anew(session)
        if session.complete:
            self._judge_anew(session)

    def said_of_file(self, session: Session) -> None:
        """The screens that are seen show so."""
        self._refresh_shown()

    @work(group="judging")
    async def _judge_anew(self, session: Session) -> None:
        await beside_keys(session.judge_contents)
        session.take()
        self._refresh_shown()

    def show_session(self, session: Session) -> None:
        """Shows a tab as it was left; one that is new where captures open."""
        if self.current_mode == session.mode:
            return
        self.shown = session
        self.turns.prefer(None if session.ended.is_set() else session)
        is_new = session.mode not in self._screen_stacks
        self.switch_mode(session.mode)
        first = session.first_screen or self.first_screen
        if is_new and first != PACKETS:
            self.push_screen(first)
        for screen in self.screen_stack:
            if isinstance(screen, ScopeScreen) and screen.is_mounted:
                screen.refresh_capture()

    def _look(self) -> None:
        """Shows what the reading threads have done since the last look."""
        if not self.is_running:  # the screens are being taken down
            return
        for session in self.sessions:
            if not session.is_settled:
                session.take()
            for notice in session.told():
                self.notify(printable(notice), severity="warning", timeout=NOTICE_SECONDS, markup=False)
        if self.shown is None or self.shown.complete:
            self.turns.prefer(None)
        self._refresh_shown()
        if self._ticker is not None and all(session.is_settled for session in self.sessions):
            self._ticker.pause()

    @property
    def framed(self) -> ScopeScreen | None:
        """The screen that is seen, where it is one of a capture and nothing lies over it."""
        if not self.is_running or not self.screen_stack:
            return None
        screen = self.screen
        return screen if isinstance(screen, ScopeScreen) and screen.is_mounted else None

    def _refresh_shown(self) -> None:
        if not self.is_running:
            return
        for screen in self.screen_stack:
            if isinstance(screen, ScopeScreen) and screen.is_mounted:
                screen.refresh_capture()
        self.show_frame()

    def show_frame(self) -> None:
        """What is around the screen that is seen: an alarm; then what was waiting for this capture to be seen."""
        session, screen = self.shown, self.framed
        if session is None or screen is None:
            return
        screen.show_alarm(session.alarm)
        self._resume(session)
        if session.complete and not session.introduced:
            session.introduced = True
            self.introduce(session)

    def _resume(self, session: Session) -> None:
        """Goes where the tab was closed, once that was read."""
        place = session.resume
        if place is not None and (session.complete or 0 < place.packet <= session.capture.count):
            session.resume = None
            self._go(place)

    def introduce(self, session: Session) -> None:
        """All of what is shown has been read."""

    @work(group="opening")
    async def open(self, asked: Asked, place: Place | None = None, index: int | None = None) -> None:
        """Opens a file in a tab of its own; shows the tab where the file is open already."""
        if self._show_open(asked):
            return
        try:
            session = await beside_keys(lambda: begun(asked))
        except CaptureError as error:
            self.opening_failed(error)
            return
        if self._show_open(asked):  # it was asked for twice
            session.capture.close()
            return
        session.resume = place
        self.sessions.insert(len(self.sessions) if index is None else index, session)
        self._join(session)
        self.show_session(session)
        self.opened(session)

    def _show_open(self, asked: Asked) -> bool:
        """Shows the tab of what is open already; False where it is not."""
        wanted = asked.identity
        known = next((one for one in self.sessions if one.asked is not None and one.asked.identity == wanted), None)
        if known is not None:
            self.show_session(known)
        return known is not None

    def opening_failed(self, error: CaptureError) -> None:
        """Says why a file cannot be opened; what is open stays."""
        lines = (printable(line, longest=500) for line in error.lines)
        self.notify("\n".join(lines), title="not opened", severity="error", timeout=NOTICE_SECONDS, markup=False)

    def opened(self, session: Session) -> None:
        """A file was opened."""

    def action_next_tab(self) -> None:
        """The next tab."""
        self._turn(1)

    def action_previous_tab(self) -> None:
        """The previous tab."""
        self._turn(-1)

    def _turn(self, by: int) -> None:
        if self.shown is not None:
            self.show_session(self.sessions[(self.sessions.index(self.shown) + by) % len(self.sessions)])

    def show_tab(self, number: int) -> None:
        """A tab by its number, from 1."""
        if 1 <= number <= len(self.sessions):
            self.show_session(self.sessions[number - 1])

    def action_close_tab(self) -> None:
        """Closes the tab that is seen."""
        if self.shown is not None:
            self.close_session(self.shown)

    def close_session(self, session: Session) -> None:
        """Closes a tab; its neighbour is seen then, or the start where it was the last one."""
        index = self.sessions.index(session)
        if session.asked is not None and session.asked.path != STANDARD_INPUT:
            self.closed = [*self.closed, Closed(session.asked, self._place_of(session), index)][-MOST_CLOSED:]
        self.sessions.remove(session)
        if session is self.shown:
            if self.sessions:
                self.show_session(self.sessions[min(index, len(self.sessions) - 1)])
            else:
                self.shown = None
                self.turns.prefer(None)
                self.switch_mode(START)
        self._dispose(session)
        self._refresh_shown()

    def _place_of(self, session: Session) -> Place | None:
        """Where the user was in a tab, shown or not."""
        stack = self.get_screen_stack(session.mode) if session.mode in self._screen_stacks else []
        return next((screen.place for screen in reversed(stack) if isinstance(screen, ScopeScreen)), session.resume)

    @work(group="closing")
    async def _dispose(self, session: Session) -> None:
        """Its screens go, and its file is closed when nobody reads it any more."""
        session.stop()
        removed = self.remove_mode(session.mode)
        for screen in session.screens.values():
            self.uninstall_screen(screen)
        await removed
        for screen in session.screens.values():
            if screen.is_attached:
                await screen.remove()
        await beside_keys(session.close)

    def action_reopen_tab(self) -> None:
        """Opens the tab that was closed last, where it was."""
        if self.closed:
            closed = self.closed.pop()
            self.open(closed.asked, closed.place, min(closed.index, len(self.sessions)))
        else:
            self.notify("no tab was closed", timeout=NOTICE_SECONDS, markup=False)


def _show_nth(number: int) -> Callable[[TabbedApp], None]:
    def show(app: TabbedApp) -> None:
        app.show_tab(number)

    show.__doc__ = f"Tab {number}."
    return show


for _number in range(1, MOST_TABS + 1):
    setattr(TabbedApp, f"action_tab_{_number}", _show_nth(_number))
