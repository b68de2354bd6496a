"""The terminal UI: captures are read by threads of their own while the screens show what is there already."""

import asyncio
import gc
import os
from collections.abc import Iterable
from contextlib import ExitStack

from textual import events
from textual.app import SystemCommand
from textual.notifications import SeverityLevel
from textual.screen import Screen

from l2scope.capture import Capture
from l2scope.text import printable
from l2scope.tui.background import garbage_in_rests
from l2scope.tui.copying import copy_note, fits_terminal, keep_copied
from l2scope.tui.courtesy import REST_SECONDS
from l2scope.tui.figures import counted
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.overview import Overview
from l2scope.tui.palette_commands import commands
from l2scope.tui.screens.overview import OverviewScreen
from l2scope.tui.screens.packets import PacketsScreen
from l2scope.tui.screens.scope_screen import ScopeScreen
from l2scope.tui.session import Growing, Session
from l2scope.tui.shell import ShellApp
from l2scope.tui.theme import Tone
from l2scope.tui.user import User
from l2scope.tui.widgets.bars import KeyLine
from l2scope.tui.widgets.typed_line import TypedLine

PRESSING = (events.Key, events.MouseDown, events.MouseScrollDown, events.MouseScrollUp)
TIDY_SECONDS = 10.0
LEADING_AWAY = ("go_back", "focus_next", "focus_previous")
AT_HAND = ("overview", "channels", "findings", "ladder", "statistics")


class ScopeApp(ShellApp):
    """Shows captures, a tab for each. What is said here of one capture is said of the one that is seen."""

    TITLE = "l2scope"
    BINDINGS = [*bindings(Scope.APP), *bindings(Scope.TABS)]  # noqa: RUF012 - as Textual types it
    ALLOW_SELECT = False
    COMMAND_PALETTE_BINDING = "ctrl+p"
    DEFAULT_CSS = """
    * { scrollbar-color: $scrollbar; }
    Toast { background: $ground-bar; color: $tone-plain; }
    ScopeScreen.-tabs TitleBar { margin: 1 0 0 0; }
    """

    def __init__(self, *opened: Growing | Session, user: User | None = None) -> None:
        sessions = tuple(one if isinstance(one, Session) else Session(one) for one in opened)
        super().__init__(sessions, user or User(), ansi_color=True if "NO_COLOR" in os.environ else None)
        self._tidiness = ExitStack()

    @property
    def capture(self) -> Capture:
        """The capture that is seen."""
        return self.session.capture

    @property
    def overview(self) -> Overview:
        """What is known of it."""
        return self.session.overview

    @overview.setter
    def overview(self, overview: Overview) -> None:
        self.session.overview = overview

    @property
    def complete(self) -> bool:
        """All of it was read and judged."""
        return self.session.complete

    @property
    def progress(self) -> float:
        """The share of it that was read."""
        return self.session.progress

    @property
    def reading(self) -> str:
        """How far the reading is, in a word."""
        return self.session.reading

    async def on_event(self, event: events.Event) -> None:
        """What the user does goes before the reading."""
        if isinstance(event, PRESSING):
            self.courtesy.ask()
        await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While one types no key leads away by chance, such as Escape where the user has taken it off the line."""
        return not (action in LEADING_AWAY and isinstance(self.focused, TypedLine))

    def on_mount(self) -> None:
        """Starts reading on."""
        self._tidiness.enter_context(garbage_in_rests())
        self.set_interval(TIDY_SECONDS, self._tidy)
        self.begin()

    def _tidy(self) -> None:
        """Collects garbage where no key has come for a while, and none has to wait for it."""
        if self.courtesy.rested and gc.isenabled():
            gc.collect()

    def on_unmount(self) -> None:
        """The captures may be forgotten, and nothing waited for."""
        for session in self.sessions:
            session.stop()
        self._tidiness.close()
        gc.unfreeze()

    def introduce(self, session: Session) -> None:
        """Says what must be known of a capture that was read, and gets ready for the next key."""
        if session.notes and not isinstance(self.screen, OverviewScreen):
            self.action_about()
        self.run_worker(self._settle())

    async def _settle(self) -> None:
        """Mounts screens behind the packets while no key comes, so that the first look at each is as quick as any."""
        for name in AT_HAND:
            while not self.courtesy.rested:
                await asyncio.sleep(REST_SECONDS)
            if self.shown is not None and isinstance(self.screen, (PacketsScreen, OverviewScreen)):
                await self._settle_screen(self.get_screen(name))

    async def _settle_screen(self, screen: Screen[object]) -> None:
        if screen in self.screen_stack:
            return
        with self.batch_update():
            await self.push_screen(screen)
            if self.screen is screen:  # a key may have led elsewhere meanwhile
                await self.pop_screen()
        self.screen.refresh()

    def action_go_to_stall(self) -> None:
        """The packet that ends the longest stall; live, the stall that lasts."""
        if not isinstance(self.screen, ScopeScreen):
            return
        place = self.session.stall_place()
        if place is not None:
            self.jump(place)
        else:
            self.screen.query_one(KeyLine).say("no stall in this capture", Tone.LOOK)

    def copy_to_clipboard(self, text: str) -> None:
        """Copies to the terminal, and into a file for those terminals that take no text; says where it went."""
        note = copy_note(text, keep_copied(text))
        if fits_terminal(text):
            super().copy_to_clipboard(text)
        if isinstance(self.screen, ScopeScreen):
            self.screen.query_one(KeyLine).say(note, Tone.MARK)

    def action_about(self) -> None:
        """Says what this capture is, and what must be known about it."""
        if self.shown is None:
            return
        capture, notes = self.capture, self.session.notes
        facts = f"{printable(capture.format)}, {counted(capture.count, 'packet')}"
        channels = counted(len(self.overview.channels), "channel")
        inside = [f"in {printable(layer)}" for layer in capture.wrapping]
        lines = [f"{facts}, {channels}", *inside, *(f"? {note}" for note in notes)]
        severity: SeverityLevel = "warning" if notes else "information"
        self.clear_notifications()
        self.notify("\n".join(lines), title=printable(capture.name), severity=severity, markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: actions, tabs, files, themes."""
        return commands(self, screen)
