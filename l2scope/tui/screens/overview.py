"""The first screen: what is in this capture, what is wrong with it, and the way to everything."""

from textual import on, work
from textual.app import ComposeResult

from l2scope.analysis.findings import RULES, summary
from l2scope.capture import Capture
from l2scope.channels import Channels
from l2scope.sources.errors import CaptureError
from l2scope.text import printable
from l2scope.tui.at_a_glance import at_a_glance
from l2scope.tui.background import beside_keys
from l2scope.tui.figures import counted
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.places import OVERVIEW, Place
from l2scope.tui.screens.findings import UNSIFTED
from l2scope.tui.screens.paned import PanedScreen
from l2scope.tui.theme import Tone
from l2scope.tui.verdict import Sieve
from l2scope.tui.walk import Walk
from l2scope.tui.widgets.bars import KeyLine, PaneHead, TitleBar
from l2scope.tui.widgets.channel_table import ChannelRows
from l2scope.tui.widgets.finding_list import FindingRows
from l2scope.tui.widgets.glance import Activity, PieceLines
from l2scope.tui.widgets.grips import HeadGrip
from l2scope.tui.widgets.link_list import LinkRows
from l2scope.tui.widgets.sorted_table import SortedTable
from l2scope.tui.widgets.virtual_table import VirtualTable
from l2scope.tui.widgets.way_list import WayRows

MOST_ASKED = 64
"""So many channels are looked into."""


