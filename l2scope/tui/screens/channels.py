"""The channels, worst first; below them the credits of the chosen one over time, and its stalls."""

from textual import on, work
from textual.app import ComposeResult

from l2scope.channels import Channel
from l2scope.tui.advice import advice
from l2scope.tui.background import beside_keys
from l2scope.tui.empty_tables import no_channels, no_stalls
from l2scope.tui.figures import balance, counted, seconds
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.ledger import Ledger
from l2scope.tui.overview import worse_direction
from l2scope.tui.places import Place
from l2scope.tui.screens.paned import PanedScreen
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.balance_graph import BalanceGraph
from l2scope.tui.widgets.bars import KeyLine, PaneHead, Piece, TitleBar
from l2scope.tui.widgets.channel_head import ChannelHead, direction_title
from l2scope.tui.widgets.channel_table import ChannelRows
from l2scope.tui.widgets.grips import HeadGrip
from l2scope.tui.widgets.sorted_table import SortedTable
from l2scope.tui.widgets.stall_list import StallRows
from l2scope.tui.widgets.virtual_table import VirtualTable

LEGEND = "  at zero: ▒ certain  ░ likely  · idle"


class ChannelsScreen(PanedScreen):
    """The table chooses the channel; graph and stalls share one moment."""

    scope = Scope.CHANNELS
    STACKS = (("channels", "graph", "stalls"),)
    BINDINGS = bindings(Scope.CHANNELS)
    DEFAULT_CSS = """
    ChannelsScreen { background: $ground-page; layout: vertical; }
    ChannelsScreen #channels { height: auto; min-height: 3; max-height: 30%; }
    ChannelsScreen #graph { height: 1fr; min-height: 5; max-height: 26; }
    ChannelsScreen #stalls { height: 1fr; min-height: 3; }
    ChannelsScreen.-calm #stalls { height: 5; }
    ChannelsScreen.-low #stalls { height: 4; }
    ChannelsScreen.-low #channels { max-height: 5; }
    ChannelsScreen.-empty #channels { height: 1fr; max-height: 100%; }
    ChannelsScreen.-empty #graph-head, ChannelsScreen.-empty #head, ChannelsScreen.-empty #graph { display: none; }
    ChannelsScreen.-empty #stalls-head, ChannelsScreen.-empty #stalls { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows = ChannelRows()
        self.stalls = StallRows()
        self.channel: Channel | None = None
        self.direction = "tx"
        self.every_wait = False

    def compose(self) -> ComposeResult:
        """Title, table, the chosen channel, its graph, its stalls, keys."""
        yield TitleBar("app.show_channels")
        yield SortedTable(self.rows, id="channels")
        yield HeadGrip(id="graph-head")
        yield ChannelHead(id="head")
        yield BalanceGraph(id="graph")
        yield HeadGrip(id="stalls-head")
        yield VirtualTable(self.stalls, id="stalls")
        yield KeyLine()

    @property
    def table(self) -> SortedTable:
        """The channels."""
        return self.query_one("#channels", SortedTable)

    @property
    def stall_table(self) -> VirtualTable:
        """The stalls."""
        return self.query_one("#stalls", VirtualTable)

    @property
    def graph(self) -> BalanceGraph:
        """The credits over time."""
        return self.query_one(BalanceGraph)

    @property
    def place(self) -> Place:
        """Channel, direction and moment."""
        channel = -1 if self.channel is None else self.channel.id
        return Place("channels", channel=channel, direction=self.direction, moment=self.graph.moment)

    def restore(self, place: Place) -> None:
        """Shows channel, direction and moment again."""
        row = self.rows.row_of(place.channel)
        if row < 0:
            return
        self.table.go_to_row(row)
        channel = self.rows.channels[row]
        self._show(channel, place.direction or worse_direction(channel).name)
        if not place.moment:
            return
        self.graph.show_moment(place.moment)
        if self.stalls.count:
            self.stall_table.go_to_row(self.stalls.row_near(place.moment - 1))

    def on_mount(self) -> None:
        """The worst channel is chosen."""
        self.table.focus()
        self.refresh_capture()

    def refresh_capture(self) -> None:
        """Takes the channels as they stand. The chosen one stays chosen, unless the user only watches the worst."""
        app = self.scope_app
        self.show_title()
        if app.overview is self.rows.overview and self.rows.count:
            return
        chosen = self.channel
        follows_worst = self.table.cursor == 0 and self.table.has_focus
        self.rows.judge(app.overview)
        self.table.empty = no_channels(app.overview, app.progress)
        self.set_class(not self.rows.count, "-empty")
        self.table.update()
        row = -1 if chosen is None else self.rows.row_of(chosen.id)
        if row < 0 or (row > 0 and follows_worst):
            self._choose()
        else:
            self.table.go_to_row(row)
            self._renew(self.rows.channels[row])

    def _choose(self) -> None:
        """Shows the channel under the table's cursor in its worse direction."""
        row = self.table.row
        if row < 0:
            self._show(None, "tx")
            return
        channel = self.rows.channels[row]
        self._show(channel, worse_direction(channel).name)

    def _renew(self, channel: Channel) -> None:
        """Shows what has become of the channel that is shown; nobody's cursor moves."""
        app = self.scope_app
        self.channel = channel
        self.query_one(ChannelHead).show(channel, self.direction, app.origin)
        ledger, other = self._ledgers(channel)
        assert ledger is not None
        self.stalls.show(ledger, app.origin, self.every_wait)
        self.graph.renew(ledger, other)
        self._show_stalls()

    @on(VirtualTable.Moved, "#channels")
    def _channel_chosen(self) -> None:
        row = self.table.row
        if row >= 0 and self.rows.channels[row] is not self.channel:
            self.call_after_refresh(self._choose)

    def _show(self, channel: Channel | None, direction: str) -> None:
        """Shows a direction of a channel in head, graph and list of stalls."""
        app = self.scope_app
        self.channel, self.direction = channel, direction
        self.query_one(ChannelHead).show(channel, direction, app.origin)
        ledger, other = self._ledgers(channel)
        self.stalls.show(ledger, app.origin, self.every_wait)
        self.graph.show(ledger, app.origin, other=other)
        self._show_stalls()
        self._go_to_longest_stall()

    def _ledgers(self, channel: Channel | None) -> tuple[Ledger | None, Ledger | None]:
        """Of the direction that is shown, and of the other one where it carries data."""
        flows = self.scope_app.overview.flows
        if channel is None or flows is None:
            return None, None
        other = channel.direction("rx" if self.direction == "tx" else "tx")
        mirrored = Ledger(flows, channel, other.name) if other.kframes and channel.waits else None
        return Ledger(flows, channel, self.direction), mirrored

    def _go_to_longest_stall(self) -> None:
        ledger = self.graph.ledger
        longest = None if ledger is None else ledger.waits.longest_stall
        if longest is not None:
            self.stall_table.go_to_row(self.stalls.row_of(longest))

    def _show_stalls(self) -> None:
        table, channel = self.stall_table, self.channel
        table.empty = () if channel is None else no_stalls(channel.direction(self.direction), channel)
        table.update()
        self.set_class(not self.stalls.count, "-calm")
        what = "Times at zero" if self.every_wait else "Stalls"
        legend: Piece = (LEGEND if self.graph.ledger is not None and self.graph.ledger.credited else "", Tone.DIM)
        total: Piece = ("", Tone.PLAIN)
        ledger = self.graph.ledger
        if channel is not None and ledger is not None:
            zeros = counted(len(ledger.waits.rows), "time")
            total = (f"{counted(int(ledger.waits.stall.sum()), 'stall')} of {zeros} at zero", Tone.DIM)
        self.query_one("#stalls-head", PaneHead).show(((what, Tone.STRONG), legend), (total,))

    @on(VirtualTable.Moved, "#stalls")
    def _stall_chosen(self, event: VirtualTable.Moved) -> None:
        """The graph shows the stall that is chosen in the list."""
        ledger = self.graph.ledger
        if ledger is None or event.row < 0 or event.row >= self.stalls.count or not event.table.has_focus:
            return
        spans, wait = ledger.waits.spans, self.stalls.wait(event.row)
        self.graph.show_moment(int(spans.end[wait]), int(spans.start[wait]))

    @on(BalanceGraph.CursorMoved)
    def _moment_chosen(self) -> None:
        """Reads out what was the case at the graph's cursor, and chooses the last stall up to it."""
        head = self.query_one("#graph-head", PaneHead)
        channel, graph = self.channel, self.graph
        if channel is None or graph.ledger is None:
            head.show((("Credits over time", Tone.DIM),))
            return
        way = channel.direction(self.direction)
        head.show(direction_title(channel, way), _reading(graph))
        if graph.has_focus and self.stalls.count:
            self.stall_table.go_to_row(self.stalls.row_near(graph.moment))

    @on(VirtualTable.Opened, "#channels")
    def _channel_opened(self) -> None:
        (self.stall_table if self.stalls.count else self.graph).focus()

    @on(VirtualTable.Opened, "#stalls")
    def _stall_opened(self, event: VirtualTable.Opened) -> None:
        first, last = self._stall_packets(event.row)
        self.scope_app.jump_to_packet(last if last > 0 else first)

    @on(BalanceGraph.PacketWanted)
    def _packet_wanted(self, event: BalanceGraph.PacketWanted) -> None:
        self.scope_app.jump_to_packet(event.packet)

    def _stall_packets(self, row: int) -> tuple[int, int]:
        """The packets that begin and end the stall of a row; the last is -1 where the capture ends first."""
        ledger = self.graph.ledger
        assert ledger is not None
        wait = ledger.waits.rows[self.stalls.wait(row)]
        return int(wait["first"]), int(wait["last"])

    def action_stall_start(self) -> None:
        """The packet at which the chosen stall began."""
        row = self.stall_table.row
        if row >= 0:
            self.scope_app.jump_to_packet(self._stall_packets(row)[0])

    def action_other_direction(self) -> None:
        """Shows the direction that is not shown."""
        if self.channel is not None:
            self._show(self.channel, "rx" if self.direction == "tx" else "tx")

    @work(exclusive=True, group="what if")
    async def action_what_if(self) -> None:
        """What other credits would have done, computed beside the keys."""
        channel, direction, capture = self.channel, self.direction, self.scope_app.capture
        if channel is None:
            return
        head = self.query_one(ChannelHead)
        head.advise((("replaying …", Tone.DIM),))
        found = await beside_keys(lambda: advice(capture, channel, channel.direction(direction)))
        if (self.channel, self.direction) == (channel, direction):
            head.advise(found)

    def action_both_ends(self) -> None:
        """The two ends of this channel side by side."""
        channel = self.channel
        if channel is None or channel.twin is None:
            self.query_one(KeyLine).say("only one end of this channel is in the capture", Tone.LOOK)
            return
        sender = channel.id if self.direction == "tx" else channel.twin
        self.scope_app.jump(Place("both_ends", channel=sender))

    def action_all_waits(self) -> None:
        """Lists all times at zero, or the stalls alone."""
        self.every_wait = not self.every_wait
        self.stalls.show(self.graph.ledger, self.scope_app.origin, self.every_wait)
        self._show_stalls()
        self._go_to_longest_stall()

    def action_next_stall(self) -> None:
        """The next stall."""
        self._step_stall(1)

    def action_previous_stall(self) -> None:
        """The previous stall."""
        self._step_stall(-1)

    def _step_stall(self, by: int) -> None:
        table = self.stall_table
        if self.stalls.count:
            table.focus()
            table.cursor += by


def _reading(graph: BalanceGraph) -> tuple[Piece, ...]:
    """What was the case at the graph's cursor."""
    ledger = graph.ledger
    assert ledger is not None
    pieces: list[Piece] = [(seconds(graph.moment - graph.origin), Tone.PLAIN)]
    if ledger.credited:
        pieces.append((f"  balance {balance(ledger.balance_at(graph.moment), at_least=ledger.at_least)}", Tone.STRONG))
    if (sdu := ledger.sdu_at(graph.moment)) is not None:
        pieces.append((f"  SDU {sdu[0]}" if sdu[1] else f"  after SDU {sdu[0]}", Tone.PLAIN))
    if graph.packet is not None:
        pieces.append((f"  packet {graph.packet}", Tone.MARK))
    return tuple(pieces)
