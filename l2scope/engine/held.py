"""PDUs on dynamic channels of a link from before the capture, until a packet tells what kind of link it is.

The channel of a K-frame can be told only on a link that is known to be LE. What came before is held, and taken up then.
"""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.current import Pdu

MOST_HELD: Final = 256
# As much of a PDU as the engine reads of a K-frame.
KEPT: Final = 20


@final
class HeldPdus:
    """The latest ones, in order. `lost` is how many losses there had been: what is held from before another one is of
    no use, since it would be taken up as if nothing were missing.
    """

    def __init__(self) -> None:
        self.pdus: list[Pdu] = []
        self.lost: i64 = 0

    def hold(self, pdu: Pdu, lost: i64) -> None:
        """pdu has its row. lost is how many losses the capture has told of so far."""
        if lost != self.lost:
            self.pdus = []
            self.lost = lost
        if len(self.pdus) == MOST_HELD:
            del self.pdus[0]
        self.pdus.append(_copy(pdu))


def _copy(pdu: Pdu) -> Pdu:
    """A PDU of its own, without the bytes that nothing reads."""
    held = Pdu()
    held.row = pdu.row
    held.first = pdu.first
    held.first_time = pdu.first_time
    held.packet = pdu.packet
    held.time = pdu.time
    held.direction = pdu.direction
    held.cid = pdu.cid
    held.length = pdu.length
    stop = pdu.stop if pdu.stop - pdu.start < KEPT else pdu.start + KEPT
    held.data = pdu.data[pdu.start : stop]
    held.stop = len(held.data)
    return held
