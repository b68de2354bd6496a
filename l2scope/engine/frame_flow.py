"""One direction of a channel whose frames are numbered: retransmission, flow control, enhanced retransmission and
streaming mode (Vol 3 Part A 8).

The capture stands beside the sender or the receiver, so a frame may be missing because it was lost on the way to here,
because its receiver dropped it, or because the capture did not record it. A frame whose number was passed already is a
retransmission. Frames behind a gap are held until the gap is filled, or until an acknowledgement says that the receiver
has what the capture has not.
"""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine import faults
from l2scope.engine.control_field import CONTINUATION, MODULI, REJ, RNR, SREJ, START, ControlField
from l2scope.engine.credit import CreditLedger
from l2scope.engine.current import Pdu
from l2scope.engine.flow import Flow
from l2scope.engine.modes import ERTM, RETRANSMISSION, STREAMING
from l2scope.engine.sar import IFrame, SarReassembler
from l2scope.engine.send_window import SendWindow
from l2scope.engine.tables import Tables
from l2scope.engine.words import (
    FRAME_AFTER_GAP,
    FRAME_BAD_FCS,
    FRAME_DISABLE,
    FRAME_DUPLICATE,
    FRAME_FINAL,
    FRAME_I,
    FRAME_POLL,
    FRAME_RETRANSMITTED,
    FRAME_S,
    NONE,
    SDU_ABANDONED,
    SDU_INCOMPLETE,
)

# Standard and enhanced control fields allow 63 unacknowledged I-frames, extended ones more than receivers hold.
MOST_HELD: Final = 1024


