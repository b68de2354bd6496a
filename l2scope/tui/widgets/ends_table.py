"""The figures of one direction at its sender and at its receiver, side by side, with the delays between them."""

from rich.cells import set_cell_size
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from l2scope.analysis.crossings import Delays
from l2scope.channels import Channel, Direction
from l2scope.tui.end_to_end import Way
from l2scope.tui.figures import count, duration, rate, share
from l2scope.tui.theme import Ground, Tone, palette_of
from l2scope.tui.widgets.bars import Piece, clipped

NAME_WIDTH = 10
LEAST_FIGURE_WIDTH, MOST_FIGURE_WIDTH = 19, 36
DELAY_WIDTH = 32

Line = tuple[Piece, Piece, Piece, Piece]
"""What it is, at the sender, at the receiver, between them."""


class EndsTable(Widget):
    """Six lines: heads, K-frames, credits, SDUs, stalls and time at zero."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "EndsTable { height: 6; background: $ground-page; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: tuple[Line, ...] = ()

    def show(self, sender: Channel, receiver: Channel, way: Way | None) -> None:
        """Shows what `sender` sends to `receiver`; `way` is None while that is not measured."""
        self.lines = tuple(_lines(sender, receiver, way))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One of the lines."""
        palette, width = palette_of(self), self.size.width
        ground = Ground.BAR if y == 0 else Ground.PAGE
        if y >= len(self.lines):
            return Strip.blank(width, palette.style())
        figure = max(LEAST_FIGURE_WIDTH, min(MOST_FIGURE_WIDTH, (width - NAME_WIDTH - DELAY_WIDTH) // 2))
        widths = (NAME_WIDTH, figure, figure, width - NAME_WIDTH - 2 * figure)
        segments = [
            Segment(set_cell_size(f" {clipped(text, cells - 2)}", max(0, cells)), palette.style(tone, ground))
            for (text, tone), cells in zip(self.lines[y], widths, strict=True)
        ]
        return Strip(segments).adjust_cell_length(width, palette.style(Tone.PLAIN, ground))


def _lines(sender: Channel, receiver: Channel, way: Way | None) -> list[Line]:
    sent, received = sender.tx, receiver.rx
    frames = None if way is None else way.frames
    credits = None if way is None else way.credits
    between = "measuring …" if way is None else "median delay (least to most)"
    return [
        (("", Tone.DIM), _head("sender", sender), _head("receiver", receiver), (between, Tone.DIM)),
        _line("K-frames", count(sent.kframes), count(received.kframes), f"→ {_delay(frames)}", way),
        _line("Credits", count(sent.credits_granted), count(received.credits_granted),
              f"← {_delay(credits)}", way),
        _line("SDUs", _sdus(sent), _sdus(received), "", way),
        _line("Stalls", _stalls(sent), _stalls(received), "", way),
        _line("Waits", _waits(sent), _waits(received), "", way),
    ]  # fmt: skip


def _line(name: str, sent: str, received: str, between: str, way: Way | None) -> Line:
    shown = "" if way is None else between
    same = Tone.PLAIN if sent == received else Tone.STRONG
    return (name, Tone.DIM), (sent, same), (received, same), (shown, Tone.MARK)


def _head(side: str, channel: Channel) -> Piece:
    return f"{side} #{channel.id}, hci{channel.adapter}", Tone.STRONG


def _delay(delays: Delays | None) -> str:
    if delays is None or delays.median_ns is None or delays.min_ns is None or delays.max_ns is None:
        return "not measured"
    return f"{duration(delays.median_ns)} ({duration(delays.min_ns)} to {duration(delays.max_ns)})"


def _sdus(way: Direction) -> str:
    goodput = "" if way.goodput_bps is None else f" at {rate(way.goodput_bps / 8)}"
    return f"{count(way.sdus)}{goodput}"


def _stalls(way: Direction) -> str:
    if not way.stall_count:
        return "none"
    return f"{count(way.stall_count)}, {duration(way.stall_ns)}, {share(way.stall_ns, way.busy_ns)}"


def _waits(way: Direction) -> str:
    waits = way.certain_intervals + way.likely_intervals
    return f"{count(waits)}, {duration(way.certain_ns + way.likely_ns)}" if waits else "none"
