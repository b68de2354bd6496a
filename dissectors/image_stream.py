# mypy: allow-subclassing-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""Pictures one after the other, cut into SDUs without regard to where one ends: JPEG, or raw pixels.

A raw frame is the mark "R565", width and height (2 bytes each, little-endian) and a number (4 bytes), then width x
height pixels of 16 bits, little-endian: 5 bits red, 6 green, 5 blue.
"""

import math
import re
import struct
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import median

from scapy.fields import StrField
from scapy.packet import Packet

from l2scope.dissection import Breach, ContentRule, Conversation, Dissector, Message, Unit, by_content
from l2scope.dissection import ExportedFile as File

SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
ALONE = {0xFF: 1, 0x01: 2} | dict.fromkeys(range(0xD0, 0xD8), 2)
"""Fill bytes, TEM and restart markers, and how far behind them the next marker is: they begin no segment."""
APPLICATION = range(0xE0, 0xF0)
FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""SOF markers, without DHT, JPG and DAC (ITU-T T.81, table B.1)."""
AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""The marker that ends entropy-coded data, in which FF is followed by 00 or a restart marker (T.81, B.1.1.5)."""
RAW = struct.Struct("<4sHHI")
RAW_MARK = b"R565"
BEGINNING = re.compile(rb"\xff\xd8\xff|R565")
BEGUN = (b"\xff", b"\xff\xd8", b"R", b"R5", b"R56")
LONG_PAUSE = 3
"""So many times the usual time between two frames is a pause that is seen."""
SHORTEST_PAUSE_NS = 200_000_000
FEWEST_INTERVALS = 4
SECOND_NS = 1_000_000_000


@dataclass(slots=True)
class Frame:
    """A frame at data[start:stop]; `again` is where to look for the next one."""

    start: int
    stop: int
    again: int = 0
    kind: str = "JPEG"
    problem: str = ""
    width: int = 0
    height: int = 0
    pixels: int = 0
    """How far into the frame its content begins."""
    ended: bool = False
    """Whether all of it is there."""


def frames_in(data: bytes) -> Iterator[Frame]:
    """The frames of a stream, and what belongs to none, in order."""
    position = 0
    while position < len(data):
        found = BEGINNING.search(data, position)
        start = found.start() if found else len(data)
        if start > position:
            begun = data[position:start] in BEGUN
            yield Frame(position, start, kind="", problem="" if begun else "bytes of no frame")
        if found is None:
            return
        frame = raw_frame(data, start) if data.startswith(RAW_MARK, start) else jpeg_frame(data, start)
        following = BEGINNING.search(data, max(frame.again, start + 2)) if frame.problem else None
        if frame.problem:
            frame.stop = following.start() if following else len(data)
        yield frame
        position = frame.stop


def jpeg_frame(data: bytes, start: int) -> Frame:
    """A JPEG file by its marker segments, so that the thumbnail in an Exif segment ends nothing (T.81, B.1)."""
    frame = Frame(start, len(data))
    at, scanned = start + 2, False
    while at + 1 < len(data):
        marker = data[at + 1]
        fault = fault_of(data[at], marker, scanned)
        if fault:
            return broken(frame, at, fault)
        if marker == EOI:
            frame.stop, frame.ended = at + 2, True
            return frame
        if marker in ALONE:
            at += ALONE[marker]
            continue
        after = at + 2 + max(int.from_bytes(data[at + 2 : at + 4], "big"), 2)
        if marker in FRAME_HEADERS and at + 9 <= len(data):
            frame.height, frame.width = struct.unpack_from(">HH", data, at + 5)
        if marker == SOS:
            end, scanned = AFTER_SCAN.search(data, after), True
            after = end.start() if end else len(data)
        elif leads_astray(data, at, after, marker):
            return broken(frame, after if marker in APPLICATION else at + 2, "is cut short inside a segment")
        at = after
    return frame


def leads_astray(data: bytes, at: int, after: int, marker: int) -> bool:
    """Whether the length of a segment is none: no marker follows, or another frame begins in what it claims."""
    if after < len(data):
        return data[after] != 0xFF
    return marker not in APPLICATION and BEGINNING.search(data, at + 2) is not None


def fault_of(prefix: int, marker: int, scanned: bool) -> str:
    """Why no marker may stand here, or "". What is only in front of the first scan begins another frame behind it."""
    if prefix != 0xFF or (marker < 0xC0 and marker not in ALONE):
        return f"holds 0x{prefix:02X}{marker:02X} where a segment begins"
    again = scanned and (marker in APPLICATION or marker in FRAME_HEADERS)
    return "is cut short: another begins in its midst" if marker == SOI or again else ""


def broken(frame: Frame, again: int, problem: str) -> Frame:
    frame.again, frame.problem = again, f"the frame {problem}"
    return frame


def raw_frame(data: bytes, start: int) -> Frame:
    """A raw frame. Where another one begins in its midst, a piece of it was lost."""
    if start + RAW.size > len(data):
        return Frame(start, len(data), kind="RGB565")
    _, width, height, _ = RAW.unpack_from(data, start)
    stop = start + RAW.size + 2 * width * height
    frame = Frame(start, min(stop, len(data)), 0, "RGB565", "", width, height, RAW.size, stop <= len(data))
    if stop < len(data) and BEGINNING.match(data, stop) is None and data[stop:] not in BEGUN:
        return broken(frame, start + RAW.size, "is cut short: another begins in its midst")
    return frame


class Pieces:
    """The bytes of one direction, and which units they are from."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        self.data = b"".join(unit.data for unit in units)
        self.ends = list(accumulate(len(unit.data) for unit in units))

    def messages(self) -> Iterator[Message]:
        ends: deque[int] = deque()
        for frame in frames_in(self.data):
            units = tuple(
                self.units[bisect_right(self.ends, frame.start) : bisect_right(self.ends, frame.stop - 1) + 1]
            )
            now = units[-1].end_ns
            values: dict[str, object] = {"format": frame.kind, "width": frame.width, "height": frame.height}
            while ends and now - ends[0] >= SECOND_NS:
                ends.popleft()
            if frame.kind:
                ends.append(now)
                values["frames_in_last_second"] = len(ends)
            yield Message(
                units=units,
                content=self.data[frame.start + frame.pixels : frame.stop],
                summary=f"{frame.kind} {frame.width} x {frame.height}, {frame.stop - frame.start:,} bytes".lstrip(),
                media={"JPEG": "image/jpeg", "RGB565": "image/x-rgb565"}.get(frame.kind, ""),
                complete=frame.ended and not frame.problem,
                problem=frame.problem,
                values=values if frame.kind else {},
            )


