"""Two captures of one link, lined up: the clock of one against the other, one-way delays, and where waits went."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from l2scope.analysis.clocks import Clock
from l2scope.analysis.crossings import Crossings, Delays, channel_pairs, delays_of, grant_packets
from l2scope.analysis.link_pairs import LinkPair, Streams, agreeing, matched
from l2scope.analysis.streams import shortest_cut, streams_of
from l2scope.analysis.waits import Wait, Ways, wait_of
from l2scope.capture import Capture
from l2scope.engine.words import RX, TX
from l2scope.sources.errors import CaptureError

Integers = npt.NDArray[np.int64]


class NotOneLinkError(CaptureError):
    """The captures do not show the two ends of one link. The message is one line for the user."""


@dataclass(frozen=True, slots=True)
class DelayRow:
    """Delays of all PDUs of a link (kind "pdus"), or of the K-frames or credits of a channel, sent by "a" or "b"."""

    link: int
    sender: str
    kind: str
    channel_a: int | None
    channel_b: int | None
    delays: Delays

    def as_json(self) -> dict[str, object]:
        figures: dict[str, object] = {name: getattr(self, name) for name in self.__dataclass_fields__}
        del figures["delays"]
        return {**figures, **self.delays.as_json()}


class Pairing:
    """Both ends of one or more links. All times are in a's clock; a and b may be one capture."""

    def __init__(self, a: Capture, b: Capture, clock: Clock, links: list[LinkPair]) -> None:
        self.a = a
        self.b = b
        self.clock = clock
        self.links = links

    def delays(self) -> list[DelayRow]:
        """Link by link: all PDUs of both directions, then K-frames and credits channel by channel."""
        return [row for number in range(len(self.links)) for row in self._delays(number)]

    def waits(self, all: bool = False) -> list[Wait]:
        """The stalls of either end as sender, in order of their starts; with all, every zero interval."""
        found = [wait for link in self.links for sender in "ab" for wait in self._waits(link, sender, all)]
        return sorted(found, key=lambda wait: (wait.start_ns, wait.sender, wait.channel))

    def channels(self, link: LinkPair) -> list[tuple[int, int]]:
        """The channels that carried K-frames both ends have: their ids in a and in b."""
        counts = channel_pairs(self.a, self.b, link.forth)
        counts.update({(a, b): count for (b, a), count in channel_pairs(self.b, self.a, link.back).items()})
        partners: dict[int, int] = {}
        for (a, b), _ in counts.most_common():
            if a not in partners and b not in partners.values():
                partners[a] = b
        return sorted(partners.items())

    def in_own_clocks(self, wait: Wait) -> Wait:
        """A wait with each time as the capture has it that holds the packet."""
        sender, receiver = (self.a, self.b) if wait.sender == "a" else (self.b, self.a)
        start = _time(sender, wait.start_packet)
        return replace(
            wait,
            start_ns=start,
            end_ns=start + wait.duration_ns,
            arrived_ns=None if wait.arrived_packet is None else _time(receiver, wait.arrived_packet),
            granted_ns=None if wait.granted_packet is None else _time(receiver, wait.granted_packet),
        )

    def _delays(self, number: int) -> Iterator[DelayRow]:
        link = self.links[number]
        ways = (("a", link.forth), ("b", link.back))
        for sender, found in ways:
            everything = np.ones(len(found), dtype=bool)
            counts = len(found.sender.rows), len(found.receiver.rows)
            yield DelayRow(number, sender, "pdus", None, None, self._measured(sender, found, everything, *counts))
        for channel_a, channel_b in self.channels(link):
            for sender, found in ways:
                ends = (channel_a, channel_b) if sender == "a" else (channel_b, channel_a)
                for kind, delays in (
                    ("kframes", self._frames(sender, found, *ends)),
                    ("credits", self._credits(sender, found, *ends)),
                ):
                    if delays.sent or delays.received:
                        yield DelayRow(number, sender, kind, channel_a, channel_b, delays)

    def _ends(self, sender: str) -> tuple[Capture, Capture]:
        return (self.a, self.b) if sender == "a" else (self.b, self.a)

    def _frames(self, sender: str, found: Crossings, channel: int, peer_channel: int) -> Delays:
        at_sender, at_receiver = self._ends(sender)
        sent = at_sender.tables.pdus["channel"][found.sender.rows] == channel
        received = at_receiver.tables.pdus["channel"][found.receiver.rows] == peer_channel
        own = sent[found.left] & received[found.arrived]
        return self._measured(sender, found, own, int(sent.sum()), int(received.sum()))

    def _credits(self, sender: str, found: Crossings, channel: int, peer_channel: int) -> Delays:
        at_sender, at_receiver = self._ends(sender)
        sent = grant_packets(at_sender, channel, RX)
        received = grant_packets(at_receiver, peer_channel, TX)
        own = np.isin(found.sent_packets, sent) & np.isin(found.received_packets, received)
        return self._measured(sender, found, own, len(sent), len(received))

    def _measured(self, sender: str, found: Crossings, own: npt.NDArray[np.bool_], sent: int, received: int) -> Delays:
        left, arrived = self._times(sender, found)
        return delays_of((arrived - left)[own], sent, received)

    def _times(self, sender: str, found: Crossings) -> tuple[Integers, Integers]:
        """When PDUs left and arrived, in a's clock."""
        if sender == "a":
            return found.sent_times, self.clock.shift(found.received_times)
        return self.clock.shift(found.sent_times), found.received_times

    def _waits(self, link: LinkPair, sender: str, all: bool) -> Iterator[Wait]:
        at_sender, at_receiver = self._ends(sender)
        away, home = (link.forth, link.back) if sender == "a" else (link.back, link.forth)
        _, arrived = self._times(sender, away)
        granted, _ = self._times("b" if sender == "a" else "a", home)
        to_receiver = _places(away.sent_packets, away.received_packets, arrived)
        to_sender = _places(home.received_packets, home.sent_packets, granted)
        channels = at_sender.channels
        for channel_a, channel_b in self.channels(link):
            channel, peer_channel = (channel_a, channel_b) if sender == "a" else (channel_b, channel_a)
            grants = grant_packets(at_receiver, peer_channel, RX)
            times = at_receiver.tables.packets["time"][grants - at_receiver.first_number]
            ways = Ways(to_receiver, to_sender, grants, times if sender == "b" else self.clock.shift(times))
            direction = channels[channel].tx
            for interval in direction.zeros() if all else direction.stalls():
                start = interval.start_ns if sender == "a" else self.clock.moment(interval.start_ns)
                yield wait_of(interval, start, sender, peer_channel, ways)


