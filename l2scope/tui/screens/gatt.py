"""The GATT databases as a tree with last values, and below it the history of the chosen value."""

import asyncio

from textual import on

from l2scope.sources.errors import CaptureError
from l2scope.text import printable
from l2scope.tui.figures import counted
from l2scope.tui.gatt_outline import OutlineLine, abilities, outline
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.places import Place
from l2scope.tui.screens.two_tables import Pieces, TwoTablesScreen
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.gatt_tables import AttributeRows, HistoryRows, subscription_text
from l2scope.tui.widgets.virtual_table import VirtualTable

NO_GATT = (
    ("No GATT database is in this capture.", Tone.STRONG),
    ("Discovery, reads, writes and notifications over ATT fill it.", Tone.DIM),
    ("{app.show_packets} shows the packets, {app.show_channels} the channels.", Tone.DIM),
)


class GattScreen(TwoTablesScreen):
    """The tree chooses whose history is listed."""

    scope = Scope.GATT
    STACKS = (("attributes", "history"),)
    NOTHING = NO_GATT
    BINDINGS = bindings(Scope.GATT)
    DEFAULT_CSS = """
    GattScreen { background: $ground-page; layout: vertical; }
    GattScreen #attributes { height: 3fr; min-height: 3; }
    GattScreen #history { height: 2fr; min-height: 3; }
    GattScreen.-empty #history-head, GattScreen.-empty #history { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.upper_rows = self.rows = AttributeRows()
        self.lower_rows = self.history = HistoryRows()
        self._lines: list[OutlineLine] = []

    @property
    def line(self) -> OutlineLine | None:
        """The chosen line."""
        row = self.table.row
        return self.rows.lines[row] if 0 <= row < self.rows.count else None

    @property
    def place(self) -> Place:
        """Line and operation."""
        return Place("gatt", channel=self.table.row, item=self.lower_table.row)

    def go_to(self, place: Place) -> None:
        """Goes back to an operation."""
        self.table.go_to_row(place.channel)
        self.show_lower()
        self.lower_table.go_to_row(place.item)

    async def gather(self) -> None:
        """Rebuilds the databases."""
        self._lines = await asyncio.to_thread(outline, self.scope_app.capture)

    def list_upper(self) -> int:
        """The tree."""
        chosen = self.line
        self.rows.show(self._lines)
        return self.rows.row_of(chosen)

    def list_lower(self) -> tuple[Pieces, Pieces, Pieces]:
        """The history of the chosen line."""
        line = self.line
        self.history.show(line, self.scope_app.origin)
        return _nothing(line), () if line is None else _about(line), () if line is None else _subscriptions(line)

    @on(VirtualTable.Opened, "#history")
    def _operation_opened(self, event: VirtualTable.Opened) -> None:
        self._go_to(event.row, 0)

    def action_answer(self) -> None:
        """The packet that answers the chosen operation."""
        self._go_to(self.lower_table.row, -1)

    def _go_to(self, row: int, which: int) -> None:
        """To the first packet of an operation (0), or its last one (-1)."""
        if row < 0:
            return
        try:
            self.scope_app.jump_to_packet(self.history.operation(row).packets[which])
        except CaptureError as error:
            self.say(printable(str(error)))

    def action_told(self) -> None:
        """The packet in which discovery told of the chosen attribute."""
        line = self.line
        if line is not None and line.packet:
            self.scope_app.jump_to_packet(line.packet)
        else:
            self.say("discovery did not tell of this in the capture")


def _nothing(line: OutlineLine | None) -> Pieces:
    """What an empty history means."""
    if line is None or not line.handle:
        return (("Choose an attribute to see what was done with its value.", Tone.DIM),)
    return (("Nobody read, wrote or told this value in the capture.", Tone.DIM),)


def _about(line: OutlineLine) -> Pieces:
    if not line.handle:
        return ((line.text, Tone.STRONG),)
    used = counted(line.server.count(line.handle), "operation")
    able = f"  {abilities(line.letters)}" if line.letters else ""
    return ((f"{line.text} ", Tone.STRONG), (f" 0x{line.handle:04x}", Tone.MARK), (f"{able}  {used}", Tone.DIM))


def _subscriptions(line: OutlineLine) -> Pieces:
    """The last one, and how many there were before."""
    if not line.subscriptions:
        return ()
    *before, last = line.subscriptions
    earlier = f"  ({len(before)} before)" if before else ""
    return ((subscription_text(last), Tone.PLAIN if last.packet else Tone.LOOK), (earlier, Tone.DIM))
