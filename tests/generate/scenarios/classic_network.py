"""Ethernet over Bluetooth: BNEP, which Bumble does not have, as two scripts speak it on its channels."""

import asyncio
import struct
from typing import Any

from tests.generate.classic_stack import ClassicStack
from tests.generate.truth import Sample

PSM = 0x000F
MTU = 1691
"""The least that BNEP asks for (BNEP 1.0, 2.3)."""

PANU, NAP = 0x1115, 0x1116
PHONE, GADGET, OTHER = (bytes.fromhex(digits) for digits in ("c15a4d504c45", "d25a4d504c45", "020000000001"))
BROADCAST = b"\xff" * 6
PHONE_IP, GADGET_IP = bytes((10, 0, 0, 2)), bytes((10, 0, 0, 1))
IPV4, ARP, IPV6 = 0x0800, 0x0806, 0x86DD
GENERAL, CONTROL, COMPRESSED, SOURCE_ONLY, DESTINATION_ONLY = range(5)
EXTENSION = 0x80
SETUP, SETUP_ANSWER, NET_TYPES, NET_TYPES_ANSWER, ADDRESSES, ADDRESSES_ANSWER = range(1, 7)
NOT_UNDERSTOOD, RESERVED_CONTROL = 0, 0x55
SUCCESS = 0


async def classic_network() -> list[Sample]:
    """The phone joins the network, sets both filters, finds the gadget and pings it in all forms of frames."""
    stack = ClassicStack()
    stack.serve(PSM, MTU, reply)
    await stack.connect()
    channel = await stack.open(PSM, MTU)
    answers: list[bytes] = []
    channel.sink = answers.append
    for frame in ASKED:
        channel.write(frame)
        await asyncio.sleep(0.05)
    await channel.disconnect()
    await asyncio.sleep(0.05)
    await stack.disconnect()
    truth: dict[str, object] = {"sent": [kind(frame) for frame in ASKED], "received": [kind(one) for one in answers]}
    return [stack.phone_sample("classic_network", {"bnep": truth})]


def kind(frame: bytes) -> dict[str, object]:
    """The first two bytes say what a frame is; a control message has its type in the second."""
    packet_type = frame[0] & ~EXTENSION
    told: dict[str, object] = {"type": packet_type, "extension": bool(frame[0] & EXTENSION)}
    return {**told, "control_type": frame[1]} if packet_type == CONTROL else told


def setup() -> bytes:
    return struct.pack(">BBBHH", CONTROL, SETUP, 2, NAP, PANU)


def message(control_type: int, content: bytes) -> bytes:
    return bytes((CONTROL, control_type)) + content


def net_types(*ranges: tuple[int, int]) -> bytes:
    """A filter: a length in bytes and ranges of types (2.6.5.1)."""
    listed = b"".join(struct.pack(">HH", first, last) for first, last in ranges)
    return struct.pack(">H", len(listed)) + listed


def extended(frame: bytes, content: bytes) -> bytes:
    """A frame of compressed Ethernet with an extension header that holds a control message (2.5)."""
    return bytes((frame[0] | EXTENSION,)) + frame[1:3] + bytes((0, len(content))) + content + frame[3:]


def arp(operation: int, sender: bytes, sender_ip: bytes, target: bytes, target_ip: bytes) -> bytes:
    """RFC 826."""
    return struct.pack(">HHBBH", 1, IPV4, 6, 4, operation) + sender + sender_ip + target + target_ip


def checksum(data: bytes) -> int:
    """RFC 1071."""
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ping(kind: int, source: bytes, target: bytes, sequence: int) -> bytes:
    """An ICMP echo (RFC 792) of 8 bytes in IPv4."""
    echo = struct.pack(">BBHHH", kind, 0, 0, 1, sequence) + b"l2capecho"[:8]
    echo = echo[:2] + struct.pack(">H", checksum(echo)) + echo[4:]
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(echo), sequence, 0, 64, 1, 0) + source + target
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + echo


def typed(packet_type: int, addresses: bytes, network_type: int, payload: bytes) -> bytes:
    return bytes((packet_type,)) + addresses + struct.pack(">H", network_type) + payload


ASKED = (
    setup(),
    message(NET_TYPES, net_types((IPV4, ARP), (IPV6, IPV6))),
    message(ADDRESSES, struct.pack(">H", 12) + bytes.fromhex("01005e000000") + bytes.fromhex("01005e7fffff")),
    message(RESERVED_CONTROL, b"\1\2"),
    typed(GENERAL, BROADCAST + PHONE, ARP, arp(1, PHONE, PHONE_IP, bytes(6), GADGET_IP)),
    typed(COMPRESSED, b"", IPV4, ping(8, PHONE_IP, GADGET_IP, 1)),
    typed(SOURCE_ONLY, OTHER, IPV4, ping(8, PHONE_IP, GADGET_IP, 2)),
    typed(DESTINATION_ONLY, OTHER, IPV4, ping(8, PHONE_IP, GADGET_IP, 3)),
    extended(
        typed(COMPRESSED, b"", IPV4, ping(8, PHONE_IP, GADGET_IP, 4)), bytes((NET_TYPES,)) + net_types((IPV4, IPV4))
    ),
)


def reply(channel: Any, frame: bytes) -> None:
    """What the gadget answers: success to every message it knows, and what is asked in the same form."""
    packet_type = frame[0] & ~EXTENSION
    if packet_type == CONTROL:
        known = frame[1] in (SETUP, NET_TYPES, ADDRESSES)
        answer = struct.pack(">H", SUCCESS) if known else frame[1:2]
        channel.write(message(frame[1] + 1 if known else NOT_UNDERSTOOD, answer))
    elif packet_type == GENERAL:
        channel.write(typed(COMPRESSED, b"", ARP, arp(2, GADGET, GADGET_IP, PHONE, PHONE_IP)))
    else:
        sequence = frame.index(b"l2capech") - 1
        channel.write(typed(COMPRESSED, b"", IPV4, ping(0, GADGET_IP, PHONE_IP, frame[sequence])))
