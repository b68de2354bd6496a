"""The ATT bearers, and below them the transactions of the chosen one."""

import asyncio

from textual import on

from l2scope.links import Link
from l2scope.tui.att_traffic import AttTraffic, Bearer
from l2scope.tui.figures import counted, duration
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.places import Place
from l2scope.tui.screens.two_tables import Pieces, TwoTablesScreen
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.att_tables import BearerRows, TransactionRows
from l2scope.tui.widgets.bars import Piece
from l2scope.tui.widgets.virtual_table import VirtualTable

NO_ATT = (
    ("No ATT traffic is in this capture.", Tone.STRONG),
    ("ATT runs on CID 0x0004 of every LE link and, as EATT, on channels with PSM 0x0027.", Tone.DIM),
    ("{app.show_packets} shows the packets, {app.show_channels} the channels.", Tone.DIM),
)


class AttScreen(TwoTablesScreen):
    """The table of bearers chooses whose transactions are listed."""

    scope = Scope.ATT
    STACKS = (("bearers", "transactions"),)
    NOTHING = NO_ATT
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
        self.upper_rows = self.rows = BearerRows()
        self.lower_rows = self.transactions = TransactionRows()
        self.traffic: AttTraffic | None = None
        self._links: list[Link] = []

    @property
    def bearer(self) -> Bearer | None:
        """The chosen bearer."""
        row = self.table.row
        return self.rows.bearers[row] if 0 <= row < self.rows.count else None

    @property
    def place(self) -> Place:
        """Bearer and transaction."""
        bearer = self.bearer
        return Place("att", channel=-1 if bearer is None else bearer.id, item=self.lower_table.row)

    def go_to(self, place: Place) -> None:
        """Goes back to a transaction."""
        row = self.rows.row_of(place.channel)
        if row >= 0:
            self.table.go_to_row(row)
            self.show_lower()
            self.lower_table.go_to_row(place.item)

    async def gather(self) -> None:
        """Gathers the traffic."""
        capture = self.scope_app.capture
        self.traffic = await asyncio.to_thread(AttTraffic, capture)
        self._links = await asyncio.to_thread(lambda: capture.links)

    def list_upper(self) -> int:
        """The bearers."""
        chosen, bearers = self.bearer, [] if self.traffic is None else self.traffic.bearers
        self.rows.show(bearers, self._links)
        return 0 if chosen is None else max(0, self.rows.row_of(chosen.id))

    def list_lower(self) -> tuple[Pieces, Pieces, Pieces]:
        """The transactions of the chosen bearer."""
        bearer = self.bearer
        self.transactions.show(self.traffic, -1 if bearer is None else bearer.id, self.scope_app.origin)
        nothing = (("No request or indication went over this bearer.", Tone.DIM),)
        return nothing, () if bearer is None else _about(bearer), () if bearer is None else _answers(bearer)

    @on(VirtualTable.Opened, "#transactions")
    def _transaction_opened(self, event: VirtualTable.Opened) -> None:
        self.scope_app.jump_to_packet(self.transactions.packets(event.row)[0])

    def action_answer(self) -> None:
        """The packet that answers the chosen request."""
        row = self.lower_table.row
        if row < 0:
            return
        answer = self.transactions.packets(row)[1]
        if answer is None:
            self.say("no answer is in this capture")
        else:
            self.scope_app.jump_to_packet(answer)

    def action_next_odd(self) -> None:
        """The next transaction that failed."""
        self._step_odd(1)

    def action_previous_odd(self) -> None:
        """The previous one."""
        self._step_odd(-1)

    def _step_odd(self, step: int) -> None:
        found = self.transactions.odd_after(self.lower_table.row, step)
        if found is None:
            self.say("no further request failed")
            return
        self.say("")
        self.lower_table.focus()
        self.lower_table.go_to_row(found)

    def action_channel(self) -> None:
        """The channel that carries this bearer."""
        bearer = self.bearer
        if bearer is None or bearer.channel is None:
            self.say("this bearer is the fixed channel: it has no credits")
        else:
            self.scope_app.jump_to_channel(bearer.channel)


def _about(bearer: Bearer) -> Pieces:
    where = "the fixed channel" if bearer.channel is None else f"{bearer.kind} on channel #{bearer.channel}"
    return (
        (f"Bearer {bearer.id} ", Tone.STRONG),
        (f" {where} of link {bearer.link}", Tone.PLAIN),
        (f"  ATT_MTU {bearer.mtu}", Tone.MARK),
    )


def _answers(bearer: Bearer) -> Pieces:
    """How quick answers were, and how many lack."""
    pieces: list[Piece] = []
    if bearer.unanswered:
        pieces.append((f"? {counted(bearer.unanswered, 'request')} without an answer  ", Tone.LOOK))
    if bearer.median_ns is not None and bearer.longest_ns is not None:
        pieces.append((f"median {duration(bearer.median_ns)}, longest {duration(bearer.longest_ns)}", Tone.DIM))
    return tuple(pieces)
