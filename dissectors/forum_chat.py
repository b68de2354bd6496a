# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""A chat between a phone and a gadget: messages in fragments, an SDU each, that may ask to be acknowledged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scapy.fields import ByteEnumField, FlagsField, LEIntField, LEShortField, StrLenField
from scapy.packet import Packet

from l2scope.dissection import (
    Breach,
    ContentRule,
    Conversation,
    Dissector,
    ExportedFile,
    Message,
    Unit,
    by_content,
)

HEADER_BYTES = 12
TEXT, IMAGE, SYSTEM = 0, 1, 2
OTHER = {"tx": "rx", "rx": "tx"}
TYPES = {TEXT: "text", IMAGE: "image", SYSTEM: "system"}
LAST, ACKNOWLEDGE = 1, 2
LATE_NS = 1_000_000_000  # a fragment or an acknowledgement that takes longer is missing
PICTURES = {b"\x89PNG": ("image/png", "png"), b"\xff\xd8\xff": ("image/jpeg", "jpg")}


class Content(StrLenField):
    """The payload of a fragment: text where it is one, which may begin or end within a character."""

    def i2repr(self, pkt: Packet, x: bytes) -> str:
        return x.decode(errors="replace") if pkt.type == TEXT else super().i2repr(pkt, x)


class Fragment(Packet):
    """One SDU."""

    name = "Chat"
    fields_desc = [
        LEIntField("message", 0),
        LEShortField("sequence", 0),
        LEShortField("fragments", 0),
        LEShortField("length", 0),
        ByteEnumField("type", 0, TYPES),
        FlagsField("flags", 0, 8, ["last", "acknowledge"]),
        Content("content", b"", length_from=lambda fragment: fragment.length),
    ]


def summary(fragment: Packet) -> str:
    place = "" if fragment.fragments == 1 else f", fragment {fragment.sequence + 1} of {fragment.fragments}"
    said = f" {fragment.content.decode(errors='replace')!r}" if fragment.type == TEXT else ""
    return f"{TYPES.get(fragment.type, 'type ' + str(fragment.type))} {fragment.message}{place}{said}"


def looks_like_chat(sdus: Sequence[bytes]) -> bool:
    """Fragments whose counts, lengths and flags agree, the first of them without fail and most of the others."""
    packets = [Fragment(sdu) for sdu in sdus if len(sdu) >= HEADER_BYTES]
    agree = list(map(consistent, packets, sdus))
    return len(packets) == len(sdus) and packets[0].sequence == 0 and agree[0] and 2 * sum(agree) > len(agree)


def consistent(packet: Packet, sdu: bytes) -> bool:
    return (
        packet.length == len(sdu) - HEADER_BYTES
        and packet.type in TYPES
        and int(packet.flags) <= LAST | ACKNOWLEDGE
        and packet.sequence < packet.fragments
        and counts_well(packet, packet.fragments)
    )


def is_last(fragment: Packet) -> bool:
    return bool(int(fragment.flags) & LAST)


@dataclass(slots=True, eq=False)
class Draft:
    """A message as far as its fragments came: each once, by its sequence number."""

    parts: dict[int, Unit] = field(default_factory=dict)
    units: list[Unit] = field(default_factory=list)
    repeated: list[Unit] = field(default_factory=list)
    end: int = 0
    """The sequence number after the last one, as the flag tells, or else the count of the first fragment."""
    whole_up_to: int = 0
    acknowledged: Unit | None = None

    def add(self, unit: Unit) -> None:
        fragment = unit.packet
        self.units.append(unit)
        if fragment.sequence in self.parts:
            self.repeated.append(unit)
        self.parts.setdefault(fragment.sequence, unit)
        self.end = fragment.sequence + 1 if is_last(fragment) else self.end or fragment.fragments
        while self.whole_up_to in self.parts:
            self.whole_up_to += 1

    def goes_on_with(self, unit: Unit) -> bool:
        """Whether the unit is of this message, and not of another that was given the same id later."""
        before = self.parts.get(unit.packet.sequence)
        return before.data == unit.data if before is not None else not self.complete

    @property
    def first(self) -> Packet:
        return self.units[0].packet

    @property
    def complete(self) -> bool:
        return self.whole_up_to >= self.end

    @property
    def miscounted(self) -> list[Unit]:
        """Fragments whose number and count disagree with their flag, or with the count of the first."""
        return [unit for unit in self.units if not counts_well(unit.packet, self.first.fragments)]

    @property
    def misread(self) -> list[Unit]:
        """Fragments that hold more or less than their payload length says."""
        return [unit for unit in self.units if unit.packet.length != len(unit.data) - HEADER_BYTES]

    @property
    def content(self) -> bytes:
        return b"".join(self.parts[at].packet.content for at in sorted(self.parts))


def counts_well(fragment: Packet, fragments: int) -> bool:
    return is_last(fragment) == (fragment.sequence == fragments - 1) and fragment.fragments == fragments


def drafts_of(units: Sequence[Unit]) -> list[Draft]:
    """The messages of both directions, in the order in which they began."""
    drafts: list[Draft] = []
    known: dict[tuple[str, int], Draft] = {}
    for unit in filter(readable, units):
        key = unit.direction, unit.packet.message
        if key not in known or not known[key].goes_on_with(unit):
            known[key] = Draft()
            drafts.append(known[key])
        known[key].add(unit)
        told = known.get((OTHER[unit.direction], acknowledged_by(unit.packet)))
        if told is not None and told.acknowledged is None:
            told.acknowledged = unit
    return drafts


def readable(unit: Unit) -> bool:
    return unit.packet is not None and not unit.problem


def acknowledged_by(fragment: Packet) -> int:
    """The message that a system message acknowledges, or -1."""
    acknowledges = fragment.type == SYSTEM and len(fragment.content) == 4
    return int.from_bytes(fragment.content, "little") if acknowledges else -1


