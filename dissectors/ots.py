# mypy: allow-subclassing-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""The Object Transfer Service (OTS 1.0): the objects that cross a channel.

The channel carries nothing but their bytes; how many of which object is said at the control points (ots_control.py).
"""

import struct
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scapy.fields import StrField
from scapy.packet import Packet

from l2scope.dissection import Breach, ContentRule, Conversation, Dissector, ExportedFile, Message, Unit, on_psm

from ._ots_names import (
    ABORT,
    ACTION_POINT,
    ACTIONS,
    CHECKSUM,
    CREATE,
    LIST_POINT,
    LIST_RESPONSE,
    MOVES,
    NAME,
    READ,
    RESPONSE,
    RESULTS,
    SUCCESS,
    WITH_SPAN,
    WRITE,
)

OTHER = {"tx": "rx", "rx": "tx"}
LATE_NS = 1_000_000_000


class ObjectData(Packet):
    """One SDU: bytes of an object."""

    name = "OTS"
    fields_desc = [StrField("data", b"")]


@dataclass(slots=True, eq=False)
class Procedure:
    """A request to the action control point, its answer, and the SDUs that came of it."""

    request: Unit
    chosen: int
    """How often another object was chosen before: the same number means the same object."""
    offset: int = 0
    length: int = 0
    result: int = 0
    checksum: int | None = None
    aborted: bool = False
    packets: list[int] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    received: int = 0

    @property
    def opcode(self) -> int:
        return self.request.data[0]

    @property
    def moves(self) -> bool:
        """Whether bytes are to cross the channel."""
        return self.opcode in (READ, WRITE) and self.result == SUCCESS

    @property
    def way(self) -> str:
        """The direction of the bytes: that of the client's requests for a write, the other one for a read."""
        return self.request.direction if self.opcode == WRITE else OTHER[self.request.direction]

    @property
    def content(self) -> bytes:
        return b"".join(unit.data for unit in self.units)

    def take_answer(self, data: bytes, packet: int) -> None:
        """A response: the request's op code, the result, and a checksum where one was asked for."""
        self.result = data[2]
        self.packets.append(packet)
        if self.opcode == CHECKSUM and self.result == SUCCESS and len(data) >= 7:
            self.checksum = int.from_bytes(data[3:7], "little")

    def covers(self, asked: "Procedure") -> bool:
        """Whether the bytes hold what a checksum was asked for."""
        return self.offset <= asked.offset and asked.offset + asked.length <= self.offset + self.received


def procedures_of(conversation: Conversation) -> tuple[list[Procedure], list[Unit]]:
    """What was asked of the action control point, with what came over the channel because of it; and the SDUs that
    nobody asked for."""
    found = asked_for(conversation)
    moving = [one for one in found if one.moves]
    begins = [one.request.first_packet for one in moving]
    stray = []
    for unit in conversation.units:
        at = bisect_left(begins, unit.first_packet) - 1
        if at < 0 or moving[at].way != unit.direction or moving[at].received >= moving[at].length:
            stray.append(unit)
        else:
            moving[at].units.append(unit)
            moving[at].received += len(unit.data)
    return found, stray


def asked_for(conversation: Conversation) -> list[Procedure]:
    """The procedures by the values of the two control points, in order."""
    values = [(unit, point) for point in (ACTION_POINT, LIST_POINT) for unit in conversation.values_of(point)]
    found: list[Procedure] = []
    chosen = 0
    for unit, point in sorted(values, key=lambda one: one[0].first_packet):
        data = unit.data
        answers = len(data) >= 3 and data[0] in (RESPONSE, LIST_RESPONSE)
        if point == LIST_POINT:
            chosen += answers and data[1] in MOVES and data[2] == SUCCESS
        elif answers and found and found[-1].opcode == data[1]:
            found[-1].take_answer(data, unit.first_packet)
            chosen += data[1] == CREATE and data[2] == SUCCESS
            if data[1] == ABORT and data[2] == SUCCESS and found[-2:-1]:
                found[-2].aborted = True
        elif data and not answers:
            found.append(Procedure(unit, chosen, packets=[unit.first_packet]))
            if data[0] in WITH_SPAN and len(data) >= 9:
                found[-1].offset, found[-1].length = struct.unpack_from("<II", data, 1)
    return found


