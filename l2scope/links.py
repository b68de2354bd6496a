"""What a user sees of the engine's links and of refused channels: plain objects. No numpy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from l2scope.columns import seconds
from l2scope.engine import words
from l2scope.engine.link import BREDR, CENTRAL, LE, PERIPHERAL
from l2scope.engine.link import Link as EngineLink
from l2scope.engine.modes import MODES
from l2scope.engine.requests import RESULT_REJECTED, Refusal
from l2scope.pairings import key_size_of
from l2scope.peers import PeerView

CLOSE_REASONS: Final = {
    words.STILL_OPEN: None,
    words.DISCONNECT_LOCAL: "disconnect-local",
    words.DISCONNECT_PEER: "disconnect-peer",
    words.LINK_LOST: "link-lost",
    words.RESET: "reset",
    words.ADAPTER_GONE: "adapter-gone",
    words.HANDLE_REUSED: "handle-reused",
    words.REJECTED: "rejected",
}
TRANSPORTS: Final = {LE: "le", BREDR: "br-edr"}
ROLES: Final = {CENTRAL: "central", PERIPHERAL: "peripheral"}


@dataclass(frozen=True, slots=True)
class Link:
    """One life of a connection handle. opened is None for a link that was there before the capture began.

    interval_ns is the connection interval in force at the end, None where it is not known; latency in events;
    supervision_timeout_ns likewise; tx_octets and rx_octets the link-layer payload in force; key_size (bytes) that of
    the key that encrypts it, None where it is not encrypted or nothing tells. The peer is described as in PeerView.
    """

    id: int
    adapter: int
    handle: int
    transport: str | None
    role: str | None
    peer_address: str | None
    peer_name: str | None
    opened: int | None
    closed: int | None
    opened_ns: int | None
    closed_ns: int | None
    close_reason: str | None
    reason_code: int | None
    interval_ns: int | None
    latency: int
    supervision_timeout_ns: int | None
    tx_octets: int
    rx_octets: int
    encrypted: bool
    key_size: int | None
    peer_address_kind: str | None
    peer_identity: str | None
    peer_manufacturer: str | None

    def __repr__(self) -> str:
        pace = "" if self.interval_ns is None else f", interval {seconds(self.interval_ns)}"
        ended = "" if self.close_reason is None else f", {self.close_reason} in packet {self.closed}"
        return f"<Link {self.id} adapter={self.adapter} handle={self.handle} peer={self.peer_address}{pace}{ended}>"

    def as_json(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class RefusedChannel:
    """An attempt to open a channel that failed. result is that of the response, None for a Command Reject; response_ns
    is the response's time."""

    adapter: int
    handle: int
    link: int
    mode: str
    psm: int
    scid: int
    initiator: str
    request: int
    response: int
    result: int | None
    peer_address: str | None
    peer_name: str | None
    response_ns: int

    def __repr__(self) -> str:
        return (
            f"<refused psm=0x{self.psm:04x} adapter={self.adapter} handle={self.handle} scid=0x{self.scid:04x}, "
            f"asked for in packet {self.request} by {self.initiator}>"
        )

    def as_json(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def link_view(link: EngineLink, peer: PeerView) -> Link:
    still_open = link.closed == words.NONE
    seen = link.opened != words.NONE
    return Link(
        id=link.row,
        adapter=link.adapter,
        handle=link.handle,
        transport=TRANSPORTS.get(link.transport),
        role=ROLES.get(link.role),
        peer_address=peer.address,
        peer_name=peer.name,
        opened=link.opened if seen else None,
        closed=None if still_open else link.closed,
        opened_ns=link.opened_time if seen else None,
        closed_ns=None if still_open else link.closed_time,
        close_reason=CLOSE_REASONS[link.close_reason],
        reason_code=link.reason_code or None,
        interval_ns=link.pace.interval or None,
        latency=link.pace.latency,
        supervision_timeout_ns=link.supervision_timeout * 10_000_000 or None,
        tx_octets=link.tx_octets,
        rx_octets=link.rx_octets,
        encrypted=bool(link.encrypted),
        key_size=key_size_of(link),
        peer_address_kind=peer.address_kind,
        peer_identity=peer.identity,
        peer_manufacturer=peer.manufacturer,
    )


def refusal_views(refusals: Iterable[Refusal], links: Sequence[Link]) -> list[RefusedChannel]:
    return [
        RefusedChannel(
            adapter=links[refusal.link].adapter,
            handle=links[refusal.link].handle,
            link=refusal.link,
            mode=MODES[refusal.mode],
            psm=refusal.psm,
            scid=refusal.scid,
            initiator="local" if refusal.direction == words.TX else "remote",
            request=refusal.request,
            response=refusal.response,
            result=None if refusal.result == RESULT_REJECTED else refusal.result,
            peer_address=links[refusal.link].peer_address,
            peer_name=links[refusal.link].peer_name,
            response_ns=refusal.time,
        )
        for refusal in refusals
    ]
