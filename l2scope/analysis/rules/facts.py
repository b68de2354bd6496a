"""What the rules look at: the figures of a capture, and the packets that broke a rule. No numpy."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from l2scope.channels import Channel, Channels, Direction
from l2scope.engine.engine import Engine
from l2scope.engine.flow import Flow
from l2scope.engine.tables import FaultTable
from l2scope.engine.words import NONE, TX
from l2scope.links import Link, RefusedChannel, refusal_views
from l2scope.quality import Quality
from l2scope.reading import Figures, channel_views_of, link_views
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
    """A capture without its rows. last_ns is up to when everything is known; faults are by code."""

    engine: Engine
    quality: Quality
    links: list[Link]
    channels: Channels
    refused: list[RefusedChannel]
    last_ns: int
    faults: dict[int, list[Fault]]

    def directions(self) -> Iterator[tuple[Channel, Direction, Flow]]:
        """Each direction of each channel, with the engine's own figures."""
        for channel in self.channels:
            flows = self.engine.host.registry.channels[channel.id]
            yield channel, channel.tx, flows.tx
            yield channel, channel.rx, flows.rx

    def end_ns(self, channel: Channel) -> int:
        """When a channel closed, or up to when it is known."""
        return self.last_ns if channel.closed_ns is None else channel.closed_ns


def facts_of(figures: Figures) -> Facts:
    """Of a capture that was read for its figures."""
    engine = figures.engine
    return Facts(
        engine,
        figures.quality,
        figures.links,
        figures.channels,
        figures.refused,
        int(engine.last_time),
        _by_code(engine),
    )


def facts_now(engine: Engine, quality: Quality, zero_rows: bytes, ended: bool, seen_until: int = 0) -> Facts:
    """Of an engine as it stands; zero_rows, ended and seen_until as for channel_views_of()."""
    links = link_views(engine)
    return Facts(
        engine,
        quality,
        links,
        channel_views_of(engine, links, zero_rows, ended, seen_until),
        refusal_views(engine.host.registry.refusals, links),
        max(int(engine.last_time), seen_until),
        _by_code(engine),
    )


def _by_code(engine: Engine) -> dict[int, list[Fault]]:
    faults: dict[int, list[Fault]] = {}
    for row in _ROW.iter_unpack(engine.tables.faults.rows.getvalue()):
        fault = _fault(row)
        faults.setdefault(fault.code, []).append(fault)
    return faults


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
