"""The credit-based channels of one link: how commands open, refuse, feed, reconfigure and close them.

Vol 3 Part A 4.22-4.28: LE credit-based (0x14, 0x15), enhanced credit-based (0x17-0x1A), credits (0x16), and the
disconnection (0x06, 0x07) they share with all dynamic channels.
"""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine import faults
from l2scope.engine.att import AttBearer
from l2scope.engine.buffers import Outgoing
from l2scope.engine.channel import EATT_SPSM, Channel, OpenChannels, Reconfiguration
from l2scope.engine.current import Pdu
from l2scope.engine.fields import u16
from l2scope.engine.flow import Flow, Limits
from l2scope.engine.hints import ChannelHint
from l2scope.engine.loss import Loss
from l2scope.engine.modes import ENHANCED_CREDIT, LE_CREDIT
from l2scope.engine.names import NameBook, Peer
from l2scope.engine.pace import Pace
from l2scope.engine.requests import RESULT_REJECTED, Refusal, Request
from l2scope.engine.spsm import SpsmValues
from l2scope.engine.tables import Tables
from l2scope.engine.value_streams import Subscriptions
from l2scope.engine.words import (
    DISCONNECT_LOCAL,
    DISCONNECT_PEER,
    FIRST_DYNAMIC_CID,
    HANDLE_REUSED,
    NONE,
    REJECTED,
    RX,
    TX,
)

DISCONNECTION_REQUEST: Final = 0x06
LE_CREDIT_REQUEST: Final = 0x14
CREDIT_REQUEST: Final = 0x17

LE_REQUEST_SIZE: Final = 10
ENHANCED_FIXED_SIZE: Final = 8  # SPSM, MTU, MPS, credits; in a response MTU, MPS, credits, result
RECONFIGURE_FIXED_SIZE: Final = 4
# A packet may have been sent before its sender heard that the channel is closed.
ON_ITS_WAY_NS: Final = 1_000_000_000
SMALLEST_EATT_MTU: Final = 64


@final
class Registry:
    """All channels, refusals and ATT bearers of a capture, in order of appearance, whom the addresses belong to, the
    SPSMs that were told over GATT, and the subscriptions of each link.
    """

    def __init__(self) -> None:
        self.channels: list[Channel] = []
        self.refusals: list[Refusal] = []
        self.bearers: list[AttBearer] = []
        self.hints: list[ChannelHint] = []
        self.loss = Loss()
        self.names = NameBook()
        self.spsms = SpsmValues()
        self.subscriptions: dict[int, Subscriptions] = {}

    def bearer(self, tables: Tables, link: i64, channel: i64, peer: Peer, seen: bool) -> AttBearer:
        """seen: the capture has its beginning."""
        subscriptions = self.subscriptions.get(int(link))
        if subscriptions is None:
            subscriptions = Subscriptions()
            self.subscriptions[int(link)] = subscriptions
        bearer = AttBearer(tables, len(self.bearers), link, channel, peer, self.spsms, subscriptions, self.loss, seen)
        self.bearers.append(bearer)
        return bearer


