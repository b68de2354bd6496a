"""The busy time of one direction, the union of spans that come in the order of their starts, and what it went into.

Within an SDU the sender waits for credits, for the controller (all ACL buffers are taken), or for its own host (credits
and buffers are free and nothing is on its way); else it is sending. The first of these that holds counts. Between SDUs
only waits for credits are busy time.
"""

from typing import final

from mypy_extensions import i64

from l2scope.engine.buffers import Outgoing
from l2scope.engine.current import Pdu
from l2scope.engine.saturation import saturated
from l2scope.engine.words import NONE


@final
class Pause:
    """The longest time of one kind between two K-frames: their last packets, and nanoseconds."""

    def __init__(self) -> None:
        self.ns: i64 = 0
        self.first: i64 = NONE
        self.last: i64 = NONE

    def become(self, ns: i64, first: i64, last: i64) -> None:
        self.ns = ns
        self.first = first
        self.last = last


@final
class BusyTime:
    """Nanoseconds covered by SDUs and by waits for credits. Where the clock ran backwards nothing is counted twice.

    The shares credits, controller, host, sending and unknown add up to total. outgoing is None for what the captured
    host receives: it does not see the sender's host or controller.
    """

    def __init__(self, outgoing: Outgoing | None) -> None:
        self.outgoing = outgoing
        self.total: i64 = 0
        self.until: i64 = 0
        self.credits: i64 = 0
        self.controller: i64 = 0
        self.host: i64 = 0
        self.sending: i64 = 0
        self.unknown: i64 = 0
        self.longest_controller = Pause()
        self.longest_host = Pause()
        # How things stood at the latest K-frame or grant.
        self.packet: i64 = NONE
        self.time: i64 = 0
        self.full_ns: i64 = 0
        self.idle_ns: i64 = 0
        self.doubts: i64 = 0
        # What went by since the latest span.
        self.new_controller: i64 = 0
        self.new_host: i64 = 0
        self.new_sending: i64 = 0

    def begin(self, pdu: Pdu, known: bool) -> None:
        """A K-frame is complete and begins an SDU. known: the sender had credits in hand all the time."""
        self._forget()
        outgoing = self.outgoing
        if outgoing is None:
            return
        if pdu.first == pdu.packet:
            self._mark(outgoing, pdu.packet, pdu.time)
            return
        self.packet = pdu.first
        self.time = pdu.first_time
        self.full_ns = outgoing.begun_full_ns
        self.idle_ns = outgoing.begun_idle_ns
        self.doubts = outgoing.begun_doubts
        self.step(pdu, known)

    def step(self, pdu: Pdu, known: bool) -> None:
        """A K-frame is complete: what went by since the one before, or since credits came."""
        outgoing = self.outgoing
        if outgoing is None:
            return
        packet = self.packet
        passed = pdu.time - self.time
        full = self.full_ns
        idle = self.idle_ns
        doubts = self.doubts
        self._mark(outgoing, pdu.packet, pdu.time)
        full = self.full_ns - full
        idle = self.idle_ns - idle
        pool = outgoing.pool
        if not known or full < 0 or idle < 0 or passed - full < idle or pool.doubtful or pool.doubts != doubts:
            return
        self.new_controller = saturated(self.new_controller + full)
        self.new_host = saturated(self.new_host + idle)
        if pool.count > 0:
            self.new_sending = saturated(self.new_sending + passed - full - idle)
        if full > self.longest_controller.ns:
            self.longest_controller.become(full, packet, pdu.packet)
        if idle > self.longest_host.ns:
            self.longest_host.become(idle, packet, pdu.packet)

    def resume(self, packet: i64, time: i64) -> None:
        """Credits came: what went by before is accounted for as a wait for them, or not known."""
        outgoing = self.outgoing
        if outgoing is not None:
            self._mark(outgoing, packet, time)

    def doubt(self) -> None:
        """Packets are missing."""
        outgoing = self.outgoing
        if outgoing is not None:
            outgoing.pool.doubt()

    def cover(self, start: i64, end: i64) -> None:
        """An SDU, or what of it is over, went from start to end."""
        gain = self._extend(start, end)
        rest = gain - self.new_controller
        # Each is below 2^62, so none of these leaves 64 bits.
        if rest >= 0 and rest - self.new_host >= self.new_sending:
            self.controller += self.new_controller
            self.host += self.new_host
            self.sending += self.new_sending
            gain = rest - self.new_host - self.new_sending
        self.unknown += gain
        self._forget()

    def wait(self, start: i64, end: i64) -> None:
        """The sender waited for credits from start to end."""
        self.credits += self._extend(start, end)

    def _extend(self, start: i64, end: i64) -> i64:
        """How much longer the busy time becomes."""
        if start < self.until:
            start = self.until
        if end <= start:
            return 0
        before = self.total
        self.total = saturated(before + end - start)
        self.until = end
        return self.total - before

    def _mark(self, outgoing: Outgoing, packet: i64, time: i64) -> None:
        self.packet = packet
        self.time = time
        self.full_ns = outgoing.pool.full_until(time)
        self.idle_ns = outgoing.idle_until(time)
        self.doubts = outgoing.pool.doubts

    def _forget(self) -> None:
        self.new_controller = 0
        self.new_host = 0
        self.new_sending = 0
