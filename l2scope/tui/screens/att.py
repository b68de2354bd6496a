"""The ATT bearers, and below them the transactions of the chosen one."""

import asyncio

from textual import on, work
from textual.app import ComposeResult
from textual.events import ScreenResume

from l2scope.tui.att_traffic import AttTraffic, Bearer
from l2scope.tui.figures import counted, duration
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.places import Place
from l2scope.tui.screens.paned import PanedScreen
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.att_tables import BearerRows, TransactionRows
from l2scope.tui.widgets.bars import KeyLine, PaneHead, Piece, TitleBar
from l2scope.tui.widgets.grips import HeadGrip
from l2scope.tui.widgets.virtual_table import VirtualTable

NO_ATT = (
    ("No ATT traffic is in this capture.", Tone.STRONG),
    ("ATT runs on CID 0x0004 of every LE link and, as EATT, on channels with PSM 0x0027.", Tone.DIM),
    ("{app.show_packets} shows the packets, {app.show_channels} the channels.", Tone.DIM),
)


class AttScreen(PanedScreen):
    """The table of bearers chooses whose transactions are listed."""

    scope = Scope.ATT
    STACKS = (("bearers", "transactions"),)
    BINDINGS = bindings(Scope.ATT)
    DEFAULT_CSS = """
    AttScreen { background: $ground-page; layout: vertical; }
    AttScreen #bearers { height: auto; min-height: 3; max-height: 40%; }
    AttScreen #transactions { height: 1fr; min-height: 3; }
    AttScreen.-empty #bearers { height: 1fr; max-height: 100%; }
    AttScreen.-empty #transactions-head, AttScreen.-empty #transactions { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows = BearerRows()
        self.transactions = TransactionRows()
        self.traffic: AttTraffic | None = None
        self._wanted: Place | None = None

    def compose(self) -> ComposeResult:
        """Title, bearers, transactions, keys."""
        yield TitleBar("app.show_att")
        yield VirtualTable(self.rows, id="bearers")
        yield HeadGrip(id="transactions-head")
        yield VirtualTable(self.transactions, id="transactions")
        yield KeyLine()

    @property
    def table(self) -> VirtualTable:
        """The bearers."""
        return self.query_one("#bearers", VirtualTable)

    @property
    def transaction_table(self) -> VirtualTable:
        """The transactions."""
        return self.query_one("#transactions", VirtualTable)

    @property
    def bearer(self) -> Bearer | None:
        """The chosen bearer."""
        row = self.table.row
        return self.rows.bearers[row] if 0 <= row < self.rows.count else None

    @property
    def place(self) -> Place:
        """Bearer and transaction."""
        bearer = self.bearer
        return Place("att", channel=-1 if bearer is None else bearer.id, item=self.transaction_table.row)

    def restore(self, place: Place) -> None:
        """Goes back to a transaction; once they are there, if they are not yet."""
        if self.traffic is None:
            self._wanted = place
            return
        row = self.rows.row_of(place.channel)
        if row >= 0:
            self.table.go_to_row(row)
            self._list()
            self.transaction_table.go_to_row(place.item)

    def on_mount(self) -> None:
        """Looks at the traffic."""
        self.table.focus()
        self.refresh_capture()

    @on(ScreenResume)
    def _resumed(self) -> None:
        self.refresh_capture()

    def refresh_capture(self) -> None:
        """Takes in what the capture holds by now."""
        self.show_title()
        known = 0 if self.traffic is None else len(self.traffic.rows)
        if self.traffic is None or len(self.scope_app.capture.tables.att) != known:
            self._look()

    @work(exclusive=True, group="att")
    async def _look(self) -> None:
        """Gathers the traffic beside the keys."""
        capture = self.scope_app.capture
        self.traffic = await asyncio.to_thread(AttTraffic, capture)
        links = await asyncio.to_thread(lambda: capture.links)
        chosen, at = self.table.cursor, self.transaction_table.cursor
        self.rows.show(self.traffic.bearers, links)
        self.table.empty = NO_ATT
        self.set_class(not self.rows.count, "-empty")
        self.table.update()
        self.table.cursor = chosen
        self._list()
        self.transaction_table.cursor = at
        if self._wanted is not None:
            self.restore(self._wanted)
            self._wanted = None

    def _list(self) -> None:
        """Lists the transactions of the chosen bearer."""
        bearer = self.bearer
        self.transactions.show(self.traffic, -1 if bearer is None else bearer.id, self.scope_app.origin)
        self.transaction_table.empty = (("No request or indication went over this bearer.", Tone.DIM),)
        self.transaction_table.update()
        if bearer is not None:
            self.query_one("#transactions-head", PaneHead).show(_about(bearer), _answers(bearer))

    @on(VirtualTable.Moved, "#bearers")
    def _bearer_chosen(self) -> None:
        self._list()
        self.transaction_table.cursor = 0

    @on(VirtualTable.Opened, "#bearers")
    def _bearer_opened(self) -> None:
        self.transaction_table.focus()

    @on(VirtualTable.Opened, "#transactions")
    def _transaction_opened(self, event: VirtualTable.Opened) -> None:
        self.scope_app.jump_to_packet(self.transactions.packets(event.row)[0])

    def action_answer(self) -> None:
        """The packet that answers the chosen request."""
        row = self.transaction_table.row
        if row < 0:
            return
        answer = self.transactions.packets(row)[1]
        if answer is None:
            self.query_one(KeyLine).say("no answer is in this capture", Tone.LOOK)
        else:
            self.scope_app.jump_to_packet(answer)

    def action_next_odd(self) -> None:
        """The next transaction that failed."""
        self._step_odd(1)

    def action_previous_odd(self) -> None:
        """The previous one."""
        self._step_odd(-1)

    def _step_odd(self, step: int) -> None:
        found = self.transactions.odd_after(self.transaction_table.row, step)
        if found is None:
            self.query_one(KeyLine).say("no further request failed", Tone.LOOK)
            return
        self.query_one(KeyLine).say("")
        self.transaction_table.focus()
        self.transaction_table.go_to_row(found)

    def action_channel(self) -> None:
        """The channel that carries this bearer."""
        bearer = self.bearer
        if bearer is None or bearer.channel is None:
            self.query_one(KeyLine).say("this bearer is the fixed channel: it has no credits", Tone.LOOK)
        else:
            self.scope_app.jump_to_channel(bearer.channel)


def _about(bearer: Bearer) -> tuple[Piece, ...]:
    where = "the fixed channel" if bearer.channel is None else f"{bearer.kind} on channel #{bearer.channel}"
    return (
        (f"Bearer {bearer.id} ", Tone.STRONG),
        (f" {where} of link {bearer.link}", Tone.PLAIN),
        (f"  ATT_MTU {bearer.mtu}", Tone.MARK),
    )


def _answers(bearer: Bearer) -> tuple[Piece, ...]:
    """How quick answers were, and how many lack."""
    pieces: list[Piece] = []
    if bearer.unanswered:
        pieces.append((f"? {counted(bearer.unanswered, 'request')} without an answer  ", Tone.LOOK))
    if bearer.median_ns is not None and bearer.longest_ns is not None:
        pieces.append((f"median {duration(bearer.median_ns)}, longest {duration(bearer.longest_ns)}", Tone.DIM))
    return tuple(pieces)
