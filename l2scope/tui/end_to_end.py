"""What is known of the way between the two ends of a channel that are both in a capture."""

from dataclasses import dataclass

from l2scope.analysis.crossings import Delays
from l2scope.analysis.pairing import DelayRow
from l2scope.analysis.twins import twins
from l2scope.analysis.waits import Wait
from l2scope.capture import Capture


@dataclass(frozen=True, slots=True)
class Way:
    """One direction of a channel from end to end: the delays of its K-frames, and of the credits that came back."""

    frames: Delays | None
    credits: Delays | None
    waits: list[Wait]


class EndToEnd:
    """All pairs of ends in a capture, measured once. It reads every PDU: to be made in a thread."""

    def __init__(self, capture: Capture) -> None:
        pairing = twins(capture)
        self.packets = capture.count
        self._delays = pairing.delays()
        self._waits = pairing.waits(all=True)

    def way(self, sender: int, receiver: int) -> Way:
        """Of the data that the channel `sender` sends and the channel `receiver`, its other end, receives."""
        return Way(
            frames=self._delay("kframes", sender, receiver),
            credits=self._delay("credits", receiver, sender),
            waits=[wait for wait in self._waits if (wait.channel, wait.peer_channel) == (sender, receiver)],
        )

    def _delay(self, kind: str, sender: int, receiver: int) -> Delays | None:
        found = (row.delays for row in self._delays if row.kind == kind and _ends(row) == (sender, receiver))
        return next((delays for delays in found if delays.count), None)


def _ends(row: DelayRow) -> tuple[int | None, int | None]:
    """The channels at the ends that sent and received."""
    return (row.channel_a, row.channel_b) if row.sender == "a" else (row.channel_b, row.channel_a)
