# mypy: allow-subclassing-any
"""SMP, the Simple Management Protocol of MCUmgr: a header and a CBOR map, in the values of one characteristic.

The package cbor2 reads the maps; without it they stay bytes, and nothing is said of results and uploads.
"""

import hashlib
from collections.abc import Iterator, Sequence

from scapy.packet import Packet

from l2scope.dissection import Breach, ContentRule, Conversation, Dissector, ExportedFile, Message, Unit, on_uuid

from ._smp_mcumgr_names import OPERATIONS, RESET, RESULTS, command_name
from ._smp_mcumgr_parts import HEADER_BYTES, Part, Rest, Smp, Upload, map_of, parts_of, uploads_of, words

LATE_NS = 2_000_000_000
"""A response that takes longer is missing."""
FEWEST_EXCHANGES = 10
WAITING_SHARE = 0.5


def summary(packet: Packet) -> str:
    if isinstance(packet, Rest):
        return f"goes on, {len(packet.data):,} bytes"
    told = map_of(packet.map) or {}
    at = f", offset {told['off']:,}" if isinstance(told.get("off"), int) else ""
    name = command_name(packet.group, packet.command_id)
    return f"{name} {OPERATIONS.get(packet.operation, '')} #{packet.sequence}{at}"


def join(units: Sequence[Unit]) -> Iterator[Message]:
    """A message for each request and response. Of an upload it says how far it is."""
    parts, stray = parts_of(units)
    messages = [
        Message((unit,), unit.data, summary(unit.packet), complete=False, problem="begins nothing") for unit in stray
    ]
    answered = {id(part.answer): part for part in parts if part.answer is not None}
    total = 0
    for part in parts:
        if part.is_upload and part.number("len") is not None:
            total = part.number("len") or 0
        messages.append(message_of(part, answered.get(id(part)), total))
    yield from sorted(messages, key=lambda message: message.units[0].index)


def message_of(part: Part, asked: Part | None, total: int) -> Message:
    group, command, sequence = part.key
    values: dict[str, object] = {"group": group, "command": command, "sequence": sequence}
    if asked is not None:
        values |= {"rc": part.result, "waited_ms": asked.waited_ns / 1e6}
    at = part.number("off")
    said = words({key: value for key, value in part.map.items() if key != "data"})[1:-1]
    if part.is_upload and at is not None:
        done = f" ({at / total:.0%})" if total else ""
        said = (
            f"{at:,} of {total:,}{done}"
            if part.is_response
            else f"{len(part.payload):,} bytes from {at:,} of {total:,}"
        )
        values |= {"off": at, "len": total}
    failed = f": {RESULTS.get(part.result, part.result)}" if part.is_response and part.result else ""
    line = f"{command_name(group, command)} {OPERATIONS.get(part.header.operation, '')} #{sequence}{failed} {said}"
    return Message(tuple(part.units), part.data[HEADER_BYTES:], line.strip(), complete=part.complete, values=values)


def judge(conversation: Conversation) -> Iterator[Breach]:
    certainty = "weak" if conversation.lost else "certain"
    parts, _ = parts_of(conversation.units)
    for part in parts:
        name = f"{command_name(*part.key[:2])} #{part.key[2]}"
        if part.is_response and part.result:
            text = f"{name}: {RESULTS.get(part.result, part.result)}"
            yield Breach("USR041", text, tuple(part.units), values={"rc": part.result})
        waiting_ns = conversation.last_ns - part.units[-1].end_ns
        unanswered = not part.is_response and part.answer is None and part.key[:2] != RESET
        if part.complete and unanswered and waiting_ns > LATE_NS:
            yield Breach("USR045", f"{name} was not answered", tuple(part.units), blame="receiver", certainty=certainty)
    uploads = uploads_of(parts)
    for upload, following in zip(uploads, [*uploads[1:], None], strict=False):
        reached = f"{len(upload.image):,} of {upload.total:,} bytes"
        if following is not None and not upload.complete:
            proof = (upload.units[1], following.units[0])
            text, way = f"the upload began anew after {reached}", following.units[0].direction
            yield Breach("USR043", text, proof, direction=way, blame="sender")
        elif not upload.complete and conversation.last_ns - upload.units[1].end_ns > LATE_NS:
            yield Breach("USR044", f"the upload ended after {reached}", upload.units, certainty=certainty)
        yield from judged(upload)


