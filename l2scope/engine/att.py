"""ATT (Vol 3 Part F): a row for each PDU, each response paired with the request it answers, the MTU of the bearer."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine import faults
from l2scope.engine.current import Pdu
from l2scope.engine.device_name import FIND_INFORMATION_REQUEST, READ_BLOB_RESPONSE, DeviceNameReader
from l2scope.engine.fields import u8, u16
from l2scope.engine.loss import Loss
from l2scope.engine.names import Peer
from l2scope.engine.spsm import SpsmReader, SpsmValues
from l2scope.engine.tables import Tables
from l2scope.engine.value_streams import VALUE_HEADER, Subscriptions, ValueStreams
from l2scope.engine.words import NONE, TX

ERROR_RESPONSE: Final = 0x01
EXCHANGE_MTU_REQUEST: Final = 0x02
EXCHANGE_MTU_RESPONSE: Final = 0x03
NOTIFICATION: Final = 0x1B
INDICATION: Final = 0x1D
CONFIRMATION: Final = 0x1E
SIGNATURE: Final = 12
WRITE_REQUEST: Final = 0x12
WRITE_COMMAND: Final = 0x52
SIGNED_WRITE_COMMAND: Final = 0xD2

DEFAULT_LE_MTU: Final = 23
# A notification or indication of two bytes.
SHORT_NOTIFICATION: Final = 5

# What an opcode is: bits of SHAPES.
REQUEST: Final = 1
RESPONSE: Final = 2
HANDLE: Final = 4


def _shapes() -> bytes:
    """For each opcode, the REQUEST, RESPONSE and HANDLE bits (Vol 3 Part F 3.4)."""
    shapes = bytearray(256)
    for opcode in (0x02, 0x04, 0x06, 0x08, 0x0A, 0x0C, 0x0E, 0x10, 0x12, 0x16, 0x18, 0x20):
        shapes[opcode] = REQUEST
        shapes[opcode + 1] = RESPONSE
    shapes[ERROR_RESPONSE] = RESPONSE
    for opcode in (0x04, 0x06, 0x08, 0x0A, 0x0C, 0x10, 0x12, 0x16, 0x17, 0x1B, 0x1D, 0x52, 0xD2):
        shapes[opcode] |= HANDLE
    return bytes(shapes)


def _value_offsets() -> bytes:
    """For each opcode, where in the PDU an attribute value begins; 0 where it carries none."""
    offsets = bytearray(256)
    for opcode in (0x0B, 0x0D, 0x0F):
        offsets[opcode] = 1
    for opcode in (0x12, 0x1B, 0x1D, 0x52, 0xD2):
        offsets[opcode] = VALUE_HEADER
    for opcode in (0x16, 0x17):
        offsets[opcode] = 5
    return bytes(offsets)


SHAPES: Final = _shapes()
VALUE_OFFSETS: Final = _value_offsets()


# Without an answer for longer, the bearer is dead (Vol 3 Part F 3.3.3).
TRANSACTION_NS: Final = 30_000_000_000


@final
class Pending:
    """A request or an indication that waits for its answer; row is that of the att table, NONE where nothing waits."""

    def __init__(self) -> None:
        self.row: i64 = NONE
        self.opcode: i64 = 0
        self.packet: i64 = 0
        self.time: i64 = 0


@final
class AttBearer:
    """One ATT bearer: the fixed channel of a link (channel NONE) or a credit-based channel.

    mtu is the ATT_MTU in force, from the exchange of both sides' receive MTUs (Vol 3 Part F 3.4.2), which exchanged
    says was asked for.
    """

    def __init__(
        self,
        tables: Tables,
        row: i64,
        link: i64,
        channel: i64,
        peer: Peer,
        spsms: SpsmValues,
        subscriptions: Subscriptions,
        loss: Loss,
        seen: bool,
    ) -> None:
        self.tables = tables
        self.row = row
        self.link = link
        self.channel = channel
        self.device_name = DeviceNameReader(peer)
        self.spsm = SpsmReader(spsms, link)
        self.mtu: i64 = DEFAULT_LE_MTU
        self.offered_mtu: i64 = 0
        self.exchanged = False
        self.values = ValueStreams()
        self.subscriptions = subscriptions
        self.loss = loss
        self.lost_before: i64 = loss.count
        self.seen = seen
        self.tx_request = Pending()
        self.rx_request = Pending()
        self.tx_indication = Pending()
        self.rx_indication = Pending()

    @property
    def sure(self) -> bool:
        """Its beginning was seen, and nothing was lost since."""
        return self.seen and self.lost_before == self.loss.count

    def pdu(self, pdu: Pdu, start: i64, length: i64) -> None:
        """An ATT PDU of length bytes begins at start of pdu.data; fewer may have been kept."""
        if length < 1 or start >= pdu.stop:
            return
        data = pdu.data
        kept = pdu.stop - start
        opcode = u8(data, start)
        shape: i64 = SHAPES[opcode]
        handle: i64 = 0
        error: i64 = 0
        if shape & HANDLE and kept >= 3:
            handle = u16(data, start + 1)
        elif opcode == ERROR_RESPONSE and kept >= 5:
            handle = u16(data, start + 2)
            error = u8(data, start + 4)
        elif (opcode == EXCHANGE_MTU_REQUEST or opcode == EXCHANGE_MTU_RESPONSE) and kept >= 3:
            self._exchange(opcode, u16(data, start + 1))
        offset: i64 = VALUE_OFFSETS[opcode]
        if length > self.mtu:
            self._fault(pdu, faults.ATT_OVER_MTU, length, self.mtu)
        request: i64 = NONE
        if shape & RESPONSE or opcode == CONFIRMATION:
            request = self._request_of(
                pdu, opcode, u8(data, start + 1) if opcode == ERROR_RESPONSE and kept >= 2 else 0
            )
        row = self.tables.att.add(
            pdu.packet, pdu.row, self.row, request, handle, opcode, error, pdu.direction,
            offset + start - pdu.start if offset > 0 else 0, _value_length(opcode, offset, length),
        )  # fmt: skip
        if shape & REQUEST or opcode == INDICATION:
            self._remember(pdu, opcode, row)
        if offset == VALUE_HEADER and length >= VALUE_HEADER:
            self._value(pdu, opcode, handle, start, length)
        if FIND_INFORMATION_REQUEST <= opcode <= READ_BLOB_RESPONSE:
            self.device_name.pdu(pdu, start, self.mtu)
            self.spsm.read(pdu, start, length)
        elif length <= SHORT_NOTIFICATION and (opcode == NOTIFICATION or opcode == INDICATION):
            self.spsm.told(pdu, handle, start, length)

    def _value(self, pdu: Pdu, opcode: i64, handle: i64, start: i64, length: i64) -> None:
        """A value is written, or told unasked."""
        size = length - VALUE_HEADER
        fresh = self.values.add(pdu, opcode, handle, size, self.mtu - VALUE_HEADER)
        if opcode == WRITE_REQUEST or opcode == WRITE_COMMAND:
            self.subscriptions.written(pdu, handle, start, size)
        elif fresh and opcode == NOTIFICATION and not self.subscriptions.asked(pdu.direction, handle):
            self._fault(pdu, faults.ATT_UNASKED, handle, 0)

    def _exchange(self, opcode: i64, mtu: i64) -> None:
        self.exchanged = True
        if opcode == EXCHANGE_MTU_REQUEST:
            self.offered_mtu = mtu
        elif self.offered_mtu > 0:
            smaller = mtu if mtu < self.offered_mtu else self.offered_mtu
            self.mtu = smaller if smaller > DEFAULT_LE_MTU else DEFAULT_LE_MTU

    def _request_of(self, pdu: Pdu, opcode: i64, named: i64) -> i64:
        """The row of the request or indication that this PDU answers, which is then answered. named is the opcode that
        an Error Response names."""
        if opcode == CONFIRMATION:
            pending = self.rx_indication if pdu.direction == TX else self.tx_indication
        else:
            pending = self.rx_request if pdu.direction == TX else self.tx_request
        row = pending.row
        if row == NONE:
            if opcode != ERROR_RESPONSE or SHAPES[named] & REQUEST:
                self._fault(pdu, faults.ATT_NO_REQUEST, opcode, 0)
            return NONE
        if opcode == ERROR_RESPONSE:
            if named != pending.opcode:
                self._fault(pdu, faults.ATT_WRONG_OPCODE, named, pending.opcode)
        elif opcode != pending.opcode + 1:
            self._fault(pdu, faults.ATT_WRONG_RESPONSE, opcode, pending.opcode)
        if pdu.time - pending.time > TRANSACTION_NS:
            self._fault(pdu, faults.ATT_LATE, pending.opcode, pending.packet)
        pending.row = NONE
        return row

    def _remember(self, pdu: Pdu, opcode: i64, row: i64) -> None:
        if opcode == INDICATION:
            pending = self.tx_indication if pdu.direction == TX else self.rx_indication
        else:
            pending = self.tx_request if pdu.direction == TX else self.rx_request
        if pending.row != NONE:
            late = pdu.time - pending.time > TRANSACTION_NS
            self._fault(pdu, faults.ATT_DEAD_BEARER if late else faults.ATT_OVERLAP, opcode, pending.packet)
        pending.row = row
        pending.opcode = opcode
        pending.packet = pdu.packet
        pending.time = pdu.time

    def _fault(self, pdu: Pdu, code: i64, a: i64, b: i64) -> None:
        flow: i64 = NONE if self.channel == NONE else self.channel * 2 + pdu.direction
        self.tables.faults.add(pdu.packet, pdu.time, self.link, flow, pdu.direction, code, self.sure, a, b)


def _value_length(opcode: i64, offset: i64, length: i64) -> i64:
    if offset == 0 or length <= offset:
        return 0
    signature: i64 = SIGNATURE if opcode == SIGNED_WRITE_COMMAND else 0
    return length - offset - signature if length > offset + signature else 0
