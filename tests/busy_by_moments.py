"""The shares of a sender's busy time, read a second time: moment by moment, from the rows and the bytes of a capture.

For captures whose clock never runs back and that lost nothing, of channels whose opening is in the capture.
"""

import struct
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import l2scope
from l2scope.engine.words import ACL, EVENT, TX

COMPLETED = 0x13
READ_BUFFER_SIZE = 0x1005
LE_READ_BUFFER_SIZE = (0x2002, 0x2060)
DISCONNECTED = 0x05

Moments = list[tuple[int, int, int]]


def outstanding(capture: l2scope.Capture, adapter: int, handle: int) -> tuple[Moments, int]:
    """(time, packets of the handle, of all LE handles) after each change on an adapter; and how many LE buffers."""
    moments: Moments = [(0, 0, 0)]
    taken: Counter[int] = Counter()
    buffers = 0
    rows = capture.tables.packets
    for index in range(capture.count):
        row = rows[index]
        if row["adapter"] != adapter or row["kind"] not in (ACL, EVENT):
            continue
        data = capture.raw(index + 1)
        if row["kind"] == EVENT and data[0] == 0x0E and struct.unpack_from("<H", data, 3)[0] in LE_READ_BUFFER_SIZE:
            buffers = data[8]
        for changed, change in _changes(data, int(row["kind"]), int(row["direction"])):
            taken[changed] = max(0, taken[changed] + change)
            moments.append((int(row["time"]), taken[handle], taken.total()))
    return moments, buffers


def _changes(data: bytes, kind: int, direction: int) -> Iterator[tuple[int, int]]:
    if kind == ACL and direction == TX:
        yield struct.unpack_from("<H", data)[0] & 0xFFF, 1
    elif kind == EVENT and data[0] == COMPLETED:
        for at in range(3, 3 + 4 * data[2], 4):
            changed, count = struct.unpack_from("<HH", data, at)
            yield changed & 0xFFF, -count
    elif kind == EVENT and data[0] == DISCONNECTED:
        yield struct.unpack_from("<H", data, 3)[0] & 0xFFF, -0xFFFF


def shares_by_moments(capture: l2scope.Capture, channel: l2scope.Channel) -> dict[str, int]:
    """Nanoseconds of credits, controller, host, sending and unknown of what a channel sent."""
    moments, buffers = outstanding(capture, channel.adapter, channel.handle)
    waits = [(z.start_ns, z.end_ns) for z in channel.tx.zeros() if z.class_ in ("certain", "likely") and z.end_packet]
    sdus = [(sdu.start_ns, sdu.end_ns) for sdu in capture.sdus(channel, "tx")]
    edges = sorted({t for span in waits + sdus for t in span} | {moment[0] for moment in moments})
    found = Counter({"credits": 0, "controller": 0, "host": 0, "sending": 0, "unknown": 0})
    at = wait = sdu = 0
    for start, end in pairwise(edges):
        while at + 1 < len(moments) and moments[at + 1][0] <= start:
            at += 1
        while wait < len(waits) and waits[wait][1] <= start:
            wait += 1
        while sdu < len(sdus) and sdus[sdu][1] <= start:
            sdu += 1
        if wait < len(waits) and waits[wait][0] <= start:
            found["credits"] += end - start
        elif sdu < len(sdus) and sdus[sdu][0] <= start:
            found[_state(*moments[at][1:], buffers)] += end - start
    return dict(found)


def _state(own: int, every: int, buffers: int) -> str:
    if buffers and every >= buffers:
        return "controller"
    if own == 0:
        return "host"
    return "sending" if buffers else "unknown"
