"""The statistics: what went when and each way, protocols, endpoints, and how long answers took."""

from dataclasses import dataclass
from math import inf
from time import perf_counter
from typing import Final

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container

from l2scope.analysis.delays import Delays, delays
from l2scope.analysis.traffic import Traffic
from l2scope.capture import Capture
from l2scope.engine.words import RX, TX
from l2scope.sources.errors import CaptureError
from l2scope.text import printable
from l2scope.tui.background import beside_keys
from l2scope.tui.figures import a_second, counted, duration, rate, seconds
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.places import Place
from l2scope.tui.screens.paned import PanedScreen
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.bars import KeyLine, PaneHead, Piece, TitleBar
from l2scope.tui.widgets.grips import HeadGrip, SidePane
from l2scope.tui.widgets.rate_chart import RateChart
from l2scope.tui.widgets.sorted_table import SortedTable
from l2scope.tui.widgets.statistics_tables import BucketRows, DelayRows, EndpointRows, ProtocolRows
from l2scope.tui.widgets.virtual_table import VirtualTable

VIEWS: Final = ("protocols", "endpoints", "delays")
TITLES: Final = {"protocols": "Protocols", "endpoints": "Endpoints", "delays": "How long answers took"}

WIDE, TALL = 110, 30
"""From these on there is room for all tables."""
SOON: Final = 0.05
PATIENCE: Final = 10
"""Of the time while a capture grows one in so many parts goes into counting it anew."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was gathered beside the keys from so many packets."""

    packets: int
    traffic: Traffic
    delays: list[Delays]


