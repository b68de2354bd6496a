"""The transmit window of enhanced retransmission, retransmission and flow control mode (Vol 3 Part A 8).

A sender may have as many I-frames unacknowledged as its receiver announced, and none more while the receiver is not
ready. That is a balance of credits by another name: an I-frame takes one, an acknowledgement gives back as many as it
covers, RNR takes all and RR gives them back. So a credit ledger keeps it, and its zero intervals are the waits of a
sender that had no window.
"""

from typing import final

from mypy_extensions import i64

from l2scope.engine.credit import CreditLedger
from l2scope.engine.saturation import saturated
from l2scope.engine.words import NONE, ZERO_NOT_READY, ZERO_WINDOW


@final
class SendWindow:
    """size is how many I-frames may be unacknowledged. Sequence numbers are those of the frames table: sent is the next
    new one, all below acknowledged were acknowledged. not_ready_ns sums the times in which the receiver was not ready
    and that are over.
    """

    def __init__(self, ledger: CreditLedger, size: i64) -> None:
        self.ledger = ledger
        self.size = size
        self.sent: i64 = 0
        self.acknowledged: i64 = 0
        self.not_ready = False
        self.not_ready_since: i64 = 0
        self.not_ready_times: i64 = 0
        self.not_ready_ns: i64 = 0

    def begin(self, sequence: i64) -> None:
        """What was sent before is not known; the next frame has this number."""
        self.sent = sequence
        self.acknowledged = sequence

    def send(self, packet: i64, time: i64, count: i64, owed: i64) -> None:
        """New I-frames, the last of which is in this packet; owed is what its SDU still lacks."""
        self.sent += count
        if self.not_ready:
            return
        self.ledger.withdraw(packet, time, count - 1, owed)
        self.ledger.spend(packet, time, owed)
        self._flag(packet, ZERO_WINDOW)

    def acknowledge(self, packet: i64, time: i64, count: i64, sdu_start: i64) -> None:
        """The receiver acknowledged so many more. sdu_start as for CreditLedger.grant()."""
        self.acknowledged += count
        if not self.not_ready:
            self.ledger.grant(packet, time, count, sdu_start)

    def stop(self, packet: i64, time: i64, owed: i64) -> None:
        """RNR: the receiver is not ready."""
        if self.not_ready:
            return
        self.not_ready = True
        self.not_ready_since = time
        self.not_ready_times += 1
        self.ledger.withdraw(packet, time, self.ledger.balance, owed)
        self._flag(packet, ZERO_WINDOW)
        if self.ledger.zero_packet != NONE:
            self.ledger.zero_flags |= ZERO_NOT_READY

    def go(self, packet: i64, time: i64, sdu_start: i64) -> None:
        """The receiver is ready again: what is not unacknowledged may be sent."""
        if not self.not_ready:
            return
        self._end_not_ready(time)
        if not self.ledger.exact:
            return
        given = self.size - (self.sent - self.acknowledged) - self.ledger.balance
        if given > 0:
            self.ledger.grant(packet, time, given, sdu_start)
        else:
            self.ledger.withdraw(packet, time, -given, 0)

    def close(self, time: i64) -> None:
        """The channel has ended."""
        if self.not_ready:
            self._end_not_ready(time)

    def _end_not_ready(self, time: i64) -> None:
        self.not_ready = False
        if time > self.not_ready_since:
            self.not_ready_ns = saturated(self.not_ready_ns + time - self.not_ready_since)

    def _flag(self, packet: i64, flag: i64) -> None:
        """What begins in this packet is a wait for the window."""
        if self.ledger.zero_packet == packet:
            self.ledger.zero_flags |= flag
