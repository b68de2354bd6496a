"""The cells of a packet, a function for each of the list's own columns."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from l2scope.analysis.summary import PacketSummary
from l2scope.dissection.tree import time_text
from l2scope.engine.words import NO_ADAPTER
from l2scope.tui.blocks import gauge
from l2scope.tui.colouring import PROTOCOLS, SEVERITIES, TEXTS, Line
from l2scope.tui.figures import balance, count, seconds
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.table_row import Cell, plain

if TYPE_CHECKING:
    from l2scope.tui.widgets.packet_list import PacketRows

ARROWS = {"tx": "→", "rx": "←"}
MONITOR = "HCI_MON"
"""The index of monitor records that belong to no adapter."""
REFERENCE = "*REF*"


@dataclass(frozen=True, slots=True)
class Shown:
    """A packet as its row shows it: HCI traffic, and what was inferred, is dim."""

    row: int
    summary: PacketSummary
    line: Line

    @property
    def tone(self) -> Tone:
        """That of everything that is not more."""
        return TEXTS.tone(self.line)


def number(_rows: "PacketRows", shown: Shown) -> Cell:
    return plain(str(shown.summary.number), Tone.DIM)


def time(rows: "PacketRows", shown: Shown) -> Cell:
    """Since the first packet or, behind a time reference, since that."""
    reference = rows.references.of(shown.summary.number)
    if reference == shown.summary.number:
        return plain(REFERENCE, Tone.MARK)
    since = rows.first_ns if reference is None else rows.time_of(rows.row(reference))
    return plain(seconds(shown.summary.time_ns - since), shown.tone)


def date(_rows: "PacketRows", shown: Shown) -> Cell:
    return plain(time_text(shown.summary.time_ns).removesuffix(" UTC")[:26], shown.tone)


def day(_rows: "PacketRows", shown: Shown) -> Cell:
    return plain(time_text(shown.summary.time_ns).removesuffix(" UTC")[11:26], shown.tone)


def delta(rows: "PacketRows", shown: Shown) -> Cell:
    return _since(rows, shown, shown.row - 1)


def delta_shown(rows: "PacketRows", shown: Shown) -> Cell:
    return _since(rows, shown, rows.shown_before(shown.row))


def _since(rows: "PacketRows", shown: Shown, before: int) -> Cell:
    return plain(seconds(shown.summary.time_ns - rows.time_of(before)), shown.tone) if before >= 0 else ()


def adapter(_rows: "PacketRows", shown: Shown) -> Cell:
    """Adapter and direction; records of the monitor's own went no way."""
    summary = shown.summary
    index = "  " if summary.adapter == NO_ADAPTER else f"{summary.adapter} "
    arrow = " " if summary.protocol == MONITOR else ARROWS[summary.direction]
    return ((index, Tone.DIM), (arrow, shown.tone))


def channel(_rows: "PacketRows", shown: Shown) -> Cell:
    return plain("" if shown.summary.channel is None else f"#{shown.summary.channel}", Tone.MARK)


def protocol(_rows: "PacketRows", shown: Shown) -> Cell:
    return plain(shown.summary.protocol, PROTOCOLS.tone(shown.line))


def length(_rows: "PacketRows", shown: Shown) -> Cell:
    return plain(count(shown.summary.length), Tone.DIM)


def info(_rows: "PacketRows", shown: Shown) -> Cell:
    said = (shown.summary.summary, SEVERITIES.tone(shown.line))
    return (said, (" ~", Tone.DIM)) if shown.line.guessed else (said,)


def credits(rows: "PacketRows", shown: Shown) -> Cell:
    """The balance after the packet, with a block as high as it is."""
    balance_after, of_channel = shown.summary.balance, shown.summary.channel
    if balance_after is None or of_channel is None:
        return ()
    relative = rows.is_relative(of_channel)
    written = balance(balance_after, at_least=relative)
    if balance_after <= 0:
        tone = Tone.DIM if relative else Tone.SOFT_LOOK
        return (("· ", tone), (written, tone))
    full = rows.scale(of_channel)
    return (
        (f"{gauge(balance_after, full)} ", Tone.FAINT if relative else Tone.AREA),
        (written, Tone.DIM if relative else Tone.PLAIN),
    )


CELLS: dict[str, Callable[["PacketRows", Shown], Cell]] = {
    "number": number,
    "time": time,
    "time.date": date,
    "time.day": day,
    "time.delta": delta,
    "time.delta.shown": delta_shown,
    "hci": adapter,
    "channel": channel,
    "protocol": protocol,
    "length": length,
    "info": info,
    "credits": credits,
}
