"""Captures made of a few packets, read as files are."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from l2scope.capture import Capture, open_capture
from l2scope.engine.words import ACL, EVENT, RX, TX
from tests import wire

Packets = Iterable[tuple[int, int, bytes]]


def capture_of(packets: Packets) -> Capture:
    """A capture of (direction, kind, data), a millisecond apart. The file is gone, its bytes are still mapped."""
    records = [(direction, bytes((kind,)) + data) for direction, kind, data in packets]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.btsnoop"
        path.write_bytes(wire.btsnoop(records))
        return open_capture(path)


def monitor_capture_of(records: Iterable[tuple[int, bytes]]) -> Capture:
    """A capture of the Linux monitor: (opcode, data) of adapter 0."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.btsnoop"
        path.write_bytes(wire.btsnoop(list(records), datalink=2001))
        return open_capture(path)


def sent(payload: bytes, boundary: int = 0) -> tuple[int, int, bytes]:
    return TX, ACL, wire.acl(payload, boundary=boundary)


def received(payload: bytes, boundary: int = 2) -> tuple[int, int, bytes]:
    return RX, ACL, wire.acl(payload, boundary=boundary)


def event(data: bytes) -> tuple[int, int, bytes]:
    return RX, EVENT, data


def opened_channel(credits: int = 2, mtu: int = 500, mps: int = 100, psm: int = 0x80) -> list[tuple[int, int, bytes]]:
    """A connection (packet 1) and a channel 0x0040 -> 0x0050 that the host opened (packets 2 and 3)."""
    return [
        event(wire.le_connection_complete()),
        sent(wire.signal(0x14, 1, psm, 0x40, mtu, mps, credits)),
        received(wire.signal(0x15, 1, 0x50, mtu, mps, credits, 0)),
    ]


def sdu(size: int, mps: int = 100, cid: int = 0x50, first: int = 0) -> list[tuple[int, int, bytes]]:
    """The K-frames of an SDU that the host sends; its bytes count up from `first`."""
    data = bytes((first + index) & 0xFF for index in range(size))
    return [sent(wire.pdu(cid, frame)) for frame in wire.kframes(data, mps)]
