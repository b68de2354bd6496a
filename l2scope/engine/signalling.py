"""L2CAP signalling (Vol 3 Part A 4): pairs requests with responses by identifier, a row for each command.

What the commands mean for channels is in credit_channels.py and classic_channels.py.
"""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.classic_channels import ClassicChannels
from l2scope.engine.counters import SIGNAL_CODES, Tally
from l2scope.engine.credit_channels import CreditChannels
from l2scope.engine.current import Pdu
from l2scope.engine.fields import u8, u16
from l2scope.engine.requests import Request
from l2scope.engine.signal_faults import SignalFaults
from l2scope.engine.tables import Tables
from l2scope.engine.words import LE_SIGNALLING_CID, NONE, SIGNALLING_CID, TX

COMMAND_HEADER: Final = 4

COMMAND_REJECT: Final = 0x01
CONNECTION_RESPONSE: Final = 0x03
CONFIGURATION_RESPONSE: Final = 0x05
DISCONNECTION_REQUEST: Final = 0x06
DISCONNECTION_RESPONSE: Final = 0x07
CREATE_CHANNEL_RESPONSE: Final = 0x0D
LE_CREDIT_REQUEST: Final = 0x14
LE_CREDIT_RESPONSE: Final = 0x15
FLOW_CONTROL_CREDIT: Final = 0x16
CREDIT_REQUEST: Final = 0x17
CREDIT_RESPONSE: Final = 0x18
RECONFIGURE_REQUEST: Final = 0x19
RECONFIGURE_RESPONSE: Final = 0x1A

INVALID_CID: Final = 0x0002
FIRST_PENDING_RESULT: Final = 0x000D
LAST_PENDING_RESULT: Final = 0x000F
CONNECTION_PENDING: Final = 0x0001
CONFIGURATION_PENDING: Final = 0x0004


def _request_codes() -> bytes:
    """For each response code, the code of the request it answers; 0 for all others."""
    requests = bytearray(256)
    for request in (0x02, 0x04, 0x06, 0x08, 0x0A, 0x0C, 0x0E, 0x10, 0x12, 0x14, 0x17, 0x19):
        requests[request + 1] = request
    return bytes(requests)


def _result_offsets() -> bytes:
    """For each response code, 1 + where its result stands in its parameters; 0 where it has none."""
    offsets = bytearray(256)
    places = ((0, (0x01, 0x13, 0x1A)), (2, (0x0B, 0x0F, 0x11)), (4, (0x03, 0x05, 0x0D)), (6, (0x18,)), (8, (0x15,)))
    for offset, codes in places:
        for code in codes:
            offsets[code] = offset + 1
    return bytes(offsets)


REQUEST_CODES: Final = _request_codes()
RESULT_OFFSETS: Final = _result_offsets()
REQUESTS: Final = bytes(code if code and REQUEST_CODES[(code + 1) & 0xFF] == code else 0 for code in range(256))


