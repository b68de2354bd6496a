"""The credit ledger of one direction of a channel, and its zero intervals (Vol 3 Part A 10.1).

The balance starts at the credits the receiver gave at the opening; a K-frame takes one, a Flow Control Credit Ind adds
n. A zero interval starts when the balance becomes 0 or less and ends at the first indication after which it is at
least 1, or when the channel closes. An interval at an SDU boundary is pending until the sender's next K-frame tells
whether it had been waiting.

Where the opening was not seen, or packets were lost, the ledger is relative: its balance is what the sender has at
least. It becomes exact again at a wait that only an empty balance explains: the sender stood still for longer than the
link's own pace, until a grant that its next K-frame followed at once.
"""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.busy import BusyTime
from l2scope.engine.pace import Pace
from l2scope.engine.saturation import saturated
from l2scope.engine.tables import Tables
from l2scope.engine.words import (
    BY_CLOSING,
    BY_CREDITS,
    CERTAIN,
    IDLE,
    LIKELY,
    NONE,
    PENDING,
    ZERO_OVERSPENT,
    ZERO_TIME_REVERSED,
)

# Stands for the row of an interval that is recorded only if the next K-frame proves it.
UNPROVEN: Final = -2


@final
class Sum:
    """How many intervals of one class there were, and how long they were together, in nanoseconds."""

    def __init__(self) -> None:
        self.count: i64 = 0
        self.ns: i64 = 0

    def add(self, ns: i64) -> None:
        self.count += 1
        self.ns = saturated(self.ns + ns)