def _places(packets: Integers, others: Integers, times: Integers) -> dict[int, tuple[int, int]]:
    both = zip(others.tolist(), times.tolist(), strict=True)
    return dict(zip(packets.tolist(), both, strict=True))


def _time(capture: Capture, packet: int) -> int:
    return int(capture.tables.packets["time"][packet - capture.first_number])


def pair(a: Capture, b: Capture) -> Pairing:
    """Lines up two captures. Raises NotOneLinkError where they do not show the two ends of one link."""
    kept = min((cut for cut in (shortest_cut(a), shortest_cut(b)) if cut is not None), default=None)
    streams_a, streams_b = streams_of(a, kept), streams_of(b, kept)
    for capture, streams in ((a, streams_a), (b, streams_b)):
        if not streams:
            raise NotOneLinkError(f"{capture.path}: no L2CAP traffic is in this capture")
    links = [(link_a, link_b) for link_a in a.links for link_b in b.links]
    found = matched(streams_a, streams_b, links)
    both_ways = [link for link in found if len(link.forth) and len(link.back)]
    if not both_ways:
        raise NotOneLinkError(f"{a.path} and {b.path} {_what_is_wrong(found, streams_a, streams_b)}")
    accepted, clock = agreeing(both_ways, a, b)
    if clock is None:
        raise NotOneLinkError(
            f"{a.path} and {b.path} have PDUs in common, but at times that fit no link: the captures are of different "
            "times, or a clock was set meanwhile"
        )
    return Pairing(a, b, clock, accepted)


def _what_is_wrong(found: list[LinkPair], streams_a: Streams, streams_b: Streams) -> str:
    if found:
        return "have PDUs of one direction only in common, which leaves their clocks unknown"
    tx_a, rx_a, tx_b, rx_b = (
        {content for (_, way), stream in streams.items() if way == direction for content in stream.contents}
        for streams in (streams_a, streams_b)
        for direction in (TX, RX)
    )
    if len(tx_a & tx_b) + len(rx_a & rx_b) > len(tx_a & rx_b) + len(rx_a & tx_b):
        return "show the same end of a link: what one sent, the other sent too"
    return "show no link in common: what one sent, the other did not receive"