class StatisticsScreen(PanedScreen):
    """Where there is room for all tables they stand side by side, else v shows one after the other."""

    scope = Scope.STATISTICS
    STACKS = (
        ("rates", "upper", "lower"),
        ("protocols-pane", "endpoints-pane"),
        ("delays-pane", "buckets-pane"),
    )
    BINDINGS = bindings(Scope.STATISTICS)
    DEFAULT_CSS = """
    StatisticsScreen { background: $ground-page; layout: vertical; }
    StatisticsScreen #rates { height: 2fr; min-height: 5; max-height: 17; }
    StatisticsScreen #upper, StatisticsScreen #lower { height: 3fr; layout: horizontal; }
    StatisticsScreen SidePane { height: 1fr; width: 1fr; }
    StatisticsScreen VirtualTable { height: 1fr; }
    StatisticsScreen #endpoints-pane { width: 6fr; border-left: vkey $tone-faint; }
    StatisticsScreen #protocols-pane { width: 5fr; }
    StatisticsScreen #delays-pane { width: 3fr; }
    StatisticsScreen #buckets-pane { width: 2fr; border-left: vkey $tone-faint; }
    StatisticsScreen.-cramped #rates { height: 1fr; }
    StatisticsScreen.-cramped #upper, StatisticsScreen.-cramped #lower { height: 2fr; display: none; }
    StatisticsScreen.-cramped SidePane { display: none; }
    StatisticsScreen.-cramped #endpoints-pane, StatisticsScreen.-cramped #buckets-pane { border-left: none; }
    StatisticsScreen.-cramped SidePane.chosen { display: block; }
    StatisticsScreen.-cramped #upper.chosen, StatisticsScreen.-cramped #lower.chosen { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.protocols, self.endpoints = ProtocolRows(), EndpointRows()
        self.delays, self.buckets = DelayRows(), BucketRows()
        self.view = "protocols"
        self.gathered: Gathered | None = None
        self._wanted: Place | None = None
        self._due = 0.0

    def compose(self) -> ComposeResult:
        """Title, chart, tables, keys."""
        yield TitleBar("app.show_statistics")
        yield HeadGrip(id="rates-head")
        yield RateChart(id="rates")
        with Container(id="upper"):
            yield from self._pane("protocols", SortedTable(self.protocols, id="protocols"))
            yield from self._pane("endpoints", SortedTable(self.endpoints, id="endpoints"))
        with Container(id="lower"):
            yield from self._pane("delays", SortedTable(self.delays, id="delays"))
            yield from self._pane("buckets", VirtualTable(self.buckets, id="buckets"))
        yield KeyLine()

    def _pane(self, name: str, table: VirtualTable) -> ComposeResult:
        with SidePane(id=f"{name}-pane"):
            yield HeadGrip(id=f"{name}-head")
            yield table

    @property
    def chart(self) -> RateChart:
        """The rates over time."""
        return self.query_one(RateChart)

    def table(self, name: str) -> VirtualTable:
        """One of the tables."""
        return self.query_one(f"#{name}", VirtualTable)

    @property
    def place(self) -> Place:
        """The pane with the focus and its line, and the moment under the cursor of the chart."""
        pane = self.focused.id if isinstance(self.focused, VirtualTable) and self.focused.id else ""
        row = self.table(pane).row if pane else -1
        return Place("statistics", direction=pane, item=row, moment=self.chart.moment)

    def restore(self, place: Place) -> None:
        """Goes back to a line or a moment; once they are gathered, if they are not yet."""
        if self.gathered is None:
            self._wanted = place
            return
        if place.moment:
            self.chart.show_moment(place.moment)
        if place.direction:
            if place.direction in VIEWS:
                self._choose(place.direction)
            self.table(place.direction).focus()
            self.table(place.direction).go_to_row(place.item)
        else:
            self.chart.focus()

    def on_mount(self) -> None:
        """The chart has the focus."""
        self.chart.message = "Counting …"
        self.chart.focus()
        self._choose(self.view)
        self.refresh_capture()

    def on_resize(self) -> None:
        """All tables, or one of them."""
        self.set_class(self.size.width < WIDE or self.size.height < TALL, "-cramped")
        self._show_heads()

    def refresh_capture(self) -> None:
        """Takes in what the capture holds by now; what must be counted is, once all is read or nothing more comes."""
        app = self.scope_app
        self.show_title()
        if app.overview.layers is not self.protocols.layers:
            self.protocols.show(app.overview.layers)
            self.table("protocols").update()
            self._show_heads()
        known = -1 if self.gathered is None else self.gathered.packets
        if self.is_current and known != app.capture.count and perf_counter() >= self._due:
            self._due = inf
            self._gather()

    @work(exclusive=True, group="statistics")
    async def _gather(self) -> None:
        """Counts and measures beside the keys."""
        capture = self.scope_app.capture
        begun = perf_counter()
        try:
            self.gathered = await beside_keys(lambda: gather(capture))
        except CaptureError as error:
            self.query_one(KeyLine).say(printable(str(error)), Tone.LOOK)
            return
        finally:
            rest = PATIENCE * (perf_counter() - begun)
            self._due = perf_counter() + rest
        if self.gathered.packets != capture.count:
            self.set_timer(rest + SOON, self.refresh_capture)
        self._show(self.gathered)
        if self._wanted is not None:
            self.restore(self._wanted)
            self._wanted = None

    def _show(self, gathered: Gathered) -> None:
        app = self.scope_app
        self.chart.show(gathered.traffic, app.origin)
        self.endpoints.show(app.overview.links, gathered.traffic)
        self.delays.show(gathered.delays)
        for name, empty in (
            ("endpoints", "No link: nothing was connected."),
            ("delays", "Nothing was asked: no ATT request, no HCI command, no signalling."),
            ("protocols", "No packets."),
        ):
            self.table(name).empty = ((empty, Tone.DIM),)
            self.table(name).update()
            self.table(name).repaint()
        self._list_buckets()
        self._show_heads()

    def _show_heads(self) -> None:
        peers = len({link.peer_identity or link.peer_address for link in self.endpoints.links})
        endpoints = f"{counted(self.endpoints.count, 'link')} to {counted(peers, 'peer')}"
        self._head("protocols", "Protocols", "{list.open}: these packets")
        self._head("endpoints", "Endpoints", endpoints)
        self._head("delays", TITLES["delays"], "{list.open}: the slowest")

    def _head(self, name: str, title: str, right: str) -> None:
        """A title; where one table is shown at a time the names of the others stand beside it."""
        others = [(f"  {TITLES[view]}", Tone.DIM) for view in VIEWS if view != name]
        left = ((title, Tone.STRONG), *(others if self.has_class("-cramped") else ()))
        self.query_one(f"#{name}-head", PaneHead).show(left, ((right, Tone.DIM),))

    def _choose(self, view: str) -> None:
        """The table that is shown where there is room for one."""
        self.view = view
        for name in (*VIEWS, "buckets"):
            self.query_one(f"#{name}-pane").set_class(name == view, "chosen")
        self.query_one("#upper").set_class(view != "delays", "chosen")
        self.query_one("#lower").set_class(view == "delays", "chosen")

    def action_next_view(self) -> None:
        """The next table."""
        at = VIEWS.index(self.focused.id) if self.focused is not None and self.focused.id in VIEWS else None
        view = VIEWS[(at + 1) % len(VIEWS)] if at is not None else self.view
        self._choose(view)
        self._show_heads()
        self.call_after_refresh(self.table(view).focus)

    def action_unit(self) -> None:
        """Packets or bytes a second."""
        self.chart.switch()

    @on(RateChart.CursorMoved)
    def _moment_chosen(self) -> None:
        """Reads out what went each way at the cursor."""
        chart = self.chart
        rates = chart.rates_here()
        unit = "Bytes" if chart.by_bytes else "Packets"
        left: list[Piece] = [(unit, Tone.STRONG), (" a second", Tone.STRONG), ("  → sent  ← received", Tone.DIM)]
        right: list[Piece] = []
        if rates is not None and chart.packet is not None:
            right = [
                (seconds(int(rates.edges[0]) - chart.origin), Tone.PLAIN),
                (f" + {duration(chart.column_ns)}", Tone.DIM),
                *self._told("→", float(rates.packets[TX, 0]), float(rates.bytes[TX, 0])),
                *self._told("←", float(rates.packets[RX, 0]), float(rates.bytes[RX, 0])),
                (f"  packet {chart.packet}", Tone.MARK),
            ]
        self.query_one("#rates-head", PaneHead).show(left, right)

    def _told(self, sign: str, packets: float, size: float) -> tuple[Piece, ...]:
        """What went one way; where the line is short only what the chart shows."""
        both = (a_second(packets), rate(size))
        shown = both if self.size.width >= WIDE else both[self.chart.by_bytes :][:1]
        return (f"  {sign} ", Tone.MARK), (" ".join(shown), Tone.PLAIN)

    @on(RateChart.PacketWanted)
    def _packet_wanted(self, event: RateChart.PacketWanted) -> None:
        self.scope_app.jump_to_packet(event.packet)

    @on(VirtualTable.Opened, "#protocols")
    def _protocol_opened(self, event: VirtualTable.Opened) -> None:
        wanted = self.protocols.filter(event.row)
        if wanted is None:
            self.scope_app.action_show_packets()
        else:
            self.scope_app.jump_to_filter(wanted)

    @on(VirtualTable.Opened, "#endpoints")
    def _endpoint_opened(self, event: VirtualTable.Opened) -> None:
        self.scope_app.jump_to_filter(f"l2scope.link == {self.endpoints.links[event.row].id}")

    @on(VirtualTable.Moved, "#delays")
    def _list_buckets(self) -> None:
        row = self.table("delays").row
        kind = self.delays.delays[row] if 0 <= row < self.delays.count else None
        self.buckets.show(kind)
        self.table("buckets").update()
        self.table("buckets").repaint()
        name = "" if kind is None else printable(kind.name)
        self.query_one("#buckets-head", PaneHead).show(
            ((name, Tone.STRONG),), (("{list.open}: the first of these", Tone.DIM),)
        )

    @on(VirtualTable.Opened, "#delays")
    def _delay_opened(self, event: VirtualTable.Opened) -> None:
        self.scope_app.jump_to_packet(self.delays.delays[event.row].slowest_packet)

    @on(VirtualTable.Opened, "#buckets")
    def _bucket_opened(self, event: VirtualTable.Opened) -> None:
        packet = self.buckets.packet(event.row)
        if packet is not None:
            self.scope_app.jump_to_packet(packet)


def gather(capture: Capture) -> Gathered:
    """Counts and measures what a capture holds by now. Raises CaptureError where the file has changed meanwhile."""
    return Gathered(capture.count, Traffic(capture), delays(capture))
