"""The tables of the statistics: protocols, endpoints, how long answers took, and the buckets of one kind of answer."""

from collections.abc import Sequence
from typing import Any, Final

from l2scope.analysis.delays import BOUNDS, Delays
from l2scope.analysis.hierarchy import KIND_NAMES, PROTOCOL_NAMES, Layer
from l2scope.analysis.traffic import Traffic, link_total
from l2scope.engine.words import COMMAND, EVENT, ISO, SCO
from l2scope.links import Link
from l2scope.text import printable
from l2scope.tui.blocks import UPWARD, bar, eighths
from l2scope.tui.figures import count, duration, share
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.link_list import TRANSPORTS
from l2scope.tui.widgets.table_row import Cell, Column, plain

NOTHING: Cell = plain("-", Tone.FAINT)
BLANK: tuple[str, Tone] = (" ", Tone.PLAIN)
BAR_WIDTH: Final = 12
LONGEST_NAME: Final = 44
"""Of a protocol; the bar gives way to names, the figures do not."""
LEAST_NAME: Final = 20
FIGURES: Final = 31
"""Cells that a protocol's figures take."""
FIGURES_WIDTH: Final = 36
"""What the figures of a bucket take of its line."""
WIDE: Final = 100
PERCENTILES: Final = (50, 90, 99)
DEEPEST: Final = 3
FILTERS: Final = {
    KIND_NAMES[COMMAND]: "bthci_cmd",
    KIND_NAMES[EVENT]: "bthci_evt",
    KIND_NAMES[SCO]: "bthci_sco",
    KIND_NAMES[ISO]: "bthci_iso",
    "ACL data": "bthci_acl",
    "monitor records": 'l2scope.protocol == "HCI_MON"',
    PROTOCOL_NAMES["signalling"]: "btl2cap.cmd_code",
    PROTOCOL_NAMES["att"]: "btatt.opcode",
    PROTOCOL_NAMES["k-frame"]: 'l2scope.protocol == "K-frame"',
    PROTOCOL_NAMES["smp"]: "btsmp",
    PROTOCOL_NAMES["connectionless"]: "btl2cap.cid == 0x0002",
    PROTOCOL_NAMES["dynamic"]: "btl2cap.cid >= 0x0040 && !l2scope.channel",
    PROTOCOL_NAMES["reserved"]: "btl2cap.cid < 0x0040 && !(btl2cap.cid in {1, 2, 4, 5, 6, 7})",
    PROTOCOL_NAMES["b-frame"]: 'l2scope.channel.mode == "basic"',
    PROTOCOL_NAMES["i-frame"]: 'l2scope.protocol == "I-frame"',
    PROTOCOL_NAMES["s-frame"]: 'l2scope.protocol == "S-frame"',
}
"""How the packets of a layer are found, by its name; of ATT and of signalling also the field that names a command."""


class ProtocolRows:
    """The protocol hierarchy."""

    def __init__(self) -> None:
        self.layers: tuple[Layer, ...] = ()
        self._names = self._room = LEAST_NAME

    @property
    def count(self) -> int:
        """Layers."""
        return len(self.layers)

    def show(self, layers: tuple[Layer, ...]) -> None:
        """Takes the layers of a capture, that of all packets first."""
        self.layers = layers
        self._names = min(
            LONGEST_NAME, max((2 * layer.depth + len(layer.name) for layer in layers), default=LEAST_NAME)
        )

    def filter(self, row: int) -> str | None:
        """The display filter that lets the packets of a layer pass, None where that is all of them."""
        layer = self.layers[row]
        if layer.depth == DEEPEST:
            above = next(self.layers[at].name for at in range(row, -1, -1) if self.layers[at].depth < DEEPEST)
            return f'{FILTERS[above]} == "{layer.name}"' if above in FILTERS else None
        return FILTERS.get(layer.name)

    def columns(self, width: int) -> Sequence[Column]:
        """What, how many, how many bytes, and the share of all packets."""
        self._room = max(LEAST_NAME, width - FIGURES)
        return (
            Column("Protocol", min(self._names, self._room), elastic=True),
            Column("Count", 9, right=True),
            Column("Share", 5, right=True),
            Column("", BAR_WIDTH, rank=1),
            Column("Bytes", 11, right=True),
        )

    def order_by(self, column: int) -> Sequence[Any] | None:
        """By name, number, or bytes."""
        layers = self.layers
        if column == 0:
            return [layer.name for layer in layers]
        if column in (1, 2):
            return [layer.count for layer in layers]
        return [layer.size for layer in layers] if column == 4 else None

    def gutter(self, row: int) -> tuple[str, Tone]:
        """None."""
        return BLANK

    def cells(self, row: int) -> Sequence[Cell]:
        """A layer, deeper ones further to the right."""
        layer, whole = self.layers[row], self.layers[0].count
        tone = (Tone.STRONG, Tone.PLAIN, Tone.PLAIN, Tone.DIM)[min(layer.depth, 3)]
        return (
            plain("  " * layer.depth + _both_ends(layer.name, self._room - 2 * layer.depth), tone),
            plain(count(layer.count), tone),
            plain(share(layer.count, whole), Tone.DIM),
            plain(bar(layer.count, whole, BAR_WIDTH), Tone.FIGURE),
            plain(count(layer.size), tone),
        )


