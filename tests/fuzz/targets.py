"""What is fuzzed: every source and the engine, each as a function of bytes that raises where something is wrong.

Whatever the bytes are: a source refuses them with a CaptureError of one line or reads them, the same in pieces of any
size; the tables grow no faster than the input; and all figures and findings can be had of what was read.
"""

import base64
import json
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from l2scope.analysis.watch import FindingsWatch
from l2scope.engine.engine import Engine
from l2scope.engine.words import ACL, CLOSE_INDEX, COMMAND, EVENT, ISO, NEW_INDEX, OTHER, SCO
from l2scope.links import refusal_views
from l2scope.quality import quality_of
from l2scope.reading import channel_views_of, link_views
from l2scope.sources.btsnoop import BtsnoopParser
from l2scope.sources.btsnooz import BEGIN, END, btsnooz_to_btsnoop
from l2scope.sources.errors import CaptureError
from l2scope.sources.monitor_records import FILE_HEADER, happening, packed
from l2scope.sources.packetlogger import PacketLoggerParser
from l2scope.sources.pcap import PcapParser
from l2scope.sources.pcapng import PcapngParser
from l2scope.sources.push import PushParser
from tests.corpus import SAMPLES
from tests.generate import containers
from tests.tables_of import rows_of

# Bytes of rows that a byte of input may cost. The worst is a signalling command of four bytes: a row of its own, of its
# fault and of its credits.
MOST_ROWS: Final = 64
# Small inputs are mutated more often in the same time: of a sample the packets that make a link and its channels.
SEED_PACKETS: Final = 24
# Half of the inputs are read twice.
LARGEST_PIECE: Final = 128
LINK_EVENTS: Final = (0x3E, 0x05, 0x13)


