"""Where the SDUs of one direction of a credit-based channel begin and end (Vol 3 Part A 3.4.3).

SDUs are followed by their length fields alone, as a receiver does. Where that leads into a contradiction - more bytes
than were announced, a first frame that cannot be one - either the sender broke the rules or the capture lost frames.
Senders fill every K-frame but the last of an SDU, so the frames since the last trusted boundary are looked through once
more by their shape: if they make sense from a later frame on, frames were lost, what cannot be whole is abandoned, and
the reading goes on from there; if not, the sender is taken at its word.
"""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine import faults
from l2scope.engine.busy import BusyTime
from l2scope.engine.current import Pdu
from l2scope.engine.fields import u16
from l2scope.engine.frames import UNREADABLE, Frames
from l2scope.engine.tables import Tables
from l2scope.engine.words import NONE, SDU_ABANDONED, SDU_COMPLETE, SDU_INCOMPLETE, SDU_OVERRUN

LENGTH_FIELD: Final = 2
LARGEST_SDU: Final = 65535
# After a loss this many SDUs in a row must fit before a boundary is trusted as before.
SUSPICIOUS_SDUS: Final = 2
# A sender that leaves frames part-filled in more than one SDU of this many is judged by the sums alone.
REGULARITY: Final = 8
# Looking back costs at most this many steps a frame, however often a capture contradicts itself.
STEPS_PER_FRAME: Final = 64

RUNNING: Final = -1
BROKEN: Final = -2


