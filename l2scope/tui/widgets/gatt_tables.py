"""The attributes of all GATT servers, and the history of one value, as rows of tables."""

from collections.abc import Sequence

from l2scope.analysis.gatt.operations import Operation
from l2scope.analysis.gatt.server import Server
from l2scope.analysis.gatt.subscriptions import Subscription
from l2scope.sources.errors import CaptureError
from l2scope.text import printable
from l2scope.tui.figures import count, counted, duration, seconds
from l2scope.tui.gatt_outline import OutlineLine
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.table_row import Cell, Column, plain

ARROWS = {"tx": "→", "rx": "←"}
NOTHING: Cell = plain("-", Tone.FAINT)
LONGEST_VALUE = 200


class AttributeRows:
    """The lines of the outline."""

    def __init__(self) -> None:
        self.lines: list[OutlineLine] = []

    @property
    def count(self) -> int:
        """Lines."""
        return len(self.lines)

    def show(self, lines: list[OutlineLine]) -> None:
        """Takes another outline."""
        self.lines = lines

    def row_of(self, line: OutlineLine | None) -> int:
        """Where the same attribute is now, 0 when it is not."""
        if line is None:
            return 0
        wanted = (line.server.owner, line.depth, line.handle, line.text)
        places = (row for row, one in enumerate(self.lines) if _key(one) == wanted)
        return next(places, 0)

    def columns(self, width: int) -> Sequence[Column]:
        """What it is, what one may do with it, what was done, its last value, and who subscribed."""
        return (
            Column("Handle", 6),
            Column("Attribute", min(52, max(28, width * 2 // 5))),
            Column("May", 5, rank=3),
            Column("Used", 6, right=True),
            Column("Last value", 12, elastic=True),
            Column("Subscribed", 20, rank=2),
        )

    def gutter(self, row: int) -> tuple[str, Tone]:
        """`?` where something was told and no subscription was seen."""
        unseen = any(one.packet is None for one in self.lines[row].subscriptions)
        return ("?", Tone.LOOK) if unseen else (" ", Tone.PLAIN)

    def cells(self, row: int) -> Sequence[Cell]:
        """An attribute; servers and services stand out."""
        line = self.lines[row]
        name = plain("  " * line.depth + line.text, _tone(line))
        if not line.handle:
            return ((), name, (), (), (), ())
        used = line.server.count(line.handle)
        return (
            plain(f"0x{line.handle:04x}", Tone.DIM),
            name,
            plain(line.letters, Tone.DIM),
            plain(count(used)) if used else NOTHING,
            plain(self._value(line)),
            _subscribed(line.subscriptions),
        )

    def _value(self, line: OutlineLine) -> str:
        try:
            last = line.server.last(line.handle)
        except CaptureError as error:
            return printable(str(error))
        return "" if last is None else value_text(line.server, last)


class HistoryRows:
    """What was done with the value of one attribute, in order."""

    def __init__(self) -> None:
        self.line: OutlineLine | None = None
        self.origin = 0
        self._mentions: list[int] = []

    @property
    def count(self) -> int:
        """Operations."""
        return len(self._mentions)

    def show(self, line: OutlineLine | None, origin: int) -> None:
        """Lists the history of an attribute. Times count from `origin`."""
        self.line, self.origin = line, origin
        self._mentions = [] if line is None or not line.handle else line.server.mentions(line.handle)

    def operation(self, row: int) -> Operation:
        """The operation of a row. Raises CaptureError where the file has changed."""
        assert self.line is not None
        return self.line.server.operation(self._mentions[row], self.line.handle)

    def columns(self, width: int) -> Sequence[Column]:
        """When, what, with which value, and how long the answer took."""
        return (
            Column("No.", 8, right=True),
            Column("Time", 13, right=True),
            Column("", 1),
            Column("What", 15),
            Column("Value", 20, elastic=True),
            Column("After", 8, right=True, rank=1),
            Column("Packets", 7, right=True, rank=2),
        )

    def gutter(self, row: int) -> tuple[str, Tone]:
        """`!` for what the server refused."""
        try:
            refused = self.operation(row).error is not None
        except CaptureError:
            refused = False
        return ("!", Tone.LOOK) if refused else (" ", Tone.PLAIN)

    def cells(self, row: int) -> Sequence[Cell]:
        """An operation."""
        assert self.line is not None
        try:
            told = self.operation(row)
        except CaptureError as error:
            return ((), (), (), (), plain(printable(str(error)), Tone.LOOK), (), ())
        refused = told.error_name is not None
        after = told.duration_ns
        return (
            plain(str(told.packet), Tone.DIM),
            plain(seconds(told.time_ns - self.origin)),
            plain(ARROWS[told.direction]),
            plain(told.kind),
            plain(told.error_name or value_text(self.line.server, told), Tone.SOFT_LOOK if refused else Tone.PLAIN),
            NOTHING if after is None else plain(duration(after)),
            plain(count(len(told.packets)), Tone.DIM),
        )


def value_text(server: Server, told: Operation) -> str:
    """A value in words where its format is known, else in hexadecimal."""
    if told.value is None:
        return "no value"
    words = server.words(told) or told.value[:LONGEST_VALUE].hex(" ")
    return printable(words, LONGEST_VALUE) or "empty"


def subscription_text(one: Subscription) -> str:
    """Who subscribed, where, and what that brought."""
    who = printable(one.client or "this host")
    told = one.notifications + one.indications
    brought = counted(told, "value") if told else "nothing told"
    if one.packet is None:
        return f"{who}: no subscription seen, {brought}"
    doubt = " (inferred)" if one.inferred else ""
    return f"{who}: {one.state} since packet {one.packet}{doubt}, {brought}"


def _subscribed(found: Sequence[Subscription]) -> Cell:
    """The states that hold at the end, a client after the other."""
    last = {one.client: one for one in found}
    pieces = [
        (f"{one.state} {count(sum(o.notifications + o.indications for o in found if o.client == client))}", _look(one))
        for client, one in last.items()
    ]
    return tuple((text if at == 0 else f", {text}", tone) for at, (text, tone) in enumerate(pieces))


def _look(one: Subscription) -> Tone:
    return Tone.LOOK if one.packet is None else Tone.PLAIN if one.value else Tone.DIM


def _tone(line: OutlineLine) -> Tone:
    if line.depth == 0:
        return Tone.STRONG
    return Tone.MARK if not line.handle else Tone.DIM if line.depth > 2 else Tone.PLAIN


def _key(line: OutlineLine) -> tuple[object, ...]:
    return line.server.owner, line.depth, line.handle, line.text
