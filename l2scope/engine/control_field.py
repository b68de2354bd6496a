"""The control field of I-frames and S-frames (Vol 3 Part A 3.3.2): standard, enhanced and extended."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.fields import u16

# The forms of a control field, in the order in which they came into the specification.
STANDARD: Final = 0
ENHANCED: Final = 1
EXTENDED: Final = 2
SIZES: Final = b"\x02\x02\x04"
# Sequence numbers are counted modulo these.
MODULI: Final = (64, 64, 16384)

# Segmentation and reassembly (3.3.2, table 3.3).
UNSEGMENTED: Final = 0
START: Final = 1
END: Final = 2
CONTINUATION: Final = 3

# Supervisory functions (3.3.2, table 3.4); the standard form has the first two.
RR: Final = 0
REJ: Final = 1
RNR: Final = 2
SREJ: Final = 3


@final
class ControlField:
    """Of the frame in hand: one instance is refilled. function and poll belong to S-frames, txseq and sar to I-frames;
    disable is the retransmission disable bit of the standard form."""

    def __init__(self) -> None:
        self.supervisory = False
        self.function: i64 = RR
        self.poll = False
        self.final = False
        self.disable = False
        self.txseq: i64 = 0
        self.reqseq: i64 = 0
        self.sar: i64 = UNSEGMENTED

    def read(self, data: bytes, at: i64, form: i64) -> None:
        """Takes the field at data[at]; the caller has checked that it is whole."""
        word = u16(data, at)
        self.supervisory = word & 1 != 0
        if form == EXTENDED:
            self._extended(word, u16(data, at + 2))
            return
        self.disable = form == STANDARD and word & 0x80 != 0
        self.final = form == ENHANCED and word & 0x80 != 0
        self.reqseq = word >> 8 & 0x3F
        if self.supervisory:
            self.function = word >> 2 & 3
            self.poll = form == ENHANCED and word & 0x10 != 0
        else:
            self.txseq = word >> 1 & 0x3F
            self.sar = word >> 14
            self.poll = False

    def _extended(self, low: i64, high: i64) -> None:
        self.disable = False
        self.final = low & 2 != 0
        self.reqseq = low >> 2
        if self.supervisory:
            self.function = high & 3
            self.poll = high & 4 != 0
        else:
            self.sar = high & 3
            self.txseq = high >> 2
            self.poll = False