class OverviewScreen(PanedScreen):
    """Enter on any line goes to what it is about."""

    scope = Scope.OVERVIEW
    STACKS = (("findings", "channels", "links", "ways"),)
    BINDINGS = bindings(Scope.OVERVIEW)
    DEFAULT_CSS = """
    OverviewScreen { background: $ground-page; layout: vertical; overflow: hidden; }
    OverviewScreen VirtualTable { height: auto; min-height: 3; }
    OverviewScreen #findings { max-height: 25%; }
    OverviewScreen #channels { max-height: 25%; }
    OverviewScreen #links { max-height: 20%; }
    OverviewScreen #ways { height: 1fr; min-height: 0; }
    OverviewScreen.-low #links { height: 1fr; max-height: 100%; }
    OverviewScreen.-low #ways, OverviewScreen.-low #ways-head { display: none; }
    OverviewScreen.-low #activity { display: none; }
    OverviewScreen.-low #findings { max-height: 7; }
    OverviewScreen.-low #channels { max-height: 5; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.findings = FindingRows()
        self.channels = ChannelRows()
        self.links = LinkRows()
        self.ways = WayRows()
        self._carried: tuple[tuple[str, str], ...] = ()

    def compose(self) -> ComposeResult:
        """Title, what there is, what is wrong, channels, links, keys."""
        yield TitleBar("app.show_overview")
        yield PieceLines(id="glance")
        yield Activity(id="activity")
        yield HeadGrip(id="findings-head")
        yield VirtualTable(self.findings, id="findings")
        yield HeadGrip(id="channels-head")
        yield SortedTable(self.channels, id="channels")
        yield HeadGrip(id="links-head")
        yield VirtualTable(self.links, id="links")
        yield HeadGrip(id="ways-head")
        yield VirtualTable(self.ways, id="ways")
        yield KeyLine()

    def _table(self, name: str) -> VirtualTable:
        return self.query_one(f"#{name}", VirtualTable)

    @property
    def place(self) -> Place:
        """The finding, channel or link, of the pane with the focus."""
        pane = self.focused if isinstance(self.focused, VirtualTable) else self._table("findings")
        return Place(OVERVIEW, direction=pane.id or "", item=pane.row)

    def restore(self, place: Place) -> None:
        """Goes back to a line."""
        if place.direction:
            table = self._table(place.direction)
            table.focus()
            table.go_to_row(place.item)

    def on_mount(self) -> None:
        """The findings have the focus."""
        self._table("findings").focus()
        self.refresh_capture()

    def refresh_capture(self) -> None:
        """Takes what is known by now."""
        app = self.scope_app
        self.show_title()
        overview = app.overview
        if overview is self.channels.overview:
            return
        self.query_one(PieceLines).show(at_a_glance(app.capture, overview, app.notes))
        self._show_activity()
        self._list_findings()
        self.channels.judge(overview)
        self.links.show(overview.links)
        self.ways.show(app.capture, overview, self._carried)
        for name in ("channels", "links", "ways"):
            self._table(name).update()
        self._table("ways").repaint()
        self._say_what_lacks()
        self._show_heads()
        if app.complete:
            self._look_inside()

    def _list_findings(self) -> None:
        """Those that are seen."""
        app = self.scope_app
        self.findings.show(app.overview.verdict, Sieve())
        self._say_what_lacks()
        self._table("findings").update()
        self._table("findings").repaint()
        self._show_heads()

    def _show_activity(self) -> None:
        times = self.scope_app.capture.tables.packets["time"]
        ends = self.scope_app.overview.stall_ends
        self.query_one(Activity).show(times, times[ends[ends <= len(times)] - 1])

    @work(exclusive=True, group="carried")
    async def _look_inside(self) -> None:
        """Asks the dissectors what the channels carry, beside the keys."""
        app = self.scope_app
        capture, overview = app.capture, app.overview
        try:
            self._carried = await beside_keys(lambda: carried_by(capture, overview.channels))
        except (CaptureError, LookupError) as error:
            self.query_one(KeyLine).say(printable(str(error)), Tone.LOOK)
            return
        self.ways.show(capture, overview, self._carried)
        self._table("ways").repaint()

    def _say_what_lacks(self) -> None:
        """What empty tables mean."""
        reading = self.scope_app.progress < 1.0
        so_far = "so far; the capture is still being read" if reading else f"as far as {len(RULES)} rules can tell"
        verdict = self.scope_app.overview.verdict
        muted = ", ".join(sorted(verdict.muted))
        left_out = f"All there is was muted: {muted}.  {{app.show_findings}}, {{findings.unmute}}: all again"
        nothing = left_out if verdict.findings else f"Nothing is wrong, {so_far}."
        self._table("findings").empty = ((nothing, Tone.PLAIN),)
        self._table("channels").empty = (("No channel was opened.  {app.show_packets} shows the packets.", Tone.DIM),)
        self._table("links").empty = (("No link: nothing was connected.", Tone.DIM),)

    def _show_heads(self) -> None:
        overview = self.scope_app.overview
        wrong = ", ".join(filter(None, (summary(self.findings.findings) or "nothing", overview.verdict.mutes)))
        self._head("findings", "What is wrong", f"{wrong}  {{app.show_findings}}: all about it")
        stalled = sum(channel.tx.stall_count + channel.rx.stall_count > 0 for channel in overview.channels)
        channels = counted(len(overview.channels), "channel")
        self._head(
            "channels",
            "Channels, worst first",
            f"{stalled} of {channels} stalled  {{app.show_channels}}: credits over time",
        )
        self._head("links", "Links", counted(len(overview.links), "link"))
        self._head("ways", "What else is there", "")

    def _head(self, name: str, title: str, right: str) -> None:
        self.query_one(f"#{name}-head", PaneHead).show(((title, Tone.STRONG),), ((right, Tone.DIM),))

    @on(VirtualTable.Opened, "#findings")
    def _finding_opened(self, event: VirtualTable.Opened) -> None:
        finding = self.findings.finding(event.row)
        if finding is None:
            return
        if finding.packets:
            self.scope_app.walk_along(Walk(f"{finding.rule} {finding.title}", tuple(finding.packets)))
        else:
            self.scope_app.jump(Place("findings", item=event.row, direction=UNSIFTED))

    @on(VirtualTable.Opened, "#channels")
    def _channel_opened(self, event: VirtualTable.Opened) -> None:
        self.scope_app.jump_to_channel(self.channels.channels[event.row].id)

    @on(VirtualTable.Opened, "#links")
    def _link_opened(self, event: VirtualTable.Opened) -> None:
        packet = self.links.packet(event.row)
        if packet is None:
            self.query_one(KeyLine).say("neither beginning nor end of this link is in the capture", Tone.LOOK)
        else:
            self.scope_app.jump_to_packet(packet)

    @on(VirtualTable.Opened, "#ways")
    async def _way_opened(self, event: VirtualTable.Opened) -> None:
        await self.app.run_action(self.ways.ways[event.row].action)

    def action_explain(self) -> None:
        """The chosen finding, explained."""
        self.scope_app.jump(Place("findings", item=self._table("findings").row, direction=UNSIFTED))


def carried_by(capture: Capture, channels: Channels) -> tuple[tuple[str, str], ...]:
    """What channels and characteristics carry, by the dissectors that know it. Raises CaptureError where the file has
    changed, LookupError where the user wants a dissector that does not exist."""
    contents = capture.contents
    asked = ((f"#{channel.id}", contents.of_channel(channel.id)) for channel in channels[:MOST_ASKED])
    known = [(where, dissector.shown_title) for where, dissector in asked if dissector is not None]
    for _, _, handle, dissector in contents.characteristics():
        if dissector is None:
            continue
        known.append((f"handle 0x{handle:04X}", dissector.shown_title))
    return tuple(known)