@final
class CreditChannels:
    """begun_before: channels may exist whose set-up is not in the capture."""

    def __init__(
        self, tables: Tables, link: i64, pace: Pace, outgoing: Outgoing, registry: Registry, peer: Peer
    ) -> None:
        self.tables = tables
        self.link = link
        self.peer = peer
        self.pace = pace
        self.outgoing = outgoing
        self.registry = registry
        self.open = OpenChannels()
        self.begun_before = False

    def grant(self, pdu: Pdu, cid: i64, credits: i64) -> None:
        """The CID is the indication's sender's own: it credits what flows towards that sender."""
        towards = opposite(pdu.direction)
        channel = self.open.sending(pdu.direction, cid)
        if channel is None and self.begun_before and cid >= FIRST_DYNAMIC_CID:
            channel = self.infer(towards, cid)
        if channel is not None:
            channel.named += 1
            channel.flow(towards).grant(pdu.packet, pdu.time, credits)
            return
        former = self.open.former_local if pdu.direction == TX else self.open.former_remote
        self._stray(
            pdu, cid, credits, former.get(int(cid)), faults.CREDITS_FOR_NO_CHANNEL, faults.CREDITS_AFTER_CLOSING
        )

    def stray(self, pdu: Pdu) -> None:
        """Data for a channel that is not open."""
        former = self.open.former_remote if pdu.direction == TX else self.open.former_local
        self._stray(
            pdu,
            pdu.cid,
            pdu.length,
            former.get(int(pdu.cid)),
            faults.DATA_ON_NO_CHANNEL,
            faults.DATA_AFTER_CLOSING,
        )

    def _stray(self, pdu: Pdu, cid: i64, amount: i64, former: Channel | None, unknown: i64, closed: i64) -> None:
        """former had the CID before. What was on its way when a channel closed is nobody's fault."""
        rows = self.tables.faults
        sure = not self.begun_before
        if former is None:
            rows.add(pdu.packet, pdu.time, self.link, NONE, pdu.direction, unknown, sure, cid, amount)
            return
        answered: i64 = TX if former.close_reason == DISCONNECT_PEER else RX
        if pdu.direction == answered or pdu.time - former.closed_time > ON_ITS_WAY_NS:
            way: i64 = pdu.direction if closed == faults.DATA_AFTER_CLOSING else opposite(pdu.direction)
            flow: i64 = former.row * 2 + way
            rows.add(pdu.packet, pdu.time, self.link, flow, pdu.direction, closed, sure, cid, former.closed)

    def infer(self, direction: i64, cid: i64) -> Channel:
        """A channel from before the capture: `cid` is on its PDUs in this direction, the other may never be seen."""
        channel = self.open.half_known(direction, cid)
        if channel is None:
            unknown = Limits(NONE, NONE, NONE)
            tx: i64 = cid if direction == TX else NONE
            return self.declare(NONE, LE_CREDIT, cid if direction == RX else NONE, tx, unknown, unknown)
        channel.flow(direction).cid = cid
        self.open.register(channel)
        return channel

    def declare(self, psm: i64, mode: i64, local: i64, remote: i64, sent: Limits, received: Limits) -> Channel:
        """A channel whose set-up is not in the capture. sent and received bound what the captured host does."""
        channel = self.undeclared(psm, mode, local, remote, sent, received)
        self.add(channel)
        return channel

    def undeclared(self, psm: i64, mode: i64, local: i64, remote: i64, sent: Limits, received: Limits) -> Channel:
        """The same, still to be added."""
        row: i64 = len(self.registry.channels)
        tx = self._flow(row, TX, remote, sent)
        rx = self._flow(row, RX, local, received)
        return Channel(row, self.link, psm, mode, NONE, tx, rx)

    def le_credit_response(self, pdu: Pdu, request: Request, start: i64, result: i64) -> None:
        parameters = request.parameters
        if len(parameters) < LE_REQUEST_SIZE:
            return
        psm = u16(parameters, 0)
        scid = u16(parameters, 2)
        dcid = u16(pdu.data, start)
        if result != 0 or dcid == 0:
            self.refuse(pdu, request, LE_CREDIT, psm, scid, result)
            return
        source = self._spsm_source(pdu, request, psm)
        self._open(pdu, psm, LE_CREDIT, scid, dcid, _limits(parameters, 4), _limits(pdu.data, start + 2), source)

    def credit_response(self, pdu: Pdu, request: Request, start: i64, stop: i64, result: i64) -> None:
        """Endpoints are paired by their position in the two lists; a destination CID of 0 refuses that one."""
        parameters = request.parameters
        if len(parameters) < ENHANCED_FIXED_SIZE or 0x000D <= result <= 0x000F:
            return
        psm = u16(parameters, 0)
        source = self._spsm_source(pdu, request, psm)
        at: i64 = ENHANCED_FIXED_SIZE
        theirs = start + ENHANCED_FIXED_SIZE
        size: i64 = len(parameters)
        while size - at >= 2:
            scid = u16(parameters, at)
            dcid: i64 = u16(pdu.data, theirs) if stop - theirs >= 2 else 0
            if dcid == 0:
                self.refuse(pdu, request, ENHANCED_CREDIT, psm, scid, result)
            else:
                self._open(
                    pdu, psm, ENHANCED_CREDIT, scid, dcid, _limits(parameters, 2), _limits(pdu.data, start), source
                )
            at += 2
            theirs += 2

    def reconfigured(self, pdu: Pdu, request: Request) -> None:
        """The request lists endpoints of its sender, who is the receiver that the new limits protect."""
        parameters = request.parameters
        at: i64 = RECONFIGURE_FIXED_SIZE
        size: i64 = len(parameters)
        while size - at >= 2:
            channel = self.open.sending(request.direction, u16(parameters, at))
            if channel is not None:
                mtu = u16(parameters, 0)
                towards = opposite(request.direction)
                flow = channel.flow(towards)
                flow.sdus.mtu = mtu
                if flow.seen:
                    flow.mps = u16(parameters, 2)
                channel.reconfigured.append(Reconfiguration(pdu.packet, towards, mtu, u16(parameters, 2)))
                self._bound_att(channel)
            at += 2

    def disconnected(self, pdu: Pdu, dcid: i64) -> None:
        """A Disconnection Response: its first CID is the endpoint of its sender, which alone tells the channel."""
        channel = self.open.sending(pdu.direction, dcid)
        if channel is not None:
            self._close(pdu, channel, DISCONNECT_PEER if pdu.direction == TX else DISCONNECT_LOCAL)

    def rejected(self, pdu: Pdu, request: Request, invalid_cid: bool) -> None:
        """A Command Reject answers a request: an opening failed, or what was to be closed is gone already."""
        parameters = request.parameters
        size = len(parameters)
        if request.code == LE_CREDIT_REQUEST and size >= LE_REQUEST_SIZE:
            self.refuse(pdu, request, LE_CREDIT, u16(parameters, 0), u16(parameters, 2), RESULT_REJECTED)
        elif request.code == CREDIT_REQUEST and size >= ENHANCED_FIXED_SIZE + 2:
            self.refuse(pdu, request, ENHANCED_CREDIT, u16(parameters, 0), u16(parameters, 8), RESULT_REJECTED)
        elif request.code == DISCONNECTION_REQUEST and invalid_cid and size >= 4:
            channel = self.open.sending(pdu.direction, u16(parameters, 0))
            if channel is None:
                channel = self.open.sending(request.direction, u16(parameters, 2))
            if channel is not None:
                self._close(pdu, channel, REJECTED)

    def _spsm_source(self, pdu: Pdu, request: Request, psm: i64) -> i64:
        """Where the responder told the requester this SPSM before, as in Channel.spsm_source."""
        source = self.registry.spsms.find(self.link, pdu.direction, psm)
        return source if source >> 16 < request.packet else NONE

    def _open(
        self, pdu: Pdu, psm: i64, mode: i64, scid: i64, dcid: i64, requester: Limits, responder: Limits, source: i64
    ) -> None:
        channel = self.opened(pdu, psm, mode, scid, dcid, requester, responder)
        channel.spsm_source = source
        self.add(channel)

    def opened(
        self, pdu: Pdu, psm: i64, mode: i64, scid: i64, dcid: i64, requester: Limits, responder: Limits
    ) -> Channel:
        """A new channel, still to be added. scid is the requester's endpoint, dcid that of who sent this PDU."""
        row: i64 = len(self.registry.channels)
        local: i64 = dcid if pdu.direction == TX else scid
        remote: i64 = scid if pdu.direction == TX else dcid
        self._replace(pdu, self.open.local.get(local))
        self._replace(pdu, self.open.remote.get(remote))
        tx = self._flow(row, TX, remote, requester if pdu.direction == TX else responder)
        rx = self._flow(row, RX, local, responder if pdu.direction == TX else requester)
        channel = Channel(row, self.link, psm, mode, opposite(pdu.direction), tx, rx)
        channel.open(pdu.packet, pdu.time)
        return channel

    def add(self, channel: Channel) -> None:
        if channel.psm == EATT_SPSM and channel.credit_based:
            channel.att = self.registry.bearer(self.tables, self.link, channel.row, self.peer, not channel.inferred)
            self._bound_att(channel)
        self.registry.channels.append(channel)
        self.open.add(channel)

    def _bound_att(self, channel: Channel) -> None:
        """The ATT_MTU of an enhanced bearer is the smaller MTU of its channel, at least 64 (Vol 3 Part G 5.3)."""
        att = channel.att
        if att is None or channel.tx.sdus.mtu == NONE or channel.rx.sdus.mtu == NONE:
            return
        smaller = channel.tx.sdus.mtu if channel.tx.sdus.mtu < channel.rx.sdus.mtu else channel.rx.sdus.mtu
        att.mtu = smaller if smaller > SMALLEST_EATT_MTU else SMALLEST_EATT_MTU

    def _flow(self, row: i64, direction: i64, cid: i64, limits: Limits) -> Flow:
        outgoing = self.outgoing if direction == TX else None
        return Flow(self.tables, self.link, row * 2 + direction, cid, limits, self.pace, outgoing, self.registry.loss)

    def _replace(self, pdu: Pdu, former: Channel | None) -> None:
        """A CID that opens anew was closed out of sight."""
        if former is not None:
            self._close(pdu, former, HANDLE_REUSED)

    def refuse(self, pdu: Pdu, request: Request, mode: i64, psm: i64, scid: i64, result: i64) -> None:
        self.registry.refusals.append(
            Refusal(self.link, mode, psm, scid, request.direction, request.packet, pdu.packet, pdu.time, result)
        )

    def _close(self, pdu: Pdu, channel: Channel, reason: i64) -> None:
        channel.close(pdu.packet, pdu.time, reason)
        self.open.remove(channel)


def _limits(data: bytes, at: i64) -> Limits:
    """MTU, MPS and credits, as 0x14, 0x15, 0x17 and 0x18 have them in this order."""
    return Limits(u16(data, at), u16(data, at + 2), u16(data, at + 4))


def opposite(direction: i64) -> i64:
    return RX if direction == TX else TX
