"""The conversation of a channel as a ladder: who said what, how credits flowed back, and where nothing went."""

import asyncio

from textual import on, work
from textual.app import ComposeResult
from textual.events import ScreenResume

from l2scope.channels import Channel, hexadecimal
from l2scope.text import printable
from l2scope.tui.conversation import Conversation, Fold
from l2scope.tui.figures import counted
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.overview import Overview, worst_first
from l2scope.tui.places import Place
from l2scope.tui.screens.scope_screen import ScopeScreen
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.bars import KeyLine, PaneHead, Piece, TitleBar
from l2scope.tui.widgets.ladder_rows import LadderRows
from l2scope.tui.widgets.virtual_table import VirtualTable

FOLDS = {
    Fold.CHAPTERS: "folded between commands and stalls",
    Fold.RUNS: "runs of PDUs folded",
    Fold.NOTHING: "every PDU",
}
NO_CHANNEL = (
    ("No channel was opened in this capture.", Tone.STRONG),
    ("2 shows the packets, 6 the requests and responses of ATT.", Tone.DIM),
)


class LadderScreen(ScopeScreen):
    """One channel at a time, the worst first."""

    scope = Scope.LADDER
    BINDINGS = bindings(Scope.LADDER)
    DEFAULT_CSS = """
    LadderScreen { background: $ground-page; layout: vertical; }
    LadderScreen #ladder { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows = LadderRows(self.scope_app.capture)
        self.channel: Channel | None = None
        self.fold = Fold.CHAPTERS
        self._overview = Overview()

    def compose(self) -> ComposeResult:
        """Title, head, ladder, keys."""
        yield TitleBar("app.show_ladder")
        yield PaneHead(id="ladder-head")
        yield VirtualTable(self.rows, id="ladder")
        yield KeyLine()

    @property
    def table(self) -> VirtualTable:
        """The ladder."""
        return self.query_one("#ladder", VirtualTable)

    @property
    def place(self) -> Place:
        """The channel, and the step."""
        channel = -1 if self.channel is None else self.channel.id
        step = self.rows.step(self.table.row)
        return Place("ladder", channel=channel, item=-1 if step is None else step.place)

    def restore(self, place: Place) -> None:
        """Shows a channel, at a step where one is named."""
        channels = self.scope_app.overview.channels
        if 0 <= place.channel < len(channels):
            self._show(channels[place.channel], place.item)

    def on_mount(self) -> None:
        """The worst channel, unless another is asked for."""
        self.table.focus()
        self.refresh_capture()

    @on(ScreenResume)
    def _resumed(self) -> None:
        self.refresh_capture()

    def refresh_capture(self) -> None:
        """Takes what was said by now; the cursor stays."""
        self.show_title()
        overview = self.scope_app.overview
        if overview is self._overview:
            return
        self._overview = overview
        self.table.empty = NO_CHANNEL
        if self.channel is None and overview.channels:
            self._show(worst_first(overview.channels)[0])
        elif self.channel is not None:
            self._show(overview.channels[self.channel.id], self.place.item)

    @work(exclusive=True, group="ladder")
    async def _show(self, channel: Channel, place: int = -1) -> None:
        """Puts a conversation together, beside the keys."""
        app = self.scope_app
        flows, capture, fold = app.overview.flows, app.capture, self.fold
        if flows is None:
            return
        self.channel = channel
        conversation = await asyncio.to_thread(Conversation, capture, flows, channel, fold)
        peer = printable(channel.peer_name or channel.peer_address or "the peer")
        self.rows.show(conversation, (f"hci{channel.adapter}", peer), app.origin)
        self.table.update()
        self.table.repaint()
        self.table.cursor = conversation.row_of(place) if place >= 0 else 0
        self.query_one("#ladder-head", PaneHead).show(self._title_of(channel), self._right(conversation))

    def _title_of(self, channel: Channel) -> tuple[Piece, ...]:
        return (
            (f"#{channel.id} ", Tone.MARK),
            (f"PSM {hexadecimal(channel.psm)} ", Tone.STRONG),
            (f" {channel.mode}  {hexadecimal(channel.local_cid)} ⇄ {hexadecimal(channel.remote_cid)}", Tone.DIM),
        )

    def _right(self, conversation: Conversation) -> tuple[Piece, ...]:
        return ((f"{counted(len(conversation), 'step')}, {FOLDS[self.fold]}", Tone.DIM),)

    @on(VirtualTable.Opened, "#ladder")
    def _opened(self, event: VirtualTable.Opened) -> None:
        step = self.rows.step(event.row)
        if step is not None:
            self.scope_app.jump_to_packet(step.first)

    def action_last_packet(self) -> None:
        """The packet that ends the chosen step."""
        step = self.rows.step(self.table.row)
        if step is not None:
            self.scope_app.jump_to_packet(step.first if step.last is None else step.last)

    def action_unfold(self) -> None:
        """Shows more single steps."""
        self._refold(1)

    def action_fold(self) -> None:
        """Folds more into one step."""
        self._refold(-1)

    def _refold(self, by: int) -> None:
        if self.channel is not None and self.fold + by in list(Fold):
            self.fold = Fold(self.fold + by)
            self._show(self.channel, self.place.item)

    def action_next_channel(self) -> None:
        """The channel after this one, the worst first."""
        self._step_channel(1)

    def action_previous_channel(self) -> None:
        """The one before it."""
        self._step_channel(-1)

    def _step_channel(self, by: int) -> None:
        channels = worst_first(self.scope_app.overview.channels)
        at = next((at for at, channel in enumerate(channels) if channel.id == self.place.channel), None)
        if at is not None and 0 <= at + by < len(channels):
            self._show(channels[at + by])
        else:
            self.query_one(KeyLine).say("no further channel", Tone.LOOK)

    def action_next_stall(self) -> None:
        """The next stall."""
        self._step_stall(1)

    def action_previous_stall(self) -> None:
        """The previous one."""
        self._step_stall(-1)

    def _step_stall(self, by: int) -> None:
        conversation = self.rows.conversation
        found = None if conversation is None else conversation.stall_after(self.table.row, by)
        if found is None:
            self.query_one(KeyLine).say("no further stall", Tone.LOOK)
        else:
            self.query_one(KeyLine).say("")
            self.table.go_to_row(found)

    def action_channel(self) -> None:
        """The credits of this channel over time."""
        if self.channel is not None:
            self.scope_app.jump_to_channel(self.channel.id)
