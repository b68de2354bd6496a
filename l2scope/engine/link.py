"""A link: one life of a connection handle on an adapter. Routes its PDUs to signalling, ATT and channels."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.acl import ACL_HEADER, CONTINUATION, AclReassembler, fragment_size
from l2scope.engine.att import AttBearer
from l2scope.engine.buffers import Outgoing, Pool
from l2scope.engine.channel import Channel
from l2scope.engine.classic_channels import ClassicChannels
from l2scope.engine.counters import ATT, CONNECTIONLESS, DYNAMIC, RESERVED, SIGNALLING, SMP, Counters
from l2scope.engine.credit_channels import CreditChannels, Registry
from l2scope.engine.current import Packet, Pdu
from l2scope.engine.fields import u48
from l2scope.engine.held import HeldPdus
from l2scope.engine.key_distribution import KeyDistribution
from l2scope.engine.modes import BASIC
from l2scope.engine.names import RESOLVED, RESOLVED_RANDOM, Peer, kind_of
from l2scope.engine.pace import Pace
from l2scope.engine.pairing import Security
from l2scope.engine.signalling import Signalling
from l2scope.engine.tables import Tables
from l2scope.engine.words import (
    ATT_CID,
    BREDR_SMP_CID,
    CONNECTIONLESS_CID,
    FIRST_DYNAMIC_CID,
    LE_SIGNALLING_CID,
    NONE,
    PDU_COMPLETE,
    RX,
    SIGNALLING_CID,
    SMP_CID,
    STILL_OPEN,
    TX,
)

UNKNOWN_TRANSPORT: Final = 0
LE: Final = 1
BREDR: Final = 2

CENTRAL: Final = 0
PERIPHERAL: Final = 1

DEFAULT_DATA_LENGTH: Final = 27
LAST_LE_CID: Final = 0x007F


@final
class Link:
    """opened is NONE for a link that was there before the capture began. Address bytes are in the order of HCI,
    least significant first; updated is the packet of the latest Connection Update Complete, remapped, of a link that
    has ended, that of the latest new channel map; data lengths are the link layer's payload bytes (Vol 6 Part B
    4.5.10), which lengths_changed says were negotiated.
    """

    def __init__(
        self, tables: Tables, row: i64, adapter: i64, handle: i64, registry: Registry, counters: Counters
    ) -> None:
        self.tables = tables
        self.row = row
        self.adapter = adapter
        self.handle = handle
        self.registry = registry
        self.counters = counters
        self.transport: i64 = UNKNOWN_TRANSPORT
        self.role: i64 = NONE
        self.address = b""
        self.address_type: i64 = NONE
        self.peer = Peer(NONE, 0)
        self.lost_before: i64 = registry.loss.count
        self.opened: i64 = NONE
        self.opened_time: i64 = 0
        self.closed: i64 = NONE
        self.closed_time: i64 = 0
        self.close_reason: i64 = STILL_OPEN
        self.reason_code: i64 = 0
        self.pace = Pace()
        self.supervision_timeout: i64 = 0
        self.updated: i64 = NONE
        self.updated_time: i64 = 0
        self.remapped: i64 = NONE
        self.remapped_time: i64 = 0
        self.lengths_changed = False
        self.tx_octets: i64 = DEFAULT_DATA_LENGTH
        self.rx_octets: i64 = DEFAULT_DATA_LENGTH
        self.tx_phy: i64 = 1
        self.rx_phy: i64 = 1
        self.encrypted: i64 = 0
        # Of a link from before the capture nobody knows which buffers it uses, or how many of them.
        self.outgoing = Outgoing(Pool())
        self.tx = AclReassembler(tables, row, TX)
        self.rx = AclReassembler(tables, row, RX)
        self.channels: CreditChannels | None = None
        self.classic: ClassicChannels | None = None
        self.signalling: Signalling | None = None
        self.att: AttBearer | None = None
        self.keys: KeyDistribution | None = None
        self.security = Security()
        self.held: HeldPdus | None = None

    def meet(self, address_type: i64, address: bytes) -> None:
        """The address of the far end is known; to be told before any of its PDUs."""
        self.address_type = address_type
        self.address = address
        kind = kind_of(address_type)
        if kind != NONE:
            self.peer = self.registry.names.peer(kind, u48(address, 0))
            if RESOLVED <= address_type <= RESOLVED_RANDOM:
                self.peer.identity = self.peer

    def fragment(self, packet: Packet, boundary: i64, pdu: Pdu) -> None:
        """Takes an ACL packet whose header is whole; boundary is its Packet_Boundary_Flag (Vol 4 Part E 5.4.2)."""
        size = fragment_size(packet)
        at = packet.start + ACL_HEADER
        if packet.direction == TX:
            self.outgoing.send(packet.time)
            reassembler = self.tx
        else:
            reassembler = self.rx
        if boundary == CONTINUATION:
            whole = reassembler.more(packet, at, size, pdu)
        else:
            whole = reassembler.start(packet, at, size, pdu)
        if whole:
            self._pdu(packet, pdu)
        elif boundary != CONTINUATION and packet.direction == TX:
            self.outgoing.begin()

    def _pdu(self, packet: Packet, pdu: Pdu) -> None:
        cid = pdu.cid
        channels = self.channels
        channel: Channel | None = None
        if cid >= FIRST_DYNAMIC_CID:
            if channels is not None:
                channel = channels.open.receiving(pdu.direction, cid)
            if channel is None and self._begun_before():
                channel = self._infer(pdu)
        channel_row: i64 = NONE
        if channel is not None:
            channel_row = channel.row
        self._row(packet, pdu, channel_row)
        if channel is not None:
            self.counters.pdus[channel.pdu(pdu)].add(pdu.length)
        elif cid == ATT_CID:
            self.counters.pdus[ATT].add(pdu.length)
            self._tell(LE)
            self._att(pdu)
        elif cid == LE_SIGNALLING_CID or cid == SIGNALLING_CID:
            self.counters.pdus[SIGNALLING].add(pdu.length)
            self._tell(LE if cid == LE_SIGNALLING_CID else BREDR)
            self._signalling(pdu)
        else:
            protocol = _protocol(cid)
            self.counters.pdus[protocol].add(pdu.length)
            if protocol == SMP:
                self._tell(LE if cid == SMP_CID else BREDR)
                self._smp(pdu)
            elif protocol == DYNAMIC and self.transport != UNKNOWN_TRANSPORT:
                channels = self._credit_channels()
                channels.begun_before = self._begun_before()
                channels.stray(pdu)
            elif protocol == DYNAMIC and cid <= LAST_LE_CID and self.transport == UNKNOWN_TRANSPORT:
                self._hold(pdu)

    def _hold(self, pdu: Pdu) -> None:
        """A K-frame, if the link turns out to be LE."""
        held = self.held
        if held is None:
            held = HeldPdus()
            self.held = held
        held.hold(pdu, self.registry.loss.count)

    def _take_up(self, held: HeldPdus) -> None:
        """The link is LE: what was held are K-frames."""
        if held.lost != self.registry.loss.count:
            return
        for pdu in held.pdus:
            channels = self._credit_channels()
            channel = channels.open.receiving(pdu.direction, pdu.cid)
            if channel is None:
                channel = channels.infer(pdu.direction, pdu.cid)
            self.tables.pdus.finish(pdu.row, pdu.packet, channel.row, pdu.length, pdu.cid, PDU_COMPLETE)
            self.counters.pdus[DYNAMIC].remove(pdu.length)
            self.counters.pdus[channel.pdu(pdu)].add(pdu.length)

    def _infer(self, pdu: Pdu) -> Channel | None:
        """The channel from before the capture that a PDU on a dynamic CID belongs to, as far as that can be told."""
        if self.transport != LE:
            return self._classic_channels().infer(pdu, self.transport == BREDR)
        return self._credit_channels().infer(pdu.direction, pdu.cid) if pdu.cid <= LAST_LE_CID else None

    def _row(self, packet: Packet, pdu: Pdu, channel: i64) -> None:
        pdus = self.tables.pdus
        if pdu.row == NONE:
            pdu.row = pdus.add(
                pdu.first, pdu.packet, self.row, channel, pdu.length, pdu.cid, pdu.direction, PDU_COMPLETE
            )
            packet.pdu = pdu.row
        else:
            pdus.finish(pdu.row, pdu.packet, channel, pdu.length, pdu.cid, PDU_COMPLETE)

    def _tell(self, transport: i64) -> None:
        """A fixed channel tells the transport of a link whose connection was not seen (Vol 3 Part A 2.1)."""
        if self.transport == UNKNOWN_TRANSPORT:
            self.carry(transport)
            held = self.held
            self.held = None
            if held is not None and transport == LE:
                self._take_up(held)

    def carry(self, transport: i64) -> None:
        """The transport is known. On LE no frame has a check sequence: of long ones the head is enough."""
        self.transport = transport
        self.tx.all_of_data = transport != LE
        self.rx.all_of_data = transport != LE

    def _begun_before(self) -> bool:
        """Channels may be open whose set-up is not in the capture."""
        return self.opened == NONE or self.lost_before != self.registry.loss.count

    def _credit_channels(self) -> CreditChannels:
        channels = self.channels
        if channels is None:
            channels = CreditChannels(self.tables, self.row, self.pace, self.outgoing, self.registry, self.peer)
            self.channels = channels
        return channels

    def _classic_channels(self) -> ClassicChannels:
        classic = self.classic
        if classic is None:
            classic = ClassicChannels(self._credit_channels())
            self.classic = classic
        return classic

    def declare_hinted_channels(self) -> None:
        """Opens what the user said of the channels of a link from before the capture."""
        for hint in self.registry.hints:
            if hint.handle == self.handle:
                limits = hint.limits()
                if hint.mode >= BASIC:
                    self._classic_channels().declare(hint.psm, hint.mode, hint.local, hint.remote)
                else:
                    self._credit_channels().declare(hint.psm, hint.mode, hint.local, hint.remote, limits, limits)

    def _signalling(self, pdu: Pdu) -> None:
        signalling = self.signalling
        if signalling is None:
            signalling = Signalling(
                self.tables, self.row, self._credit_channels(), self._classic_channels(), self.counters.signals
            )
            self.signalling = signalling
        signalling.channels.begun_before = self._begun_before()
        signalling.pdu(pdu)

    def _att(self, pdu: Pdu) -> None:
        att = self.att
        if att is None:
            att = self.registry.bearer(self.tables, self.row, NONE, self.peer, not self._begun_before())
            self.att = att
        if pdu.start < pdu.stop:
            self.counters.att[pdu.data[pdu.start]].add(pdu.length)
        att.pdu(pdu, pdu.start, pdu.length)

    def _smp(self, pdu: Pdu) -> None:
        keys = self.keys
        if keys is None:
            keys = KeyDistribution(self.registry.names, self.peer)
            self.keys = keys
        keys.pdu(pdu)
        self.security.pdu(pdu)

    def settle(self) -> None:
        """The capture has ended: what waits for a later packet is judged without it."""
        self.tx.abandon()
        self.rx.abandon()
        channels = self.channels
        if channels is not None:
            for channel in channels.open.channels.values():
                channel.settle()

    def close(self, packet: i64, time: i64, reason: i64, channel_reason: i64, reason_code: i64) -> None:
        self.closed = packet
        self.closed_time = time
        self.close_reason = reason
        self.reason_code = reason_code
        channels = self.channels
        if channels is not None:
            channels.open.close_all(packet, time, channel_reason)
        self.outgoing.complete(time, self.outgoing.taken)
        self.tx.abandon()
        self.rx.abandon()
        self.channels = None
        self.classic = None
        self.signalling = None
        self.keys = None


def _protocol(cid: i64) -> i64:
    if cid == SMP_CID or cid == BREDR_SMP_CID:
        return SMP
    if cid >= FIRST_DYNAMIC_CID:
        return DYNAMIC
    return CONNECTIONLESS if cid == CONNECTIONLESS_CID else RESERVED
