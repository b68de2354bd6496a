"""The ACL buffers of a controller, as its host must count them (Vol 4 Part E 4.1.1, 7.4.5, 7.8.2, 7.7.19).

An ACL packet takes a buffer when the host sends it, and Number Of Completed Packets gives it back. A host whose buffers
are all taken must wait. How long that was is kept as sums that only grow, so that whoever reads them twice knows what
went by between.
"""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.saturation import saturated

UNREPORTED: Final = 1 << 32


@final
class Pool:
    """The buffers that the links of a controller share: size in bytes, and their count, 0 until it was reported.

    full_ns is how long all of them were taken, but for the time since full_since where full. doubtful: packets are
    missing, so that nobody knows how many are taken, until none is; doubts counts how often that happened.
    """

    def __init__(self) -> None:
        self.size: i64 = 0
        self.count: i64 = 0
        self.limit: i64 = UNREPORTED
        self.taken: i64 = 0
        self.full = False
        self.full_since: i64 = 0
        self.full_ns: i64 = 0
        self.doubtful = False
        self.doubts: i64 = 0

    def report(self, time: i64, size: i64, count: i64) -> None:
        """What the controller says it has."""
        self.size = size
        self.count = count
        self.limit = UNREPORTED
        if count > 0:
            self.limit = count
        self.weigh(time)

    def weigh(self, time: i64) -> None:
        """Their number changed, where that may matter. If more are taken than there are, their return was not seen."""
        self.full_ns = saturated(self.full_until(time))
        self.full_since = time
        self.full = self.taken >= self.limit
        if self.taken > self.limit:
            self.doubt()
        elif self.taken == 0:
            self.doubtful = False

    def full_until(self, time: i64) -> i64:
        """full_ns at a time that is not before the latest change."""
        if self.full and time > self.full_since:
            return self.full_ns + time - self.full_since
        return self.full_ns

    def doubt(self) -> None:
        """Packets are missing."""
        if not self.doubtful:
            self.doubtful = True
            self.doubts += 1


@final
class Outgoing:
    """What a link's host has sent and its controller has not completed: taken packets. idle_ns is how long that was
    nothing while buffers were free, but for the time since idle_since where it is nothing.

    The begun figures are those at the first packet of the PDU that is being sent in several.
    """

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.taken: i64 = 0
        self.idle_ns: i64 = 0
        self.idle_since: i64 = 0
        self.full_before: i64 = 0
        self.begun_full_ns: i64 = 0
        self.begun_idle_ns: i64 = 0
        self.begun_doubts: i64 = 0

    def send(self, time: i64) -> None:
        """The host sends an ACL packet."""
        pool = self.pool
        if self.taken == 0:
            self.idle_ns = saturated(self.idle_until(time))
        self.taken += 1
        pool.taken += 1
        if pool.taken >= pool.limit:
            pool.weigh(time)

    def begin(self) -> None:
        """The packet that was just sent is the first of several of a PDU. It is not before the latest change."""
        self.begun_full_ns = self.pool.full_ns
        self.begun_idle_ns = self.idle_ns
        self.begun_doubts = self.pool.doubts

    def complete(self, time: i64, count: i64) -> None:
        """Number Of Completed Packets. More than were seen to be sent: the capture has not all of them."""
        if count >= self.taken:
            count = self.taken
            if count == 0:
                return
            self.idle_since = time
            self.full_before = self.pool.full_until(time)
        self.taken -= count
        pool = self.pool
        pool.taken -= count
        if pool.full or pool.taken == 0:
            pool.weigh(time)

    def idle_until(self, time: i64) -> i64:
        """idle_ns at a time that is not before the latest change."""
        if self.taken > 0:
            return self.idle_ns
        idle = time - self.idle_since - (self.pool.full_until(time) - self.full_before)
        return self.idle_ns + idle if idle > 0 else self.idle_ns