def _both_ends(name: str, room: int) -> str:
    """A name in so many cells: what tells a request from its response stands at its end."""
    if len(name) <= room:
        return name
    ahead = room // 2
    return f"{name[:ahead]}…{name[len(name) - (room - ahead - 1) :]}"


class EndpointRows:
    """The links, each with what went over it, and under its peer's name what went over all links of that peer."""

    def __init__(self) -> None:
        self.links: tuple[Link, ...] = ()
        self._totals: list[tuple[int, int, int, int]] = []
        self._start = self._end = 0

    @property
    def count(self) -> int:
        """Links."""
        return len(self.links)

    def show(self, links: tuple[Link, ...], traffic: Traffic) -> None:
        """Takes the links and what went over them."""
        self.links = links
        self._totals = [link_total(traffic, link.id) for link in links]
        self._start, self._end = traffic.start, traffic.end

    def packet(self, row: int) -> int | None:
        """The packet that opened a link or, where that was not seen, closed it."""
        link = self.links[row]
        return link.closed if link.opened is None else link.opened

    def lasted(self, link: Link) -> int:
        """From opening to closing, or from and to the ends of the capture (ns)."""
        begun = self._start if link.opened_ns is None else link.opened_ns
        return max(0, (self._end if link.closed_ns is None else link.closed_ns) - begun)

    def columns(self, width: int) -> Sequence[Column]:
        """Who, what went each way, how long it lasted, and how it was encrypted."""
        return (
            Column("Link", 4, right=True),
            Column("Peer", 17, elastic=True),
            Column("Kind", 6, rank=3),
            Column("Packets →", 9, right=True),
            Column("← Packets", 9, right=True),
            Column("Bytes →", 11, right=True, rank=2),
            Column("← Bytes", 11, right=True, rank=2),
            Column("Lasted", 8, right=True, rank=1),
            Column("Encrypted", 9, rank=3),
        )

    def order_by(self, column: int) -> Sequence[Any] | None:
        """By any of them."""
        links, totals = self.links, self._totals
        orders: tuple[Sequence[Any], ...] = (
            [link.id for link in links],
            [peer_of(link) for link in links],
            [TRANSPORTS.get(link.transport, "?") for link in links],
            [total[0] for total in totals],
            [total[2] for total in totals],
            [total[1] for total in totals],
            [total[3] for total in totals],
            [self.lasted(link) for link in links],
            [link.key_size or 0 for link in links],
        )
        return orders[column] if column < len(orders) else None

    def gutter(self, row: int) -> tuple[str, Tone]:
        """None."""
        return BLANK

    def cells(self, row: int) -> Sequence[Cell]:
        """A link."""
        link = self.links[row]
        sent, sent_bytes, received, received_bytes = self._totals[row]
        return (
            plain(str(link.id), Tone.MARK),
            plain(peer_of(link)),
            plain(TRANSPORTS.get(link.transport, "?"), Tone.DIM),
            *(plain(count(value)) if value else NOTHING for value in (sent, received, sent_bytes, received_bytes)),
            plain(duration(self.lasted(link)), Tone.DIM),
            plain(encryption(link), Tone.PLAIN if link.encrypted else Tone.DIM),
        )


def peer_of(link: Link) -> str:
    """Its name, or its address."""
    return printable(link.peer_name or link.peer_address or "?")


def encryption(link: Link) -> str:
    """At the end, with the size of the key where that is known."""
    if not link.encrypted:
        return "no"
    return "yes" if link.key_size is None else f"{8 * link.key_size} bits"


