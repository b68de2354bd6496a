"""Signalling commands held against the specification (Vol 3 Part A 4): what is wrong goes into the faults table."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine import faults
from l2scope.engine.channel import Channel, OpenChannels
from l2scope.engine.current import Pdu
from l2scope.engine.fields import u16
from l2scope.engine.spsm import LARGEST_SPSM
from l2scope.engine.tables import Tables
from l2scope.engine.words import FIRST_DYNAMIC_CID, LE_SIGNALLING_CID, NONE, TX

DISCONNECTION_REQUEST: Final = 0x06
PARAMETER_UPDATE_REQUEST: Final = 0x12
LE_CREDIT_REQUEST: Final = 0x14
LE_CREDIT_RESPONSE: Final = 0x15
CREDIT_REQUEST: Final = 0x17
CREDIT_RESPONSE: Final = 0x18
RECONFIGURE_REQUEST: Final = 0x19
RECONFIGURE_RESPONSE: Final = 0x1A
# Responses that nobody sends unasked, and that come alone.
SINGLE_RESPONSES: Final = (0x07, 0x13, LE_CREDIT_RESPONSE, CREDIT_RESPONSE, RECONFIGURE_RESPONSE)

LAST_LE_CID: Final = 0x007F
SMALLEST_LE: Final = 23
SMALLEST_ENHANCED: Final = 64
LARGEST_MPS: Final = 65533
MOST_CHANNELS: Final = 5


@final
class SignalFaults:
    """Of one link. sure: its beginning was seen and nothing was lost since."""

    def __init__(self, tables: Tables, link: i64, open_channels: OpenChannels) -> None:
        self.tables = tables
        self.link = link
        self.open = open_channels
        self.sure = False

    def note(self, pdu: Pdu, code: i64, sure: bool, a: i64, b: i64) -> None:
        self.tables.faults.add(pdu.packet, pdu.time, self.link, NONE, pdu.direction, code, sure, a, b)

    def request(self, pdu: Pdu, code: i64, start: i64, stop: i64) -> None:
        size = stop - start
        if code == DISCONNECTION_REQUEST:
            if size >= 4:
                self._disconnection(pdu, u16(pdu.data, start), u16(pdu.data, start + 2))
        elif code == LE_CREDIT_REQUEST and size >= 10:
            self._spsm(pdu, u16(pdu.data, start))
            self._scid(pdu, u16(pdu.data, start + 2))
            self._limits(pdu, start + 4, SMALLEST_LE)
        elif code == CREDIT_REQUEST and size >= 10:
            self._enhanced(pdu, start, stop)
        elif code == RECONFIGURE_REQUEST and size >= 6:
            self._reconfiguration(pdu, start, stop)
        elif code == PARAMETER_UPDATE_REQUEST and size >= 8:
            self._update(pdu, u16(pdu.data, start + 2), u16(pdu.data, start + 4), u16(pdu.data, start + 6))

    def response(self, pdu: Pdu, code: i64, result: i64, start: i64, stop: i64) -> None:
        """A response that answers a request."""
        if result != 0 and not (code == CREDIT_RESPONSE and _partly(result)):
            return
        if code == LE_CREDIT_RESPONSE and stop - start >= 10:
            self._dcid(pdu, u16(pdu.data, start))
            self._limits(pdu, start + 2, SMALLEST_LE)
        elif code == CREDIT_RESPONSE and stop - start >= 10:
            at = start + 8
            accepted = False
            while stop - at >= 2:
                cid = u16(pdu.data, at)
                if cid != 0:
                    accepted = True
                    self._dcid(pdu, cid)
                at += 2
            if accepted:
                self._limits(pdu, start, SMALLEST_ENHANCED)
                self._initial_credits(pdu, u16(pdu.data, start + 4))

    def unanswerable(self, pdu: Pdu, code: i64, identifier: i64, pending: i64, answered: bool, waiting: i64) -> None:
        """A response to no request, or to one of another kind: pending is the code of that one, 0 without one.

        answered: the last request with this identifier was of the right kind, and had its answer. waiting is the
        identifier of a request of that kind which has none yet, 0 without one.
        """
        if pending != 0:
            self.note(pdu, faults.WRONG_RESPONSE, self.sure, code, pending)
        elif code not in SINGLE_RESPONSES or identifier == 0:
            return
        elif answered:
            self.note(pdu, faults.STALE_IDENTIFIER, self.sure, code, identifier)
        elif waiting != 0:
            self.note(pdu, faults.WRONG_IDENTIFIER, self.sure, code, waiting)
        else:
            self.note(pdu, faults.UNMATCHED_RESPONSE, self.sure, code, identifier)

    def identifier(self, pdu: Pdu, code: i64) -> None:
        self.note(pdu, faults.IDENTIFIER_ZERO, True, code, 0)

    def _spsm(self, pdu: Pdu, spsm: i64) -> None:
        if pdu.cid == LE_SIGNALLING_CID and (spsm == 0 or spsm > LARGEST_SPSM):
            self.note(pdu, faults.SPSM_OUT_OF_RANGE, True, spsm, 0)

    def _scid(self, pdu: Pdu, cid: i64) -> None:
        self._range(pdu, cid)
        self._in_use(pdu, faults.SCID_IN_USE, cid)

    def _dcid(self, pdu: Pdu, cid: i64) -> None:
        self._range(pdu, cid)
        self._in_use(pdu, faults.DCID_IN_USE, cid)

    def _range(self, pdu: Pdu, cid: i64) -> None:
        if cid < FIRST_DYNAMIC_CID or (pdu.cid == LE_SIGNALLING_CID and cid > LAST_LE_CID):
            self.note(pdu, faults.CID_OUT_OF_RANGE, True, cid, 0)

    def _in_use(self, pdu: Pdu, code: i64, cid: i64) -> None:
        channel = self.open.sending(pdu.direction, cid)
        if channel is not None:
            self.note(pdu, code, self.sure and not channel.inferred, cid, channel.row)

    def _limits(self, pdu: Pdu, at: i64, smallest: i64) -> None:
        """MTU and MPS stand at `at`."""
        mtu = u16(pdu.data, at)
        mps = u16(pdu.data, at + 2)
        if mtu < smallest:
            self.note(pdu, faults.MTU_TOO_SMALL, True, mtu, smallest)
        if mps < smallest or mps > LARGEST_MPS:
            self.note(pdu, faults.MPS_OUT_OF_RANGE, True, mps, smallest)

    def _initial_credits(self, pdu: Pdu, credits: i64) -> None:
        if credits == 0:
            self.note(pdu, faults.NO_INITIAL_CREDITS, True, 0, 0)

    def _enhanced(self, pdu: Pdu, start: i64, stop: i64) -> None:
        self._spsm(pdu, u16(pdu.data, start))
        self._limits(pdu, start + 2, SMALLEST_ENHANCED)
        self._initial_credits(pdu, u16(pdu.data, start + 6))
        at = start + 8
        if stop - at > 2 * MOST_CHANNELS:
            self.note(pdu, faults.TOO_MANY_CHANNELS, True, (stop - at) // 2, 0)
            return
        while stop - at >= 2:
            self._scid(pdu, u16(pdu.data, at))
            at += 2

    def _reconfiguration(self, pdu: Pdu, start: i64, stop: i64) -> None:
        """The CIDs are endpoints of the sender: the limits are those of what flows towards it (4.27)."""
        mtu = u16(pdu.data, start)
        mps = u16(pdu.data, start + 2)
        if mtu < SMALLEST_ENHANCED or mps < SMALLEST_ENHANCED or mps > LARGEST_MPS:
            self._limits(pdu, start, SMALLEST_ENHANCED)
            return
        several = stop - start > 6
        at = start + 4
        while stop - at >= 2:
            channel = self.open.sending(pdu.direction, u16(pdu.data, at))
            at += 2
            if channel is None:
                continue
            flow = channel.rx if pdu.direction == TX else channel.tx
            if flow.sdus.mtu != NONE and mtu < flow.sdus.mtu:
                flow.receiver_fault(pdu.packet, pdu.time, faults.MTU_LOWERED, mtu, flow.sdus.mtu)
            if several and flow.seen and mps < flow.mps:
                flow.receiver_fault(pdu.packet, pdu.time, faults.MPS_LOWERED, mps, flow.mps)

    def _disconnection(self, pdu: Pdu, dcid: i64, scid: i64) -> None:
        """The two CIDs are the ends of one channel; where they are not, the receiver's endpoint counts."""
        named = self.open.receiving(pdu.direction, dcid)
        other = self.open.sending(pdu.direction, scid)
        channel: Channel | None = named if named is not None else other
        if channel is None:
            return
        channel.ask_to_close(pdu)
        if named is not other and not channel.inferred and (other is None or not other.inferred):
            flow = channel.tx if pdu.direction == TX else channel.rx
            flow.fault(pdu.packet, pdu.time, faults.DISCONNECT_MISMATCH, dcid, scid)

    def _update(self, pdu: Pdu, interval: i64, latency: i64, timeout: i64) -> None:
        least = 2 * (1 + latency) * interval * 1250
        if timeout * 10_000 <= least:
            self.note(pdu, faults.IMPOSSIBLE_UPDATE, True, timeout * 10, least)


def _partly(result: i64) -> bool:
    """Some of the channels were refused, the others were opened (4.26)."""
    return result == 0x0004 or result == 0x0009 or result == 0x000A
