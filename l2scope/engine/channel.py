"""A channel: one life of a CID pair on a link, with the state of its two directions."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.att import AttBearer
from l2scope.engine.classic import ClassicData
from l2scope.engine.counters import KFRAME
from l2scope.engine.current import Pdu
from l2scope.engine.flow import Flow
from l2scope.engine.sdu import LENGTH_FIELD
from l2scope.engine.words import FIRST_DYNAMIC_CID, NONE, STILL_OPEN, TX

EATT_SPSM: Final = 0x0027

LISTED_CIDS: Final = 64


@final
class Reconfiguration:
    """New limits of one of a channel's receivers, from packet on. direction is the one that they bound."""

    def __init__(self, packet: i64, direction: i64, mtu: i64, mps: i64) -> None:
        self.packet = packet
        self.direction = direction
        self.mtu = mtu
        self.mps = mps


@final
class Channel:
    """psm is its PSM or SPSM; initiator the direction of its connection request; both NONE where the set-up was not
    seen. mode is one of modes.py; classic holds the data of a BR/EDR channel, None for a credit-based one.

    named counts the Flow Control Credit Inds for it: they show that it is a credit-based channel. spsm_source is
    packet << 16 | handle of the attribute value that told its SPSM, NONE without one. asked is the packet of the first
    Disconnection Request for it, sent in the direction asked_by.
    """

    def __init__(self, row: i64, link: i64, psm: i64, mode: i64, initiator: i64, tx: Flow, rx: Flow) -> None:
        self.row = row
        self.link = link
        self.psm = psm
        self.mode = mode
        self.initiator = initiator
        self.opened: i64 = NONE
        self.opened_time: i64 = 0
        self.closed: i64 = NONE
        self.closed_time: i64 = 0
        self.close_reason: i64 = STILL_OPEN
        self.named: i64 = 0
        self.spsm_source: i64 = NONE
        self.asked: i64 = NONE
        self.asked_time: i64 = 0
        self.asked_by: i64 = NONE
        self.tx = tx
        self.rx = rx
        self.att: AttBearer | None = None
        self.classic: ClassicData | None = None
        self.reconfigured: list[Reconfiguration] = []

    @property
    def exact(self) -> bool:
        """Both balances are known, not only what they are at least."""
        return self.tx.exact and self.rx.exact

    @property
    def inferred(self) -> bool:
        """Its set-up is not in the capture: it was told by its traffic, or by the user."""
        return self.opened == NONE

    @property
    def credit_based(self) -> bool:
        return self.classic is None

    def open(self, packet: i64, time: i64) -> None:
        self.opened = packet
        self.opened_time = time
        self.tx.ledger.open(packet, time)
        self.rx.ledger.open(packet, time)

    def pdu(self, pdu: Pdu) -> i64:
        """Takes the next PDU of the channel. Returns the protocol that it counts under."""
        classic = self.classic
        if classic is None:
            self._kframe(pdu)
            return KFRAME
        protocol = classic.pdu(pdu, self.att)
        self.mode = classic.mode
        return protocol

    def _kframe(self, pdu: Pdu) -> None:
        flow = self.tx if pdu.direction == TX else self.rx
        att = self.att
        if att is not None and flow.sdus.first == NONE and pdu.length >= LENGTH_FIELD:
            att.pdu(pdu, pdu.start + LENGTH_FIELD, pdu.length - LENGTH_FIELD)
        flow.kframe(pdu)

    def ask_to_close(self, pdu: Pdu) -> None:
        """A Disconnection Request for it."""
        if self.asked == NONE:
            self.asked = pdu.packet
            self.asked_time = pdu.time
            self.asked_by = pdu.direction

    def flow(self, direction: i64) -> Flow:
        return self.tx if direction == TX else self.rx

    def close(self, packet: i64, time: i64, reason: i64) -> None:
        self.closed = packet
        self.closed_time = time
        self.close_reason = reason
        classic = self.classic
        if classic is not None:
            classic.close(packet, time)
            return
        self.tx.close(packet, time)
        self.rx.close(packet, time)

    def settle(self) -> None:
        """The capture has ended: what waits for a later packet is judged without it."""
        classic = self.classic
        if classic is not None:
            classic.finish()
            return
        self.tx.ledger.settle()
        self.rx.ledger.settle()
        self.tx.finish()
        self.rx.finish()


@final
class ChannelsByCid:
    """Channels by one end's CID: those an LE link can have in a list, the others in a dict."""

    def __init__(self) -> None:
        self.listed: list[Channel | None] = [None] * LISTED_CIDS
        self.others: dict[int, Channel] = {}

    def get(self, cid: i64) -> Channel | None:
        index = cid - FIRST_DYNAMIC_CID
        if 0 <= index < LISTED_CIDS:
            return self.listed[index]
        return self.others.get(int(cid))

    def put(self, cid: i64, channel: Channel) -> None:
        index = cid - FIRST_DYNAMIC_CID
        if 0 <= index < LISTED_CIDS:
            self.listed[index] = channel
        else:
            self.others[int(cid)] = channel

    def remove(self, cid: i64, channel: Channel) -> None:
        if self.get(cid) is not channel:
            return
        index = cid - FIRST_DYNAMIC_CID
        if 0 <= index < LISTED_CIDS:
            self.listed[index] = None
        else:
            del self.others[int(cid)]


@final
class OpenChannels:
    """The open channels of a link, by the CIDs of its two ends, and the last that had a CID before."""

    def __init__(self) -> None:
        self.local = ChannelsByCid()
        self.remote = ChannelsByCid()
        self.former_local: dict[int, Channel] = {}
        self.former_remote: dict[int, Channel] = {}
        self.channels: dict[int, Channel] = {}

    def add(self, channel: Channel) -> None:
        self.channels[int(channel.row)] = channel
        self.register(channel)

    def register(self, channel: Channel) -> None:
        """Makes the channel known under both its CIDs, as far as they are known."""
        if channel.rx.cid != NONE:
            self.local.put(channel.rx.cid, channel)
        if channel.tx.cid != NONE:
            self.remote.put(channel.tx.cid, channel)

    def remove(self, channel: Channel) -> None:
        del self.channels[int(channel.row)]
        if channel.rx.cid != NONE:
            self.local.remove(channel.rx.cid, channel)
            self.former_local[int(channel.rx.cid)] = channel
        if channel.tx.cid != NONE:
            self.remote.remove(channel.tx.cid, channel)
            self.former_remote[int(channel.tx.cid)] = channel

    def half_known(self, direction: i64, cid: i64) -> Channel | None:
        """The channel whose CID in this direction may be `cid`: one whose set-up was not seen and that lacks it.

        Both ends often have the same CID; else it must be the only one that comes into question.
        """
        found: Channel | None = None
        count = 0
        for channel in self.channels.values():
            if channel.flow(direction).cid == NONE:
                other = channel.tx if direction != TX else channel.rx
                if other.cid == cid:
                    return channel
                found = channel
                count += 1
        return found if count == 1 else None

    def receiving(self, direction: i64, cid: i64) -> Channel | None:
        """The channel of a PDU sent in this direction: its CID is the receiver's."""
        return self.remote.get(cid) if direction == TX else self.local.get(cid)

    def sending(self, direction: i64, cid: i64) -> Channel | None:
        """The channel whose endpoint `cid` is on the sender of this direction."""
        return self.local.get(cid) if direction == TX else self.remote.get(cid)

    def close_all(self, packet: i64, time: i64, reason: i64) -> None:
        for channel in self.channels.values():
            channel.close(packet, time, reason)
        self.channels = {}
