"""The channels of a capture, worst first, one a line with a small graph of its balance."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from l2scope.channels import Channel, Direction, hexadecimal
from l2scope.text import printable
from l2scope.tui.blocks import gauge
from l2scope.tui.certainty import inferred
from l2scope.tui.figures import count, duration, rate, share
from l2scope.tui.ledger import Ledger
from l2scope.tui.overview import Overview, worse_direction, worst_first
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.table_row import Cell, Column, plain

STATES = {
    None: "closed",
    "disconnect-local": "closed",
    "disconnect-peer": "closed",
    "link-lost": "link lost",
    "reset": "reset",
    "adapter-gone": "adapter gone",
    "handle-reused": "reused",
    "rejected": "rejected",
}
SPARK_WIDTHS = ((190, 60), (150, 40), (110, 24), (0, 14))
NOTHING = plain("-", Tone.FAINT)


class ChannelRows:
    """The channels as rows of a table, in the order they are shown."""

    def __init__(self) -> None:
        self.overview = Overview()
        self.channels: list[Channel] = []
        self._spark_width = 0
        self._sparks: dict[tuple[int, int], Cell] = {}

    @property
    def count(self) -> int:
        """Channels."""
        return len(self.channels)

    def judge(self, overview: Overview) -> None:
        """Takes the channels from an overview."""
        self.overview = overview
        self.channels = worst_first(overview.channels)
        self._sparks.clear()

    def row_of(self, channel: int) -> int:
        """The row of a channel by its id, -1 when there is none."""
        return next((row for row, shown in enumerate(self.channels) if shown.id == channel), -1)

    def columns(self, width: int) -> Sequence[Column]:
        """Who it is, how it went, and the balance over its life."""
        self._spark_width = next(spark for least, spark in SPARK_WIDTHS if width >= least)
        return (
            Column("#", max(4, len(f"#{self.count}")), right=True),
            Column("hci", 3, rank=4),
            Column("PSM", 6),
            Column("CIDs", 13, rank=6),
            Column("Peer", 17, rank=5, elastic=True),
            Column("Mode", 15, rank=7),
            Column("State", 9, rank=3),
            Column("", 1),
            Column("SDUs", 8, right=True, rank=1),
            Column("Goodput", 10, right=True, rank=2),
            Column("Stalled", 13, right=True),
            Column("Worst", 7, right=True),
            Column("Balance over time" if self._spark_width > 20 else "Balance", self._spark_width),
        )

    def order_by(self, column: int) -> Sequence[Any] | None:
        """As the columns; the share that was stalled for the stalls, nothing for the picture."""
        told = ORDERS[column] if column < len(ORDERS) else None
        return None if told is None else [told(channel, worse_direction(channel)) for channel in self.channels]

    def gutter(self, row: int) -> tuple[str, Tone]:
        """`!` where a direction was stalled, else `~` for a channel that was inferred."""
        channel = self.channels[row]
        if worse_direction(channel).stall_count:
            return "!", Tone.LOOK
        return ("~", Tone.DIM) if inferred(channel) else (" ", Tone.PLAIN)

    def cells(self, row: int) -> Sequence[Cell]:
        """The figures are those of the direction with more stalls, or with more traffic."""
        channel = self.channels[row]
        way = worse_direction(channel)
        tone = Tone.DIM if inferred(channel) else Tone.PLAIN
        return (
            plain(f"#{channel.id}", Tone.MARK),
            plain(str(channel.adapter), Tone.DIM),
            plain(hexadecimal(channel.psm), tone),
            plain(f"{hexadecimal(channel.local_cid)} {hexadecimal(channel.remote_cid)}", Tone.DIM),
            plain(printable(channel.peer_name or channel.peer_address or ""), tone),
            plain(channel.mode, Tone.DIM),
            plain(state_of(channel), Tone.DIM),
            plain(direction_sign(channel), Tone.DIM),
            plain(count(way.sdus), tone),
            NOTHING if way.goodput_bps is None else plain(rate(way.goodput_bps / 8), tone),
            *_stalled(way),
            self._spark(channel, way),
        )

    def _spark(self, channel: Channel, way: Direction) -> Cell:
        key = (channel.id, self._spark_width)
        if key not in self._sparks:
            self._sparks[key] = self._draw_spark(channel, way)
        return self._sparks[key]

    def _draw_spark(self, channel: Channel, way: Direction) -> Cell:
        """The highest balance of each stretch, grey where it is what there is at least; stalled ones are hatched."""
        if self.overview.flows is None:
            return ()
        ledger = Ledger(self.overview.flows, channel, way.name)
        pieces = []
        for high, stalled in zip(*ledger.sketch(self._spark_width), strict=True):
            if stalled >= 0.5:
                pieces.append(("▒", Tone.SOFT_LOOK))
            else:
                pieces.append((" " if np.isnan(high) else gauge(high, ledger.highest), ledger.tone))
        return tuple(pieces)


def _share(way: Direction) -> tuple[float, int] | None:
    return (way.starved_share, way.stall_ns) if way.stall_count else None


def state_of(channel: Channel) -> str:
    """Open, or how it ended, in a word or two."""
    return "open" if channel.closed is None else STATES[channel.close_reason]


ORDERS: Final[tuple[Callable[[Channel, Direction], Any] | None, ...]] = (
    lambda channel, way: channel.id,
    lambda channel, way: channel.adapter,
    lambda channel, way: channel.psm,
    lambda channel, way: (channel.local_cid, channel.remote_cid),
    lambda channel, way: channel.peer_name or channel.peer_address,
    lambda channel, way: channel.mode,
    lambda channel, way: state_of(channel),
    lambda channel, way: direction_sign(channel),
    lambda channel, way: way.sdus,
    lambda channel, way: way.goodput_bps,
    lambda channel, way: _share(way),
    lambda channel, way: way.longest_stall_ns if way.stall_count else None,
)
"""What the rows are ordered by, a column after the other."""


def direction_sign(channel: Channel) -> str:
    """Which way the channel carries data: out, in, or both."""
    if channel.tx.kframes and channel.rx.kframes:
        return "⇄"
    return "→" if channel.tx.kframes else "←" if channel.rx.kframes else " "


def _stalled(way: Direction) -> tuple[Cell, Cell]:
    """The share and sum of the stalls, and the longest."""
    if not way.stall_count:
        return NOTHING, NOTHING
    return (
        ((share(way.stall_ns, way.busy_ns).rjust(5), Tone.LOOK), (f" {duration(way.stall_ns)}".rjust(8), Tone.PLAIN)),
        plain(duration(way.longest_stall_ns), Tone.LOOK),
    )
