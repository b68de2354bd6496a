"""The parts of a capture that changed since the last look: its links, its channels, and the capture itself.

What a rule says of a part depends on nothing else, so nothing else has to be judged again. Few parts change at a time:
a closed channel never does, one that is idle does not until its next packet.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from l2scope.analysis.rules.facts import Facts, Fault, new_faults
from l2scope.channels import Channel, channel_view
from l2scope.engine.att import AttBearer
from l2scope.engine.channel import Channel as EngineChannel
from l2scope.engine.engine import Engine
from l2scope.engine.faults import FATAL
from l2scope.engine.flow import Flow
from l2scope.engine.words import NONE
from l2scope.links import Link, RefusedChannel, link_view, refusal_views
from l2scope.peers import PeerView
from l2scope.quality import Quality
from l2scope.sources.damage import Damage
from l2scope.wait_book import WaitBook

# Names a part: what it is of, and its number. In the order in which parts are shown.
Key = tuple[str, int]
CAPTURE: Final = ("capture", 0)
# No rule asks who a peer is.
NOBODY: Final = PeerView(None, None, None, None, None)


@dataclass(slots=True)
class Belongings:
    """What belongs to a channel, or to a link without its channels. counts is what was seen of it last."""

    faults: dict[int, list[Fault]] = field(default_factory=dict)
    bearers: list[AttBearer] = field(default_factory=list)
    refused: list[RefusedChannel] = field(default_factory=list)
    channel_ids: list[int] = field(default_factory=list)
    counts: tuple[int, ...] = ()


class Parts:
    """Follows an engine. Waits for credits are to be told to it as the rows of their table come, all of them."""

    def __init__(self, engine: Engine) -> None:
        self.waits = WaitBook()
        self._engine = engine
        self._links: list[Link] = []
        self._channels: list[Channel] = []
        self._of_links: list[Belongings] = []
        self._of_channels: list[Belongings] = []
        self._open_links: list[int] = []
        self._open_channels: list[int] = []
        self._faults = 0
        self._refusals = 0
        self._bearers = 0
        self._losses = 0
        self._damage: tuple[Damage, ...] | None = None

    def changed(self, quality: Quality, now_ns: int, ended: bool) -> Iterator[tuple[Key, Facts]]:
        """The parts that may have changed up to now_ns, each with its facts. ended: no packet will follow."""
        links, channels = self._changed_links(), self._changed_channels()
        touched = self._new_belongings()
        if ended or self._losses != self._engine.host.registry.loss.count:
            self._losses = int(self._engine.host.registry.loss.count)
            links, channels = set(range(len(self._links))), set(range(len(self._of_channels)))
        channels |= {number for kind, number in touched if kind == "channel"}
        links |= {number for kind, number in touched if kind == "link"}
        for number in sorted(channels):
            self._view(number, now_ns, ended)
            links.add(self._channels[number].link)
        for number in sorted(links):
            yield ("link", number), self._facts(self._of_links[number], now_ns, link=number)
        for number in sorted(channels):
            yield ("channel", number), self._facts(self._of_channels[number], now_ns, channel=number)
        if self._damage != quality.rows:
            self._damage = quality.rows
            yield CAPTURE, Facts(self._engine, self._links, self._channels, now_ns, damage=quality.rows)

    def _facts(self, own: Belongings, now_ns: int, link: int | None = None, channel: int | None = None) -> Facts:
        return Facts(
            self._engine,
            self._links,
            self._channels,
            now_ns,
            link,
            channel,
            own.channel_ids,
            own.faults,
            own.refused,
            own.bearers,
        )

    def _changed_links(self) -> set[int]:
        """Those that were open at the last look, and new ones; their views are made anew."""
        host = self._engine.host
        first = len(self._of_links)
        changed = [*self._open_links, *range(first, len(host.links))]
        self._of_links += [Belongings() for _ in range(first, len(host.links))]
        for number in changed:
            self._links[number : number + 1] = [link_view(host.links[number], NOBODY)]
        self._open_links = [number for number in changed if host.links[number].closed == NONE]
        return set(changed)

    def _changed_channels(self) -> set[int]:
        """Those with new packets, and those for which time alone makes a difference."""
        channels = self._engine.host.registry.channels
        first = len(self._of_channels)
        for channel in channels[first:]:
            self._of_channels.append(Belongings())
            self._of_links[channel.link].channel_ids.append(int(channel.row))
            self._open_channels.append(int(channel.row))
        changed = set()
        for number in self._open_channels:
            channel, own = channels[number], self._of_channels[number]
            counts = _counts(channel)
            if counts != own.counts or _is_waiting(channel, own):
                own.counts = counts
                changed.add(number)
        self._open_channels = [number for number in self._open_channels if channels[number].closed == NONE]
        return changed

    def _new_belongings(self) -> set[Key]:
        """Hands out new faults, refusals and bearers. Returns whose they are."""
        registry = self._engine.host.registry
        touched: set[Key] = set()
        faults = new_faults(self._engine, self._faults) if self._engine.tables.faults.count > self._faults else []
        for fault in faults:
            self._owner(touched, fault.link, fault.channel).faults.setdefault(fault.code, []).append(fault)
        for refused in refusal_views(registry.refusals[self._refusals :], self._links):
            self._owner(touched, refused.link, None).refused.append(refused)
        for bearer in registry.bearers[self._bearers :]:
            channel = None if bearer.channel == NONE else int(bearer.channel)
            self._owner(touched, int(bearer.link), channel).bearers.append(bearer)
        self._faults += len(faults)
        self._refusals = len(registry.refusals)
        self._bearers = len(registry.bearers)
        return touched

    def _owner(self, touched: set[Key], link: int, channel: int | None) -> Belongings:
        touched.add(("link", link) if channel is None else ("channel", channel))
        return self._of_links[link] if channel is None else self._of_channels[channel]

    def _view(self, number: int, now_ns: int, ended: bool) -> None:
        channel = self._engine.host.registry.channels[number]
        self._channels[number : number + 1] = [
            channel_view(channel, self._links, self.waits.flows, now_ns, ended, twins={})
        ]


def _counts(channel: EngineChannel) -> tuple[int, ...]:
    """What differs when a packet of a channel has come."""
    tx, rx = channel.tx, channel.rx
    return (
        tx.kframes, rx.kframes, tx.ledger.grants, rx.ledger.grants, channel.opened, channel.asked, channel.closed,
        len(channel.reconfigured),
    )  # fmt: skip


def _is_waiting(channel: EngineChannel, own: Belongings) -> bool:
    """Whether something is expected of an open channel: the longer it does not come, the worse."""
    return (
        _flow_waits(channel.tx)
        or _flow_waits(channel.rx)
        or any(code in FATAL for code in own.faults)
        or any(_has_asked(bearer) for bearer in own.bearers)
    )


def _flow_waits(flow: Flow) -> bool:
    return flow.ledger.zero_packet != NONE or flow.sdus.first != NONE


def _has_asked(bearer: AttBearer) -> bool:
    pending: Iterable[int] = (
        bearer.tx_request.row, bearer.rx_request.row, bearer.tx_indication.row, bearer.rx_indication.row
    )  # fmt: skip
    return any(row != NONE for row in pending)
