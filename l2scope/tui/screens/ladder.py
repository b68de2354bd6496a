"""The conversation of a channel or a link as a ladder: who said what, how credits came back, where nothing went."""

from collections.abc import Sequence

from textual import on, work
from textual.app import ComposeResult

from l2scope.capture import Capture
from l2scope.channels import Channel, Channels, hexadecimal
from l2scope.links import Link
from l2scope.sources.errors import CaptureError
from l2scope.text import printable
from l2scope.tui.background import beside_keys
from l2scope.tui.conversation import Conversation, Fold
from l2scope.tui.conversation_events import Kind
from l2scope.tui.figures import counted
from l2scope.tui.flows import Flows
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.overview import Overview, worst_first
from l2scope.tui.places import Place
from l2scope.tui.screens.scope_screen import ScopeScreen
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.bars import KeyLine, PaneHead, Piece, TitleBar
from l2scope.tui.widgets.ladder_rows import LadderRows
from l2scope.tui.widgets.link_list import TRANSPORTS
from l2scope.tui.widgets.virtual_table import VirtualTable

FOLDS = {
    Fold.CHAPTERS: "folded between commands and stalls",
    Fold.RUNS: "runs of PDUs folded",
    Fold.SDUS: "PDUs folded into SDUs",
    Fold.NOTHING: "every PDU",
}
NO_LINK = (
    ("Nothing was connected in this capture.", Tone.STRONG),
    ("{app.show_packets} shows the packets.", Tone.DIM),
)
LINK = "link"


class LadderScreen(ScopeScreen):
    """One channel at a time, the worst first, or all of a link."""

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
        self.link: Link | None = None
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
        """The channel or link, and the step."""
        step = self.rows.step(self.table.row)
        item = -1 if step is None else step.place
        if self.link is not None:
            return Place("ladder", channel=self.link.id, direction=LINK, item=item)
        return Place("ladder", channel=-1 if self.channel is None else self.channel.id, item=item)

    @property
    def chosen_channel(self) -> int | None:
        """The channel that is shown, or in a whole link that of the chosen step."""
        if self.link is None:
            return None if self.channel is None else self.channel.id
        step = self.rows.step(self.table.row)
        return step.subject if step is not None and step.kind is not Kind.COMMAND and step.subject >= 0 else None

    def restore(self, place: Place) -> None:
        """Shows a channel or a link, at a step where one is named."""
        overview = self.scope_app.overview
        if place.direction == LINK and 0 <= place.channel < len(overview.links):
            self._show(overview.links[place.channel], place.item)
        elif place.direction != LINK and 0 <= place.channel < len(overview.channels):
            self._show(overview.channels[place.channel], place.item)

    def on_mount(self) -> None:
        """The worst channel, unless another is asked for; without channels the first link."""
        self.table.focus()
        self.refresh_capture()

    def refresh_capture(self) -> None:
        """Takes what was said by now; the cursor stays."""
        self.show_title()
        overview = self.scope_app.overview
        if overview is self._overview:
            return
        self._overview = overview
        self.table.empty = NO_LINK
        if self.link is not None or self.channel is not None:
            self.restore(self.place)
        elif overview.channels:
            self._show(worst_first(overview.channels)[0])
        elif overview.links:
            self._show(overview.links[0])

    @work(exclusive=True, group="ladder")
    async def _show(self, subject: Channel | Link, place: int = -1) -> None:
        """Puts a conversation together, beside the keys."""
        app = self.scope_app
        flows, capture, fold, channels = app.overview.flows, app.capture, self.fold, app.overview.channels
        if flows is None:
            return
        self.link = subject if isinstance(subject, Link) else None
        self.channel = self.channel if isinstance(subject, Link) else subject
        self.query_one("#ladder-head", PaneHead).show(_title_of(subject), (("putting it together …", Tone.DIM),))
        try:
            conversation = await beside_keys(lambda: _conversation(capture, flows, channels, subject, fold))
        except CaptureError as error:
            self.query_one(KeyLine).say(printable(str(error)), Tone.LOOK)
            return
        peer = printable(subject.peer_name or subject.peer_address or "the peer")
        ends = f"hci{subject.adapter}", peer
        self.rows.show(conversation, ends, app.origin, channels, whole_link=self.link is not None)
        self.table.update()
        self.table.repaint()
        self.table.cursor = conversation.row_of(place) if place >= 0 else 0
        self.query_one("#ladder-head", PaneHead).show(_title_of(subject), self._right(conversation))

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
        subject = self.link or self.channel
        if subject is not None and self.fold + by in list(Fold):
            self.fold = Fold(self.fold + by)
            self._show(subject, self.place.item)

    def action_whole_link(self) -> None:
        """All that was said over the link of this channel, or a channel alone again; the cursor stays at its packet."""
        overview = self.scope_app.overview
        here = self.place.item
        if self.link is None and self.channel is not None:
            self._show(overview.links[self.channel.link], here)
            return
        chosen = self.chosen_channel
        if chosen is not None:
            self._show(overview.channels[chosen], here)
        elif self.channel is not None:
            self._show(overview.channels[self.channel.id], here)
        else:
            self.query_one(KeyLine).say("no channel was opened in this capture", Tone.LOOK)

    def action_next_channel(self) -> None:
        """The channel after this one, the worst first; of links the next link."""
        self._step_channel(1)

    def action_previous_channel(self) -> None:
        """The one before it."""
        self._step_channel(-1)

    def _step_channel(self, by: int) -> None:
        overview, place = self.scope_app.overview, self.place
        shown: Sequence[Channel | Link] = worst_first(overview.channels) if self.link is None else overview.links
        at = next((at for at, subject in enumerate(shown) if subject.id == place.channel), None)
        if at is not None and 0 <= at + by < len(shown):
            self._show(shown[at + by])
        else:
            self.query_one(KeyLine).say(f"no further {'channel' if self.link is None else 'link'}", Tone.LOOK)

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
        """The credits over time of this channel, or of that of the chosen step."""
        chosen = self.chosen_channel
        if chosen is not None:
            self.scope_app.jump_to_channel(chosen)
        else:
            self.query_one(KeyLine).say("this step belongs to no channel with credits", Tone.LOOK)


def _conversation(
    capture: Capture, flows: Flows, channels: Channels, subject: Channel | Link, fold: Fold
) -> Conversation:
    if isinstance(subject, Channel):
        return Conversation.of_channel(capture, flows, subject, fold)
    own = [channel for channel in channels if channel.link == subject.id]
    return Conversation.of_link(capture, flows, subject.id, own, fold)


def _title_of(subject: Channel | Link) -> tuple[Piece, ...]:
    if isinstance(subject, Link):
        kind = f"{TRANSPORTS.get(subject.transport, '?')}, {subject.role or 'role unknown'}"
        return (
            (f"Link {subject.id} ", Tone.STRONG),
            (f" handle 0x{subject.handle:04x}", Tone.PLAIN),
            (f"  {kind}", Tone.DIM),
        )
    return (
        (f"#{subject.id} ", Tone.MARK),
        (f"PSM {hexadecimal(subject.psm)} ", Tone.STRONG),
        (f" {subject.mode}  {hexadecimal(subject.local_cid)} ⇄ {hexadecimal(subject.remote_cid)}", Tone.DIM),
    )