def judge(conversation: Conversation) -> Iterator[Breach]:
    """Nothing is said where nobody saw the control point, for then nobody knows what was asked for."""
    found, stray = procedures_of(conversation)
    certainty = "weak" if conversation.lost else "certain"
    for number, asked in enumerate(found):
        following = found[number + 1] if number + 1 < len(found) else None
        if asked.result not in (0, SUCCESS):
            text = f"{ACTIONS.get(asked.opcode, asked.opcode)}: {RESULTS.get(asked.result, asked.result)}"
            yield Breach("USR033", text, packets=tuple(asked.packets), direction=asked.request.direction)
        if asked.moves and asked.received < asked.length:
            last_ns = max(unit.end_ns for unit in (asked.request, *asked.units))
            if following is not None or conversation.last_ns - last_ns > LATE_NS:
                end = ", then it was aborted" if following is not None and following.opcode == ABORT else ""
                text = f"{asked.received:,} of {asked.length:,} bytes of an object came{end}"
                proof = tuple(asked.packets)
                yield Breach("USR032", text, tuple(asked.units), proof, asked.way, "sender", certainty=certainty)
    if found and stray:
        text = f"{sum(len(unit.data) for unit in stray):,} bytes came that nobody asked for"
        yield Breach("USR034", text, tuple(stray), certainty=certainty)
    for moved, asked in compared(found):
        begin = asked.offset - moved.offset
        own = zlib.crc32(moved.content[begin : begin + asked.length])
        if own != asked.checksum:
            text = f"the CRC-32 of {asked.length:,} bytes is 0x{own:08X}, the answer says 0x{asked.checksum:08X}"
            yield Breach("USR031", text, tuple(moved.units), tuple(asked.packets), moved.way, certainty=certainty)


def compared(found: Sequence[Procedure]) -> Iterator[tuple[Procedure, Procedure]]:
    """Each checksum with the bytes that it is about: those that crossed last before it, or first after it, unless
    another object was chosen or this one written in between."""
    moved: Procedure | None = None
    asked: list[Procedure] = []
    chosen = -1
    for one in found:
        if one.chosen != chosen:
            moved, asked, chosen = None, [], one.chosen
        if one.checksum is not None and moved is not None and moved.covers(one):
            yield moved, one
        elif one.checksum is not None:
            asked.append(one)
        elif one.moves:
            moved = one
            yield from ((one, before) for before in asked if one.opcode == READ and one.covers(before))
            asked = []


def join(units: Sequence[Unit]) -> Iterator[Message]:
    """Objects, as far as the channel alone tells: an SDU that is shorter than those before ends one."""
    begun: list[Unit] = []
    for unit in units:
        if begun and begun[0].direction != unit.direction:
            yield message_of(begun)
            begun = []
        begun.append(unit)
        if len(unit.data) < len(begun[0].data):
            yield message_of(begun)
            begun = []
    if begun:
        yield message_of(begun)


def message_of(units: Sequence[Unit]) -> Message:
    content = b"".join(unit.data for unit in units)
    values = {"bytes": len(content), "crc32": f"0x{zlib.crc32(content):08X}"}
    line = f"{len(content):,} bytes of an object, CRC-32 {values['crc32']}"
    return Message(tuple(units), content, line, complete=all(unit.complete for unit in units), values=values)


def export(conversation: Conversation) -> Iterator[ExportedFile]:
    """A file for each object that crossed, by its name where that was read; without the control point by messages."""
    found, _ = procedures_of(conversation)
    if not found:
        for number, message in enumerate(conversation.messages):
            yield ExportedFile(f"object-{number:04d}-{message.direction}.bin", message.content)
    names = [(unit.first_packet, unit.data.decode(errors="replace")) for unit in conversation.values_of(NAME)]
    for number, one in enumerate(one for one in found if one.moves):
        name = next((name for packet, name in reversed(names) if packet < one.request.first_packet), "object")
        part = "" if one.received >= one.length else ".part"
        yield ExportedFile(f"{number:04d}-{ACTIONS[one.opcode].lower()}-{name.replace('/', '_')}{part}", one.content)


RULES = (
    ContentRule(
        "USR031",
        "An object disagrees with its checksum",
        "error",
        "The bytes that crossed the channel have another CRC-32 than the control point answered.",
        "The object that was read or written is not the one that is stored.",
        "Compare what was exported with the original: SDUs may be missing, or the object changed meanwhile.",
        "OTS 1.0, 3.3",
    ),
    ContentRule(
        "USR032",
        "An object was not transferred whole",
        "error",
        "Fewer bytes crossed the channel than the Read or Write procedure agreed on.",
        "The object is incomplete.",
        "Look at the credits of the channel at its last SDU, and for an Abort or the end of the channel.",
        "OTS 1.0, 3.3",
    ),
    ContentRule(
        "USR033",
        "An object action was refused",
        "warning",
        "The Object Action Control Point answered with a result other than success.",
        "What the client wanted was not done.",
        "See the result code and the properties of the object.",
        "OTS 1.0, 3.3",
    ),
    ContentRule(
        "USR034",
        "Object bytes that nobody asked for",
        "warning",
        "SDUs came on the channel outside of a Read or Write procedure, or beyond its length.",
        "They end up in no object, or in the wrong one.",
    ),
)

DISSECTORS = [
    Dissector(
        name="ots",
        layer=ObjectData,
        on=on_psm(0x0025),
        title="OTS",
        flat=True,
        summary=lambda sdu: f"{len(sdu.data):,} bytes of an object",
        join=join,
        rules=RULES,
        judge=judge,
        export=export,
    ),
]
