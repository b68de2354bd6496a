"""How long the link takes for a K-frame, and how many its controller holds: what bounds a sender that has credits.

Only the sender's host sees its controller take packets and complete them. A receiver sees K-frames come at the speed of
the link already.
"""

from __future__ import annotations

import struct
from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from l2scope.analysis.arrivals import Arrivals
from l2scope.capture import Capture
from l2scope.channels import Channel
from l2scope.engine.words import ACL, EVENT, TX
from l2scope.framing import L2CAP_HEADER

ACL_HEADER: Final = 4
NUMBER_OF_COMPLETED_PACKETS: Final = 0x13
FEWEST_BYTES: Final = 2000
# Preamble, access address, header and CRC of a link-layer packet; two inter-frame spaces and the empty packet that
# answers it, on the 1M PHY (Vol 6 Part B 2.1, 4.1).
PACKET_OVERHEAD_BYTES: Final = 10
NS_A_BYTE: Final = {1: 8_000, 2: 4_000, 3: 64_000}
ANSWER_NS: Final = 150_000 + 80_000 + 150_000
LONGEST_OCTETS: Final = 251
FASTEST_RADIO_NS_A_BYTE: Final = NS_A_BYTE[2]


@dataclass(frozen=True, slots=True)
class LinkSpeed:
    """ns_a_byte of L2CAP, 0 where nothing bounds it; event_ns: how long an idle link usually takes to begin.
    buffers are ACL packets of buffer_size bytes, 0 where they are not known. words say what this rests on."""

    ns_a_byte: float
    event_ns: int
    buffers: int
    buffer_size: int
    words: str

    def service_ns(self, length: int) -> int:
        """How long the link is busy with a K-frame of this PDU length."""
        return round((length + L2CAP_HEADER) * self.ns_a_byte)

    def held(self, length: int) -> int:
        """How many K-frames of this length the controller holds at a time; 0 where that is not known."""
        if not self.buffers or not self.buffer_size:
            return 0
        return max(1, self.buffers // -(-(length + L2CAP_HEADER) // self.buffer_size))


UNBOUNDED: Final = LinkSpeed(
    0.0, 0, 0, 0, "the controller completes packets faster than any radio, so the link's own speed is taken as no limit"
)
AS_ARRIVED: Final = LinkSpeed(0.0, 0, 0, 0, "K-frames come at the receiver as fast, one after the other, as they did")


def link_speed(capture: Capture, arrivals: Arrivals) -> LinkSpeed:
    """Measured while the controller always had something to send; else what the PHY allows, unless data was faster.
    Where the controller says of packets that they are sent before they can be, grants that follow each other tell."""
    channel, direction = arrivals.channel, arrivals.direction
    if direction.name != "tx":
        return AS_ARRIVED
    link = capture.engine.host.links[channel.link]
    measured, fastest = _measured(capture, channel)
    if measured is not None:
        speed, words = measured, "as measured while it was never idle"
    else:
        speed, words = _by_phy(int(link.tx_phy), int(link.tx_octets), fastest)
    if speed < FASTEST_RADIO_NS_A_BYTE:
        return _behind_the_controller(arrivals)
    return LinkSpeed(
        ns_a_byte=speed,
        event_ns=int(link.pace.interval) // 2,
        buffers=direction.busy.buffers or 0,
        buffer_size=direction.busy.buffer_size or 0,
        words=f"the link takes {speed / 1000:.1f} us a byte, {words}, and nothing else uses it",
    )


def _behind_the_controller(arrivals: Arrivals) -> LinkSpeed:
    """From pairs of grants for K-frames that were all sent before the first of the two came: what lies between these is
    the time of the K-frames of the second. The quickest tenth counts: in the others the link may have been idle."""
    frames, spaces = arrivals.frames, []
    for before, grant in pairwise(arrivals.grants):
        between = sum(frame.length + L2CAP_HEADER for frame in frames[before.frame : grant.frame])
        if between and frames[grant.frame - 1].end_ns < before.time_ns:
            spaces.append((grant.time_ns - before.time_ns) / between)
    if not spaces:
        return UNBOUNDED
    speed = sorted(spaces)[len(spaces) // 10]
    words = f"the link takes {speed / 1000:.1f} us a byte, as the grants that followed each other show"
    return LinkSpeed(ns_a_byte=speed, event_ns=0, buffers=0, buffer_size=0, words=words)


def _by_phy(phy: int, octets: int, fastest: float | None) -> tuple[float, str]:
    """ns a byte of full link-layer packets of so many bytes, or of the longest where data was faster than that; of a
    faster PHY yet is no radio's work."""
    for length in (octets, LONGEST_OCTETS):
        speed = ((length + PACKET_OVERHEAD_BYTES) * NS_A_BYTE.get(phy, NS_A_BYTE[1]) + ANSWER_NS) / max(1, length)
        if fastest is None or fastest >= speed:
            return speed, f"which its PHY allows with link-layer packets of {length} bytes (it was never busy for long)"
    return 0.0, ""


def _measured(capture: Capture, channel: Channel) -> tuple[float | None, float | None]:
    """ns a byte over the times when packets were left after each completion, None where there were too few; and the
    fastest that bytes were ever completed since they were sent."""
    waiting: deque[tuple[int, int]] = deque()
    total_ns = total_bytes = 0
    fastest: float | None = None
    since: int | None = None
    for time, size, completed in _traffic(capture, channel):
        if size:
            waiting.append((time, size))
            continue
        done = [waiting.popleft() for _ in range(min(completed, len(waiting)))]
        count = sum(size for _, size in done)
        if done and time > done[0][0]:
            speed = (time - done[0][0]) / count
            fastest = speed if fastest is None else min(fastest, speed)
        elif done:
            fastest = 0.0
        if since is not None and waiting:
            total_ns += time - since
            total_bytes += count
        since = time if waiting else None
    return (total_ns / total_bytes if total_bytes >= FEWEST_BYTES else None), fastest


def _traffic(capture: Capture, channel: Channel) -> list[tuple[int, int, int]]:
    """What went through the controller's buffers on the channel's link: (time, bytes sent, packets completed)."""
    rows = capture.tables.packets
    found: list[tuple[int, int, int]] = []
    sent = (rows["kind"] == ACL) & (rows["direction"] == TX) & (rows["link"] == channel.link)
    told = (rows["kind"] == EVENT) & (rows["adapter"] == channel.adapter)
    for index in (sent | told).nonzero()[0].tolist():
        time = int(rows["time"][index])
        if sent[index]:
            found.append((time, max(1, int(rows["original"][index]) - ACL_HEADER), 0))
            continue
        data = capture.raw(index + capture.first_number)
        if len(data) >= 3 and data[0] == NUMBER_OF_COMPLETED_PACKETS:
            count = sum(n for handle, n in struct.iter_unpack("<HH", data[3 : 3 + (len(data) - 3) // 4 * 4])
                        if handle & 0xFFF == channel.handle)  # fmt: skip
            if count:
                found.append((time, 0, count))
    return found
