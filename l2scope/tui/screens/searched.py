"""A screen of packets in which one looks for something: by text, by display filter, by bytes, or along a walk."""

from textual import on, work

from l2scope.filter import FilterError
from l2scope.sources.errors import CaptureError
from l2scope.text import printable
from l2scope.tui.places import PACKETS, Place
from l2scope.tui.screens.filtered import FilteredScreen
from l2scope.tui.search import around
from l2scope.tui.seeking import Sought, Way, sought
from l2scope.tui.theme import Tone
from l2scope.tui.walk import Walk
from l2scope.tui.widgets.bars import KeyLine
from l2scope.tui.widgets.packet_list import PacketRows
from l2scope.tui.widgets.prompt import Prompt

FIND, GO_TO = "find", "go to"


class SearchedScreen(FilteredScreen):
    """`/` looks while one types, n and N go on; rows that the filter leaves out are not looked through."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = PacketRows(self.scope_app.capture)
        self.rows.values.colours = self.user.settings.colours
        self.rows.marks = self.scope_app.marks
        self.sought: Sought | None = None
        self._begun = 0
        self._walk: Walk | None = None

    @property
    def number(self) -> int:
        """The packet under the cursor, 0 when there is none."""
        return self.rows.number(self.table.row) if self.table.row >= 0 else 0

    @property
    def place(self) -> Place:
        """The packet."""
        return Place(PACKETS, packet=self.number)

    def say(self, text: str, tone: Tone = Tone.DIM) -> None:
        """Says something in the key line, and in the prompt while that is open."""
        self.query_one(KeyLine).say(text, tone)
        self.query_one(Prompt).say(text)

    def begin_walk(self, walk: Walk) -> None:
        """n and N go along these packets until something else is looked for."""
        self._walk = walk
        self.say(str(walk), Tone.MARK)

    def _step_walk(self, walk: Walk) -> None:
        self._walk = walk
        self.table.go_to_row(self.rows.row(walk.packet))
        self.say(str(walk), Tone.MARK)

    def action_find(self) -> None:
        """Asks for a text; the list follows while one types. Tab: by filter, by bytes."""
        self._begun = self.number
        self._walk = None
        self.query_one(Prompt).ask(FIND, Way.TEXT.value, turns=[way.value for way in Way])
        self.say("{prompt.next_question}: by filter, by bytes")

    def action_go_to_packet(self) -> None:
        """Asks for a packet number."""
        self.query_one(Prompt).ask(GO_TO, f"packet 1-{self.rows.count} :", digits=True)

    @on(Prompt.Changed)
    def _typed(self, event: Prompt.Changed) -> None:
        if isinstance(event, Prompt.Answered) or event.purpose != FIND:
            return
        self._seek(Way(self.query_one(Prompt).question), event.text)
        if self.sought is not None:
            self._find(1, self.rows.row(self._begun), itself=True)

    def _seek(self, way: Way, text: str) -> None:
        """Takes what was typed for what is looked for; says why where it is nothing."""
        self.workers.cancel_group(self, FIND)
        self.sought = None
        self.table.highlight(text.lower() if way is Way.TEXT else "")
        if not text.strip():
            return
        try:
            self.sought = sought(way, text, self.rows, self.passes)
        except ValueError as error:
            self.say(str(error))

    @on(Prompt.Answered)
    def _answered(self, event: Prompt.Answered) -> None:
        self.table.focus()
        if event.purpose == GO_TO:
            if event.text:
                self.scope_app.jump_to_packet(min(max(1, int(event.text)), self.rows.count))
        elif event.text and self._begun and self.number != self._begun:
            self.scope_app.places.leave(Place(PACKETS, packet=self._begun))

    @on(Prompt.Cancelled)
    def _cancelled(self, event: Prompt.Cancelled) -> None:
        self.table.focus()
        if event.purpose == FIND:
            self._seek(Way.TEXT, "")
            self.say("")
            self.restore(Place(PACKETS, packet=self._begun))

    def action_find_next(self) -> None:
        """The next match."""
        self._find_again(1)

    def action_find_previous(self) -> None:
        """The previous match."""
        self._find_again(-1)

    def _find_again(self, step: int) -> None:
        if self._walk is not None:
            self._step_walk(self._walk.step(step))
            return
        if self.sought is None:
            self.action_find()
            return
        self.scope_app.places.leave(self.place)
        self._find(step, self.table.row, itself=False)

    @work(exclusive=True, group=FIND)
    async def _find(self, step: int, row: int, *, itself: bool) -> None:
        """Looks from a row to the end, then from the other end."""
        if (wanted := self.sought) is None:
            return
        text = printable(wanted.text)
        try:
            found, note = await self._first(wanted, step, row, itself)
        except FilterError as error:
            self.say(f"column {error.column}: {printable(error.message)}")
            return
        except CaptureError as error:
            self.say(printable(str(error)), Tone.LOOK)
            return
        if found is None:
            self.say(f"no packet has {text}", Tone.LOOK)
        else:
            self.say(note)
        self.table.go_to_row(row if found is None else found)

    async def _first(self, wanted: Sought, step: int, row: int, itself: bool) -> tuple[int | None, str]:
        """The first row that has it, and whether it lies behind the end."""
        text = printable(wanted.text)

        def report(share: float) -> None:
            self.say(f"looking for {text} … {int(100 * share)} %")

        onwards, rest = around(row, self.rows.count, step, itself=itself)
        if (found := await wanted.first(onwards, report)) is not None:
            return found, ""
        return await wanted.first(rest, report), f"{text}: went on from the {'beginning' if step > 0 else 'end'}"
