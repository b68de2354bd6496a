"""Builds HCI packets and L2CAP PDUs by hand, and feeds them to an engine as a host would see them."""

import struct
from dataclasses import dataclass, field
from itertools import pairwise

from l2scope.engine.engine import Engine
from l2scope.engine.words import ACL, COMMAND, EVENT, RX, TX

MS = 1_000_000
HANDLE = 0x0040
LE_SIGNALLING = 0x0005
ATT = 0x0004

EPOCH_US = 0x00DCDDB30F2F8000


def pdu(cid: int, payload: bytes) -> bytes:
    return struct.pack("<HH", len(payload), cid) + payload


def acl(payload: bytes, handle: int = HANDLE, boundary: int = 0) -> bytes:
    return struct.pack("<HH", handle | boundary << 12, len(payload)) + payload


def signal(code: int, identifier: int, *words: int) -> bytes:
    body = struct.pack(f"<{len(words)}H", *words)
    return pdu(LE_SIGNALLING, struct.pack("<BBH", code, identifier, len(body)) + body)


def event(code: int, parameters: bytes) -> bytes:
    return bytes((code, len(parameters))) + parameters


def le_connection_complete(handle: int = HANDLE, interval: int = 24, latency: int = 0, role: int = 0) -> bytes:
    address = bytes.fromhex("0100010100aa")
    timing = struct.pack("<HHHB", interval, latency, 500, 0)
    return event(0x3E, struct.pack("<BBHBB", 1, 0, handle, role, 0) + address + timing)


def connection_complete(handle: int = HANDLE) -> bytes:
    return event(0x03, struct.pack("<BH", 0, handle) + bytes.fromhex("0100010100aa") + b"\x01\x00")


def disconnection_complete(handle: int = HANDLE, reason: int = 0x13) -> bytes:
    return event(0x05, struct.pack("<BHB", 0, handle, reason))


def command_complete(opcode: int, returned: bytes) -> bytes:
    return event(0x0E, struct.pack("<BH", 1, opcode) + returned)


def fragments(whole: bytes, cuts: list[int], handle: int = HANDLE) -> list[bytes]:
    """The ACL packets of a PDU cut at these places."""
    edges = [0, *sorted(cuts), len(whole)]
    return [
        acl(whole[start:stop], handle, 0 if number == 0 else 1) for number, (start, stop) in enumerate(pairwise(edges))
    ]


@dataclass
class Conversation:
    """An engine and a clock: each packet comes a millisecond after the one before, unless wait() is called."""

    engine: Engine = field(default_factory=Engine)
    now: int = 1_000 * MS
    adapter: int = 0
    records: list[tuple[int, int, int, bytes]] = field(default_factory=list)

    def wait(self, milliseconds: float) -> "Conversation":
        self.now += int(milliseconds * MS)
        return self

    def packet(self, direction: int, kind: int, data: bytes, original: int | None = None) -> int:
        """Feeds one packet and returns its number."""
        self.now += MS
        size = len(data) if original is None else original
        self.records.append((self.now, direction, kind, data))
        self.engine.packet(self.now, direction, kind, self.adapter, data, 0, len(data), 0, size)
        return self.engine.packets

    def command(self, opcode: int, parameters: bytes) -> int:
        return self.packet(TX, COMMAND, struct.pack("<HB", opcode, len(parameters)) + parameters)

    def event(self, data: bytes) -> int:
        return self.packet(RX, EVENT, data)

    def sent(self, payload: bytes, handle: int = HANDLE) -> int:
        return self.packet(TX, ACL, acl(payload, handle))

    def received(self, payload: bytes, handle: int = HANDLE) -> int:
        return self.packet(RX, ACL, acl(payload, handle))

    def connect(self, handle: int = HANDLE, interval: int = 24, latency: int = 0) -> int:
        return self.event(le_connection_complete(handle, interval, latency))

    def open_channel(
        self, scid: int = 0x40, dcid: int = 0x50, credits: int = 3, mtu: int = 500, mps: int = 100, psm: int = 0x80
    ) -> int:
        """The captured host asks for a channel and gets it; both sides give the same limits."""
        self.sent(signal(0x14, 1, psm, scid, mtu, mps, credits))
        return self.received(signal(0x15, 1, dcid, mtu, mps, credits, 0))

    def capture(self) -> bytes:
        """All that was fed, as a btsnoop file."""
        parts = [b"btsnoop\0" + struct.pack(">II", 1, 1002)]
        for time, direction, kind, data in self.records:
            flags = (1 if direction == RX else 0) | (2 if kind in (COMMAND, EVENT) else 0)
            size = len(data) + 1
            parts.append(struct.pack(">IIIIq", size, size, flags, 0, EPOCH_US + time // 1000) + bytes((kind,)) + data)
        return b"".join(parts)

    def send_sdu(self, size: int, dcid: int = 0x50, mps: int = 100) -> list[int]:
        """Sends an SDU of zeros as K-frames; the numbers of their packets."""
        return [self.sent(pdu(dcid, frame)) for frame in kframes(bytes(size), mps)]


def kframes(sdu: bytes, mps: int) -> list[bytes]:
    """The payloads of the K-frames of an SDU (Vol 3 Part A 3.4.3)."""
    whole = struct.pack("<H", len(sdu)) + sdu
    return [whole[at : at + mps] for at in range(0, len(whole), mps)]


def btsnoop(records: list[tuple[int, bytes]], datalink: int = 1002, drops: int = 0) -> bytes:
    """A btsnoop file of (flags, data) records, a millisecond apart from Unix second 1000 on."""
    parts = [b"btsnoop\0" + struct.pack(">II", 1, datalink)]
    for number, (flags, data) in enumerate(records):
        stamp = EPOCH_US + 1_000_000_000 + number * 1000
        parts.append(struct.pack(">IIIIq", len(data), len(data), flags, drops, stamp) + data)
    return b"".join(parts)
