"""What is fuzzed: every source and the engine, each as a function of bytes that raises where something is wrong.

Whatever the bytes are: a source refuses them with a CaptureError of one line or reads them, the same in pieces of any
size; the tables grow no faster than the input; and all figures and findings can be had of what was read.
"""

import base64
import json
import os
import struct
import tempfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from l2scope.analysis.watch import FindingsWatch
from l2scope.engine.engine import Engine
from l2scope.links import refusal_views
from l2scope.quality import quality_of
from l2scope.reading import channel_views_of, link_views
from l2scope.sources.btsnoop import BtsnoopParser
from l2scope.sources.btsnooz import BEGIN, END, btsnooz_to_btsnoop
from l2scope.sources.containers.limits import Unpacking
from l2scope.sources.errors import CaptureError
from l2scope.sources.file import FileSource
from l2scope.sources.monitor_records import FILE_HEADER, happening, packed
from l2scope.sources.packetlogger import PacketLoggerParser
from l2scope.sources.pcap import PcapParser
from l2scope.sources.pcapng import PcapngParser
from l2scope.sources.push import PushParser
from tests.fuzz import seeds
from tests.fuzz.seeds import KINDS
from tests.generate import containers
from tests.tables_of import rows_of

# Bytes of rows that a byte of input may cost. The worst is a signalling command of four bytes: a row of its own, of its
# fault and of its credits.
MOST_ROWS: Final = 64
# A bomb is to be found by a small bound as well as by a large one.
LARGEST_UNPACKED: Final = 1 << 20
# Half of the inputs are read twice.
LARGEST_PIECE: Final = 128
# How much later than the one before a packet of the engine's target may be, in ns.
STEPS: Final = (1_000_000, 0, 30_000_000, 1_000_000_000, 40_000_000_000, -5_000_000, 2**61, 0)


@dataclass(frozen=True, slots=True)
class Target:
    """run raises what must not happen; seeds are inputs to begin with."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]


def source(
    parser_of: Callable[[Engine], PushParser], seeds_of: Callable[[list[containers.Packet]], list[bytes]]
) -> Target:
    """A format. The first byte of an input is the size of the pieces that the others are fed in."""
    return Target(
        lambda data: read(parser_of, data[1:], 1 + data[0] if data else 1),
        lambda: [b"\xff" + capture for capture in seeds_of(seeds.traffic())],
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


def wrapped(data: bytes) -> None:
    """A file with whatever wrapping, opened as a user opens it: compression, archives, texts, and captures without."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        fed = Engine()
        try:
            source = FileSource(Path(file.name), fed, Unpacking(max_size=LARGEST_UNPACKED))
        except CaptureError as error:
            line_of(error)
            return
        try:
            while source.step():
                pass
        except CaptureError:
            return
        finally:
            size = os.fstat(source.fileno()).st_size
            source.close()
        assert size <= max(len(data), LARGEST_UNPACKED), "more was unpacked than is allowed"
        judge(fed, size)


def engine(data: bytes) -> None:
    """Packets, each behind two bytes: its kind, direction and adapter with the time that passed, and its length. With
    the last of the times packets were lost before it; a packet that the data ends in was cut short.

    Each is alone in its bytes, so that reading on behind it raises."""
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
        fed.packet(time, direction, kind, adapter, data[start:stop], 0, stop - start, start, length)
        at = stop
    fed.finish()
    judge(fed, len(data))


TARGETS: Final = {
    "btsnoop": source(BtsnoopParser, seeds.btsnoop_seeds),
    "pcap": source(PcapParser, seeds.pcap_seeds),
    "pcapng": source(PcapngParser, seeds.pcapng_seeds),
    "packetlogger": source(PacketLoggerParser, seeds.packetlogger_seeds),
    "btsnooz": Target(btsnooz, seeds.btsnooz_seeds),
    "containers": Target(wrapped, seeds.container_seeds),
    "monitor": Target(monitor, seeds.monitor_seeds),
    "engine": Target(engine, seeds.engine_seeds),
}
