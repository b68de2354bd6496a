"""What a capture holds, judged once for all screens: the channels, worst first, and the stalls by packet.

Judging takes Python time in proportion to the waits of a capture, so it is done in the thread that loads.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from l2scope.analysis.hierarchy import Layer, protocol_hierarchy
from l2scope.capture import Capture
from l2scope.channels import Channel, Channels, Direction
from l2scope.links import Link, RefusedChannel
from l2scope.stalls import END, FIRST, START, ZeroInterval
from l2scope.text import printable
from l2scope.tui.flows import Flows
from l2scope.tui.verdict import Verdict

NOTHING: NDArray[np.int32] = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class Overview:
    """Channels in order of opening; the stalls of all of them by the packets that end and begin them.

    A stall that lasts to the end of the capture has the packet that began it in both.
    """

    flows: Flows | None = None
    channels: Channels = field(default_factory=Channels)
    links: tuple[Link, ...] = ()
    refused: tuple[RefusedChannel, ...] = ()
    layers: tuple[Layer, ...] = ()
    notes: tuple[str, ...] = ()
    verdict: Verdict = field(default_factory=Verdict)
    stall_ends: NDArray[np.int32] = field(default_factory=lambda: NOTHING)
    stall_starts: NDArray[np.int32] = field(default_factory=lambda: NOTHING)

    def ends_stall(self, packet: int) -> bool:
        """Whether a packet ends a stall, or begins one that never ended."""
        at = int(np.searchsorted(self.stall_ends, packet))
        return at < len(self.stall_ends) and int(self.stall_ends[at]) == packet

    def stall_after(self, packet: int) -> int | None:
        """The next packet that ends a stall."""
        at = int(np.searchsorted(self.stall_ends, packet, "right"))
        return int(self.stall_ends[at]) if at < len(self.stall_ends) else None

    def stall_before(self, packet: int) -> int | None:
        """The previous packet that ends a stall."""
        at = int(np.searchsorted(self.stall_ends, packet, "left")) - 1
        return int(self.stall_ends[at]) if at >= 0 else None

    @property
    def longest_stall(self) -> int | None:
        """The packet that ends the longest of all stalls, or begins it where it never ended."""
        ways = [way for channel in self.channels for way in (channel.tx, channel.rx)]
        still_open = ((way.waits, way.open_row) for way in ways if way.open_row is not None)
        open_stalls = [(row[END] - row[START], row[FIRST]) for waits, row in still_open if waits.is_stall(row)]
        ended = [(way.longest_stall_ns, way.longest_stall_packet or 0) for way in ways if way.stall_count]
        longest = max([*open_stalls, *ended], default=None)
        return None if longest is None else longest[1]

    def other_end(self, packet: int) -> int | None:
        """From the packet that ends a stall the one that began it, and the other way round."""
        for here, there in ((self.stall_ends, self.stall_starts), (self.stall_starts, self.stall_ends)):
            found = np.flatnonzero(here == packet)
            if len(found):
                return int(there[found[0]])
        return None


def judge(capture: Capture, verdict: Verdict) -> Overview:
    """Looks at the capture as far as it has been read; verdict is what was found wrong in it."""
    channels = capture.channels
    stalls = [stall for channel in channels for way in (channel.tx, channel.rx) for stall in way.stalls()]
    stalls.sort(key=_ending)
    return Overview(
        flows=Flows(capture),
        channels=channels,
        links=tuple(capture.links),
        refused=tuple(capture.refused),
        layers=tuple(protocol_hierarchy(capture.engine.counters)),
        notes=tuple(printable(note) for note in capture.quality.notes),
        verdict=verdict,
        stall_ends=np.array([_ending(stall) for stall in stalls], np.int32),
        stall_starts=np.array([stall.start_packet for stall in stalls], np.int32),
    )


def _ending(stall: ZeroInterval) -> int:
    return stall.start_packet if stall.end_packet is None else stall.end_packet


def worst_first(channels: Iterable[Channel]) -> list[Channel]:
    """By the share of busy time that a direction was stalled, then by the time, then in order of opening."""
    return sorted(channels, key=lambda channel: (-_badness(channel)[0], -_badness(channel)[1], channel.id))


def _badness(channel: Channel) -> tuple[float, int]:
    worst = worse_direction(channel)
    return worst.starved_share, worst.stall_ns


def worse_direction(channel: Channel) -> Direction:
    """The direction to look at first: the more starved one, else the one that carries more."""
    return max(
        (channel.tx, channel.rx),
        key=lambda way: (way.stall_ns, way.sdu_bytes, way.kframes),
    )
