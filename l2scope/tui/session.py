"""A capture that is open: how far it is read and judged, and where the user was in it. The screens of a tab work with
their own, so that what goes on in a tab that is not shown never meets another capture."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Lock
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from l2scope.analysis.gatt.finding_names import with_names
from l2scope.analysis.watch import CaptureFindings
from l2scope.capture import Capture
from l2scope.decoding import DecodeAs
from l2scope.dissection.content_findings import with_contents
from l2scope.sources.containers.limits import Unpacking
from l2scope.sources.errors import CaptureError
from l2scope.sources.file import DEFAULTS
from l2scope.text import printable
from l2scope.tui.background import no_garbage, short_turns
from l2scope.tui.courtesy import Courtesy
from l2scope.tui.marks import Marks
from l2scope.tui.overview import Overview, judge
from l2scope.tui.places import PACKETS, Place, Places
from l2scope.tui.turns import Turns
from l2scope.tui.verdict import Verdict
from l2scope.tui.walk import Walk

if TYPE_CHECKING:
    from textual.screen import Screen

    from l2scope.tui.navigation import NavigatingApp

LATEST_SECONDS = 3.0
"""How long keys may put off that a capture is judged in between."""


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


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, so that it can be asked for again."""

    path: Path
    unpacking: Unpacking = DEFAULTS
    follow: bool = False

    @property
    def identity(self) -> tuple[Path, str | None, bool]:
        """The same for what is the same however it was written."""
        return self.path.absolute(), self.unpacking.member, self.follow


