"""One direction of a channel: its SDUs, its credit ledger, and what its packets do that they must not."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine import faults
from l2scope.engine.buffers import Outgoing
from l2scope.engine.busy import BusyTime
from l2scope.engine.credit import CreditLedger
from l2scope.engine.current import Pdu
from l2scope.engine.grants import GrantSamples
from l2scope.engine.loss import Loss
from l2scope.engine.pace import Pace
from l2scope.engine.rests import REST_NS, Rests
from l2scope.engine.sdu import LENGTH_FIELD, SduReassembler
from l2scope.engine.tables import Tables
from l2scope.engine.words import LARGEST_BALANCE, NONE

UNBOUNDED: Final = 0x10000
# One stack allows the SDU length field beyond the MPS on the first K-frame of an SDU.
SLACK_OF_FIRST: Final = 2


@final
class Limits:
    """What a receiver announced: its MTU, its MPS (bytes) and the credits it gave at the opening; NONE if not seen."""

    def __init__(self, mtu: i64, mps: i64, credits: i64) -> None:
        self.mtu = mtu
        self.mps = mps
        self.credits = credits


@final
class Flow:
    """One direction of a channel. cid is the one its data PDUs carry, NONE until it was seen; the limits are its
    receiver's, mps the one in force.

    part_filled counts the K-frames that were not full though their SDU went on, unfilled the bytes they could have
    carried; grants_mid_sdu the indications that came while an SDU was in flight, boundary the K-frames that there were
    when the latest SDU ended; silence is the longest pause within an SDU with credits in hand, in ns, up to
    silence_packet; left_over is what the sender's controller still held when the end came.
    """

    def __init__(
        self, tables: Tables, link: i64, flow: i64, cid: i64, limits: Limits, pace: Pace, outgoing: Outgoing | None,
        loss: Loss,
    ) -> None:  # fmt: skip
        self.tables = tables
        self.link = link
        self.number = flow
        self.cid = cid
        self.limits = limits
        self.loss = loss
        self.lost: i64 = loss.count
        self.lost_before: i64 = loss.count
        self.seen = limits.credits != NONE
        self.mps: i64 = limits.mps if limits.credits != NONE else UNBOUNDED
        self.closed = False
        self.kframes: i64 = 0
        self.bytes: i64 = 0
        self.part_filled: i64 = 0
        self.unfilled: i64 = 0
        self.grants_mid_sdu: i64 = 0
        self.boundary: i64 = 0
        self.samples = GrantSamples()
        self.silence: i64 = 0
        self.silence_packet: i64 = NONE
        self.left_over: i64 = 0
        self.room: i64 = 0
        self.room_in: i64 = 0
        self.rests = Rests()
        self.busy = BusyTime(outgoing)
        self.ledger = CreditLedger(tables, flow, pace, self.busy, limits.credits)
        self.sdus = SduReassembler(tables, flow, self.busy, limits.mtu)
        if limits.credits == NONE:
            self.sdus.seek()

    @property
    def exact(self) -> bool:
        """Its balance is known, not only what it is at least."""
        return self.ledger.exact and (self.closed or self.lost == self.loss.count)

    @property
    def sure(self) -> bool:
        """Its opening was seen, and nothing was lost since: what breaks a rule here has no other explanation."""
        return self.seen and self.lost_before == self.loss.count and self.sdus.doubts == 0

    def fault(self, packet: i64, time: i64, code: i64, a: i64, b: i64) -> None:
        """A packet of the sender broke a rule."""
        self.tables.faults.add(packet, time, self.link, self.number, self.number & 1, code, self.sure, a, b)

    def receiver_fault(self, packet: i64, time: i64, code: i64, a: i64, b: i64) -> None:
        """A packet of the receiver, that goes the other way, broke a rule."""
        self.tables.faults.add(packet, time, self.link, self.number, 1 - (self.number & 1), code, self.sure, a, b)

    def kframe(self, pdu: Pdu) -> None:
        if self.lost != self.loss.count:
            self._distrust()
        self.kframes += 1
        self.bytes += pdu.length
        self.ledger.begins(pdu.first_time)
        sdus = self.sdus
        rests = self.rests
        if sdus.first == NONE and pdu.first_time - rests.since > REST_NS and rests.since != NONE:
            rests.end(pdu.packet, self.ledger.balance, self.ledger.grants)
        rests.since = pdu.time
        length = pdu.length
        if length > self.mps or length <= LENGTH_FIELD:
            self._odd_length(pdu)
        if sdus.first != NONE and pdu.first_time - sdus.last_time > self.silence:
            self._pause(pdu)
        if sdus.first == NONE:
            self.busy.begin(pdu, self.ledger.balance > 0)
        else:
            self.busy.step(pdu, self.ledger.balance > 0)
        doubts = sdus.doubts
        sdus.kframe(pdu)
        if sdus.doubts != doubts:
            if self.lost_before == self.loss.count:
                self._missing_frames(pdu)
            sdus.without_start = NONE
            self.ledger.doubt()
            sdus.found = 0
        elif sdus.found != 0:
            self._found()
        if sdus.first == NONE:
            self.boundary = self.kframes
        if length < self.mps and sdus.missing > 0:
            self._part_filled(length)
        self.ledger.spend(pdu.packet, pdu.time, sdus.missing)
        if self.ledger.fresh_overdraft:
            self.ledger.fresh_overdraft = False
            self.fault(pdu.packet, pdu.time, faults.OVERSPENT, self.ledger.balance, self.ledger.zero_packet)

    def grant(self, packet: i64, time: i64, credits: i64) -> None:
        if self.lost != self.loss.count:
            self._distrust()
        ledger = self.ledger
        if self.sdus.first != NONE:
            self.grants_mid_sdu += 1
        elif time - self.rests.since > REST_NS:
            self.rests.forget()
        self.rests.since = time
        self.samples.add(
            ledger.grants, packet, credits, ledger.balance, self.kframes, self.boundary, self.sdus.complete
        )
        if ledger.balance <= 0:
            self.busy.resume(packet, time)
        ledger.grant(packet, time, credits, self.sdus.in_flight_since())
        if credits == 0:
            self.receiver_fault(packet, time, faults.ZERO_CREDITS, 0, 0)
        elif (
            ledger.balance > LARGEST_BALANCE and ledger.certain_balance and ledger.balance - credits <= LARGEST_BALANCE
        ):
            self.receiver_fault(packet, time, faults.CREDIT_OVERFLOW, ledger.balance, credits)

    def close(self, packet: i64, time: i64) -> None:
        if self.lost != self.loss.count:
            self._distrust()
        self.ledger.close(packet, time, self.sdus.in_flight_since())
        self.sdus.reconsider()
        if self.sdus.first != NONE and self.sdus.missing > 0:
            self.fault(packet, time, faults.CLOSED_MID_SDU, self.sdus.missing, self.sdus.last_packet)
        self.finish()
        self.closed = True

    def finish(self) -> None:
        """No K-frame will come any more."""
        outgoing = self.busy.outgoing
        if outgoing is not None:
            self.left_over = outgoing.taken
        self.sdus.close()
        if self.sdus.found != 0:
            self._found()

    def _missing_frames(self, pdu: Pdu) -> None:
        """Frames are missing, though the capture does not say so: whether the sender left them out, or the capture did,
        is told by what else is missing."""
        sdus = self.sdus
        if sdus.without_start == NONE:
            self.fault(pdu.packet, pdu.time, faults.FRAMES_MISSING, 0, 0)
            return
        self.tables.faults.add(
            sdus.without_start, sdus.without_start_time, self.link, self.number, self.number & 1, faults.START_MISSING,
            self.seen, sdus.without_start_length, sdus.mtu,
        )  # fmt: skip

    def _found(self) -> None:
        """The SDU that has just ended broke a rule."""
        sdus = self.sdus
        self.fault(sdus.found_packet, sdus.found_time, sdus.found, sdus.found_a, sdus.found_b)
        sdus.found = 0

    def _odd_length(self, pdu: Pdu) -> None:
        """A K-frame that is longer than its receiver allows, or too short to carry anything much."""
        length = pdu.length
        first = self.sdus.first == NONE
        if length > self.mps:
            code: i64 = faults.OVER_MPS
            if first and length <= self.mps + SLACK_OF_FIRST:
                code = faults.OVER_MPS_FIRST
            self.fault(pdu.packet, pdu.time, code, length, self.mps)
        elif length == 0:
            self.fault(pdu.packet, pdu.time, faults.EMPTY_KFRAME, 0, 0)
        elif first:
            if length < LENGTH_FIELD and not self.sdus.seeking:
                self.fault(pdu.packet, pdu.time, faults.LENGTH_SPLIT, length, 0)
        elif self.room >= length and self.room_in == self.kframes - 1 and length == self.sdus.missing:
            self.fault(pdu.packet, pdu.time, faults.TAIL_FRAME, length, self.room)

    def _pause(self, pdu: Pdu) -> None:
        """The next K-frame of an SDU comes late: what was a wait for credits does not count."""
        since = self.sdus.last_time if self.sdus.last_time > self.ledger.lifted else self.ledger.lifted
        if self.ledger.balance > 0 and pdu.first_time - since > self.silence:
            self.silence = pdu.first_time - since
            self.silence_packet = pdu.first

    def _part_filled(self, length: i64) -> None:
        if self.mps == UNBOUNDED:
            return
        self.part_filled += 1
        self.room = self.mps - length
        self.room_in = self.kframes
        self.unfilled += self.room

    def _distrust(self) -> None:
        """Packets were lost since the last one of this flow, and may have been some of its own."""
        self.lost = self.loss.count
        self.sdus.distrust()
        self.busy.doubt()
        self.ledger.doubt()
