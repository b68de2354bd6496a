"""What a column of the packet list can show, and the columns that the user chose.

A column shows a figure of the list's own or any field that filters know. It is written as a plain name: `time.delta`,
`btatt.handle`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from l2scope.filter.field import FilterField
from l2scope.filter.kinds import ADDRESS, BOOLEAN, BYTES, DURATION, MOMENT, PROTOCOL
from l2scope.filter.known_fields import KNOWN
from l2scope.text import printable

MOST_COLUMNS: Final = 40
LEAST_WIDTH: Final = 2
MOST_WIDTH: Final = 120
LONGEST_TITLE: Final = 14
OF_CHANNEL: Final = "time.delta.channel"
FILTERED_AS: Final = {
    "number": "frame.number",
    "time": "frame.time_relative",
    "time.date": "frame.time",
    "time.day": "frame.time",
    "time.delta": "frame.time_delta",
    "channel": "l2scope.channel",
    "protocol": "l2scope.protocol",
    "length": "frame.len",
    "info": "l2scope.info",
    "credits": "l2scope.credits.balance",
    "hci": "l2scope.direction",
}
"""The filter fields that the list's own columns stand for."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a column can show. `width` is what it needs at least; columns of the highest rank are left out first."""

    name: str
    title: str
    help: str
    width: int
    right: bool = False
    rank: int = 0
    elastic: bool = False

    @property
    def field(self) -> FilterField | None:
        """The filter field it stands for."""
        name = FILTERED_AS.get(self.name, "" if self.name in OWN else self.name)
        return KNOWN.get(name)


OWN: Final[dict[str, Source]] = {
    source.name: source
    for source in (
        Source("number", "No.", "number of the packet", 4, right=True),
        Source("time", "Time", "seconds since the first packet, or since the time reference", 9, right=True),
        Source("hci", "hci", "adapter and direction", 4, rank=31),
        Source("channel", "Ch", "channel", 4, rank=32),
        Source("protocol", "Protocol", "protocol", 14),
        Source("length", "Len", "bytes", 5, right=True, rank=33),
        Source("info", "Info", "what the packet says", 28, elastic=True),
        Source("credits", "Credits", "balance of the sender after the packet", 8, right=True),
        Source("time.date", "Date and time", "when it was captured, in UTC", 26),
        Source("time.day", "Time of day", "when it was captured, in UTC, without the date", 15),
        Source("time.delta", "Delta", "seconds since the packet before", 9, right=True),
        Source("time.delta.shown", "Delta shown", "seconds since the packet before in the list", 11, right=True),
        Source(OF_CHANNEL, "Delta channel", "seconds since the packet before of the same channel", 13, right=True),
    )
}


@dataclass(frozen=True, slots=True)
class PacketColumn:
    """A column that the user chose; width 0 is as wide as it needs."""

    name: str
    width: int = 0
    title: str = ""


DEFAULT: Final = tuple(
    PacketColumn(name) for name in ("number", "time", "hci", "channel", "protocol", "length", "info", "credits")
)


def source_of(name: str) -> Source | None:
    """What a name stands for; None where nothing is called so."""
    if (own := OWN.get(name)) is not None:
        return own
    if (field := KNOWN.get(name)) is None:
        return None
    kind = field.kind
    right = kind.numeric and kind not in (BOOLEAN, MOMENT) and not field.names
    title = _short(name)
    return Source(name, title, field.help, max(len(title), _width(field)), right)


def _short(name: str) -> str:
    """As much of the end of a name as a title has room for."""
    words = name.split(".")
    while len(words) > 1 and len(".".join(words)) > LONGEST_TITLE:
        del words[0]
    return printable(".".join(words), LONGEST_TITLE)


def _width(field: FilterField) -> int:
    widths = {PROTOCOL: 1, BOOLEAN: 5, DURATION: 10, MOMENT: 26, ADDRESS: 17, BYTES: 17}
    if field.names and field.kind.word != "text":
        return min(20, max(6, *map(len, field.names.values())))
    return widths.get(field.kind, 8 if field.kind.numeric else 16)


def known(text: str) -> list[Source]:
    """What could be made a column: those called so come first, then those whose name begins so, those that have it
    inside, and those that say so in their help."""
    wanted = text.casefold().split()
    names = [*OWN, *KNOWN]

    def rank(name: str) -> int:
        lowered, source = name.casefold(), source_of(name)
        told = f"{lowered} {source.help.casefold()} {source.title.casefold()}" if source else lowered
        if not all(word in told for word in wanted):
            return 9
        if not wanted or wanted[0] in (lowered, lowered.rpartition(".")[2]):
            return 0
        return 1 if lowered.startswith(wanted[0]) else 2 if wanted[0] in lowered else 3

    ranked = sorted((rank(name), place) for place, name in enumerate(names))
    found = (source_of(names[place]) for rank, place in ranked if rank < 9)
    return [source for source in found if source is not None]


def as_data(columns: Iterable[PacketColumn]) -> list[dict[str, Any]]:
    """Columns as they are kept."""
    return [{"name": column.name, "width": column.width, "title": column.title} for column in columns]


def from_data(data: object) -> tuple[PacketColumn, ...]:
    """The columns that were kept, as far as they can be read; the usual ones where there is none."""
    entries = data if isinstance(data, Sequence) and not isinstance(data, str) else ()
    found = [column for entry in entries[:MOST_COLUMNS] if (column := _column(entry)) is not None]
    return tuple({column.name: column for column in found}.values()) or DEFAULT


def _column(entry: object) -> PacketColumn | None:
    if not isinstance(entry, dict) or source_of(name := str(entry.get("name"))) is None:
        return None
    width, title = entry.get("width", 0), entry.get("title", "")
    width = width if isinstance(width, int) else 0
    return PacketColumn(name, sized(width) if width else 0, printable(title, LONGEST_TITLE * 2))


def sized(width: int) -> int:
    """A width that a column may have."""
    return min(MOST_WIDTH, max(LEAST_WIDTH, width))


def columns_in(data: object) -> tuple[PacketColumn, ...]:
    """The columns of a layout that was kept; the usual ones where it cannot be read."""
    return from_data(data.get("columns") if isinstance(data, dict) else None)
