"""Which links of two captures are one link, and how the clocks of the captures stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from l2scope.analysis.clocks import Clock, ContradictionError, Crossing, clock_of
from l2scope.analysis.crossings import Crossings, crossings
from l2scope.analysis.streams import Stream
from l2scope.capture import Capture
from l2scope.engine.link import BREDR
from l2scope.engine.words import RX, TX
from l2scope.links import Link

Streams = dict[tuple[int, int], Stream]

# So many PDUs must be the same, in both directions together, and this share of those between the first and the last.
FEWEST_SHARED: Final = 4
SMALLEST_SHARE: Final = 0.5
# Hosts note the time a little before or after the controller has a packet.
PATIENCE_NS: Final = 2_000_000

# The least time on the air in ns a byte: by LE PHY where it is known, coded with S=2; else LE 2M or 3 Mbit/s (Vol 6
# Part A 3, Vol 2 Part A 3).
BYTE_NS: Final = {1: 8000, 2: 4000, 3: 16000}
FASTEST_LE_BYTE_NS: Final = 4000
FASTEST_BREDR_BYTE_NS: Final = 2666


@dataclass(frozen=True, slots=True)
class LinkPair:
    """A link as both ends have it: forth is what a sent, back what b sent."""

    a: Link
    b: Link
    forth: Crossings
    back: Crossings

    @property
    def shared(self) -> int:
        return len(self.forth) + len(self.back)

    @property
    def credible(self) -> bool:
        """Two links with the same devices, or with devices of one make, share some PDUs too; but not most of them."""
        span = self.forth.span + self.back.span
        return self.shared >= FEWEST_SHARED and self.shared >= SMALLEST_SHARE * span


def matched(streams_a: Streams, streams_b: Streams, candidates: Iterable[tuple[Link, Link]]) -> list[LinkPair]:
    """The links that both sides have, those with most PDUs in common first; no link is in two pairs."""
    likely = sorted(((_shared(streams_a, a, streams_b, b), a, b) for a, b in candidates), key=lambda found: -found[0])
    taken_a: set[int] = set()
    taken_b: set[int] = set()
    found = []
    for shared, a, b in likely:
        if shared == 0 or a.id in taken_a or b.id in taken_b:
            continue
        link = _link_pair(streams_a, a, streams_b, b)
        if link.credible:
            taken_a.add(a.id)
            taken_b.add(b.id)
            found.append(link)
    return found


def _shared(streams_a: Streams, a: Link, streams_b: Streams, b: Link) -> int:
    """How many contents one end sent and the other received."""
    return sum(
        len(set(streams_a[a.id, way].contents) & set(streams_b[b.id, 1 - way].contents))
        for way in (TX, RX)
        if (a.id, way) in streams_a and (b.id, 1 - way) in streams_b
    )


def _link_pair(streams_a: Streams, a: Link, streams_b: Streams, b: Link) -> LinkPair:
    same_start = a.opened is not None and b.opened is not None
    same_end = a.closed is not None and b.closed is not None
    none = np.empty(0, dtype=np.int64)
    nothing = Stream(none, none, none, none, [])
    sent, received = (streams_a.get((a.id, way), nothing) for way in (TX, RX))
    peer_sent, peer_received = (streams_b.get((b.id, way), nothing) for way in (TX, RX))
    return LinkPair(
        a,
        b,
        forth=crossings(sent, peer_received, same_start, same_end),
        back=crossings(peer_sent, received, same_start, same_end),
    )


def agreeing(links: list[LinkPair], a: Capture, b: Capture) -> tuple[list[LinkPair], Clock | None]:
    """The links that one clock explains, beginning with the best one, and that clock."""
    accepted: list[LinkPair] = []
    clock = None
    for link in links:
        try:
            changed = _clock([*accepted, link], a, b)
        except ContradictionError:
            continue
        if _share(link, changed) >= SMALLEST_SHARE:
            accepted.append(link)
            clock = changed
    return sorted(accepted, key=lambda link: link.a.id), clock


def _share(link: LinkPair, clock: Clock) -> float:
    """How much of what either end has, at times when both have something, is at both ends."""
    forth, back = link.forth, link.back
    own = [forth.sender.times, back.receiver.times]
    other = [clock.shift(forth.receiver.times), clock.shift(back.sender.times)]
    start = max(min(int(times[0]) for times in side) for side in (own, other))
    end = min(max(int(times[-1]) for times in side) for side in (own, other))
    there = sum(int(((times >= start) & (times <= end)).sum()) for times in (*own, *other))
    matched_times = (forth.sent_times, back.received_times)
    shared = sum(int(((times >= start) & (times <= end)).sum()) for times in matched_times)
    return 2 * shared / max(1, there)


def _clock(links: list[LinkPair], a: Capture, b: Capture) -> Clock:
    times = [_byte_ns((a, link.a), (b, link.b)) for link in links]
    return clock_of(
        _joined((link.forth, byte_ns) for link, byte_ns in zip(links, times, strict=True)),
        _joined((link.back, byte_ns) for link, byte_ns in zip(links, times, strict=True)),
        PATIENCE_NS,
    )


def _joined(ways: Iterable[tuple[Crossings, int]]) -> Crossing:
    parts = [(found.sent_times, found.received_times, found.tails * byte_ns) for found, byte_ns in ways]
    sent, received, shortest = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Crossing(sent, received, shortest)


def _byte_ns(*ends: tuple[Capture, Link]) -> int:
    """How long a byte is on the air at least. An end that saw the link begin knows its PHY."""
    for capture, link in ends:
        engine_link = capture.engine.host.links[link.id]
        if engine_link.transport == BREDR:
            return FASTEST_BREDR_BYTE_NS
        if link.opened is not None:
            return min(BYTE_NS.get(int(phy), FASTEST_LE_BYTE_NS) for phy in (engine_link.tx_phy, engine_link.rx_phy))
    return FASTEST_LE_BYTE_NS