class Session:
    """Shows a file. Where it `follows`, the packet list stays at the end as long as the cursor is there; where it is
    `endless`, nobody knows when more will have come."""

    follows = False
    endless = False
    first_screen = ""
    """Where it opens, if not where the application says."""

    def __init__(self, loading: Growing, asked: Asked | None = None) -> None:
        self.loading = loading
        self.asked = asked
        self.capture = loading.capture
        self.overview = Overview()
        self.places = Places()
        self.complete = False
        self.shows_keys = False
        self.muted: frozenset[str] = frozenset()
        """The rules whose findings the user does not want to see of this capture."""
        self.marks = Marks()
        self.ended = Event()
        """Nothing reads any more."""
        self.mode = ""
        self.screens: dict[str, Screen[None]] = {}
        """Its screens but the packets, once they have been shown."""
        self.resume: Place | None = None
        """Where it is to be shown as soon as so much has been read."""
        self.introduced = False
        """It was shown when all of it was there."""
        self._app: NavigatingApp | None = None
        self._stopped = False
        self._done = False
        self._judged: Overview | None = None
        self._judging = Lock()
        self._watch = CaptureFindings(self.capture)
        self._verdict = Verdict()
        self._failure = ""

    def join(self, app: "NavigatingApp", mode: str) -> None:
        """It is a tab of this application now."""
        self._app, self.mode = app, mode

    @property
    def name(self) -> str:
        """What its tab says; any text."""
        return printable(self.capture.name)

    @property
    def progress(self) -> float:
        """The share of the file that was read; below 1 until all of it is judged and shown."""
        return 1.0 if self.complete or self.endless else min(0.99, self.loading.progress)

    @property
    def reading(self) -> str:
        """How far the reading is, in a word for the title; nothing when it is over."""
        return "" if self.complete else f"{int(100 * self.progress)} %"

    @property
    def origin(self) -> int:
        """When the first packet was captured: where the clocks of all screens start."""
        times = self.capture.tables.packets["time"]
        return int(times[0]) if len(times) else 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user must know about this capture."""
        return (self._failure, *self.overview.notes) if self._failure else self.overview.notes

    @property
    def alarm(self) -> str:
        """What must be seen at once; nothing most of the time."""
        return ""

    def told(self) -> Iterator[str]:
        """What is to be said once, and was not said yet."""
        yield from ()

    def stall_place(self) -> Place | None:
        """Where the worst stall is."""
        packet = self.overview.longest_stall
        return None if packet is None else Place(PACKETS, packet=packet)

    def read(self, courtesy: Courtesy, turns: Turns, cancelled: Callable[[], bool]) -> None:
        """Reads the rest and judges it; in between it judges what is there, ever more seldom, and rather where no key
        would have to wait for it. In a thread of its own."""

        def ends() -> bool:
            return self._stopped or cancelled()

        try:
            with short_turns(), nullcontext() if self.endless else no_garbage():
                self._read_on(courtesy, turns, ends)
            self._done = True
            if not ends():
                self.judge_contents()
        finally:
            self.ended.set()

    def _read_on(self, courtesy: Courtesy, turns: Turns, ends: Callable[[], bool]) -> None:
        due = perf_counter()
        try:
            while not ends() and self._step(turns, ends):
                courtesy.give_way()
                late = perf_counter() - due
                if late >= 0 and (courtesy.rested or late >= LATEST_SECONDS):
                    begun = perf_counter()
                    self._judge()
                    due = perf_counter() + 0.3 + 10 * (perf_counter() - begun)
        except CaptureError as error:
            self._failure = printable(str(error))
        if not ends():
            self._judge()

    def _step(self, turns: Turns, ends: Callable[[], bool]) -> bool:
        """What has an end is read in turn; nobody waits for what has none."""
        if self.endless:
            return self.loading.step()
        with turns.mine(self, ends) as mine:
            return mine and self.loading.step()

    def _judge(self) -> None:
        if self._watch.look():
            self._verdict = Verdict(with_names(self._watch.findings, self.capture), self.muted)
        self._judged = judge(self.capture, self._verdict)

    def judge_contents(self) -> None:
        """Judges what channels carry, once all of it is there: by then the rest is on the screen."""
        with self._judging:
            try:
                found = with_contents(with_names(self._watch.findings, self.capture), self.capture)
            except CaptureError as error:
                self._failure = printable(str(error))
                found = self._verdict.findings
            if found != self._verdict.findings and not self._stopped:
                self._verdict = Verdict(found, self.muted)
                self._judged = judge(self.capture, self._verdict)

    def mute(self, rules: frozenset[str]) -> None:
        """The findings of these rules, and of no others, are not to be seen."""
        self.muted = rules
        verdict = self.overview.verdict.muting(rules)
        if verdict is not self.overview.verdict:
            self.overview = replace(self.overview, verdict=verdict)

    def mute_otherwise(self, rules: frozenset[str]) -> None:
        """The user mutes these rules, and no others, for this file."""
        self.mute(rules)
        self.say_of_file()

    def say_of_file(self) -> None:
        """What is muted or marked is to be kept for this file."""
        if self._app is not None:
            self._app.said_of_file(self)

    def decode_as(self, override: DecodeAs) -> None:
        """Another dissector from now on; findings about contents are judged anew."""
        self.capture.contents.decode_as(override)
        if self._app is not None:
            self._app.decoded_otherwise(self)

    @property
    def is_settled(self) -> bool:
        """Nothing is left to be taken over, and nothing more is to come."""
        return self.ended.is_set() and self._judged is None

    def take(self) -> None:
        """Takes over what the thread that reads has done since; in the thread of the screens."""
        done = self._done or self.ended.is_set()
        if self._judged is not None:
            self.overview, self._judged = self._judged, None
            self.mute(self.muted)
        self.complete = done

    def stop(self) -> None:
        """Nothing more is to be read."""
        self._stopped = True
        self.loading.stop()

    def close(self) -> None:
        """Stops, waits until nothing reads any more, and gives the file back."""
        self.stop()
        self.ended.wait()
        with self._judging:
            self.capture.close()

    @property
    def is_shown(self) -> bool:
        """Its tab is the one that is seen."""
        return self._app is not None and self._app.shown is self

    @property
    def _navigation(self) -> "NavigatingApp | None":
        """The way to other places, which only the tab that is shown may go."""
        return self._app if self.is_shown else None

    def screen_resumed(self) -> None:
        """One of its screens is seen from now on."""
        if self._navigation is not None:
            self._navigation.show_frame()

    def jump(self, place: Place) -> None:
        """Goes to a place, from where one comes back with backspace."""
        if self._navigation is not None:
            self._navigation.jump(place)

    def jump_to_packet(self, number: int) -> None:
        """Goes to a packet in the list."""
        self.jump(Place(PACKETS, packet=number))

    def jump_to_filter(self, expression: str) -> None:
        """Goes to the packets that pass a display filter."""
        if self._navigation is not None:
            self._navigation.jump_to_filter(expression)

    def jump_to_channel(self, channel: int) -> None:
        """Goes to a channel in its worse direction."""
        self.jump(Place("channels", channel=channel))

    def walk_along(self, walk: Walk) -> None:
        """Goes to the first packet of a walk; the list of packets goes on along it."""
        if self._navigation is not None:
            self._navigation.walk_along(walk)

    def action_show_packets(self) -> None:
        """The packets."""
        if self._navigation is not None:
            self._navigation.action_show_packets()

    def action_show_channels(self) -> None:
        """The channels."""
        if self._navigation is not None:
            self._navigation.action_show_channels()
