"""What is kept of the Flow Control Credit Inds of one direction, so that the receiver's habit can be told later."""

from typing import Final, final

from librt.strings import BytesWriter, write_i64_le
from mypy_extensions import i64

from l2scope.engine.tables import clamped

# Of so many indications in a row the first ones are kept: enough to tell a habit, and to see that it changes.
PERIOD: Final = 8192
KEPT: Final = 256


@final
class GrantSamples:
    """Rows of packet, credits, balance before, K-frames so far, those up to the end of the latest SDU, whole SDUs."""

    size: Final = 24

    def __init__(self) -> None:
        self.rows = BytesWriter()

    def add(self, number: i64, packet: i64, credits: i64, before: i64, kframes: i64, boundary: i64, sdus: i64) -> None:
        """The indication of this number, from 0; the numbers come in order."""
        if number % PERIOD >= KEPT:
            return
        rows = self.rows
        write_i64_le(rows, packet | credits << 32)
        write_i64_le(rows, (clamped(before) & 0xFFFFFFFF) | clamped(kframes) << 32)
        write_i64_le(rows, clamped(boundary) | clamped(sdus) << 32)