@final
class CreditLedger:
    """initial is what the receiver gave at the opening, NONE where that was not seen; singles counts the grants of one.

    certain_balance: exact from the opening on. fresh_overdraft: the K-frame was the first one below zero. lifted
    is when the latest interval ended.
    """

    def __init__(self, tables: Tables, flow: i64, pace: Pace, busy: BusyTime, initial: i64) -> None:
        self.tables = tables
        self.flow = flow
        self.pace = pace
        self.busy = busy
        self.initial = initial
        self.exact = initial != NONE
        self.certain_balance = initial != NONE
        self.singles: i64 = 0
        self.largest_grant: i64 = 0
        self.fresh_overdraft = False
        self.lifted: i64 = 0
        self.balance: i64 = initial if initial != NONE else 0
        self.min_balance = self.balance
        self.granted: i64 = 0
        self.grants: i64 = 0
        self.overspent: i64 = 0
        self.zero_packet: i64 = NONE
        self.zero_time: i64 = 0
        self.zero_owed: i64 = 0
        self.zero_flags: i64 = 0
        self.unjudged: i64 = NONE
        self.unjudged_packet: i64 = NONE
        self.unjudged_last: i64 = NONE
        self.unjudged_start: i64 = 0
        self.unjudged_end: i64 = 0
        self.zero = Sum()
        self.certain = Sum()
        self.likely = Sum()

    def open(self, packet: i64, time: i64) -> None:
        """The opening response was seen: without initial credits the direction starts at zero."""
        if self.exact and self.balance == 0:
            self._start(packet, time, 0)

    def doubt(self) -> None:
        """Packets were lost: nothing is known but that no balance is below zero."""
        self.settle()
        self.exact = False
        self.certain_balance = False
        self.zero_packet = NONE
        self.balance = 0

    def begins(self, first_time: i64) -> None:
        """A K-frame begins at first_time: it tells whether the sender had been waiting. To be said before the frame's
        SDU is counted as busy time, which goes by the order of the starts."""
        if self.unjudged != NONE:
            self._judge(first_time)

    def spend(self, packet: i64, time: i64, owed: i64) -> None:
        """The K-frame was sent, its last packet at time; owed is what its SDU still lacks."""
        if not self.exact:
            # The frame came without a grant: it was no wait, there was one credit more than known.
            self.zero_packet = NONE
            if self.balance == 0:
                self.balance = 1
        self.balance -= 1
        balance = self.balance
        if balance < self.min_balance:
            self.min_balance = balance
        if balance == 0:
            self._start(packet, time, owed)
        elif balance < 0:
            self.overspent += 1
            if self.certain_balance and not self.zero_flags & ZERO_OVERSPENT:
                self.fresh_overdraft = True
            self.zero_flags |= ZERO_OVERSPENT
        self.tables.credits.add(packet, self.flow, -1, balance)

    def withdraw(self, packet: i64, time: i64, count: i64, owed: i64) -> None:
        """Several are taken at once, as only a transmit window does; nothing where the balance is not known."""
        if count <= 0 or not self.exact:
            return
        self.balance -= count
        if self.balance < self.min_balance:
            self.min_balance = self.balance
        if self.balance <= 0 and self.zero_packet == NONE:
            self._start(packet, time, owed)
        self.tables.credits.add(packet, self.flow, -count, self.balance)

    def grant(self, packet: i64, time: i64, credits: i64, sdu_start: i64) -> None:
        """An indication gave credits. sdu_start is when the SDU in flight began, or NONE at an SDU boundary."""
        self.balance += credits
        self.granted += credits
        self.grants += 1
        if credits == 1:
            self.singles += 1
        if credits > self.largest_grant:
            self.largest_grant = credits
        self.tables.credits.add(packet, self.flow, credits, self.balance)
        if self.zero_packet != NONE and self.balance > 0:
            self._lift(packet, time, BY_CREDITS, sdu_start)

    def close(self, packet: i64, time: i64, sdu_start: i64) -> None:
        """The channel closed: what it ended at a boundary was not waited for."""
        self.settle()
        if self.zero_packet != NONE and self.exact:
            self._lift(packet, time, BY_CLOSING, sdu_start)
        self.settle()

    def settle(self) -> None:
        """No K-frame will come any more: an interval that waits for one was idle."""
        if self.unjudged >= 0:
            self.tables.zeros.reclass(self.unjudged, IDLE)
        self.unjudged = NONE

    def _start(self, packet: i64, time: i64, owed: i64) -> None:
        self.zero_packet = packet
        self.zero_time = time
        self.zero_owed = 0
        if owed > 0:
            self.zero_owed = owed
        self.zero_flags = 0

    def _lift(self, packet: i64, time: i64, ended_by: i64, sdu_start: i64) -> None:
        start = self.zero_time
        self.lifted = time
        if time < start:
            time = start
            self.zero_flags |= ZERO_TIME_REVERSED
        if not self.exact:
            self._hold(packet, start, time)
        elif self.zero_owed > 0:
            self._record(CERTAIN, start, time, packet, ended_by)
            self.certain.add(time - start)
            if sdu_start != NONE:
                self.busy.cover(sdu_start, start)
            self.busy.wait(start, time)
        else:
            self._hold(packet, start, time)
            self.unjudged = self._record(PENDING, start, time, packet, ended_by)
        self.zero_packet = NONE

    def _hold(self, packet: i64, start: i64, time: i64) -> None:
        """The next K-frame will tell what this wait was."""
        self.unjudged = UNPROVEN
        self.unjudged_packet = self.zero_packet
        self.unjudged_last = packet
        self.unjudged_start = start
        self.unjudged_end = time

    def _record(self, kind: i64, start: i64, end: i64, packet: i64, ended_by: i64) -> i64:
        self.zero.add(end - start)
        return self.tables.zeros.add(
            start,
            end,
            self.flow >> 1,
            self.zero_packet,
            packet,
            self.zero_owed,
            self.pace.patience,
            self.flow & 1,
            kind,
            ended_by,
            self.zero_flags,
        )

    def _judge(self, time: i64) -> None:
        """The sender's next K-frame begins at time: soon enough after the grant, it had been waiting for it."""
        if time - self.unjudged_end > self.pace.window:
            self.settle()
        elif self.unjudged == UNPROVEN:
            self._prove()
        else:
            self.tables.zeros.reclass(self.unjudged, LIKELY)
            self.likely.add(self.unjudged_end - self.unjudged_start)
            self.busy.wait(self.unjudged_start, self.unjudged_end)
            self.unjudged = NONE

    def _prove(self) -> None:
        """A wait in a relative ledger: beyond the link's own pace, only an empty balance explains it."""
        start = self.unjudged_start
        end = self.unjudged_end
        self.unjudged = NONE
        if end - start <= self.pace.patience * 1000:
            return
        self.exact = True
        self.zero_packet = self.unjudged_packet
        if self.zero_owed > 0:
            self._record(CERTAIN, start, end, self.unjudged_last, BY_CREDITS)
            self.certain.add(end - start)
        else:
            self._record(LIKELY, start, end, self.unjudged_last, BY_CREDITS)
            self.likely.add(end - start)
        self.busy.wait(start, end)
        self.zero_packet = NONE