def join(units: Sequence[Unit]) -> Iterator[Message]:
    """A message a frame, in the order in which they began."""
    both = [Pieces([unit for unit in units if unit.direction == way]).messages() for way in ("tx", "rx")]
    yield from sorted((message for way in both for message in way), key=lambda message: message.units[0].index)


def judge(conversation: Conversation) -> Iterator[Breach]:
    certainty = "weak" if conversation.lost else "certain"
    for way in ("tx", "rx"):
        messages = [message for message in conversation.messages if message.direction == way]
        frames = [message for message in messages if message.values]
        longest = longest_interval(frames)
        for message in messages:
            rule = "USR011" if message.values else "USR013"
            if message.problem:
                text = f"{message.problem} ({message.summary})"
                yield Breach(rule, text, message.units, blame="sender", certainty=certainty)
        for before, after in pairwise(frames):
            pause = after.end_ns - before.end_ns
            if pause > longest:
                text = f"no frame for {pause / 1e6:,.0f} ms, where {longest / LONG_PAUSE / 1e6:,.0f} ms are usual"
                proof = (before.units[-1], after.units[0])
                yield Breach("USR012", text, proof, values={"pause_ms": pause / 1e6}, certainty=certainty)
        if frames and not frames[-1].complete and conversation.last_ns - frames[-1].end_ns > SECOND_NS:
            text = "the frame is cut short: nothing follows"
            yield Breach("USR011", text, frames[-1].units, blame="sender", certainty=certainty)


def longest_interval(frames: Sequence[Message]) -> float:
    """The longest time between the ends of two frames that is no pause, ns: some times the median."""
    intervals = [after.end_ns - before.end_ns for before, after in pairwise(frames)]
    return max(LONG_PAUSE * median(intervals), SHORTEST_PAUSE_NS) if len(intervals) >= FEWEST_INTERVALS else math.inf


def export(conversation: Conversation) -> Iterator[File]:
    """A file a frame. Raw pixels become a BMP, which says how they are laid out."""
    for number, message in enumerate(message for message in conversation.messages if message.values):
        name = f"frame-{number:05d}-{message.direction}"
        part = "" if message.complete else "-incomplete"
        if message.media == "image/jpeg":
            yield File(f"{name}{part}.jpg", message.content)
        elif message.complete:
            width, height = (int(str(message.values[side])) for side in ("width", "height"))
            yield File(f"{name}.bmp", bitmap(width, height, message.content))


def bitmap(width: int, height: int, pixels: bytes) -> bytes:
    """A BMP of 16 bits a pixel with its masks; a negative height means that the topmost row comes first."""
    row, padding = 2 * width, bytes(2 * width % 4)
    rows = b"".join(pixels[at : at + row] + padding for at in range(0, row * height, row or 1))
    header = struct.pack("<IiiHHIIiiII", 40, width, -height, 1, 16, 3, len(rows), 2835, 2835, 0, 0)
    masks = struct.pack("<III", 0xF800, 0x07E0, 0x001F)
    return struct.pack("<2sIII", b"BM", 66 + len(rows), 0, 66) + header + masks + rows


class Piece(Packet):
    """One SDU: some bytes of the stream."""

    name = "Image stream"
    fields_desc = [StrField("data", b"")]


def summary(piece: Packet) -> str:
    begins = ", a frame begins" if BEGINNING.search(piece.data) else ""
    return f"{len(piece.data):,} bytes{begins}"


RULES = (
    ContentRule(
        "USR011",
        "A frame of an image stream is cut short",
        "error",
        "The next frame begins before this one has ended, or a segment of it leads nowhere: bytes are missing.",
        "The picture cannot be shown, or only its upper part.",
        "See whether the camera drops data when it has no credits, and let it drop whole frames instead.",
    ),
    ContentRule(
        "USR012",
        "A pause in an image stream",
        "warning",
        f"Two frames are more than {LONG_PAUSE} times as far apart as is usual in this stream.",
        "The picture stands still.",
        "Compare with the credits and stalls of the channel at that time: the sender may have had to wait.",
    ),
    ContentRule(
        "USR013",
        "Bytes of no frame in an image stream",
        "warning",
        "Bytes between two frames, or before the first, belong to none.",
        "A receiver that does not look for the next beginning shows nothing more.",
    ),
)

DISSECTORS = [
    Dissector(
        name="image_stream",
        layer=Piece,
        on=by_content(lambda sdus: BEGINNING.match(sdus[0]) is not None, priority=5),
        title="Image stream",
        flat=True,
        summary=summary,
        join=join,
        rules=RULES,
        judge=judge,
        export=export,
    )
]
