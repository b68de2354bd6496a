"""The BR/EDR channels of one link: how commands open, refuse and configure them (Vol 3 Part A 4.2-4.5, 4.14)."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.channel import Channel
from l2scope.engine.classic import ClassicData
from l2scope.engine.credit_channels import CreditChannels, opposite
from l2scope.engine.current import Pdu
from l2scope.engine.fcs import can_be_checked, fcs_fits
from l2scope.engine.fields import u16
from l2scope.engine.flow import Limits
from l2scope.engine.modes import BASIC
from l2scope.engine.requests import RESULT_REJECTED, Request
from l2scope.engine.words import NONE, TX

CONNECTION_REQUEST: Final = 0x02
CREATE_CHANNEL_REQUEST: Final = 0x0C
CONNECTION_PENDING: Final = 1
REQUEST_SIZE: Final = 4
ATT_PSM: Final = 0x001F
SMALLEST_ATT_MTU: Final = 48


@final
class ClassicChannels:
    """channels are all channels of the link: a CID is taken whatever the mode."""

    def __init__(self, channels: CreditChannels) -> None:
        self.channels = channels

    def connected(self, pdu: Pdu, request: Request, start: i64, result: i64) -> None:
        """A Connection Response, or one to Create Channel, which asks for the same on a certain controller."""
        parameters = request.parameters
        if len(parameters) < REQUEST_SIZE or result == CONNECTION_PENDING:
            return
        psm = u16(parameters, 0)
        scid = u16(parameters, 2)
        dcid = u16(pdu.data, start)
        if result != 0 or dcid == 0:
            self.channels.refuse(pdu, request, BASIC, psm, scid, result)
            return
        channel = self.channels.opened(pdu, psm, BASIC, scid, dcid, _unknown(), _unknown())
        channel.tx.seen = True
        channel.rx.seen = True
        self._add(channel)

    def configured(self, pdu: Pdu, request: Request, start: i64, stop: i64, result: i64) -> None:
        """A Configuration Response. The request names the endpoint of its receiver, and limits what flows to its
        sender."""
        parameters = request.parameters
        if len(parameters) < REQUEST_SIZE:
            return
        channel = self.channels.open.receiving(request.direction, u16(parameters, 0))
        if channel is None:
            return
        classic = channel.classic
        if classic is None:
            return
        negotiation = classic.negotiation(opposite(request.direction))
        if negotiation.answer(parameters, pdu.data, start, stop, result):
            classic.configured()
            channel.mode = classic.mode
            _bound_att(channel)

    def rejected(self, pdu: Pdu, request: Request) -> None:
        """A Command Reject answers a request for a channel."""
        parameters = request.parameters
        if request.code in (CONNECTION_REQUEST, CREATE_CHANNEL_REQUEST) and len(parameters) >= REQUEST_SIZE:
            self.channels.refuse(pdu, request, BASIC, u16(parameters, 0), u16(parameters, 2), RESULT_REJECTED)

    def infer(self, pdu: Pdu, certainly_classic: bool) -> Channel | None:
        """The channel from before the capture that a PDU belongs to. None where nothing tells that the link is a BR/EDR
        one: neither the link nor a check sequence."""
        checked = can_be_checked(pdu) and fcs_fits(pdu)
        if not certainly_classic and not checked:
            return None
        channel = self.channels.open.half_known(pdu.direction, pdu.cid)
        if channel is None or (channel.mode == BASIC) == checked:
            local: i64 = NONE if pdu.direction == TX else pdu.cid
            remote: i64 = pdu.cid if pdu.direction == TX else NONE
            return self.declare(NONE, BASIC, local, remote)
        channel.flow(pdu.direction).cid = pdu.cid
        self.channels.open.register(channel)
        return channel

    def declare(self, psm: i64, mode: i64, local: i64, remote: i64) -> Channel:
        """A channel whose set-up is not in the capture."""
        channel = self.channels.undeclared(psm, mode, local, remote, _unknown(), _unknown())
        self._add(channel).declare(mode)
        return channel

    def _add(self, channel: Channel) -> ClassicData:
        classic = ClassicData(self.channels.tables, channel.tx, channel.rx)
        channel.classic = classic
        self.channels.add(channel)
        if channel.psm == ATT_PSM:
            registry = self.channels.registry
            channel.att = registry.bearer(
                self.channels.tables, channel.link, channel.row, self.channels.peer, not channel.inferred
            )
            _bound_att(channel)
        return classic


def _unknown() -> Limits:
    return Limits(NONE, NONE, NONE)


def _bound_att(channel: Channel) -> None:
    """On BR/EDR the ATT_MTU is the smaller MTU of the channel, 48 at least (Vol 3 Part G 5.1, Part F 3.2.8)."""
    att = channel.att
    if att is None:
        return
    tx = channel.tx.limits.mtu
    rx = channel.rx.limits.mtu
    smaller = tx if tx < rx else rx
    att.mtu = smaller if smaller > SMALLEST_ATT_MTU else SMALLEST_ATT_MTU
