"""The terminal UI: a capture is read by a thread of its own while the screens show what is there already."""

import asyncio
import gc
import os
import sys
from collections.abc import Iterable
from time import perf_counter
from typing import Protocol

from textual import events, work
from textual.app import SystemCommand
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.worker import get_current_worker

from l2scope.analysis.gatt.finding_names import with_names
from l2scope.analysis.watch import CaptureFindings
from l2scope.capture import Capture
from l2scope.decoding import DecodeAs
from l2scope.dissection.content_findings import with_contents
from l2scope.dissection.registry import registry
from l2scope.sources.errors import CaptureError
from l2scope.text import printable
from l2scope.tui.courtesy import REST_SECONDS, Courtesy
from l2scope.tui.figures import counted
from l2scope.tui.keys import ACTIONS, Scope, bindings
from l2scope.tui.navigation import NavigatingApp
from l2scope.tui.overview import Overview, judge
from l2scope.tui.places import OVERVIEW, PACKETS
from l2scope.tui.screens.overview import OverviewScreen
from l2scope.tui.screens.packets import PacketsScreen
from l2scope.tui.screens.scope_screen import ScopeScreen
from l2scope.tui.theme import Tone
from l2scope.tui.verdict import Verdict
from l2scope.tui.widgets.bars import KeyLine

LOOKS_PER_SECOND = 8
PRESSING = (events.Key, events.MouseDown, events.MouseScrollDown, events.MouseScrollUp)
AT_HAND = ("channels", "findings", "ladder", "statistics")
LATEST_SECONDS = 3.0
"""How long keys may put off that a capture is judged in between."""
SWITCH_SECONDS = 0.001
"""How long the reading thread may hold the interpreter while a key waits."""


class Growing(Protocol):
    """A capture that is being read from a file, or that goes on live."""

    capture: Capture

    @property
    def progress(self) -> float:
        """The share of what there is that was read, 0 to 1."""

    def step(self) -> bool:
        """Reads on; False when the capture is complete. Raises CaptureError."""

    def stop(self) -> None:
        """Ends what would go on."""


