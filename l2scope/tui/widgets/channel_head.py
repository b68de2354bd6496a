"""Who a channel is, how it was opened and closed, and what its busy time was spent on."""

from collections.abc import Iterable

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from l2scope.channels import Channel, Direction, hexadecimal
from l2scope.frames import FrameFigures
from l2scope.text import printable
from l2scope.tui.busy_bar import busy_pieces, policy_pieces
from l2scope.tui.certainty import at_least, doubt
from l2scope.tui.figures import count, counted, duration, rate, seconds
from l2scope.tui.theme import Tone, palette_of
from l2scope.tui.widgets.bars import Piece, clipped

SIDES = {"local": "us", "remote": "the peer", None: "someone unseen"}
CLOSINGS = {
    "disconnect-local": "closed by us",
    "disconnect-peer": "closed by the peer",
    "link-lost": "the link was lost",
    "reset": "the controller was reset",
    "adapter-gone": "the adapter went away",
    "handle-reused": "its handle was given to another link",
    "rejected": "the peer no longer knew it",
    None: "closed",
}

WIDEST_BAR = 40
LEGEND_WIDTH = 62


class ChannelHead(Widget):
    """Four lines about one direction of a channel; what does not fit is left out, least important last."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "ChannelHead { height: 4; background: $ground-page; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.channel: Channel | None = None
        self.direction = "tx"
        self.origin = 0
        self._policy: tuple[Piece, ...] = ()

    def show(self, channel: Channel | None, direction: str, origin: int) -> None:
        """Shows the direction "tx" or "rx" of a channel; times count from `origin`."""
        self.channel, self.direction, self.origin = channel, direction, origin
        self._policy = () if channel is None else tuple(policy_pieces(channel.direction(direction)))
        self.refresh()

    def advise(self, pieces: tuple[Piece, ...]) -> None:
        """Says what other credits would have done, in the place of the policy."""
        self._policy = pieces
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One of the lines."""
        palette, width = palette_of(self), self.size.width
        segments = [Segment(" ", palette.style())]
        room = width - 2
        for whole, tone in self._line(y, room):
            if cell_len(whole) > room and len(segments) > 1:
                break
            text = clipped(whole, room)
            segments.append(Segment(text, palette.style(tone)))
            room -= cell_len(text)
        return Strip(segments).adjust_cell_length(width, palette.style())

    def _line(self, y: int, room: int) -> Iterable[Piece]:
        if self.channel is None:
            return ()
        way = self.channel.direction(self.direction)
        if y == 0:
            return _identity(self.channel, self.origin)
        if y == 1:
            return _limits(self.channel, way)
        return busy_pieces(way, min(WIDEST_BAR, room - LEGEND_WIDTH)) if y == 2 else self._policy


def direction_title(channel: Channel, way: Direction) -> tuple[Piece, ...]:
    """Which channel, which way, and at whose side the figures were measured."""
    sent = way.name == "tx"
    return (
        (f"#{channel.id} ", Tone.MARK),
        (f"PSM {hexadecimal(channel.psm)} ", Tone.STRONG),
        (f" {channel.mode}  ", Tone.DIM),
        (f"{'→ to' if sent else '← from'} the peer", Tone.STRONG),
        (f"  measured at the {'sender' if sent else 'receiver'}", Tone.DIM),
    )


def _identity(channel: Channel, origin: int) -> Iterable[Piece]:
    yield f"hci{channel.adapter} handle {channel.handle}", Tone.PLAIN
    yield f"  {hexadecimal(channel.local_cid)} ⇄ {hexadecimal(channel.remote_cid)}", Tone.DIM
    peer = printable(channel.peer_name or channel.peer_address or "")
    if peer:
        yield f"  {peer}", Tone.PLAIN
    if reason := doubt(channel):
        yield f"  ? {reason}", Tone.LOOK
    if at_least(channel):
        yield ", balances are what there is at least", Tone.DIM
    yield from _opening(channel, origin)


def _opening(channel: Channel, origin: int) -> Iterable[Piece]:
    if channel.opened is not None and channel.opened_ns is not None:
        at = seconds(channel.opened_ns - origin)
        yield f"  · opened by {SIDES[channel.initiator]} in packet {channel.opened} at {at}", Tone.DIM
    if channel.closed is not None and channel.closed_ns is not None:
        at = seconds(channel.closed_ns - origin)
        yield f"  · {CLOSINGS[channel.close_reason]} in packet {channel.closed} at {at}", Tone.DIM
    elif channel.closed is None:
        yield "  · still open at the end", Tone.DIM
    if channel.twin is not None:
        yield f"  · t: its other end, #{channel.twin}", Tone.DIM
    if channel.spsm_source is not None:
        handle, packet = channel.spsm_source["handle"], channel.spsm_source["packet"]
        yield f"  · SPSM told by attribute {hexadecimal(handle)} in packet {packet}", Tone.DIM


def _limits(channel: Channel, way: Direction) -> Iterable[Piece]:
    yield counted(way.sdus, "SDU"), Tone.PLAIN
    yield f", {counted(way.sdu_bytes, 'byte')}", Tone.PLAIN
    if way.incomplete_sdus:
        yield f"  ? {count(way.incomplete_sdus)} incomplete", Tone.LOOK
    if way.goodput_bps is not None:
        yield f" at {rate(way.goodput_bps / 8)}", Tone.PLAIN
    if way.mtu is not None and way.mps is not None:
        yield f"  · MTU {count(way.mtu)} MPS {count(way.mps)}", Tone.DIM
    if way.frames is not None:
        yield from _frames(way.frames)
    elif way.initial_credits is not None:
        yield f"  · {counted(way.initial_credits, 'credit')} at first", Tone.DIM
    if channel.credit_based:
        yield f"  · {count(way.credits_granted)} granted in {counted(way.credit_packets, 'indication')}", Tone.DIM
    for change in channel.reconfigured[-1:]:
        yield f"  · MTU {change['mtu']} MPS {change['mps']} from packet {change['packet']} on", Tone.MARK
    if way.overspent:
        sent = "K-frame" if channel.credit_based else "I-frame"
        lacking = "credits" if channel.credit_based else "a transmit window"
        yield f"  ! {counted(way.overspent, sent)} sent without {lacking}", Tone.LOOK


def _frames(frames: FrameFigures) -> Iterable[Piece]:
    """What became of numbered frames."""
    if frames.tx_window:
        yield f"  · window {count(frames.tx_window)}", Tone.DIM
    yield f"  · {counted(frames.iframes, 'I-frame')}", Tone.DIM
    for number, what in ((frames.retransmitted, "sent again"), (frames.fcs_errors, "with a wrong FCS")):
        if number:
            yield f"  ? {count(number)} {what}", Tone.LOOK
    if frames.not_ready_times:
        yield f"  ? receiver not ready for {duration(frames.not_ready_ns)}", Tone.LOOK
