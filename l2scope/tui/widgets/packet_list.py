"""The packets, one a line."""

from collections.abc import Callable, Sequence

from l2scope.analysis.summary import PacketSummaries, PacketSummary
from l2scope.capture import Capture
from l2scope.dissection.lines import DissectedLines
from l2scope.engine.words import (
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
from l2scope.tui.certainty import at_least, inferred
from l2scope.tui.colouring import Line
from l2scope.tui.column_values import PENDING, ColumnValues
from l2scope.tui.figures import seconds
from l2scope.tui.marks import Marks, TimeReferences
from l2scope.tui.overview import Overview
from l2scope.tui.packet_cells import CELLS, Shown
from l2scope.tui.packet_columns import DEFAULT, PacketColumn, source_of
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.table_row import Cell, Column, plain

ODD = PACKET_SHORT | PACKET_ORPHAN | PACKET_OVERRUN | PACKET_INTERRUPTED | PACKET_LENGTH_MISMATCH


LEAST_INFO = 18
"""Cells for what packets say, where the user chose columns."""


class PacketRows:
    """The packets of a capture as rows of a table: row 0 is packet `first_number`."""

    def __init__(self, capture: Capture) -> None:
        self.capture = capture
        self.overview = Overview()
        self.chosen: tuple[PacketColumn, ...] = DEFAULT
        self.values = ColumnValues(capture)
        self.marks = Marks()
        self.references = TimeReferences()
        self.shown_before: Callable[[int], int] = lambda row: row - 1
        """The row that stands above another one in the list, -1 above the first."""
        self.first_ns = 0
        """When the first packet was captured."""
        self._summaries = PacketSummaries(capture, DissectedLines(capture, patient=False))
        self._scales: dict[int, int] = {}
        self._relative: frozenset[int] = frozenset()
        self._inferred: frozenset[int] = frozenset()

    @property
    def count(self) -> int:
        """Packets read so far."""
        return self.capture.count

    def judge(self, overview: Overview) -> None:
        """Takes the stalls to sign and the scales of the balances from an overview."""
        if overview is not self.overview:
            self.values.overview = overview
            self.values.renew()
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

    def time_of(self, row: int) -> int:
        """When a packet was captured."""
        return int(self.capture.tables.packets["time"][row])

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
        """The columns, as wide as the user wants them or as the numbers and times of the capture need."""
        own = {"number": len(str(self.capture.count)), "channel": len(f"#{len(self.overview.channels)}")}
        if self.capture.count:
            self.first_ns = self.time_of(0)
            own["time"] = len(seconds(self.time_of(self.capture.count - 1) - self.first_ns))
        return [self._column(place, column, width, own) for place, column in enumerate(self.chosen)]

    def _column(self, place: int, column: PacketColumn, width: int, own: dict[str, int]) -> Column:
        """One of them; those that the user added give way from the right, after those that always did."""
        source = source_of(column.name)
        assert source is not None, "columns are checked when they are chosen"
        least = 10 if column.name == "protocol" and width < 100 else source.width
        if source.elastic and self.chosen != DEFAULT:
            least = LEAST_INFO
        wide = column.width or max(least, own.get(column.name, 0))
        rank = source.rank if PacketColumn(column.name) in DEFAULT else 1 + place
        return Column(column.title or source.title, wide, source.right, rank, source.elastic)

    def gutter(self, row: int) -> tuple[str, Tone]:
        """`!` where a stall ends or an error is proved, `?` where a warning is, or the packet is odd; then the letter
        of a mark."""
        number = self.number(row)
        sign = self._sign(number, self._flags(row), self.overview.ends_stall(number))
        mark = self.marks.letter(number)
        return f"{sign or ' '}{mark}", Tone.LOOK if sign else Tone.MARK if mark else Tone.PLAIN

    def _flags(self, row: int) -> int:
        return int(self.capture.tables.packets["flags"][row])

    def _sign(self, number: int, flags: int, ends_stall: bool) -> str:
        sign = self.overview.verdict.sign(number)
        return "!" if sign == "!" or ends_stall else "?" if sign or flags & ODD else ""

    def cells(self, row: int) -> Sequence[Cell]:
        """The cells of a packet, in the tone of the user's rule where one fits."""
        shown, tone = self._shown(row), self.values.tone(row)
        cells = [self._cell(column.name, shown) for column in self.chosen]
        return cells if tone is None else [tuple((text, tone) for text, _ in cell) for cell in cells]

    def _shown(self, row: int) -> Shown:
        summary, flags = self._readable(row), self._flags(row)
        guessed = bool(flags & PACKET_INFERRED) or summary.channel in self._inferred
        ends_stall = self.overview.ends_stall(summary.number)
        sign = self._sign(summary.number, flags, ends_stall)
        return Shown(row, summary, Line(summary.protocol, sign, ends_stall, guessed))

    def _cell(self, name: str, shown: Shown) -> Cell:
        if (make := CELLS.get(name)) is not None:
            return make(self, shown)
        text = self.values.of(name, shown.row)
        return plain(text, Tone.FAINT if text == PENDING else shown.tone)

    def texts(self, rows: list[int], names: Sequence[str]) -> list[list[str]]:
        """What the cells of some columns say in some rows, however long they take; for any thread."""
        values = self.values.texts((name for name in names if name not in CELLS), rows)
        return [[self._text(name, shown, values) for name in names] for shown in map(self._shown, rows)]

    def _text(self, name: str, shown: Shown, values: dict[str, dict[int, str]]) -> str:
        if name in values:
            return values[name].get(shown.row, "")
        return "".join(text for text, _ in CELLS[name](self, shown)).strip()

    def is_relative(self, channel: int) -> bool:
        """Of its balances is known only what they are at least."""
        return channel in self._relative

    def scale(self, channel: int) -> int:
        """The balance that fills a block: the initial credits, or the highest one where these were not seen."""
        if not self._scales.get(channel):
            flows = self.overview.flows
            highest = (0 if flows is None else flows.highest(2 * channel + way) for way in (TX, RX))
            self._scales[channel] = max(1, *highest)
        return self._scales[channel]


def lost(capture: Capture, error: CaptureError) -> str:
    """Why a packet cannot be read any more; the user knows which file it is about."""
    return printable(str(error).removeprefix(f"{capture.path}: "))