@dataclass(frozen=True, slots=True)
class Target:
    """run raises what must not happen; seeds are inputs to begin with."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]


def source(
    parser_of: Callable[[Engine], PushParser], seeds: Callable[[list[containers.Packet]], list[bytes]]
) -> Target:
    """A format. The first byte of an input is the size of the pieces that the others are fed in."""
    return Target(
        lambda data: read(parser_of, data[1:], 1 + data[0] if data else 1),
        lambda: [b"\xff" + capture for capture in seeds(traffic())],
    )


def read(parser_of: Callable[[Engine], PushParser], capture: bytes, piece: int) -> None:
    """Reads a capture whole and, if they are small, in pieces."""
    if piece > LARGEST_PIECE:
        outcome(parser_of, [capture])
        return
    pieces = [capture[at : at + piece] for at in range(0, len(capture), piece)]
    whole = outcome(parser_of, [capture])
    assert outcome(parser_of, pieces) == whole, "another split gives another reading"


def outcome(parser_of: Callable[[Engine], PushParser], pieces: list[bytes]) -> object:
    """All that can be seen of a reading, or the line with which it is refused."""
    parser = parser_of(Engine())
    try:
        for piece in pieces:
            parser.feed(piece)
        parser.end()
    except CaptureError as error:
        return line_of(error)
    parser.engine.finish()
    judge(parser.engine, sum(map(len, pieces)), parser)
    return rows_of(parser.engine.tables), parser.damage.rows(), parser.problem, parser.comments, parser.engine.lost


def line_of(error: CaptureError) -> str:
    """What the user reads: one line."""
    (line,) = str(error).splitlines()
    return line


def judge(engine: Engine, size: int, parser: PushParser | None = None) -> None:
    """All figures of what was read from size bytes."""
    rows = rows_of(engine.tables)
    assert sum(map(len, rows.values())) <= MOST_ROWS * size, "more rows than the input accounts for"
    quality = quality_of(engine, "", None) if parser is None else quality_of(engine, parser.problem, parser.damage)
    links = link_views(engine)
    channels = channel_views_of(engine, links, rows["zeros"], ended=True)
    watch = FindingsWatch(engine)
    watch.note_tables(engine.tables)
    watch.look(quality, int(engine.last_time), ended=True)
    for view in (*links, *channels, *refusal_views(engine.host.registry.refusals, links), *watch.findings):
        json.dumps(view.as_json())


def btsnooz(data: bytes) -> None:
    """The text of a bug report, or with an even first byte the records inside of its block."""
    text = data[1:]
    if data[:1] and data[0] % 2 == 0:
        block = struct.pack("<BQ", 1 + data[0] // 2 % 2, 10**15) + zlib.compress(text)
        text = BEGIN + b"\n" + base64.b64encode(block) + b"\n" + END
    try:
        capture = btsnooz_to_btsnoop(text)
    except CaptureError as error:
        line_of(error)
        return
    read(BtsnoopParser, capture, 1 + data[0])


def btsnooz_seeds() -> list[bytes]:
    packets = traffic()
    return [
        b"\x01" + containers.bug_report(packets),
        b"\x01" + containers.bug_report(packets, version=1),
        b"\x00" + containers.btsnooz_records(packets, version=1),
        b"\x02" + containers.btsnooz_records(packets),
    ]


def monitor(data: bytes) -> None:
    """Datagrams of the kernel, each behind a byte that says how many bytes it has beyond the header that all have, and
    how many records were lost before it."""
    records, drops, at = [], 0, 0
    while len(data) - at >= 8:
        length, lost = data[at], data[at + 1]
        record = data[at + 2 : at + 8 + length]
        drops += lost
        happening(10**15, record)
        records.append(packed(10**15 + at, record, drops))
        at += 8 + length
    read(BtsnoopParser, b"".join([FILE_HEADER, *records]), 61)


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


KINDS: Final = (COMMAND, ACL, SCO, EVENT, ISO, OTHER, CLOSE_INDEX, NEW_INDEX)
STEPS: Final = (1_000_000, 0, 30_000_000, 1_000_000_000, 40_000_000_000, -5_000_000, 2**61, 0)


def engine(data: bytes) -> None:
    """Packets, each behind two bytes: its kind, direction and adapter with the time that passed, and its length. With
    the last of the times packets were lost before it; a packet that the data ends in was cut short."""
    fed = Engine()
    time, at = 10**18, 0
    while len(data) - at >= 2:
        control, length = data[at], data[at + 1]
        start, stop = at + 2, min(at + 2 + length, len(data))
        step = control >> 5
        time = min(max(time + STEPS[step], 0), 2**62)
        if step == len(STEPS) - 1:
            fed.lose(3)
        kind, direction, adapter = KINDS[control & 7], control >> 3 & 1, control >> 4 & 1
        fed.packet(time, direction, kind, adapter, data, start, stop, start, length)
        at = stop
    fed.finish()
    judge(fed, len(data))


def engine_seeds() -> list[bytes]:
    names = ("refused", "starved", "two_channels", "att_only", "link_lost", "small_fragments")
    return [b"".join(engine_packet(packet) for packet in traffic(name)) for name in names]


def engine_packet(packet: containers.Packet) -> bytes:
    control = KINDS.index(packet.kind) | packet.received << 3
    return bytes((control, len(packet.data[1:256]))) + packet.data[1:256]


def traffic(name: str = "refused") -> list[containers.Packet]:
    """A command, then the first packets of a link: how it is made, its channel, some data."""
    command, *others = containers.packets_of((SAMPLES / f"{name}.btsnoop").read_bytes())
    of_link = [other for other in others if other.kind == ACL or (other.kind == EVENT and other.data[1] in LINK_EVENTS)]
    return [command, *of_link[:SEED_PACKETS]]


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


TARGETS: Final = {
    "btsnoop": source(BtsnoopParser, btsnoop_seeds),
    "pcap": source(PcapParser, pcap_seeds),
    "pcapng": source(PcapngParser, pcapng_seeds),
    "packetlogger": source(PacketLoggerParser, packetlogger_seeds),
    "btsnooz": Target(btsnooz, btsnooz_seeds),
    "monitor": Target(monitor, monitor_seeds),
    "engine": Target(engine, engine_seeds),
}
