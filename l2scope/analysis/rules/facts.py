"""What the rules look at: the figures of a capture, and the packets that broke a rule. No numpy."""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from l2scope.channels import Channel, Direction
from l2scope.engine.att import AttBearer
from l2scope.engine.engine import Engine
from l2scope.engine.flow import Flow
from l2scope.engine.link import Link as EngineLink
from l2scope.engine.tables import FaultTable
from l2scope.engine.words import NONE, TX
from l2scope.links import Link, RefusedChannel
from l2scope.sources.damage import Damage
from l2scope.stalls import DIRECTIONS

_ROW: Final = struct.Struct("<qiiiBBHqq")
assert _ROW.size == FaultTable.size

LOCAL: Final = "local"
REMOTE: Final = "remote"


@dataclass(frozen=True, slots=True)
class Fault:
    """A row of the faults table. channel is None where none is at fault; direction is that of the channel, or else of
    the packet; sender the side that sent the packet."""

    packet: int
    time_ns: int
    link: int
    channel: int | None
    direction: str
    code: int
    sure: bool
    a: int
    b: int
    sender: str


@dataclass(frozen=True, slots=True)
class Facts:
    """A capture without its rows, and the part of it that the rules are held against: a channel, a link without its
    channels, or the capture itself.

    links and channels are all of them, by id, without twins. last_ns is up to when everything is known. link and
    channel say whose part it is; faults (by code), refused, bearers and damage are the part's own, channel_ids those of
    the link's channels.
    """

    engine: Engine
    links: Sequence[Link]
    channels: Sequence[Channel]
    last_ns: int
    link: int | None = None
    channel: int | None = None
    channel_ids: Sequence[int] = ()
    faults: Mapping[int, list[Fault]] = field(default_factory=dict)
    refused: Sequence[RefusedChannel] = ()
    bearers: Sequence[AttBearer] = ()
    damage: Sequence[Damage] = ()

    def directions(self) -> Iterator[tuple[Channel, Direction, Flow]]:
        """Each direction of the channel, with the engine's own figures; none of a channel without credits."""
        if self.channel is not None:
            yield from self._directions(self.channel)

    def link_directions(self) -> Iterator[tuple[Channel, Direction, Flow]]:
        """Each direction of the link's credit-based channels."""
        for number in self.channel_ids:
            yield from self._directions(number)

    def own_link(self) -> Iterator[EngineLink]:
        """The link, as the engine has it."""
        if self.link is not None:
            yield self.engine.host.links[self.link]

    def end_ns(self, channel: Channel) -> int:
        """When a channel closed, or up to when it is known."""
        return self.last_ns if channel.closed_ns is None else channel.closed_ns

    def _directions(self, number: int) -> Iterator[tuple[Channel, Direction, Flow]]:
        channel, flows = self.channels[number], self.engine.host.registry.channels[number]
        if flows.credit_based:
            yield channel, channel.tx, flows.tx
            yield channel, channel.rx, flows.rx


def new_faults(engine: Engine, seen: int) -> list[Fault]:
    """The rows of the faults table from row `seen` on."""
    rows = engine.tables.faults.rows.getvalue()
    return [_fault(row) for row in _ROW.iter_unpack(rows[seen * _ROW.size :])]


def _fault(row: tuple[int, ...]) -> Fault:
    time_ns, packet, link, flow, code, direction, sure, a, b = row
    return Fault(
        packet=packet,
        time_ns=time_ns,
        link=link,
        channel=None if flow == NONE else flow >> 1,
        direction=DIRECTIONS[direction if flow == NONE else flow & 1],
        code=code,
        sure=bool(sure),
        a=a,
        b=b,
        sender=LOCAL if direction == TX else REMOTE,
    )


def sender_of(direction: Direction) -> str:
    """The side whose data this direction carries."""
    return LOCAL if direction.name == "tx" else REMOTE


def receiver_of(direction: Direction) -> str:
    """The side that gives this direction its credits."""
    return REMOTE if direction.name == "tx" else LOCAL
