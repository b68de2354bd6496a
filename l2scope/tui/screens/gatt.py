"""The GATT databases as a tree with last values, and below it the history of the chosen value."""

import asyncio

from textual import on, work
from textual.app import ComposeResult
from textual.events import ScreenResume

from l2scope.sources.errors import CaptureError
from l2scope.text import printable
from l2scope.tui.figures import counted
from l2scope.tui.gatt_outline import OutlineLine, abilities, outline
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.places import Place
from l2scope.tui.screens.paned import PanedScreen
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.bars import KeyLine, PaneHead, Piece, TitleBar
from l2scope.tui.widgets.gatt_tables import AttributeRows, HistoryRows, subscription_text
from l2scope.tui.widgets.grips import HeadGrip
from l2scope.tui.widgets.virtual_table import VirtualTable

NO_GATT = (
    ("No GATT database is in this capture.", Tone.STRONG),
    ("Discovery, reads, writes and notifications over ATT fill it.", Tone.DIM),
    ("{app.show_packets} shows the packets, {app.show_channels} the channels.", Tone.DIM),
)


class GattScreen(PanedScreen):
    """The tree chooses whose history is listed."""

    scope = Scope.GATT
    STACKS = (("attributes", "history"),)
    BINDINGS = bindings(Scope.GATT)
    DEFAULT_CSS = """
    GattScreen { background: $ground-page; layout: vertical; }
    GattScreen #attributes { height: 3fr; min-height: 3; }
    GattScreen #history { height: 2fr; min-height: 3; }
    GattScreen.-empty #history-head, GattScreen.-empty #history { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows = AttributeRows()
        self.history = HistoryRows()
        self._known = -1
        self._wanted: Place | None = None

    def compose(self) -> ComposeResult:
        """Title, tree, history, keys."""
        yield TitleBar("app.show_gatt")
        yield VirtualTable(self.rows, id="attributes")
        yield HeadGrip(id="history-head")
        yield VirtualTable(self.history, id="history")
        yield KeyLine()

    @property
    def table(self) -> VirtualTable:
        """The tree."""
        return self.query_one("#attributes", VirtualTable)

    @property
    def history_table(self) -> VirtualTable:
        """The history."""
        return self.query_one("#history", VirtualTable)

    @property
    def line(self) -> OutlineLine | None:
        """The chosen line."""
        row = self.table.row
        return self.rows.lines[row] if 0 <= row < self.rows.count else None

    @property
    def place(self) -> Place:
        """Line and operation."""
        return Place("gatt", channel=self.table.row, item=self.history_table.row)

    def restore(self, place: Place) -> None:
        """Goes back to an operation; once the tree is there, if it is not yet."""
        if self._known < 0:
            self._wanted = place
            return
        self.table.go_to_row(place.channel)
        self._list()
        self.history_table.go_to_row(place.item)

    def on_mount(self) -> None:
        """Looks at the databases."""
        self.table.focus()
        self.refresh_capture()

    @on(ScreenResume)
    def _resumed(self) -> None:
        self.refresh_capture()

    def refresh_capture(self) -> None:
        """Takes in what the capture holds by now."""
        self.show_title()
        if len(self.scope_app.capture.tables.att) != self._known:
            self._look()

    @work(exclusive=True, group="gatt")
    async def _look(self) -> None:
        """Rebuilds the tree beside the keys."""
        capture = self.scope_app.capture
        known = len(capture.tables.att)
        try:
            lines = await asyncio.to_thread(outline, capture)
        except CaptureError as error:
            self.query_one(KeyLine).say(printable(str(error)), Tone.LOOK)
            return
        self._known = known
        chosen, at = self.line, self.history_table.cursor
        self.rows.show(lines)
        self.table.empty = NO_GATT
        self.set_class(not self.rows.count, "-empty")
        self.table.update()
        self.table.cursor = self.rows.row_of(chosen)
        self._list()
        self.history_table.cursor = at
        if self._wanted is not None:
            self.restore(self._wanted)
            self._wanted = None

    def _list(self) -> None:
        """Lists the history of the chosen line."""
        line = self.line
        self.history.show(line, self.scope_app.origin)
        self.history_table.empty = _nothing(line)
        self.history_table.update()
        self.history_table.repaint()
        if line is not None:
            self.query_one("#history-head", PaneHead).show(_about(line), _subscriptions(line))

    @on(VirtualTable.Moved, "#attributes")
    def _line_chosen(self) -> None:
        self._list()
        self.history_table.cursor = 0

    @on(VirtualTable.Opened, "#attributes")
    def _line_opened(self) -> None:
        self.history_table.focus()

    @on(VirtualTable.Opened, "#history")
    def _operation_opened(self, event: VirtualTable.Opened) -> None:
        self._go_to(event.row, 0)

    def action_answer(self) -> None:
        """The packet that answers the chosen operation."""
        self._go_to(self.history_table.row, -1)

    def _go_to(self, row: int, which: int) -> None:
        """To the first packet of an operation (0), or its last one (-1)."""
        if row < 0:
            return
        try:
            self.scope_app.jump_to_packet(self.history.operation(row).packets[which])
        except CaptureError as error:
            self.query_one(KeyLine).say(printable(str(error)), Tone.LOOK)

    def action_told(self) -> None:
        """The packet in which discovery told of the chosen attribute."""
        line = self.line
        if line is not None and line.packet:
            self.scope_app.jump_to_packet(line.packet)
        else:
            self.query_one(KeyLine).say("discovery did not tell of this in the capture", Tone.LOOK)


def _nothing(line: OutlineLine | None) -> tuple[tuple[str, Tone], ...]:
    """What an empty history means."""
    if line is None or not line.handle:
        return (("Choose an attribute to see what was done with its value.", Tone.DIM),)
    return (("Nobody read, wrote or told this value in the capture.", Tone.DIM),)


def _about(line: OutlineLine) -> tuple[Piece, ...]:
    if not line.handle:
        return ((line.text, Tone.STRONG),)
    used = counted(line.server.count(line.handle), "operation")
    able = f"  {abilities(line.letters)}" if line.letters else ""
    return ((f"{line.text} ", Tone.STRONG), (f" 0x{line.handle:04x}", Tone.MARK), (f"{able}  {used}", Tone.DIM))


def _subscriptions(line: OutlineLine) -> tuple[Piece, ...]:
    """The last one, and how many there were before."""
    if not line.subscriptions:
        return ()
    *before, last = line.subscriptions
    earlier = f"  ({len(before)} before)" if before else ""
    return ((subscription_text(last), Tone.PLAIN if last.packet else Tone.LOOK), (earlier, Tone.DIM))
