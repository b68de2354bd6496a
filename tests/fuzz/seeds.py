"""Inputs that fuzzing begins with: small captures of real traffic, in every form that a target takes."""

import struct
from typing import Final

from l2scope.engine.words import ACL, CLOSE_INDEX, COMMAND, EVENT, ISO, NEW_INDEX, OTHER, SCO
from tests.corpus import SAMPLES
from tests.generate import containers, wrapped

# Small inputs are mutated more often in the same time: of a sample the packets that make a link and its channels.
SEED_PACKETS: Final = 24
LAST_PACKETS: Final = 4
LINK_EVENTS: Final = (0x3E, 0x05, 0x13)
# The kinds that the engine's target tells packets by.
KINDS: Final = (COMMAND, ACL, SCO, EVENT, ISO, OTHER, CLOSE_INDEX, NEW_INDEX)


def traffic(name: str = "refused") -> list[containers.Packet]:
    """A command, then the first and last packets of a link: how it is made, its channel, some data, and its end."""
    command, *others = containers.packets_of((SAMPLES / f"{name}.btsnoop").read_bytes())
    of_link = [other for other in others if other.kind == ACL or (other.kind == EVENT and other.data[1] in LINK_EVENTS)]
    return [command, *of_link[: SEED_PACKETS - LAST_PACKETS], *of_link[-LAST_PACKETS:]]


def btsnoop_seeds(packets: list[containers.Packet]) -> list[bytes]:
    return [containers.btsnoop(packets, datalink) for datalink in (1001, 1002, 2001)]


def pcap_seeds(packets: list[containers.Packet]) -> list[bytes]:
    return [
        containers.pcap(packets, link, order, nanoseconds=order == ">") for link in (187, 201, 254) for order in "<>"
    ]


def pcapng_seeds(packets: list[containers.Packet]) -> list[bytes]:
    simple = containers.block(3, struct.pack("<I", 8) + bytes(4) + packets[0].data[:4])
    obsolete = containers.block(2, struct.pack("<HHIIII", 0, 2, 0, 9, 4, 4) + packets[0].data[:4])
    drops = containers.block(5, struct.pack("<III", 0, 0, 0) + containers.options((5, bytes(8))))
    other = containers.section(">") + containers.interface(254, (9, b"\x8a"), (14, bytes(8)), order=">")
    return [
        *(containers.pcapng(packets, link, order) for link in (187, 201, 254) for order in "<>"),
        containers.pcapng(packets[:5]) + simple + obsolete + drops + other,
    ]


def packetlogger_seeds(packets: list[containers.Packet]) -> list[bytes]:
    note = [containers.packetlogger_record(0xFB, b"a note", packets[0].time, order) for order in "<>"]
    return [containers.packetlogger(packets, order) + text for order, text in zip("<>", note, strict=True)]


def btsnooz_seeds() -> list[bytes]:
    packets = traffic()
    return [
        b"\x01" + containers.bug_report(packets),
        b"\x01" + containers.bug_report(packets, version=1),
        b"\x00" + containers.btsnooz_records(packets, version=1),
        b"\x02" + containers.btsnooz_records(packets),
    ]


def monitor_seeds() -> list[bytes]:
    seeds = []
    for sent in (traffic(), traffic("starved")):
        parts = []
        for packet in sent:
            payload = packet.data[1:256]
            opcode = containers.MONITOR[packet.kind][packet.received]
            parts.append(struct.pack("<BBHHH", len(payload), 0, opcode, 0, len(payload)) + payload)
        seeds.append(b"".join(parts))
    return seeds


def engine_seeds() -> list[bytes]:
    names = ("refused", "starved", "two_channels", "att_only", "link_lost", "small_fragments")
    return [b"".join(engine_packet(packet) for packet in traffic(name)) for name in names]


def engine_packet(packet: containers.Packet) -> bytes:
    control = KINDS.index(packet.kind) | packet.received << 3
    return bytes((control, len(packet.data[1:256]))) + packet.data[1:256]


def container_seeds() -> list[bytes]:
    capture = containers.btsnoop(traffic()[:8])
    report = containers.bug_report(traffic()[:8])
    packed = [wrapped.gzipped(capture), wrapped.xz(capture), wrapped.zstandard(capture)]
    zipped = wrapped.zipped({"notes.txt": b"these are notes", wrapped.SNOOP_LOG: capture})
    tarred = wrapped.tarred({wrapped.HCI_LOG: containers.packetlogger(traffic()[:8])})
    return [*packed, zipped, tarred, wrapped.gzipped(tarred), report, wrapped.xz(wrapped.gzipped(report))]
