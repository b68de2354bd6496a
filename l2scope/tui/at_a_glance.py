"""What a capture holds, in a few lines."""

from collections.abc import Iterator

from l2scope.capture import Capture
from l2scope.channels import Channels
from l2scope.dissection.tree import time_text
from l2scope.text import printable
from l2scope.tui.figures import count, counted, duration
from l2scope.tui.overview import Overview
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.bars import Piece

Line = tuple[Piece, ...]

FIRST_DEPTH, DEEPEST = 1, 2
MOST_NOTES = 3


def at_a_glance(capture: Capture, overview: Overview, notes: tuple[str, ...]) -> Iterator[Line]:
    """Format and time, links and channels, protocols, and what must be known."""
    yield tuple(_time(capture))
    yield tuple(_links(overview))
    yield tuple(_protocols(overview))
    for note in notes[:MOST_NOTES]:
        yield ((f"? {note}", Tone.LOOK),)
    if len(notes) > MOST_NOTES:
        yield ((f"? {counted(len(notes) - MOST_NOTES, 'more note')}: {{app.about}} shows them", Tone.LOOK),)


def _time(capture: Capture) -> Iterator[Piece]:
    times = capture.tables.packets["time"]
    yield counted(capture.count, "packet"), Tone.STRONG
    if len(times):
        yield f" in {duration(max(0, int(times[-1]) - int(times[0])))}", Tone.PLAIN
        yield f"  · from {time_text(int(times[0]))}", Tone.DIM
    yield f"  · {printable(capture.format)}", Tone.DIM


def _links(overview: Overview) -> Iterator[Piece]:
    adapters = sorted({link.adapter for link in overview.links})
    yield counted(len(overview.links), "link"), Tone.STRONG
    if adapters:
        yield f" on {', '.join(f'hci{adapter}' for adapter in adapters)}", Tone.PLAIN
    yield "  · ", Tone.DIM
    yield counted(len(overview.channels), "channel"), Tone.STRONG
    if twins := _twins(overview.channels):
        yield f", {count(twins)} of them with both ends here", Tone.DIM
    if overview.refused:
        yield f"  · {count(len(overview.refused))} refused", Tone.LOOK


def _twins(channels: Channels) -> int:
    """How many channels are seen from both ends; the two views of one count once."""
    return sum(channel.twin is not None for channel in channels) // 2


def _protocols(overview: Overview) -> Iterator[Piece]:
    """The layers by how many there are."""
    layers = [layer for layer in overview.layers if FIRST_DEPTH <= layer.depth <= DEEPEST]
    for number, layer in enumerate(sorted(layers, key=lambda layer: -layer.count)):
        yield ("  · " if number else ""), Tone.DIM
        yield f"{count(layer.count)} ", Tone.PLAIN
        yield layer.name, Tone.DIM
