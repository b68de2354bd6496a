"""The configuration of a BR/EDR channel (Vol 3 Part A 4.4, 4.5 and 5): what was asked for, and what was agreed."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.fields import u8, u16
from l2scope.engine.words import NONE

# Option types (5).
MTU: Final = 0x01
FLUSH_TIMEOUT: Final = 0x02
RETRANSMISSION_AND_FLOW_CONTROL: Final = 0x04
FRAME_CHECK_SEQUENCE: Final = 0x05
EXTENDED_WINDOW_SIZE: Final = 0x07
HINT: Final = 0x80
OPTION_HEADER: Final = 2

# Modes of the Retransmission and Flow Control option (5.4).
BASIC_MODE: Final = 0
RETRANSMISSION_MODE: Final = 1
FLOW_CONTROL_MODE: Final = 2
ENHANCED_RETRANSMISSION_MODE: Final = 3
STREAMING_MODE: Final = 4

DEFAULT_MTU: Final = 672
NO_FCS: Final = 0
FCS_16_BIT: Final = 1

CONTINUED: Final = 1
SUCCESS: Final = 0
PENDING: Final = 4
# Request: destination CID and flags. Response: source CID, flags and result.
REQUEST_HEADER: Final = 4
RESPONSE_HEADER: Final = 6


@final
class Options:
    """What is said of one direction: mtu, mps and window are its receiver's. Timeouts in milliseconds; NONE where an
    option does not stand there."""

    def __init__(self) -> None:
        self.mtu: i64 = NONE
        self.flush_timeout: i64 = NONE
        self.mode: i64 = NONE
        self.window: i64 = NONE
        self.max_transmit: i64 = NONE
        self.retransmission_timeout: i64 = NONE
        self.monitor_timeout: i64 = NONE
        self.mps: i64 = NONE
        self.fcs: i64 = NONE
        self.extended_window: i64 = NONE

    def read(self, data: bytes, at: i64, stop: i64) -> None:
        """Takes the options in data[at:stop]; later ones replace earlier ones."""
        while stop - at >= OPTION_HEADER:
            kind = u8(data, at) & ~HINT
            length = u8(data, at + 1)
            at += OPTION_HEADER
            if stop - at < length:
                return
            self._option(data, at, kind, length)
            at += length

    def _option(self, data: bytes, at: i64, kind: i64, length: i64) -> None:
        if kind == MTU and length == 2:
            self.mtu = u16(data, at)
        elif kind == FLUSH_TIMEOUT and length == 2:
            self.flush_timeout = u16(data, at)
        elif kind == RETRANSMISSION_AND_FLOW_CONTROL and length == 9:
            self._retransmission(data, at)
        elif kind == FRAME_CHECK_SEQUENCE and length == 1:
            self.fcs = u8(data, at)
        elif kind == EXTENDED_WINDOW_SIZE and length == 2:
            self.extended_window = u16(data, at)

    def _retransmission(self, data: bytes, at: i64) -> None:
        """A response says 0 of what does not concern its sender: what was asked for stays."""
        self.mode = u8(data, at)
        self.window = _said(u8(data, at + 1), self.window)
        self.max_transmit = _said(u8(data, at + 2), self.max_transmit)
        self.retransmission_timeout = _said(u16(data, at + 3), self.retransmission_timeout)
        self.monitor_timeout = _said(u16(data, at + 5), self.monitor_timeout)
        self.mps = _said(u16(data, at + 7), self.mps)


@final
class Negotiation:
    """Of one direction: its receiver asks, its sender answers. agreed is None until the first agreement."""

    def __init__(self) -> None:
        self.asked = Options()
        self.continued = False
        self.agreed: Options | None = None

    def answer(self, request: bytes, data: bytes, start: i64, stop: i64, result: i64) -> bool:
        """A Configuration Response with its parameters in data[start:stop] answers a request with these. True when the
        direction is configured by it. Options may be spread over several requests and responses (4.4)."""
        if not self.continued:
            self.asked = Options()
        self.continued = False
        if result != SUCCESS or len(request) < REQUEST_HEADER or stop - start < RESPONSE_HEADER:
            return False
        self.asked.read(request, REQUEST_HEADER, len(request))
        self.asked.read(data, start + RESPONSE_HEADER, stop)
        self.continued = (u16(request, 2) | u16(data, start + 2)) & CONTINUED != 0
        if self.continued:
            return False
        self.agreed = self.asked
        return True


def _said(value: i64, before: i64) -> i64:
    return before if value == 0 and before != NONE else value
