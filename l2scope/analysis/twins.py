"""Both ends of a link in one capture, as where a Linux host talks to itself over two adapters."""

from l2scope.analysis.clocks import Clock
from l2scope.analysis.link_pairs import LinkPair, matched
from l2scope.analysis.pairing import Pairing
from l2scope.analysis.streams import shortest_cut, streams_of
from l2scope.capture import Capture

# The kernel's monitor notes packets of two adapters up to so much out of order.
PATIENCE_NS = 20_000_000


def twins(capture: Capture) -> Pairing:
    """The links whose two ends are in a capture, on different adapters: a is the one that was made first.

    Times are those of the capture. There may be none.
    """
    streams = streams_of(capture, shortest_cut(capture))
    links = capture.links
    candidates = [(a, b) for a in links for b in links if a.id < b.id and a.adapter != b.adapter]
    found = [link for link in matched(streams, streams, candidates) if _possible(link)]
    return Pairing(capture, capture, Clock(), sorted(found, key=lambda link: link.a.id))


def _possible(link: LinkPair) -> bool:
    """Nothing arrives before it was sent."""
    ways = (way for way in (link.forth, link.back) if len(way))
    return all(int((way.received_times - way.sent_times).min()) >= -PATIENCE_NS for way in ways)
