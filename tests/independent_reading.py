"""A second, slow reading of btsnoop captures (datalink 1002) that shares no code with the package.

It knows just enough to hold a truth against a capture: records, ACL reassembly, signalling commands, K-frames and SDUs.
"""

import hashlib
import struct
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

LE_SIGNALLING_CID = 0x0005

Sdu = tuple[int, str]
"""(length, SHA-256 as hexadecimal)"""


@dataclass
class Pdu:
    """One complete L2CAP PDU; `sent` says that the captured host sent it."""

    handle: int
    sent: bool
    cid: int
    payload: bytes


@dataclass
class Reading:
    """What a capture holds."""

    packets: int = 0
    pdus: list[Pdu] = field(default_factory=list)
    disconnections: list[tuple[int, int]] = field(default_factory=list)
    """(handle, reason) of each Disconnection Complete."""

    def payloads(self, handle: int, sent: bool, cid: int) -> list[bytes]:
        """Payloads of the PDUs on one CID in one direction."""
        return [pdu.payload for pdu in self.pdus if (pdu.handle, pdu.sent, pdu.cid) == (handle, sent, cid)]

    def commands(self, code: int) -> Iterator[tuple[int, bool, int, bytes]]:
        """(handle, sent, identifier, data) of each LE signalling command with this code."""
        for pdu in self.pdus:
            if pdu.cid == LE_SIGNALLING_CID and pdu.payload[0] == code:
                yield pdu.handle, pdu.sent, pdu.payload[1], pdu.payload[4:]


def read(path: Path) -> Reading:
    """Read a whole capture; raises AssertionError or struct.error when it is not what the generator writes."""
    reading = Reading()
    started: dict[tuple[int, bool], bytes] = defaultdict(bytes)
    for sent, packet in records(path.read_bytes()):
        reading.packets += 1
        if packet[0] == 2:
            add_acl(reading, started, sent, packet)
        elif packet[:2] == b"\x04\x05":
            handle, reason = struct.unpack_from("<HB", packet, 4)
            reading.disconnections.append((handle, reason))
    return reading


def records(data: bytes) -> Iterator[tuple[bool, bytes]]:
    """(sent by the host, H4 packet) of each record."""
    assert data[:16] == b"btsnoop\0" + struct.pack(">II", 1, 1002)
    offset = 16
    while offset < len(data):
        original, included, flags, drops = struct.unpack_from(">IIII", data, offset)
        assert (original, drops) == (included, 0)
        offset += 24
        yield not flags & 1, data[offset : offset + included]
        offset += included


def add_acl(reading: Reading, started: dict[tuple[int, bool], bytes], sent: bool, packet: bytes) -> None:
    """Add one ACL data packet to the PDU it belongs to (Vol 4 Part E 5.4.2)."""
    word, length = struct.unpack_from("<HH", packet, 1)
    key = (word & 0x0FFF, sent)
    assert length == len(packet) - 5
    continuation = (word >> 12) & 3 == 1
    pdu = started[key] + packet[5:] if continuation else packet[5:]
    started[key] = pdu
    if len(pdu) >= 4 and len(pdu) - 4 == struct.unpack_from("<H", pdu)[0]:
        reading.pdus.append(Pdu(*key, struct.unpack_from("<H", pdu, 2)[0], pdu[4:]))


def sdus(k_frames: list[bytes]) -> tuple[list[Sdu], bool]:
    """The complete SDUs of one direction's K-frames, and whether another one was begun (Vol 3 Part A 3.4.3)."""
    complete, current = [], b""
    for k_frame in k_frames:
        current += k_frame
        length = struct.unpack_from("<H", current)[0]
        if len(current) == length + 2:
            complete.append((length, hashlib.sha256(current[2:]).hexdigest()))
            current = b""
    return complete, bool(current)
