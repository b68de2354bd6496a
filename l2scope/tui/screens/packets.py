"""The packets: the list, and below it the fields and the bytes of the packet under the cursor."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical

from l2scope.decoding import DecodeAs
from l2scope.dissection import Field
from l2scope.tui.decodable import Decodable
from l2scope.tui.dissected import dissected
from l2scope.tui.figures import counted
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.places import Place
from l2scope.tui.screens.decode_as import decode_as_menu, decoded_as
from l2scope.tui.screens.filtered import NO_PACKETS
from l2scope.tui.screens.marked import MarkedScreen
from l2scope.tui.search import neighbour
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.bars import KeyLine, PaneHead, Piece, TitleBar
from l2scope.tui.widgets.detail_tree import DetailTree
from l2scope.tui.widgets.filter_bar import FilterBar
from l2scope.tui.widgets.grips import HeadGrip, SidePane
from l2scope.tui.widgets.hex_view import HexView
from l2scope.tui.widgets.packet_table import PacketTable
from l2scope.tui.widgets.prompt import Prompt
from l2scope.tui.widgets.virtual_table import VirtualTable


class PacketsScreen(MarkedScreen):
    """List, fields and bytes share one cursor."""

    scope = Scope.PACKETS
    STACKS = ("packets", "panes"), ("left", "right")
    BINDINGS = bindings(Scope.PACKETS)
    DEFAULT_CSS = """
    PacketsScreen { background: $ground-page; layout: vertical; }
    PacketsScreen #packets { height: 1fr; }
    PacketsScreen #panes { height: 40%; min-height: 12; layout: horizontal; }
    PacketsScreen #left { width: 1fr; }
    PacketsScreen #right { width: 42; }
    PacketsScreen.-wider #right { width: 75; }
    PacketsScreen HexView { border-left: vkey $tone-faint; }
    PacketsScreen.-narrow #panes { height: 13; layout: vertical; }
    PacketsScreen.-narrow #left { width: 100%; height: 7; }
    PacketsScreen.-narrow #right { width: 100%; height: 6; }
    PacketsScreen.-narrow HexView { border-left: none; }
    PacketsScreen DetailTree, PacketsScreen HexView { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown = 0
        self._last = 0

    def compose(self) -> ComposeResult:
        """Title, list, panes, prompt, keys."""
        yield TitleBar("app.show_packets")
        yield FilterBar()
        yield PacketTable(self.rows, id="packets")
        with Container(id="panes"):
            with Vertical(id="left"):
                yield HeadGrip(id="fields-head")
                yield DetailTree(id="fields")
            with SidePane(id="right"):
                yield HeadGrip(id="bytes-head")
                yield HexView(id="bytes")
        yield KeyLine()
        yield Prompt()

    @property
    def table(self) -> VirtualTable:
        """The list."""
        return self.query_one("#packets", VirtualTable)

    @property
    def channel(self) -> int:
        """The channel of the packet under the cursor, -1 where it has none."""
        if not self.number:
            return -1
        found = self.rows.summary(self.table.row).channel
        return -1 if found is None else found

    def restore(self, place: Place) -> None:
        """Goes to the packet of a place."""
        if not place.packet:
            return
        row = self.rows.row(place.packet)
        if not self.passes(row):
            self.drop_filter()
            self.say(f"packet {place.packet} does not pass the filter, which is off now")
        self.table.go_to_row(row)

    def on_mount(self) -> None:
        """The first packets are there already."""
        self.table.empty = NO_PACKETS
        self.rows.values.shows_keys = self.scope_app.shows_keys
        self.table.focus()
        self.refresh_capture()

    def refresh_capture(self) -> None:
        """Takes in what the capture holds by now."""
        app = self.scope_app
        judged_anew = self.rows.overview is not app.overview
        self.rows.judge(app.overview)
        at_end = app.follows and self.table.cursor >= self._last
        self.table.update(growing=not app.complete)
        self._last = self.table.count - 1
        if at_end:
            self.table.cursor = self._last
        if judged_anew:
            self.table.repaint()
        self.filter_anew()
        self.show_title()

    def resumed(self) -> None:
        """The list lies below all other screens, and is told what comes in even then."""
        self.show_title()

    @on(VirtualTable.Moved, "#packets")
    def _show_packet(self) -> None:
        number = self.number
        if not number or number == self._shown:
            return
        self._shown = number
        tree, protocol = dissected(self.rows, number, self.scope_app.shows_keys)
        head = ((f"Packet {number}", Tone.STRONG), (f"  {protocol}", Tone.DIM))
        self.query_one("#fields-head", PaneHead).show(head)
        fields = self.query_one(DetailTree)
        self.query_one(HexView).show(tree.buffers, tree.hidden)
        fields.show(tree)
        self._mark(fields.field)
        self._name_buffers()

    @on(DetailTree.FieldChosen)
    def _field_chosen(self, event: DetailTree.FieldChosen) -> None:
        self._mark(event.field)

    def _mark(self, field: Field | None) -> None:
        if field is not None:
            self.query_one(HexView).mark(field.buffer, field.start, field.stop)

    @on(DetailTree.PacketWanted)
    def _packet_wanted(self, event: DetailTree.PacketWanted) -> None:
        if event.packet in range(1, self.rows.count + 1):
            self.scope_app.jump_to_packet(event.packet)

    @on(HexView.ByteChosen)
    def _byte_chosen(self, event: HexView.ByteChosen) -> None:
        self.query_one(DetailTree).show_byte(event.buffer, event.offset)

    @on(HexView.BufferChosen)
    def _name_buffers(self) -> None:
        view = self.query_one(HexView)
        tabs: list[Piece] = []
        for index, buffer in enumerate(view.buffers):
            tone = Tone.STRONG if index == view.buffer else Tone.DIM
            tabs += [(" · " if index else "", Tone.FAINT), (buffer.name, tone)]
        self.query_one("#bytes-head", PaneHead).show(tabs, ((counted(len(view.data), "byte"), Tone.DIM),))

    def action_decode_as(self) -> None:
        """Asks for another dissector for what this packet carries."""
        capture = self.scope_app.capture
        wanted = Decodable.of_packet(capture, self.number, self.channel) if self.number else None
        if wanted is None:
            self.say("nothing to decode: no channel, no value", Tone.LOOK)
        else:
            menu = decode_as_menu(capture.contents.dissectors, wanted)
            self.app.push_screen(menu, lambda name: self._decode(decoded_as(wanted, name)))

    def _decode(self, chosen: DecodeAs | None) -> None:
        if chosen is not None:
            self.scope_app.decode_as(chosen)

    def show_anew(self) -> None:
        """What is known of the packets is another now: the list and the packet under the cursor are shown again."""
        self.rows.values.renew()
        self.table.repaint()
        self._shown = 0
        self._show_packet()

    def action_next_finding(self) -> None:
        """The next packet that proves an error or a warning."""
        self._go(self.scope_app.overview.verdict.packet_after(self.number, 1), "no finding after this packet")

    def action_previous_finding(self) -> None:
        """The previous one."""
        self._go(self.scope_app.overview.verdict.packet_after(self.number, -1), "no finding before this packet")

    def action_show_keys(self) -> None:
        """Shows the values of keys in fields and bytes, or hides them again."""
        app = self.scope_app
        app.shows_keys = not app.shows_keys
        self.rows.values.shows_keys = app.shows_keys
        self.rows.values.forget()
        self.table.repaint()
        self.say("keys are shown" if app.shows_keys else "keys are hidden")
        self._shown = 0
        self._show_packet()

    def action_second_opinion(self) -> None:
        """The packet beside what Wireshark makes of it."""
        if self.number:
            self.scope_app.jump(Place("second_opinion", packet=self.number))

    def action_next_stall(self) -> None:
        """The next packet that ends a stall."""
        self._go(self.scope_app.overview.stall_after(self.number), "no stall after this packet")

    def action_previous_stall(self) -> None:
        """The previous packet that ends a stall."""
        self._go(self.scope_app.overview.stall_before(self.number), "no stall before this packet")

    def action_other_end(self) -> None:
        """From the end of a stall to its start, and back."""
        self._go(self.scope_app.overview.other_end(self.number), "no stall begins or ends here")

    def action_next_of_channel(self) -> None:
        """The next packet of the channel."""
        self._go_along(1)

    def action_previous_of_channel(self) -> None:
        """The previous packet of the channel."""
        self._go_along(-1)

    def _go_along(self, step: int) -> None:
        if not self.number:
            return
        app = self.scope_app
        found = neighbour(app.capture, app.overview, self.number, step)
        if found is None:
            self.say(f"no {'further' if step > 0 else 'earlier'} packet of this channel", Tone.LOOK)
            return
        self.say("")
        self.table.go_to_row(self.rows.row(found))

    def _go(self, packet: int | None, otherwise: str) -> None:
        if packet is None:
            self.say(otherwise, Tone.LOOK)
            return
        self.say("")
        self.scope_app.jump_to_packet(packet)
