"""A capture of a sender that stands still three times, with times that can be added up by hand.

It sends SDUs of 150 bytes in two K-frames, and has credits for one. In ms from the first K-frame:

    SDU   first K-frame   grant   second K-frame   stalled
    0     0               100     101              100
    1     102             302     303              200
    2     304             604     605              300

So the stalls take 600 of 603 busy ms, and 3 * 150 * 8 bits take 605 ms. Then it has no credit and nothing to send for
2 s, which is no stall. In a deadlock an SDU of 170 bytes follows at 606 ms, whose grant never comes: 5 s later the
capture ends, with the link or before.
"""

import struct
from pathlib import Path

from tests.wire import EPOCH_US, acl, disconnection_complete, event, kframes, le_connection_complete, pdu, signal

SENT, RECEIVED, EVENT = 0, 1, 3
STALLS_MS = (100, 200, 300)
LOCAL, REMOTE = 0x40, 0x50

Record = tuple[int, int, bytes]


def stalled_capture(path: Path, deadlock: bool = False, link_ends: bool = False) -> Path:
    """Writes it. The first K-frame is packet 4; the first stall is packets 4 to 5."""
    records = [
        (-30, EVENT, b"\x04" + le_connection_complete()),
        (-20, SENT, b"\x02" + acl(signal(0x14, 1, 0x80, LOCAL, 500, 100, 1))),
        (-10, RECEIVED, b"\x02" + acl(signal(0x15, 1, REMOTE, 500, 100, 1, 0))),
    ]
    now = 0
    for number, wait in enumerate(STALLS_MS):
        first, second = sdu(150)
        last = number == len(STALLS_MS) - 1 and not deadlock
        records += [(now, SENT, first), (now + wait, RECEIVED, grant(1 if last else 2)), (now + wait + 1, SENT, second)]
        now += wait + 2
    if deadlock:
        records += [(now, SENT, sdu(170)[0])]
        records += [(now + 5000, EVENT, b"\x04" + (disconnection_complete() if link_ends else event(0xFF, b"\x00")))]
    else:
        records += [(now + 2000, RECEIVED, grant(1))]
    path.write_bytes(timed_btsnoop(records))
    return path


def sdu(size: int) -> list[bytes]:
    """The packets of its K-frames."""
    return [b"\x02" + acl(pdu(REMOTE, frame)) for frame in kframes(bytes(size), 100)]


def grant(credits: int) -> bytes:
    return b"\x02" + acl(signal(0x16, 2, REMOTE, credits))


def timed_btsnoop(records: list[Record]) -> bytes:
    """A btsnoop file of (ms, flags, data) records; 0 ms is Unix second 1000."""
    parts = [b"btsnoop\0" + struct.pack(">II", 1, 1002)]
    for milliseconds, flags, data in records:
        stamp = EPOCH_US + 1_000_000_000 + milliseconds * 1000
        parts.append(struct.pack(">IIIIq", len(data), len(data), flags, 0, stamp) + data)
    return b"".join(parts)