@final
class FrameFlow:
    """window_size is what the receiver announced, NONE where that was not seen. next is the sequence number that the
    SDUs wait for. lost counts the I-frames that were missing when a later one came; sframes are by
    function; checked are the frames whose check sequence the capture holds, malformed those too short to be one.
    """

    def __init__(self, tables: Tables, flow: Flow, mode: i64, form: i64, window_size: i64) -> None:
        self.tables = tables
        self.flow = flow
        self.mode = mode
        self.modulus: i64 = MODULI[form]
        seen = flow.seen and window_size != NONE and mode != STREAMING
        flow.ledger = CreditLedger(tables, flow.number, flow.ledger.pace, flow.busy, window_size if seen else NONE)
        self.window = SendWindow(flow.ledger, window_size)
        self.sar = SarReassembler(tables, flow.sdus)
        self.begun = flow.seen
        self.next: i64 = 0
        self.held: dict[int, IFrame] = {}
        self.frame = IFrame()
        self.iframes: i64 = 0
        self.sframes: list[i64] = [0, 0, 0, 0]
        self.polls: i64 = 0
        self.retransmitted: i64 = 0
        self.lost: i64 = 0
        self.checked: i64 = 0
        self.fcs_errors: i64 = 0
        self.malformed: i64 = 0

    @property
    def acknowledges(self) -> bool:
        return self.mode != STREAMING

    @property
    def retransmits(self) -> bool:
        return self.mode == ERTM or self.mode == RETRANSMISSION

    def damaged(self, pdu: Pdu, supervisory: bool) -> None:
        """A frame that its receiver drops, for its check sequence does not fit."""
        self.fcs_errors += 1
        kind: i64 = FRAME_S if supervisory else FRAME_I
        self.tables.frames.add(pdu.packet, pdu.row, self.flow.number, NONE, 0, kind, FRAME_BAD_FCS)
        self.flow.fault(pdu.packet, pdu.time, faults.BAD_FCS, pdu.length, 0)

    def sframe(self, pdu: Pdu, field: ControlField) -> None:
        """This side sends an S-frame: what it means for the other direction, that one is told."""
        self.sframes[field.function] += 1
        if field.poll:
            self.polls += 1
        kind = FRAME_S + field.function
        self.tables.frames.add(pdu.packet, pdu.row, self.flow.number, NONE, field.reqseq, kind, _control_flags(field))

    def iframe(self, pdu: Pdu, field: ControlField, size: i64, sdu_length: i64) -> None:
        """An I-frame with so many bytes of an SDU of sdu_length, which counts in a start frame."""
        self._follow_loss()
        self.iframes += 1
        if not self.begun:
            self._begin((self.window.sent | (self.modulus - 1)) + 1 + field.txseq)
        sent = self.window.sent
        ahead = (field.txseq - sent) & (self.modulus - 1)
        sequence = sent + ahead if self._is_new(ahead) else sent + ahead - self.modulus
        flags = _control_flags(field)
        if sequence < sent:
            flags |= FRAME_RETRANSMITTED
            self._repeated(pdu, sequence)
        elif ahead > 0:
            flags |= FRAME_AFTER_GAP
            self._missed(pdu, ahead)
        duplicate = sequence < self.next or int(sequence) in self.held
        if duplicate:
            flags |= FRAME_DUPLICATE
        row = self.tables.frames.add(pdu.packet, pdu.row, self.flow.number, sequence, field.reqseq, FRAME_I, flags)
        if sequence >= sent:
            self.flow.ledger.begins(pdu.first_time)
        self._spend_time(pdu)
        if not duplicate:
            self.frame.fill(row, pdu, field.sar, size, sdu_length)
            self._take(sequence)
        if sequence >= sent:
            self._count(pdu, field, ahead + 1)

    def answered(self, pdu: Pdu, field: ControlField) -> None:
        """A frame of the receiver, in the other direction: it acknowledges, asks anew, or says how ready it is."""
        if not self.acknowledges:
            return
        window = self.window
        self._follow_loss()
        since = self.flow.sdus.in_flight_since()
        if self.flow.ledger.balance <= 0:
            self.flow.busy.resume(pdu.packet, pdu.time)
        if self.begun and _acknowledges(field):
            count = (field.reqseq - window.acknowledged) & (self.modulus - 1)
            if 0 < count <= window.sent - window.acknowledged:
                window.acknowledge(pdu.packet, pdu.time, count, since)
                if self.next < window.acknowledged:
                    self._skip(window.acknowledged)
        if field.supervisory:
            self._supervised(pdu, field, since)

    def close(self, packet: i64, time: i64) -> None:
        """The channel has ended."""
        self.flow.ledger.close(packet, time, self.flow.sdus.in_flight_since())
        self.window.close(time)
        self.finish()

    def finish(self) -> None:
        """No frame will come any more."""
        self.sar.end(SDU_INCOMPLETE)

    def _supervised(self, pdu: Pdu, field: ControlField, since: i64) -> None:
        if field.function == RNR:
            if not self.window.not_ready:
                self.flow.receiver_fault(pdu.packet, pdu.time, faults.NOT_READY, 0, 0)
            self.window.stop(pdu.packet, pdu.time, self.flow.sdus.missing if since != NONE else 0)
            return
        if field.function == REJ or field.function == SREJ:
            self.flow.receiver_fault(pdu.packet, pdu.time, faults.REJECTED, field.function, field.reqseq)
        self.window.go(pdu.packet, pdu.time, since)

    def _spend_time(self, pdu: Pdu) -> None:
        """What went by since the frame before, before the SDU that this one is part of is counted."""
        known = not self.acknowledges or self.flow.ledger.balance > 0
        if self.flow.sdus.first == NONE:
            self.flow.busy.begin(pdu, known)
        else:
            self.flow.busy.step(pdu, known)

    def _is_new(self, ahead: i64) -> bool:
        """Whether a TxSeq so far ahead of the next new one, modulo, is new: else it lies as far back. What is not yet
        acknowledged may be sent again at any time; of the rest the nearer one is taken."""
        if ahead == 0 or not self.acknowledges:
            return True
        back = self.modulus - ahead
        return back > self.window.sent - self.window.acknowledged and ahead <= back

    def _repeated(self, pdu: Pdu, sequence: i64) -> None:
        self.retransmitted += 1
        self.flow.fault(pdu.packet, pdu.time, faults.RETRANSMITTED, sequence & (self.modulus - 1), 0)

    def _missed(self, pdu: Pdu, count: i64) -> None:
        self.lost += count
        if not self.retransmits:
            self.flow.fault(pdu.packet, pdu.time, faults.FRAMES_LOST, count, 0)

    def _count(self, pdu: Pdu, field: ControlField, count: i64) -> None:
        """New I-frames take their places in the transmit window."""
        if not self.acknowledges:
            self.window.sent += count
            return
        sdus = self.flow.sdus
        owed = sdus.missing if sdus.first != NONE else 0
        if owed == 0 and (field.sar == START or field.sar == CONTINUATION):
            owed = 1
        self.window.send(pdu.packet, pdu.time, count, owed)
        ledger = self.flow.ledger
        if ledger.fresh_overdraft:
            ledger.fresh_overdraft = False
            self.flow.fault(pdu.packet, pdu.time, faults.WINDOW_OVERRUN, self.window.size, ledger.zero_packet)

    def _take(self, sequence: i64) -> None:
        """The I-frame in hand is seen for the first time."""
        if sequence > self.next:
            if self.retransmits and len(self.held) < MOST_HELD:
                self.held[int(sequence)] = self.frame
                self.frame = IFrame()
                return
            self._skip(sequence)
        self._deliver(self.frame, sequence)
        while self.held:
            following = self.held.pop(int(self.next), None)
            if following is None:
                return
            self._deliver(following, self.next)

    def _deliver(self, frame: IFrame, sequence: i64) -> None:
        self.sar.take(frame)
        self.next = sequence + 1

    def _skip(self, until: i64) -> None:
        """The frames that are missing below `until` will not be seen: their SDUs cannot be whole."""
        waiting = sorted([sequence for sequence in self.held if sequence < until])
        for sequence in waiting:
            if sequence != self.next:
                self.sar.end(SDU_ABANDONED)
            self._deliver(self.held.pop(sequence), sequence)
        if self.next < until:
            self.sar.end(SDU_ABANDONED)
            self.next = until

    def _follow_loss(self) -> None:
        """Packets are missing from the capture, frames of this direction may be among them."""
        flow = self.flow
        if flow.lost != flow.loss.count:
            flow.lost = flow.loss.count
            flow.busy.doubt()
            flow.ledger.doubt()
            self.begun = False

    def _begin(self, sequence: i64) -> None:
        """The numbers are taken up from here."""
        self.begun = True
        self.sar.end(SDU_ABANDONED)
        self.held.clear()
        self.next = sequence
        self.window.begin(sequence)


def _acknowledges(field: ControlField) -> bool:
    """The ReqSeq of an SREJ is the frame that is asked for; it acknowledges those before it with the poll bit alone."""
    return not field.supervisory or field.function != SREJ or field.poll


def _control_flags(field: ControlField) -> i64:
    flags: i64 = 0
    if field.poll:
        flags |= FRAME_POLL
    if field.final:
        flags |= FRAME_FINAL
    if field.disable:
        flags |= FRAME_DISABLE
    return flags