def join(units: Sequence[Unit]) -> Iterator[Message]:
    """The messages in the order in which they began; what is no fragment stands for itself."""
    alone = [unit for unit in units if not readable(unit)]
    messages = [message_of(draft) for draft in drafts_of(units)]
    messages += [Message((unit,), unit.data, complete=False, problem=f"no fragment: {unit.problem}") for unit in alone]
    yield from sorted(messages, key=lambda message: message.units[0].index)


def message_of(draft: Draft) -> Message:
    content, kind = draft.content, draft.first.type
    values: dict[str, object] = {
        "id": draft.first.message,
        "type": TYPES.get(kind, kind),
        "fragments": len(draft.parts),
    }
    if draft.acknowledged is not None:
        values["acknowledged_after_ms"] = (draft.acknowledged.end_ns - draft.units[-1].end_ns) / 1e6
    return Message(
        units=tuple(draft.units),
        content=content,
        summary=said(draft, content),
        media=media_of(kind, content)[0],
        complete=draft.complete,
        problem="; ".join(breach.message for breach in breaches_of(draft)),
        values=values,
    )


def said(draft: Draft, content: bytes) -> str:
    if draft.first.type == TEXT:
        return content.decode(errors="replace")
    if acknowledged_by(draft.first) >= 0:
        return f"acknowledges {acknowledged_by(draft.first)}"
    return f"{TYPES.get(draft.first.type, 'unknown type')}, {len(content):,} bytes"


def media_of(kind: int, content: bytes) -> tuple[str, str]:
    """The media type, and the suffix of a file."""
    if kind == TEXT:
        return "text/plain", "txt"
    begins = (known for start, known in PICTURES.items() if content.startswith(start))
    return next(begins, ("application/octet-stream", "bin"))


def breaches_of(draft: Draft) -> Iterator[Breach]:
    """What is wrong with a message whenever one looks."""
    where = f"message {draft.first.message}"
    if draft.repeated:
        numbers = ", ".join(str(unit.packet.sequence) for unit in draft.repeated[:5])
        proof = (draft.parts[draft.repeated[0].packet.sequence], *draft.repeated)
        yield Breach("USR002", f"{where}: fragment {numbers} came again", proof, blame="sender")
    if draft.miscounted:
        told = draft.miscounted[0].packet
        flag = "is" if is_last(told) else "is not"
        text = f"{where}: fragment {told.sequence} of {told.fragments} {flag} flagged as the last"
        yield Breach("USR003", text, tuple(draft.miscounted), blame="sender")
    if draft.misread:
        unit = draft.misread[0]
        text = f"{where}: a payload length of {unit.packet.length} in an SDU that holds {len(unit.data) - HEADER_BYTES}"
        yield Breach("USR004", text, tuple(draft.misread), blame="sender")


def judge(conversation: Conversation) -> Iterator[Breach]:
    certainty = "weak" if conversation.lost else "certain"
    for draft in drafts_of(conversation.units):
        yield from breaches_of(draft)
        last, where = draft.units[-1], f"message {draft.first.message}"
        if conversation.last_ns - last.end_ns <= LATE_NS:
            continue
        if not draft.complete and not draft.miscounted:
            text = f"{where}: fragment {draft.whole_up_to} of {draft.end} did not come within 1 s"
            yield Breach("USR001", text, tuple(draft.units), blame="sender", certainty=certainty)
        asked = any(int(unit.packet.flags) & ACKNOWLEDGE for unit in draft.units)
        if draft.complete and asked and draft.acknowledged is None:
            text = f"{where} asked to be acknowledged and was not"
            yield Breach("USR005", text, tuple(draft.units), blame="receiver", certainty=certainty)


def export(conversation: Conversation) -> Iterator[ExportedFile]:
    """A file for each message that can be read: its direction, its id, and a suffix that says what it is."""
    for number, message in enumerate(conversation.messages):
        if message.values:
            suffix = media_of(message.units[0].packet.type, message.content)[1]
            name = f"{number:04d}-{message.direction}-{message.values['id']}.{suffix}"
            yield ExportedFile(name if message.complete else f"{name}.part", message.content)


RULES = (
    ContentRule(
        "USR001",
        "A fragment of a chat message is missing",
        "error",
        "A message was begun, and one of its fragments did not come within a second of the last one that did.",
        "The message is never shown.",
        "See whether the sender had credits left.",
    ),
    ContentRule(
        "USR002",
        "A fragment of a chat message came twice",
        "warning",
        "The same fragment of a message was sent again, although a channel loses and repeats nothing by itself.",
        "It costs credits and time; a receiver that does not look at the sequence number shows it twice.",
    ),
    ContentRule(
        "USR003",
        "The fragments of a chat message disagree about their number",
        "error",
        "The last fragment by its number is not flagged as the last, or another one is, or the counts differ.",
        "The receiver shows the message too early, or waits for fragments that do not exist.",
    ),
    ContentRule(
        "USR004",
        "The payload length of a chat fragment disagrees with its SDU",
        "error",
        "The header promises more or fewer bytes than its SDU holds.",
        "The receiver reads over the end, or loses text.",
    ),
    ContentRule(
        "USR005",
        "A chat message was not acknowledged",
        "warning",
        "A message asked to be acknowledged, a second passed, and no acknowledgement came.",
        "The sender shows the message as not delivered, or sends it again.",
    ),
)

DISSECTORS = [
    Dissector(
        name="forum_chat",
        layer=Fragment,
        on=by_content(looks_like_chat, priority=10),
        title="Chat",
        flat=True,
        summary=summary,
        join=join,
        rules=RULES,
        judge=judge,
        export=export,
    )
]
