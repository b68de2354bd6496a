"""What the engine's flags of a packet mean, in words. No numpy."""

from typing import Final

from l2scope.engine import words

MEANINGS: Final = {
    words.PACKET_SHORT: "too short",
    words.PACKET_ORPHAN: "continuation without a start",
    words.PACKET_OVERRUN: "more bytes than the PDU",
    words.PACKET_INTERRUPTED: "the PDU before was not finished",
    words.PACKET_TRUNCATED: "cut short by the capture",
    words.PACKET_LENGTH_MISMATCH: "length field disagrees",
    words.PACKET_TIME_REVERSED: "earlier than the packet before",
    words.PACKET_INFERRED: "inferred",
}
FAULTS: Final = (
    words.PACKET_SHORT
    | words.PACKET_ORPHAN
    | words.PACKET_OVERRUN
    | words.PACKET_INTERRUPTED
    | words.PACKET_TRUNCATED
    | words.PACKET_LENGTH_MISMATCH
)


def meanings(flags: int) -> list[str]:
    """What each bit that is set means."""
    return [meaning for bit, meaning in MEANINGS.items() if flags & bit]
