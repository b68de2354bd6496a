"""What other credits would have done for a direction of a channel, in a line."""

from l2scope.analysis.whatif import whatif
from l2scope.capture import Capture
from l2scope.channels import Channel, Direction
from l2scope.text import printable
from l2scope.tui.figures import count, duration
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.bars import Piece


def advice(capture: Capture, channel: Channel, way: Direction) -> tuple[Piece, ...]:
    """The smallest initial credits that would have removed the stalls. It replays the data: to be had in a thread."""
    try:
        question = whatif(capture, channel, way)
        proposals = question.advice()
    except ValueError as error:
        return ((printable(str(error)), Tone.LOOK),)
    if not question.recorded.stalls:
        return (("nothing stalled: more credits would only shorten waits", Tone.PLAIN),)
    if not proposals:
        return (("no number of credits removes the stalls: something else adds to them", Tone.PLAIN),)
    best = proposals[0]
    took, before = duration(best.outcome.time_ns), duration(question.recorded.time_ns)
    return (
        (f"{count(best.initial_credits)} credits, {count(best.grant)} at a time: ", Tone.MARK),
        (f"{took} instead of {before}, no stall", Tone.STRONG),
        ("  predicted; l2scope whatif says on what grounds", Tone.DIM),
    )