class ScopeApp(NavigatingApp):
    """Shows one capture. Where it `follows`, the packet list stays at the end as long as the cursor is there; where it
    is `endless`, nobody knows when more will have come."""

    follows = False
    endless = False
    first_screen = OVERVIEW
    """Where a capture opens."""

    TITLE = "l2scope"
    BINDINGS = bindings(Scope.APP)
    ALLOW_SELECT = False
    COMMAND_PALETTE_BINDING = "ctrl+p"
    DEFAULT_CSS = """
    * { scrollbar-color: $scrollbar; }
    Toast { background: $ground-bar; color: $tone-plain; }
    """

    def __init__(self, loading: Growing) -> None:
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.loading = loading
        self.capture = loading.capture
        self.overview = Overview()
        self.courtesy = Courtesy()
        self.complete = False
        self.shows_keys = False
        self.muted: frozenset[str] = frozenset()
        """The rules whose findings the user does not want to see of this capture."""
        self._ended = False
        self._judged: Overview | None = None
        self._watch = CaptureFindings(self.capture)
        self._verdict = Verdict()
        self._failure = ""

    @property
    def progress(self) -> float:
        """The share of the file that was read; below 1 until all of it is judged and shown."""
        return 1.0 if self.complete else min(0.99, self.loading.progress)

    @property
    def reading(self) -> str:
        """How far the reading is, in a word for the title; nothing when it is over."""
        return "" if self.complete else f"{int(100 * self.progress)} %"

    @property
    def origin(self) -> int:
        """When the first packet was captured: where the clocks of all screens start."""
        times = self.capture.tables.packets["time"]
        return int(times[0]) if len(times) else 0

    async def on_event(self, event: events.Event) -> None:
        """What the user does goes before the reading."""
        if isinstance(event, PRESSING):
            self.courtesy.ask()
        await super().on_event(event)

    def on_mount(self) -> None:
        """Starts reading on."""
        if not self.endless:
            gc.disable()  # until all is read: looking for garbage among what was read would hold up keys
        if self.first_screen != PACKETS:
            self.push_screen(self.first_screen)
        self._ticker = self.set_interval(1 / LOOKS_PER_SECOND, self._look)
        self._read_on()
        self._load_dissectors()

    def on_unmount(self) -> None:
        """The capture may be forgotten, and nothing waited for."""
        self.loading.stop()
        gc.unfreeze()
        gc.enable()

    @work(thread=True, group="dissectors")
    def _load_dissectors(self) -> None:
        """Loads them beside the keys; until then the list says nothing of what channels carry."""
        notices = registry().notices
        self.call_from_thread(self._dissectors_loaded, notices)

    def _dissectors_loaded(self, notices: list[str]) -> None:
        self.show_packets_anew()
        if notices:
            text = "\n".join(notices)
            self.notify(text, title="Dissectors that are left out", severity="warning", markup=False)

    def show_packets_anew(self) -> None:
        """What dissectors say of the packets is another now."""
        packets = self.screen_stack[0]
        if isinstance(packets, PacketsScreen) and packets.is_mounted:
            packets.show_anew()

    def decode_as(self, override: DecodeAs) -> None:
        """Another dissector from now on; findings about contents are judged anew."""
        self.capture.contents.decode_as(override)
        self.show_packets_anew()
        if self.complete:
            self._judge_anew()

    @work(thread=True, exclusive=True, group="judging")
    def _judge_anew(self) -> None:
        """Beside the keys."""
        self._judge_contents()

    @work(thread=True, exclusive=True)
    def _read_on(self) -> None:
        """Reads the rest of the file and judges it; in between it judges what is there, ever more seldom, and rather
        where no key would have to wait for it."""
        worker = get_current_worker()
        usual = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_SECONDS)
        due = perf_counter()
        try:
            while not worker.is_cancelled and self.loading.step():
                self.courtesy.give_way()
                late = perf_counter() - due
                if late >= 0 and (self.courtesy.rested or late >= LATEST_SECONDS):
                    begun = perf_counter()
                    self._judge()
                    due = perf_counter() + 0.3 + 10 * (perf_counter() - begun)
        except CaptureError as error:
            self._failure = printable(str(error))
        finally:
            sys.setswitchinterval(usual)
        if worker.is_cancelled:
            return
        self._judge()
        self._ended = True
        self._judge_contents()

    def _judge_contents(self) -> None:
        """Judges what channels carry, once all of it is there: by then the rest is on the screen."""
        try:
            found = with_contents(with_names(self._watch.findings, self.capture), self.capture)
        except CaptureError as error:
            self._failure = printable(str(error))
            return
        if found != self._verdict.findings:
            self._verdict = Verdict(found)
            self._judged = judge(self.capture, self._verdict)
            self.call_from_thread(self._show_judged)

    def _judge(self) -> None:
        """Judges what has been read; in the thread that reads."""
        if self._watch.look():
            self._verdict = Verdict(with_names(self._watch.findings, self.capture))
        self._judged = judge(self.capture, self._verdict)

    def _look(self) -> None:
        """Shows what the reading thread has done since the last look."""
        self.complete = ended = self._ended
        self._show_judged()
        if ended:
            self._ticker.stop()
            if self.notes and not isinstance(self.screen, OverviewScreen):
                self.action_about()
            self.run_worker(self._settle())

    def _show_judged(self) -> None:
        if self._judged is not None:
            self.overview, self._judged = self._judged, None
        for screen in self.screen_stack:
            if isinstance(screen, ScopeScreen):
                screen.refresh_capture()

    async def _settle(self) -> None:
        """Mounts screens behind the packets while no key comes, so that the first look at each is as quick as any."""
        gc.freeze()  # what was read stays
        gc.enable()
        for name in AT_HAND:
            while not self.courtesy.rested:
                await asyncio.sleep(REST_SECONDS)
            if isinstance(self.screen, (PacketsScreen, OverviewScreen)):
                with self.batch_update():
                    await self.push_screen(name)
                    await self.pop_screen()
                self.screen.refresh()

    def action_go_to_stall(self) -> None:
        """The packet that ends the longest stall."""
        packet = self.overview.longest_stall
        if packet is not None:
            self.jump_to_packet(packet)
        elif isinstance(self.screen, ScopeScreen):
            self.screen.query_one(KeyLine).say("no stall in this capture", Tone.LOOK)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user must know about this capture."""
        return (self._failure, *self.overview.notes) if self._failure else self.overview.notes

    def action_about(self) -> None:
        """Says what this capture is, and what must be known about it."""
        facts = f"{printable(self.capture.format)}, {counted(self.capture.count, 'packet')}"
        channels = counted(len(self.overview.channels), "channel")
        inside = [f"in {printable(layer)}" for layer in self.capture.wrapping]
        lines = [f"{facts}, {channels}", *inside, *(f"? {note}" for note in self.notes)]
        severity: SeverityLevel = "warning" if self.notes else "information"
        self.clear_notifications()
        self.notify("\n".join(lines), title=printable(self.capture.name), severity=severity, markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: the actions that work on this screen, and the themes."""
        yield SystemCommand("Theme", "Change the colours", self.action_change_theme)
        if not isinstance(screen, ScopeScreen):
            return
        for action in ACTIONS:
            if action.scope in screen.scopes and action.id != "app.command_palette":
                title = f"{action.label.capitalize()}  ({action.shown_keys})"
                key = action.keys[0]
                yield SystemCommand(title, action.help, lambda key=key: self.simulate_key(key))