@final
class SduReassembler:
    """missing is what the SDU in flight lacks; first is the row of its first PDU, NONE at an SDU boundary.

    mtu is the receiver's, NONE where its announcement was not seen. longest is the longest K-frame so far. doubts
    counts the losses that were noticed. unconfirmed is the row of the latest whole SDU: the one behind it confirms it.
    found is the fault of the SDU that has just ended, 0 without one. owed is what an SDU lacked when the end came.
    without_start is the first packet of the SDU that was given up at the latest loss because its length cannot be one,
    NONE if it could.
    """

    def __init__(self, tables: Tables, flow: i64, busy: BusyTime, mtu: i64) -> None:
        self.tables = tables
        self.flow = flow
        self.busy = busy
        self.mtu = mtu
        self.frames = Frames()
        self.first: i64 = NONE
        self.last: i64 = NONE
        self.first_packet: i64 = 0
        self.last_packet: i64 = 0
        self.start_time: i64 = 0
        self.last_time: i64 = 0
        self.length: i64 = 0
        self.missing: i64 = 0
        self.odd = False
        self.seeking = False
        self.suspicion: i64 = 0
        self.unconfirmed: i64 = NONE
        self.unconfirmed_length: i64 = 0
        self.unconfirmed_odd = False
        self.unconfirmed_full = False
        self.boundary: i64 = 0
        self.longest: i64 = 0
        self.regular: i64 = 0
        self.irregular: i64 = 0
        self.steps: i64 = 0
        self.doubts: i64 = 0
        self.owed: i64 = 0
        self.without_start: i64 = NONE
        self.without_start_time: i64 = 0
        self.without_start_length: i64 = 0
        self.complete: i64 = 0
        self.incomplete: i64 = 0
        self.bytes: i64 = 0
        self.begun: i64 = NONE
        self.ended: i64 = 0
        self.found: i64 = 0
        self.found_packet: i64 = 0
        self.found_time: i64 = 0
        self.found_a: i64 = 0
        self.found_b: i64 = 0

    def kframe(self, pdu: Pdu) -> None:
        """Takes the next K-frame."""
        start: i64 = UNREADABLE
        if pdu.length >= LENGTH_FIELD and pdu.stop - pdu.start >= LENGTH_FIELD:
            start = u16(pdu.data, pdu.start)
        if pdu.length > self.longest:
            self.longest = pdu.length
        self.steps += STEPS_PER_FRAME
        if self.first != NONE:
            self._continue(pdu, start)
        else:
            self._start(pdu, start)

    def in_flight_since(self) -> i64:
        """When the SDU in flight began, in nanoseconds, or NONE at an SDU boundary."""
        if self.first == NONE:
            return NONE
        return self.start_time

    def distrust(self) -> None:
        """Packets were lost: only what fits by its shape is believed for a while."""
        self.suspicion = SUSPICIOUS_SDUS
        self.doubts += 1

    def seek(self) -> None:
        """The beginning is not in the capture: the first credible start is sought."""
        self.seeking = True
        self.suspicion = SUSPICIOUS_SDUS

    def close(self) -> None:
        """No K-frame will come any more."""
        self.reconsider()
        if self.first != NONE:
            self.owed = self.missing
            self._finish(SDU_INCOMPLETE)

    def reconsider(self) -> None:
        """The SDU in flight will not be completed: frames that do not fit into it are looked at once more."""
        if self.first == NONE or not self.odd or not self._fills_frames():
            return
        self.odd = False
        if not self._resynchronise(False) and self.unconfirmed_full:
            self._retract()

    def _largest(self) -> i64:
        if self.mtu == NONE:
            return LARGEST_SDU
        return self.mtu

    def _fits_as_start(self, start: i64, length: i64) -> bool:
        """A frame of this length can be the first of an SDU of `start` bytes, from a sender that fills its frames."""
        if start > self._largest():
            return False
        whole = start + LENGTH_FIELD
        if not self._fills_frames():
            return length <= whole
        return length == (whole if whole < self.longest else self.longest)

    # -- the first frame of an SDU

    def _start(self, pdu: Pdu, start: i64) -> None:
        if self.seeking or self.suspicion > 0:
            if not self._fits_as_start(start, pdu.length):
                self._no_start(pdu, start)
                return
        elif start == UNREADABLE:
            self._abandon_alone(pdu)
            return
        elif pdu.length > start + LENGTH_FIELD or start > self._largest():
            self._doubtful_start(pdu, start)
            return
        self.frames.clear()
        self.frames.note(pdu, start)
        self.seeking = False
        self._begin(pdu, start)
        self._advance()

    def _begin(self, pdu: Pdu, length: i64) -> None:
        self.boundary = self.frames.count - 1
        self.first = pdu.row
        self.first_packet = pdu.first
        self.start_time = pdu.first_time
        self.length = length
        self.missing = length + LENGTH_FIELD - pdu.length
        self.odd = self.missing > 0 and pdu.length < self.longest
        self._reach(pdu)

    def _reach(self, pdu: Pdu) -> None:
        self.last = pdu.row
        self.last_packet = pdu.packet
        self.last_time = pdu.time

    def _doubtful_start(self, pdu: Pdu, start: i64) -> None:
        """The announced length is beyond the MTU or below what the frame holds: a fault, or the start was lost."""
        self.frames.note(pdu, start)
        if self._resynchronise(False):
            return
        if self.unconfirmed != NONE and self.unconfirmed_odd and self._fills_frames():
            self._retract()
            self._lose_sync()
            return
        self._begin(pdu, start)
        self._advance()

    def _no_start(self, pdu: Pdu, start: i64) -> None:
        """A start is sought and this is none. Right after an SDU that seemed whole, that one is looked at again."""
        self.seeking = True
        if self.unconfirmed != NONE:
            self.frames.note(pdu, start)
            if not self._resynchronise(False) and self.unconfirmed_full:
                self._retract()

    def _abandon_alone(self, pdu: Pdu) -> None:
        """A first frame without a whole length: its SDU cannot be followed."""
        self._begin(pdu, 0)
        self._finish(SDU_ABANDONED)
        self.frames.clear()
        self.seeking = True

    # -- the frames that follow

    def _continue(self, pdu: Pdu, start: i64) -> None:
        if not self._fits_inside(pdu.length, self.missing):
            self.odd = True
        self.frames.note(pdu, start)
        self.missing -= pdu.length
        self._reach(pdu)
        doubtful = self.suspicion > 0 or (self.length > self._largest() and self._fills_frames())
        if not (self.odd and doubtful and self._resynchronise(True)):
            self._advance()

    def _advance(self) -> None:
        """Ends the SDU in flight if it has all its bytes."""
        if self.missing > 0:
            return
        if self.missing < 0:
            if not self._resynchronise(self.suspicion > 0):
                self._overrun()
        elif not (self.odd and self._fills_frames() and self._resynchronise(False)):
            self._completed()

    def _fills_frames(self) -> bool:
        return self.irregular * REGULARITY <= self.regular + REGULARITY

    def _completed(self) -> None:
        if self.odd:
            self.irregular += 1
        elif self.first != self.last:
            self.regular += 1
        if self.suspicion > 0 and not self.odd:
            self.suspicion -= 1
        self.unconfirmed = self.tables.sdus.count
        self.unconfirmed_length = self.length
        self.unconfirmed_odd = self.odd
        self.unconfirmed_full = self._ends_full()
        self._finish(SDU_COMPLETE)

    def _ends_full(self) -> bool:
        """The last of several frames is full, as those before: nothing but the announced length tells that it is the
        last."""
        return self.first != self.last and (self.length + LENGTH_FIELD) % self.longest == 0

    def _overrun(self) -> None:
        self._finish(SDU_OVERRUN)
        if self.unconfirmed_full and self._fills_frames():
            self._retract()
        self.frames.clear()
        self.unconfirmed = NONE
        self.suspicion = 1

    def _find(self, state: i64) -> None:
        """Says what is wrong with the SDU that ends."""
        self.found_a = self.length
        self.found_packet = self.first_packet
        self.found_time = self.start_time
        if state == SDU_OVERRUN:
            self.found = faults.SDU_OVERRUN
            self.found_b = -self.missing
            self.found_packet = self.last_packet
            self.found_time = self.last_time
        elif self.length > self._largest():
            self.found = faults.OVER_MTU
            self.found_b = self._largest()
        elif state == SDU_COMPLETE:
            self.found = faults.EMPTY_SDU

    # -- looking back

    def _resynchronise(self, give_up: bool) -> bool:
        """Explains the frames since the last trusted boundary by a loss. False when no explanation fits.

        With give_up the SDU in flight is abandoned where there is none, and the next start is sought.
        """
        frames = self.frames
        start: i64 = NONE
        if frames.count >= 2 and not frames.full:
            frames.look_back()
            start = self._next_fit()
        if start == NONE:
            if give_up:
                self._lose_sync()
            return give_up
        if start < self.boundary or self.first == NONE or self.unconfirmed_full:
            self._retract()
        if self.first != NONE:
            self._finish(SDU_ABANDONED)
        self.distrust()
        self._take_over(start)
        return True

    def _lose_sync(self) -> None:
        if self.first != NONE:
            if self.length > self._largest():
                self.without_start = self.first_packet
                self.without_start_time = self.start_time
                self.without_start_length = self.length
            self._finish(SDU_ABANDONED)
        if self.unconfirmed_full:
            self._retract()
        self.distrust()
        self.frames.clear()
        self.unconfirmed = NONE
        self.seeking = True

    def _next_fit(self) -> i64:
        """The first frame but one from which all that follows makes sense, or NONE."""
        index: i64 = 1
        while index < self.frames.count and self.steps > 0:
            self.steps -= 1
            if self._follows_to_the_end(index):
                return index
            index += 1
        return NONE

    def _follows_to_the_end(self, index: i64) -> bool:
        while index < self.frames.count:
            end = self._end_of_sdu(index)
            if end == RUNNING:
                return True
            if end == BROKEN:
                return False
            index = end + 1
        return True

    def _end_of_sdu(self, index: i64) -> i64:
        """The last frame of the SDU that would begin here, RUNNING if it is not over yet, BROKEN if it does not fit."""
        frames = self.frames
        start = frames.start(index)
        if not self._fits_as_start(start, frames.length(index)):
            return BROKEN
        missing = start + LENGTH_FIELD - frames.length(index)
        while missing > 0:
            index += 1
            self.steps -= 1
            if index >= frames.count:
                return RUNNING
            if self.steps < 0 or not self._fits_inside(frames.length(index), missing):
                return BROKEN
            missing -= frames.length(index)
        return index

    def _fits_inside(self, length: i64, missing: i64) -> bool:
        """A frame of this length can continue an SDU that lacks `missing` bytes."""
        if not self._fills_frames():
            return length <= missing
        return length == (missing if missing < self.longest else self.longest)

    def _retract(self) -> None:
        """The SDU that seemed whole before the last boundary was not, or nothing tells whether it was.

        One whose last frame is full may have been made whole by a full frame of a later one.
        """
        if self.unconfirmed != NONE:
            self.tables.sdus.restate(self.unconfirmed, SDU_ABANDONED)
            self.complete -= 1
            self.incomplete += 1
            self.bytes -= self.unconfirmed_length
            self.unconfirmed = NONE

    def _take_over(self, index: i64) -> None:
        """Goes on as if the frames from index on had been read in this way.

        Among hundreds of frames one may read like the start of an SDU that ends here: that is believed where a frame
        that is not full marks the end.
        """
        frames = self.frames
        while index < frames.count:
            end = self._end_of_sdu(index)
            self.first = frames.row(index)
            self.first_packet = frames.first_packet(index)
            self.start_time = frames.first_time(index)
            self.length = frames.start(index)
            self.odd = False
            last = end if end >= 0 else frames.count - 1
            self.missing = self.length + LENGTH_FIELD
            for taken in range(index, last + 1):
                self.missing -= frames.length(taken)
            self.last = frames.row(last)
            self.last_packet = frames.packet(last)
            self.last_time = frames.time(last)
            if end < 0:
                frames.forget(index)
                return
            if self._ends_full():
                self._finish(SDU_ABANDONED)
            else:
                self._completed()
            index = end + 1
        frames.clear()
        self.unconfirmed = NONE

    def _finish(self, state: i64) -> None:
        if state != SDU_ABANDONED and (state == SDU_OVERRUN or self.length == 0 or self.length > self._largest()):
            self._find(state)
        self.end(state)

    # -- for modes that mark the boundaries themselves

    def open(self, row: i64, packet: i64, time: i64, length: i64) -> None:
        """An SDU of so many bytes begins in this row of the PDUs, which begins in a packet at time."""
        self.first = row
        self.last = row
        self.first_packet = packet
        self.last_packet = packet
        self.start_time = time
        self.last_time = time
        self.length = length
        self.missing = length

    def join(self, row: i64, first_packet: i64, packet: i64, time: i64, size: i64) -> None:
        """A PDU with so many bytes of the SDU in flight; it may have come before the one that the SDU begins in."""
        if row < self.first:
            self.first = row
            self.first_packet = first_packet
        if packet >= self.last_packet:
            self.last = row
            self.last_packet = packet
            self.last_time = time
        self.missing -= size

    def end(self, state: i64) -> None:
        """The SDU in flight is over: it is counted, and gets its row."""
        if state == SDU_COMPLETE:
            self.complete += 1
            self.bytes += self.length
            if self.begun == NONE:
                self.begun = self.start_time
            self.ended = self.last_time
        else:
            self.incomplete += 1
        self.busy.cover(self.start_time, self.last_time)
        self.tables.sdus.add(
            self.flow >> 1,
            self.flow & 1,
            self.first,
            self.last,
            self.first_packet,
            self.last_packet,
            self.length,
            state,
        )
        self.first = NONE
        self.missing = 0