class DelayRows:
    """How long answers took, a kind a line, with their spread over the buckets."""

    def __init__(self) -> None:
        self.delays: list[Delays] = []
        self._figures: dict[int, tuple[int, ...]] = {}
        self._spreads: dict[int, str] = {}

    @property
    def count(self) -> int:
        """Kinds."""
        return len(self.delays)

    def show(self, delays: list[Delays]) -> None:
        """Takes what was measured."""
        self.delays = delays
        self._figures = {row: figures(kind) for row, kind in enumerate(delays)}
        self._spreads = {row: spread(kind) for row, kind in enumerate(delays)}

    def columns(self, width: int) -> Sequence[Column]:
        """What, how many, median, percentiles, the longest, and the spread over the buckets."""
        return (
            Column("", 16, rank=3),
            Column("From request to answer", 22, elastic=True),
            Column("Count", 9, right=True),
            Column("Median", 7, right=True),
            Column("90 %", 7, right=True, rank=1),
            Column("99 %", 7, right=True),
            Column("Longest", 7, right=True),
            Column(SCALE, len(BOUNDS) + 1, rank=2),
        )

    def order_by(self, column: int) -> Sequence[Any] | None:
        """By any of them but the picture."""
        kinds = range(len(self.delays))
        if column == 0:
            return [kind.family for kind in self.delays]
        if column == 1:
            return [kind.name for kind in self.delays]
        return [self._figures[row][column - 2] for row in kinds] if column <= 6 else None

    def gutter(self, row: int) -> tuple[str, Tone]:
        """None."""
        return BLANK

    def cells(self, row: int) -> Sequence[Cell]:
        """A kind."""
        kind, (number, *times) = self.delays[row], self._figures[row]
        return (
            plain(kind.family, Tone.DIM),
            plain(printable(kind.name)),
            plain(count(number)),
            *(plain(duration(time)) for time in times),
            plain(self._spreads[row], Tone.FIGURE),
        )


def figures(kind: Delays) -> tuple[int, ...]:
    """How many, the percentiles, and the longest."""
    return len(kind.durations), *(kind.percentile(percent) for percent in PERCENTILES), int(kind.durations.max())


def spread(kind: Delays) -> str:
    """A character a bucket."""
    buckets = kind.buckets.tolist()
    return "".join(UPWARD[eighths(number, max(buckets))] for number in buckets)


def _scale() -> str:
    """Where round durations stand over the spread."""
    marks = {10**3: "1µs", 10**6: "1ms", 10**9: "1s"}
    text = [" "] * (len(BOUNDS) + 1)
    for bound, mark in marks.items():
        at = BOUNDS.index(bound) + 1
        text[at : at + len(mark) + 1] = "╵" + mark
    return "".join(text)


SCALE: Final = _scale()


class BucketRows:
    """The buckets of one kind of answer, from the first that holds something to the last."""

    def __init__(self) -> None:
        self.kind: Delays | None = None
        self._buckets: list[int] = []
        self._first = 0
        self._bar_width = BAR_WIDTH

    @property
    def count(self) -> int:
        """Buckets shown."""
        return len(self._buckets)

    def show(self, kind: Delays | None) -> None:
        """Takes a kind."""
        self.kind, self._buckets, self._first = kind, [], 0
        if kind is not None:
            buckets = kind.buckets
            used = buckets.nonzero()[0]
            self._first = int(used[0])
            self._buckets = buckets[self._first : int(used[-1]) + 1].tolist()

    def packet(self, row: int) -> int | None:
        """The packet that begins the first one in a bucket."""
        return None if self.kind is None else self.kind.first_in(self._first + row)

    def columns(self, width: int) -> Sequence[Column]:
        """From where to where, how many, and what share."""
        self._bar_width = max(BAR_WIDTH, width - FIGURES_WIDTH)
        return (
            Column("From", 7, right=True),
            Column("to", 7, right=True),
            Column("Count", 9, right=True),
            Column("Share", 5, right=True),
            Column("", BAR_WIDTH, elastic=True),
        )

    def gutter(self, row: int) -> tuple[str, Tone]:
        """None."""
        return BLANK

    def cells(self, row: int) -> Sequence[Cell]:
        """A bucket."""
        number, bucket = self._buckets[row], self._first + row
        whole = sum(self._buckets)
        tone = Tone.PLAIN if number else Tone.FAINT
        return (
            plain(duration(BOUNDS[bucket - 1]) if bucket else "0", Tone.DIM),
            plain(duration(BOUNDS[bucket]) if bucket < len(BOUNDS) else "more", Tone.DIM),
            plain(count(number) if number else "-", tone),
            plain(share(number, whole) if number else "", Tone.DIM),
            plain(bar(number, max(self._buckets), self._bar_width), Tone.FIGURE),
        )
