"""Both ends of one channel: what its sender and its receiver saw, and what lay between them."""

from textual import on, work
from textual.app import ComposeResult

from l2scope.analysis.waits import Wait
from l2scope.channels import Channel
from l2scope.tui.background import beside_keys
from l2scope.tui.end_to_end import EndToEnd, Way
from l2scope.tui.figures import balance, counted, seconds
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.ledger import Ledger
from l2scope.tui.places import Place
from l2scope.tui.screens.paned import PanedScreen
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.balance_graph import BalanceGraph
from l2scope.tui.widgets.bars import KeyLine, PaneHead, Piece, TitleBar
from l2scope.tui.widgets.ends_table import EndsTable
from l2scope.tui.widgets.grips import HeadGrip
from l2scope.tui.widgets.virtual_table import VirtualTable
from l2scope.tui.widgets.wait_list import WaitRows

NEVER_STALLED = (("Never stalled.  {both_ends.all_waits} lists all waits for credits.", Tone.DIM),)
NOT_MEASURED = (("The PDUs of the two ends are being compared …", Tone.DIM),)


class BothEndsScreen(PanedScreen):
    """The two graphs share window and cursor; the list of waits says where the time went."""

    scope = Scope.BOTH_ENDS
    STACKS = (("sender", "receiver", "waits"),)
    BINDINGS = bindings(Scope.BOTH_ENDS)
    DEFAULT_CSS = """
    BothEndsScreen { background: $ground-page; layout: vertical; }
    BothEndsScreen BalanceGraph { height: 1fr; min-height: 4; max-height: 14; }
    BothEndsScreen #waits { height: 1fr; min-height: 3; }
    BothEndsScreen.-low #waits { height: 3; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.waits = WaitRows()
        self.sender: Channel | None = None
        self.receiver: Channel | None = None
        self.every_wait = False
        self.measured: EndToEnd | None = None

    def compose(self) -> ComposeResult:
        """Title, figures, the sender's credits over time, the receiver's, the waits, keys."""
        yield TitleBar("app.show_channels")
        yield EndsTable(id="ends")
        yield HeadGrip(id="sender-head")
        yield BalanceGraph(id="sender")
        yield HeadGrip(id="receiver-head")
        yield BalanceGraph(id="receiver")
        yield HeadGrip(id="waits-head")
        yield VirtualTable(self.waits, id="waits")
        yield KeyLine()

    @property
    def table(self) -> VirtualTable:
        """The waits."""
        return self.query_one("#waits", VirtualTable)

    @property
    def graphs(self) -> tuple[BalanceGraph, BalanceGraph]:
        """The sender's and the receiver's."""
        return self.query_one("#sender", BalanceGraph), self.query_one("#receiver", BalanceGraph)

    @property
    def place(self) -> Place:
        """The sending channel, and the wait."""
        sender = -1 if self.sender is None else self.sender.id
        return Place("both_ends", channel=sender, moment=self.graphs[0].moment, item=self.table.cursor)

    def restore(self, place: Place) -> None:
        """Shows what a channel sends, at its two ends."""
        channels = self.scope_app.overview.channels
        self._show(channels[place.channel])
        self.table.focus()
        if place.item >= 0:
            self.table.cursor = place.item
        if place.moment:
            self._share_moment(place.moment)

    def refresh_capture(self) -> None:
        """Takes the two channels as they stand."""
        self.show_title()
        if self.sender is None or self.sender is self.scope_app.overview.channels[self.sender.id]:
            return
        at = self.table.cursor, self.graphs[0].moment
        self._show(self.scope_app.overview.channels[self.sender.id])
        self.table.cursor = at[0]
        self._share_moment(at[1])

    def _show(self, sender: Channel) -> None:
        overview = self.scope_app.overview
        if sender.twin is None or overview.flows is None:
            return
        self.sender, self.receiver = sender, overview.channels[sender.twin]
        ledgers = Ledger(overview.flows, sender, "tx"), Ledger(overview.flows, self.receiver, "rx")
        for graph, ledger in zip(self.graphs, ledgers, strict=True):
            graph.show(ledger, self.scope_app.origin)
        self.graphs[1].follow(self.graphs[0])
        self._show_way()
        if self.measured is None or self.measured.packets != self.scope_app.capture.count:
            self._measure()

    @work(exclusive=True, group="both ends")
    async def _measure(self) -> None:
        """Compares the PDUs of the two ends, beside the keys."""
        capture = self.scope_app.capture
        self.measured = await beside_keys(lambda: EndToEnd(capture))
        self._show_way()

    def _show_way(self) -> None:
        """Figures and waits."""
        if self.sender is None or self.receiver is None:
            return
        way: Way | None = None
        if self.measured is not None:
            way = self.measured.way(self.sender.id, self.receiver.id)
        self.query_one(EndsTable).show(self.sender, self.receiver, way)
        self.waits.show(() if way is None else way.waits, self.every_wait, self.scope_app.origin)
        self.table.empty = NOT_MEASURED if way is None else NEVER_STALLED
        self.table.update()
        head = (("Where the time went", Tone.STRONG),)
        total = "" if way is None else f"{_stalls(way.waits)} of {counted(len(way.waits), 'time')} at zero"
        self.query_one("#waits-head", PaneHead).show(head, ((total, Tone.DIM),))

    @on(BalanceGraph.CursorMoved)
    def _moment_chosen(self, event: BalanceGraph.CursorMoved) -> None:
        """One cursor for both; the heads read out what was the case at either end."""
        if self.sender is None or self.receiver is None:
            return
        mine, other = self.graphs if not self.graphs[1].has_focus else self.graphs[::-1]
        other.follow(mine)
        for name, graph, channel in zip(
            ("sender", "receiver"), self.graphs, (self.sender, self.receiver), strict=True
        ):  # fmt: skip
            title: Piece = (f"#{channel.id} at the {name}", Tone.STRONG)
            self.query_one(f"#{name}-head", PaneHead).show((title, (f"  hci{channel.adapter}", Tone.DIM)), _read(graph))

    def _share_moment(self, moment: int, since: int | None = None) -> None:
        self.graphs[0].show_moment(moment, since)
        self.graphs[1].follow(self.graphs[0])

    @property
    def _wait(self) -> Wait | None:
        row = self.table.row
        return self.waits.waits[row] if 0 <= row < self.waits.count else None

    @on(VirtualTable.Moved, "#waits")
    def _wait_chosen(self) -> None:
        wait = self._wait
        if wait is not None and self.table.has_focus:
            self._share_moment(wait.end_ns, wait.start_ns)

    @on(VirtualTable.Opened, "#waits")
    def _wait_opened(self) -> None:
        wait = self._wait
        if wait is not None:
            self.scope_app.jump_to_packet(wait.start_packet if wait.end_packet is None else wait.end_packet)

    @on(BalanceGraph.PacketWanted)
    def _packet_wanted(self, event: BalanceGraph.PacketWanted) -> None:
        self.scope_app.jump_to_packet(event.packet)

    def action_wait_start(self) -> None:
        """The packet at which the chosen wait began."""
        if self._wait is not None:
            self.scope_app.jump_to_packet(self._wait.start_packet)

    def action_granted(self) -> None:
        """The packet in which the receiver gave the credits that ended the chosen wait."""
        wait = self._wait
        if wait is not None and wait.granted_packet is not None:
            self.scope_app.jump_to_packet(wait.granted_packet)
        else:
            self.query_one(KeyLine).say("the receiver's grant is not in this capture", Tone.LOOK)

    def action_other_direction(self) -> None:
        """The receiver becomes the sender."""
        if self.receiver is not None:
            self._show(self.receiver)

    def action_all_waits(self) -> None:
        """Lists all waits, or the stalls alone."""
        self.every_wait = not self.every_wait
        self._show_way()

    def action_close(self) -> None:
        """Back to the channels."""
        self.scope_app.action_show_channels()


def _stalls(waits: list[Wait]) -> str:
    return counted(sum(wait.stall for wait in waits), "stall")


def _read(graph: BalanceGraph) -> tuple[Piece, ...]:
    """What was the case at the graph's cursor."""
    ledger = graph.ledger
    assert ledger is not None
    at = balance(ledger.balance_at(graph.moment), at_least=ledger.at_least)
    packet = "" if graph.packet is None else f"  packet {graph.packet}"
    return (
        (seconds(graph.moment - graph.origin), Tone.PLAIN),
        (f"  balance {at}", Tone.STRONG),
        (packet, Tone.MARK),
    )