def judged(upload: Upload) -> Iterator[Breach]:
    """How much of an upload was waiting, and whether what arrived is what was announced."""
    waits = [request.waited_ns for request in upload.requests if request.answer is not None]
    took = upload.units[1].end_ns - upload.units[0].end_ns
    share = sum(waits) / took if took > 0 else 0
    if len(waits) >= FEWEST_EXCHANGES and upload.one_at_a_time and share > WAITING_SHARE:
        slow = sum(wait - min(waits) for wait in waits)
        text = f"{sum(waits) / 1e9:.2f} of {took / 1e9:.2f} s of the upload ({share:.0%}) were spent on waiting for "
        text += f"{len(waits)} responses, one at a time; {slow / 1e9:.2f} s of it because some took longer than "
        text += f"{min(waits) / 1e6:,.0f} ms"
        values = {"waited_ms": sum(waits) / 1e6, "took_ms": took / 1e6, "share": round(share, 4), "slow_ms": slow / 1e6}
        yield Breach("USR042", text, upload.units, values=values)
    told = upload.requests[0].map.get("sha")
    if upload.complete and isinstance(told, bytes) and hashlib.sha256(upload.image).digest() != told:
        yield Breach("USR046", "the image has another SHA-256 than its first request says", upload.units)


def export(conversation: Conversation) -> Iterator[ExportedFile]:
    """Each image that was uploaded, as far as the device took it."""
    for number, upload in enumerate(uploads_of(parts_of(conversation.units)[0])):
        yield ExportedFile(f"image-{number}.bin{'' if upload.complete else '.part'}", bytes(upload.image))


RULES = (
    ContentRule(
        "USR041",
        "A management request failed",
        "error",
        "The device answered with a result other than 0.",
        "What was asked for was not done.",
        "See the result code and the device's log.",
    ),
    ContentRule(
        "USR042",
        "A firmware upload mostly waits for responses",
        "info",
        "Only one request was under way at a time, so each costs a round trip and the time that the device takes.",
        "The upload takes longer than the link needs.",
        "Send larger pieces, with a larger ATT_MTU or over several values, or several requests at once.",
    ),
    ContentRule(
        "USR043",
        "A firmware upload began anew",
        "warning",
        "A request with offset 0 came although the image was not complete.",
        "What was sent before was sent in vain.",
        "Ask the device for its offset and go on there.",
    ),
    ContentRule(
        "USR044",
        "A firmware upload was not finished",
        "error",
        "The device has less of the image than the first request announced, and nothing followed.",
        "The update cannot be started.",
        "See the last responses, and whether the link was lost.",
    ),
    ContentRule(
        "USR045",
        "A management request was not answered",
        "warning",
        "No response with the same sequence number came within two seconds.",
        "The client waits, or sends the request again.",
        "See whether notifications are enabled, and whether the device restarted.",
    ),
    ContentRule(
        "USR046",
        "An uploaded image disagrees with its hash",
        "error",
        "The bytes that the device took have another SHA-256 than the first request announced.",
        "The device refuses the image, or starts a wrong one.",
    ),
)

DISSECTORS = [
    Dissector(
        name="smp_mcumgr",
        layer=Smp,
        on=on_uuid("da2e7828-fbce-4e01-ae9e-261174997c48"),
        title="MCUmgr",
        flat=True,
        summary=summary,
        parts=(Rest,),
        join=join,
        rules=RULES,
        judge=judge,
        export=export,
    )
]
