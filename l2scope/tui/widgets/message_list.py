"""The messages of a conversation, one a line, with the columns that its dissector declares."""

from collections.abc import Sequence
from typing import Final

from l2scope.dissection.conversation import Conversation, Message
from l2scope.dissection.transcript import finds
from l2scope.text import printable
from l2scope.tui.figures import count, seconds
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.table_row import Cell, Column, plain

ARROWS: Final = {"tx": "→", "rx": "←"}
WIDEST_VALUE: Final = 21
MOST_VALUES: Final = 5
MOST_MEASURED: Final = 200
"""Messages that columns are laid out by."""


class MessageRows:
    """A conversation as rows of a table; those of one direction, if that is wanted."""

    def __init__(self) -> None:
        self.conversation: Conversation | None = None
        self.origin = 0
        self._rows: list[tuple[int, Message]] = []
        self._widths: dict[str, int] = {}

    @property
    def count(self) -> int:
        """Messages."""
        return len(self._rows)

    def show(self, conversation: Conversation | None, origin: int, direction: str = "") -> None:
        """Shows a conversation. Times count from `origin` (Unix ns)."""
        self.conversation, self.origin = conversation, origin
        messages = () if conversation is None else conversation.messages
        self._rows = [row for row in enumerate(messages) if direction in ("", row[1].direction)]
        self._widths = {}
        for message in messages[:MOST_MEASURED]:
            for title, value in message.values.items():
                width = max(self._widths.get(title, 0), len(title), len(_written(value)))
                self._widths[title] = min(WIDEST_VALUE, width)

    @property
    def _columns(self) -> list[tuple[str, int]]:
        return list(self._widths.items())[:MOST_VALUES]

    def message(self, row: int) -> Message | None:
        """The message of a row."""
        return self._rows[row][1] if 0 <= row < len(self._rows) else None

    def index(self, row: int) -> int:
        """Which message of the conversation a row is, -1 for none."""
        return self._rows[row][0] if 0 <= row < len(self._rows) else -1

    def row_of(self, index: int) -> int:
        """The row of a message of the conversation, 0 where it is not among them."""
        return next((row for row, (number, _) in enumerate(self._rows) if number == index), 0)

    def row_at_packet(self, packet: int) -> int:
        """The row of the first message that ends at a packet or behind it."""
        return next((row for row, (_, message) in enumerate(self._rows) if message.last_packet >= packet), 0)

    def find(self, wanted: str, row: int, step: int) -> int | None:
        """The next row, in either direction and round the end, whose message holds a text."""
        order = [(row + step * (1 + by)) % self.count for by in range(self.count)]
        return next((at for at in order if finds(self._rows[at][1], wanted)), None)

    def columns(self, width: int) -> Sequence[Column]:
        """What every message has, then the values."""
        return (
            Column("No.", 5, right=True),
            Column("Time", 11, right=True),
            Column("", 1),
            Column("Packets", 13, right=True, rank=2),
            Column("Bytes", 7, right=True),
            *(Column(_heading(title), width, right=True, rank=3) for title, width in self._columns),
            Column("Message", 24, elastic=True),
        )

    def gutter(self, row: int) -> tuple[str, Tone]:
        """`?` for a message that is not whole, or odd."""
        message = self._rows[row][1]
        return (" ", Tone.PLAIN) if message.complete and not message.problem else ("?", Tone.LOOK)

    def cells(self, row: int) -> Sequence[Cell]:
        """A message."""
        index, message = self._rows[row]
        tone = Tone.PLAIN if message.direction == "tx" else Tone.FIGURE
        problem = message.problem or ("" if message.complete else "not complete")
        said: Cell = ((printable(message.summary) or _beginning(message), tone),)
        return (
            plain(str(index), Tone.DIM),
            plain(seconds(message.start_ns - self.origin)),
            plain(ARROWS[message.direction], tone),
            plain(_packets(message), Tone.DIM),
            plain(count(len(message.content))),
            *(plain(printable(_written(message.values.get(title, ""))), Tone.DIM) for title, _ in self._columns),
            (*said, (f" [{printable(problem)}]", Tone.LOOK)) if problem else said,
        )


def _heading(title: str) -> str:
    return printable(title.replace("_", " "), WIDEST_VALUE)


def _packets(message: Message) -> str:
    if message.first_packet == message.last_packet:
        return str(message.first_packet)
    return f"{message.first_packet}-{message.last_packet}"


def _written(value: object) -> str:
    return f"{value:,.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _beginning(message: Message) -> str:
    """The first bytes, where a dissector says nothing."""
    return message.content[:24].hex(" ") + (" …" if len(message.content) > 24 else "")