@final
class Signalling:
    """The signalling channel of one link. Its commands are counted in tallies, by code.

    Requests wait by identifier; of those that had their answer the code is kept until another takes the identifier.
    """

    def __init__(
        self, tables: Tables, link: i64, channels: CreditChannels, classic: ClassicChannels, tallies: list[Tally]
    ) -> None:
        self.tables = tables
        self.link = link
        self.channels = channels
        self.classic = classic
        self.tallies = tallies
        self.faults = SignalFaults(tables, link, channels.open)
        self.tx_requests: dict[int, Request] = {}
        self.rx_requests: dict[int, Request] = {}
        self.tx_answered: dict[int, int] = {}
        self.rx_answered: dict[int, int] = {}

    def pdu(self, pdu: Pdu) -> None:
        """Handles the commands of a C-frame: one on an LE link, several on BR/EDR."""
        self.faults.sure = not self.channels.begun_before
        at = pdu.start
        while pdu.stop - at >= COMMAND_HEADER:
            length = u16(pdu.data, at + 2)
            stop = at + COMMAND_HEADER + length
            self._command(pdu, at, stop if stop < pdu.stop else pdu.stop)
            if pdu.cid == LE_SIGNALLING_CID:
                return
            at = stop

    def _command(self, pdu: Pdu, at: i64, stop: i64) -> None:
        code = u8(pdu.data, at)
        tally = code
        if code >= SIGNAL_CODES:
            tally = 0
        self.tallies[tally].add(stop - at)
        start = at + COMMAND_HEADER
        if u8(pdu.data, at + 1) == 0:
            self.faults.identifier(pdu, code)
        if code == FLOW_CONTROL_CREDIT:
            credits: i64 = 0
            if stop - start >= 4:
                credits = u16(pdu.data, start + 2)
            self._note(pdu, at, NONE, credits)
            if stop - start >= 4:
                self.channels.grant(pdu, u16(pdu.data, start), credits)
        elif REQUESTS[code] != 0:
            self._request(pdu, at, code, start, stop)
        elif RESULT_OFFSETS[code] != 0 or REQUEST_CODES[code] != 0:
            self._response(pdu, at, code, start, stop)
        else:
            self._note(pdu, at, NONE, 0)

    def _note(self, pdu: Pdu, at: i64, request: i64, result: i64) -> i64:
        return self.tables.signals.add(
            pdu.packet, pdu.row, self.link, request, result, at - pdu.start, u8(pdu.data, at), u8(pdu.data, at + 1),
            pdu.direction,
        )  # fmt: skip

    def _request(self, pdu: Pdu, at: i64, code: i64, start: i64, stop: i64) -> None:
        row = self._note(pdu, at, NONE, 0)
        request = Request(row, pdu.packet, pdu.direction, code, pdu.data[start:stop])
        requests = self.tx_requests if pdu.direction == TX else self.rx_requests
        identifier = int(u8(pdu.data, at + 1))
        requests[identifier] = request
        answered = self.tx_answered if pdu.direction == TX else self.rx_answered
        answered.pop(identifier, None)
        self.faults.request(pdu, code, start, stop)

    def _response(self, pdu: Pdu, at: i64, code: i64, start: i64, stop: i64) -> None:
        requests = self.rx_requests if pdu.direction == TX else self.tx_requests
        answered = self.rx_answered if pdu.direction == TX else self.tx_answered
        identifier = int(u8(pdu.data, at + 1))
        request = requests.get(identifier)
        pending: i64 = 0
        if request is not None and code != COMMAND_REJECT and request.code != REQUEST_CODES[code]:
            pending = request.code
            request = None
        result = _result(pdu.data, code, start, stop)
        if request is None:
            wanted: i64 = REQUEST_CODES[code]
            again = answered.get(identifier, 0) == wanted
            self.faults.unanswerable(pdu, code, identifier, pending, again, _waiting(requests, wanted))
        else:
            self.faults.response(pdu, code, result, start, stop)
        self._note(pdu, at, NONE if request is None else request.row, result)
        if request is not None and not _pending(code, result):
            del requests[identifier]
            answered[identifier] = int(request.code)
        self._act(pdu, code, result, request, start, stop)

    def _act(self, pdu: Pdu, code: i64, result: i64, request: Request | None, start: i64, stop: i64) -> None:
        size = stop - start
        if code == DISCONNECTION_RESPONSE:
            if size >= 4:
                self.channels.disconnected(pdu, u16(pdu.data, start))
        elif request is None:
            return
        elif pdu.cid == SIGNALLING_CID and code <= CREATE_CHANNEL_RESPONSE:
            self._act_classic(pdu, code, result, request, start, stop)
        elif code == LE_CREDIT_RESPONSE and size >= 10:
            self.channels.le_credit_response(pdu, request, start, result)
        elif code == CREDIT_RESPONSE and size >= 8:
            self.channels.credit_response(pdu, request, start, stop, result)
        elif code == RECONFIGURE_RESPONSE and size >= 2 and result == 0:
            self.channels.reconfigured(pdu, request)
        elif code == COMMAND_REJECT:
            self.channels.rejected(pdu, request, result == INVALID_CID and size >= 2)

    def _act_classic(self, pdu: Pdu, code: i64, result: i64, request: Request, start: i64, stop: i64) -> None:
        """A response that only BR/EDR has, or a Command Reject."""
        size = stop - start
        if code == COMMAND_REJECT:
            self.classic.rejected(pdu, request)
            self.channels.rejected(pdu, request, result == INVALID_CID and size >= 2)
        elif code == CONFIGURATION_RESPONSE:
            if size >= 6:
                self.classic.configured(pdu, request, start, stop, result)
        elif (code == CONNECTION_RESPONSE or code == CREATE_CHANNEL_RESPONSE) and size >= 8:
            self.classic.connected(pdu, request, start, result)


def _waiting(requests: dict[int, Request], code: i64) -> i64:
    """The identifier of a request of this kind that has no answer yet, 0 without one."""
    for identifier, request in requests.items():
        if request.code == code:
            return identifier
    return 0


def _result(data: bytes, code: i64, start: i64, stop: i64) -> i64:
    at: i64 = RESULT_OFFSETS[code] - 1
    return u16(data, start + at) if at >= 0 and stop - start >= at + 2 else 0


def _pending(code: i64, result: i64) -> bool:
    """The request is still open: a further response with the same identifier will come."""
    if code == CREDIT_RESPONSE:
        return FIRST_PENDING_RESULT <= result <= LAST_PENDING_RESULT
    if code == CONFIGURATION_RESPONSE:
        return result == CONFIGURATION_PENDING
    return (code == CONNECTION_RESPONSE or code == CREATE_CHANNEL_RESPONSE) and result == CONNECTION_PENDING
