"""The packets, one a line."""

from collections.abc import Sequence

from l2scope.analysis.summary import PacketSummaries, PacketSummary
from l2scope.capture import Capture
from l2scope.dissection.lines import DissectedLines
from l2scope.engine.words import (
    NO_ADAPTER,
    PACKET_INFERRED,
    PACKET_INTERRUPTED,
    PACKET_LENGTH_MISMATCH,
    PACKET_ORPHAN,
    PACKET_OVERRUN,
    PACKET_SHORT,
    RX,
    TX,
)
from l2scope.sources.errors import CaptureError
from l2scope.text import printable
from l2scope.tui.blocks import gauge
from l2scope.tui.certainty import at_least, inferred
from l2scope.tui.figures import balance, count, seconds
from l2scope.tui.overview import Overview
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.table_row import Cell, Column, plain

ODD = PACKET_SHORT | PACKET_ORPHAN | PACKET_OVERRUN | PACKET_INTERRUPTED | PACKET_LENGTH_MISMATCH
ARROWS = {"tx": "→", "rx": "←"}
QUIET_PROTOCOLS = ("HCI", "Vendor", "Monitor")
WIDEST_PROTOCOL = 14
MONITOR = "HCI_MON"
"""The index of monitor records that belong to no adapter."""


class PacketRows:
    """The packets of a capture as rows of a table: row 0 is packet `first_number`."""

    def __init__(self, capture: Capture) -> None:
        self.capture = capture
        self.overview = Overview()
        self._summaries = PacketSummaries(capture, DissectedLines(capture, patient=False))
        self._scales: dict[int, int] = {}
        self._relative: frozenset[int] = frozenset()
        self._inferred: frozenset[int] = frozenset()
        self._first_ns = 0
        self._last_ns = 0
        self._adapters = 1

    @property
    def count(self) -> int:
        """Packets read so far."""
        return self.capture.count

    def judge(self, overview: Overview) -> None:
        """Takes the stalls to sign and the scales of the balances from an overview."""
        self.overview = overview
        self._scales = {
            channel.id: max(channel.tx.initial_credits or 0, channel.rx.initial_credits or 0)
            for channel in overview.channels
        }
        self._relative = frozenset(channel.id for channel in overview.channels if at_least(channel))
        self._inferred = frozenset(channel.id for channel in overview.channels if inferred(channel))

    def number(self, row: int) -> int:
        """The packet number of a row."""
        return row + self.capture.first_number

    def row(self, number: int) -> int:
        """The row of a packet."""
        return number - self.capture.first_number

    def summary(self, row: int) -> PacketSummary:
        """What the row is made from."""
        return self._summaries.of(self.number(row))

    def _readable(self, row: int) -> PacketSummary:
        """The summary or, where the file no longer holds the packet, one that says so."""
        try:
            return self.summary(row)
        except CaptureError as error:
            number, why = self.number(row), lost(self.capture, error)
            packet = self.capture.tables.packets[row]
            time_ns, adapter, length = int(packet["time"]), int(packet["adapter"]), int(packet["length"])
            return PacketSummary(
                number, time_ns, adapter, "rx", "other", None, None, None, "?", length, why, None
            )  # fmt: skip

    def search_text(self, row: int) -> str:
        """What `/` looks in, in lower case."""
        summary = self._readable(row)
        return f"{summary.protocol} {summary.summary}".lower()

    def columns(self, width: int) -> Sequence[Column]:
        """The columns, as wide as the numbers and times of the capture need."""
        packets = self.capture.tables.packets
        if len(packets):
            self._first_ns, self._last_ns = int(packets["time"][0]), int(packets["time"][-1])
        digits = max(4, len(str(self.capture.count)))
        return (
            Column("No.", digits, right=True),
            Column("Time", max(9, len(seconds(self._last_ns - self._first_ns))), right=True),
            Column("hci", 4, rank=1),
            Column("Ch", max(4, len(f"#{len(self.overview.channels)}")), rank=2),
            Column("Protocol", 10 if width < 100 else WIDEST_PROTOCOL),
            Column("Len", 5, right=True, rank=3),
            Column("Info", 28, elastic=True),
            Column("Credits", 8, right=True),
        )

    def gutter(self, row: int) -> tuple[str, Tone]:
        """`!` where a stall ends or an error is proved, `?` where a warning is, or the packet is odd."""
        sign = self.overview.verdict.sign(self.number(row))
        if sign == "!" or self.overview.ends_stall(self.number(row)):
            return "!", Tone.LOOK
        if sign or int(self.capture.tables.packets["flags"][row]) & ODD:
            return "?", Tone.LOOK
        return " ", Tone.PLAIN

    def cells(self, row: int) -> Sequence[Cell]:
        """The cells of a packet; HCI traffic, and what was inferred, is dim."""
        summary = self._readable(row)
        guessed = bool(int(self.capture.tables.packets["flags"][row]) & PACKET_INFERRED)
        guessed = guessed or summary.channel in self._inferred
        quiet = guessed or summary.protocol.startswith(QUIET_PROTOCOLS)
        tone = Tone.DIM if quiet else Tone.PLAIN
        ending = self.overview.ends_stall(summary.number)
        info: Cell = ((summary.summary, Tone.LOOK if ending else tone),)
        return (
            plain(str(summary.number), Tone.DIM),
            plain(seconds(summary.time_ns - self._first_ns), Tone.DIM if quiet else Tone.PLAIN),
            ((_adapter(summary), Tone.DIM), (_arrow(summary), tone)),
            plain("" if summary.channel is None else f"#{summary.channel}", Tone.MARK),
            plain(summary.protocol, tone),
            plain(count(summary.length), Tone.DIM),
            (*info, (" ~", Tone.DIM)) if guessed else info,
            self._credits(summary),
        )

    def _credits(self, summary: PacketSummary) -> Cell:
        """The balance after the packet, with a block as high as it is."""
        credits = summary.balance
        if credits is None or summary.channel is None:
            return ()
        relative = summary.channel in self._relative
        written = balance(credits, at_least=relative)
        if credits <= 0:
            tone = Tone.DIM if relative else Tone.SOFT_LOOK
            return (("· ", tone), (written, tone))
        full = self._scale(summary.channel)
        return (
            (f"{gauge(credits, full)} ", Tone.FAINT if relative else Tone.AREA),
            (written, Tone.DIM if relative else Tone.PLAIN),
        )

    def _scale(self, channel: int) -> int:
        """The balance that fills a block: the initial credits, or the highest one where these were not seen."""
        if not self._scales.get(channel):
            flows = self.overview.flows
            highest = (0 if flows is None else flows.highest(2 * channel + way) for way in (TX, RX))
            self._scales[channel] = max(1, *highest)
        return self._scales[channel]


def lost(capture: Capture, error: CaptureError) -> str:
    """Why a packet cannot be read any more; the user knows which file it is about."""
    return printable(str(error).removeprefix(f"{capture.path}: "))


def _adapter(summary: PacketSummary) -> str:
    return "  " if summary.adapter == NO_ADAPTER else f"{summary.adapter} "


def _arrow(summary: PacketSummary) -> str:
    """Which way a packet went; records of the monitor's own went no way."""
    return " " if summary.protocol == MONITOR else ARROWS[summary.direction]
