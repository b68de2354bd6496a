"""What other credits would have done for a direction of a channel, in a line."""

from l2scope.analysis.whatif import whatif
from l2scope.capture import Capture
from l2scope.channels import Channel, Direction
from l2scope.text import printable
from l2scope.tui.figures import count, duration


def advice(capture: Capture, channel: Channel, way: Direction) -> str:
    """The smallest initial credits that would have removed the stalls. It replays the data: to be had in a thread."""
    try:
        question = whatif(capture, channel, way)
        proposals = question.advice()
    except ValueError as error:
        return printable(str(error))
    if not question.recorded.stalls:
        return "nothing stalled: more credits would only shorten waits"
    if not proposals:
        return "no number of credits removes the stalls: they are not the credits' doing alone"
    best = proposals[0]
    took, before = duration(best.outcome.time_ns), duration(question.recorded.time_ns)
    credits = f"{count(best.initial_credits)} credits, given back {count(best.grant)} at a time"
    return f"{credits}, would have taken {took} instead of {before}, without a stall (predicted; see l2scope whatif)"
