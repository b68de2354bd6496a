"""Writes HCI packets in every format that l2scope reads. Needs nothing but Python."""

import base64
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from tests.wire import EPOCH_US

COMMAND, ACL, SCO, EVENT = 1, 2, 3, 4

LINK_H4, LINK_H4_DIRECTION, LINK_MONITOR = 187, 201, 254

# The opcode of the Linux monitor, and the types of PacketLogger and btsnooz, for an H4 indicator, sent and received.
MONITOR: Final = {COMMAND: (2, 2), EVENT: (3, 3), ACL: (4, 5), SCO: (6, 7)}
PACKETLOGGER: Final = {COMMAND: (0, 0), EVENT: (1, 1), ACL: (2, 3), SCO: (8, 9)}
BTSNOOZ: Final = {COMMAND: (0x20, 0x20), EVENT: (0x10, 0x10), ACL: (0x21, 0x11), SCO: (0x22, 0x12)}
# Android keeps so much of ACL data in a btsnooz that is no signalling on BR/EDR.
BTSNOOZ_ACL: Final = 14
SIGNALLING: Final = b"\x01\x00"


@dataclass(frozen=True, slots=True)
class Packet:
    """time in ns since the Unix epoch; data begins with the H4 indicator; original is its length on the wire."""

    time: int
    received: bool
    data: bytes
    original: int

    @property
    def kind(self) -> int:
        return self.data[0]

    def cut(self, length: int) -> "Packet":
        return replace(self, data=self.data[:length])


def packet(data: bytes, received: bool = False, time: int = 1_700_000_000_000_000_000) -> Packet:
    return Packet(time, received, data, len(data))


def packets_of(capture: bytes) -> Iterator[Packet]:
    """The packets of a btsnoop file of datalink 1002."""
    at = 16
    while at < len(capture):
        original, included, flags, _, stamp = struct.unpack_from(">IIIIq", capture, at)
        at += 24
        yield Packet((stamp - EPOCH_US) * 1000, bool(flags & 1), capture[at : at + included], original)
        at += included


def btsnoop(packets: Iterable[Packet], datalink: int = 1002) -> bytes:
    """Datalinks 1001, 1002 and 2001."""
    parts = [b"btsnoop\0" + struct.pack(">II", 1, datalink)]
    for packet in packets:
        flags = packet.received | (2 if packet.kind in (COMMAND, EVENT) else 0)
        if datalink == 2001:
            flags = MONITOR[packet.kind][packet.received]
        cut = 0 if datalink == 1002 else 1
        stamp = packet.time // 1000 + EPOCH_US
        data = packet.data[cut:]
        parts.append(struct.pack(">IIIIq", packet.original - cut, len(data), flags, 0, stamp) + data)
    return b"".join(parts)


def linked(packet: Packet, link: int, adapter: int = 0) -> bytes:
    """A packet as records of this link type hold it."""
    if link == LINK_H4:
        return packet.data
    if link == LINK_H4_DIRECTION:
        return struct.pack(">I", packet.received) + packet.data
    return struct.pack(">HH", adapter, MONITOR[packet.kind][packet.received]) + packet.data[1:]


def pcap(
    packets: Iterable[Packet], link: int = LINK_H4_DIRECTION, order: str = "<", nanoseconds: bool = False
) -> bytes:
    """order is < or >."""
    magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    parts = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262_144, link)]
    for packet in packets:
        data = linked(packet, link)
        seconds, rest = divmod(packet.time, 1_000_000_000)
        original = packet.original + len(data) - len(packet.data)
        fraction = rest if nanoseconds else rest // 1000
        parts.append(struct.pack(order + "IIII", seconds, fraction, len(data), original) + data)
    return b"".join(parts)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body = padded(body)
    length = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + length + body + length


def options(*pairs: tuple[int, bytes], order: str = "<") -> bytes:
    """Options of a block, with their end, or nothing."""
    parts = [struct.pack(order + "HH", code, len(value)) + padded(value) for code, value in pairs]
    return b"".join([*parts, bytes(4)]) if parts else b""


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link: int, *pairs: tuple[int, bytes], snaplen: int = 262_144, order: str = "<") -> bytes:
    return block(1, struct.pack(order + "HHI", link, 0, snaplen) + options(*pairs, order=order), order)


def enhanced(
    data: bytes, stamp: int, *pairs: tuple[int, bytes], number: int = 0, original: int | None = None, order: str = "<"
) -> bytes:
    """An enhanced packet block. stamp is in the units of its interface."""
    wire = len(data) if original is None else original
    header = struct.pack(order + "IIIII", number, stamp >> 32, stamp & 0xFFFFFFFF, len(data), wire)
    return block(6, header + padded(data) + options(*pairs, order=order), order)


def pcapng(packets: Iterable[Packet], link: int = LINK_H4_DIRECTION, order: str = "<") -> bytes:
    """One section with one interface that counts microseconds; link type 187 has the direction in epb_flags."""
    parts = [section(order), interface(link, order=order)]
    for packet in packets:
        data = linked(packet, link)
        flags = [(2, struct.pack(order + "I", 1 if packet.received else 2))] if link == LINK_H4 else []
        original = packet.original + len(data) - len(packet.data)
        parts.append(enhanced(data, packet.time // 1000, *flags, original=original, order=order))
    return b"".join(parts)


def packetlogger_record(kind: int, data: bytes, time: int, order: str = ">") -> bytes:
    seconds, rest = divmod(time, 1_000_000_000)
    return struct.pack(order + "III", len(data) + 9, seconds, rest // 1000) + bytes((kind,)) + data


def packetlogger(packets: Iterable[Packet], order: str = ">") -> bytes:
    return b"".join(
        packetlogger_record(PACKETLOGGER[packet.kind][packet.received], packet.data[1:], packet.time, order)
        for packet in packets
    )


def btsnooz_records(packets: Iterable[Packet], version: int = 2) -> bytes:
    """What stands in the block before it is compressed."""
    parts = []
    before = 0
    for packet in packets:
        data = packet.data[1:]
        if packet.kind == ACL and len(data) > 8 and data[6:8] != SIGNALLING:
            data = data[:BTSNOOZ_ACL]
        now = packet.time // 1000
        passed = now - before if before else 0
        before = now
        kind = BTSNOOZ[packet.kind][packet.received]
        header = struct.pack("<HHIB", len(data) + 1, packet.original, passed, kind)
        parts.append((header if version == 2 else header[:2] + header[4:]) + data)
    return b"".join(parts)


def bug_report(packets: list[Packet], version: int = 2) -> bytes:
    """The text of an Android bug report with a btsnooz block, as far as it matters here."""
    packed = struct.pack("<BQ", version, packets[-1].time // 1000) + zlib.compress(btsnooz_records(packets, version))
    letters = base64.b64encode(packed).decode()
    lines = [letters[at : at + 128] for at in range(0, len(letters), 128)]
    return "\n".join(
        [
            "DUMP OF SERVICE bluetooth_manager:",
            "Bluetooth Status",
            "  enabled: true",
            f"--- BEGIN:BTSNOOP_LOG_SUMMARY ({len(packed)} bytes in) ---",
            *lines,
            "--- END:BTSNOOP_LOG_SUMMARY ---",
            "",
        ]
    ).encode()
