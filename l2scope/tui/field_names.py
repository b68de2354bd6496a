"""Which filter field a line of the field tree is, so that it can be made a column or a filter."""

from collections.abc import Sequence
from typing import Final

from l2scope.capture import Capture
from l2scope.dissection import Field, Tree
from l2scope.filter.dissected import Dissected
from l2scope.filter.field import FilterField
from l2scope.filter.fields import FIELDS
from l2scope.filter.fields.att import HANDLE_LABELS
from l2scope.filter.kinds import BOOLEAN
from l2scope.filter.known_fields import KNOWN
from l2scope.filter.packets import Packets
from l2scope.tui.field_texts import Value, values_of

Labels = tuple[str, ...]

ABOUT: Final = {
    "Number": "frame.number",
    "Time": "frame.time",
    "Adapter": "l2scope.adapter",
    "Direction": "l2scope.direction",
    "Captured length": "frame.cap_len",
    "Original length": "frame.len",
    "Remarks": "l2scope.remark",
}
"""The parts of the first line, which is about the record."""
NAMED: Final[dict[Labels, str]] = {
    ("HCI Command",): "bthci_cmd",
    ("HCI Command", "Command opcode"): "bthci_cmd.opcode",
    ("HCI Command", "Parameter total length"): "bthci_cmd.param_length",
    ("HCI Event",): "bthci_evt",
    ("HCI Event", "Event code"): "bthci_evt.code",
    ("HCI Event", "Subevent code"): "bthci_evt.le_meta_subevent",
    ("HCI Event", "Command opcode"): "bthci_evt.opcode",
    ("HCI Event", "Parameter total length"): "bthci_evt.param_length",
    ("HCI ACL data",): "bthci_acl",
    ("HCI ACL data", "Connection handle"): "bthci_acl.chandle",
    ("HCI ACL data", "Packet boundary flag"): "bthci_acl.pb_flag",
    ("HCI ACL data", "Broadcast flag"): "bthci_acl.bc_flag",
    ("HCI ACL data", "Data total length"): "bthci_acl.length",
    ("L2CAP",): "btl2cap",
    ("L2CAP", "Length"): "btl2cap.length",
    ("L2CAP", "CID"): "btl2cap.cid",
    ("L2CAP", "Channel ID"): "btl2cap.cid",
    ("ATT",): "btatt",
    ("ATT", "Opcode"): "btatt.opcode",
    ("ATT", "Attribute handle"): "btatt.handle",
    ("ATT", "Attribute handle in error"): "btatt.handle",
    ("ATT", "Error code"): "btatt.error_code",
    ("SMP",): "btsmp",
    ("Answers",): "btatt.request_in_frame",
    ("Answered in",): "btatt.response_in_frame",
}
SIGNALLING: Final = {"Code": "btl2cap.cmd_code", "Identifier": "btl2cap.cmd_ident"}
"""The parts of any signalling command."""
CREDIT_INDICATION: Final = {"CID": "btl2cap.cid", "Credits": "btl2cap.credits"}
CHANNEL: Final = {"": "l2scope.channel", "SPSM": "l2scope.channel.psm", "PSM": "l2scope.channel.psm",
                  "Mode": "l2scope.channel.mode"}  # fmt: skip
"""A line `Channel #3`, and its parts."""
NO_COMMANDS: Final = ("HCI", "L2CAP", "ATT", "SMP", "Channel #", "Packet ")


def filter_field(
    capture: Capture, number: int, tree: Tree, path: Sequence[Field]
) -> tuple[FilterField, list[Value]] | None:
    """The filter field of a line of a packet's tree, which the fields of the path lead to, and what that is there; None
    where no field is known for it."""
    labels = tuple(field.name for field in path)
    packets = Packets(capture)
    row, own = number - capture.first_number, _bytes(tree, path[-1])
    if (field := FIELDS.get(_by_table(labels, path[0]))) is not None:
        values = _narrowed(values_of(field, packets, [row]).get(row, []), own)
        return (field, values) if values or field.name == "l2scope.remark" else None
    for field, source in _readers(labels, _bytes(tree, path[0])):
        value = source.decode(own) if own else None
        if value is not None and value in values_of(field, packets, [row]).get(row, []):
            return field, [value]
    return _of_contents(packets, row, labels)


def _of_contents(packets: Packets, row: int, labels: Labels) -> tuple[FilterField, list[Value]] | None:
    """A field that a dissector of what channels carry declares, by what its help says: its label, and of what."""
    told = {f"{labels[-1]} of {title}".casefold() for title in labels[:-1]} if labels[1:] else {labels[0].casefold()}
    for name in KNOWN:
        if name not in FIELDS and KNOWN[name].help.casefold() in told:
            values = values_of(KNOWN[name], packets, [row]).get(row, [])
            return (KNOWN[name], values) if values else None
    return None


def _narrowed(values: list[Value], own: bytes) -> list[Value]:
    """Of several numbers the one that stands in these bytes."""
    value = int.from_bytes(own, "little")
    return [value] if value in values and own else values


def _by_table(labels: Labels, top: Field) -> str:
    """Fields that are read from tables or bytes, where the tree has names of its own for them."""
    first, rest = labels[0], labels[1:]
    if first == "ATT" and labels[-1] in HANDLE_LABELS:
        return "btatt.handle"
    if first.startswith("Packet ") and len(rest) == 1:
        return ABOUT.get(rest[0], "")
    if first.startswith("Channel #") and len(rest) < 2:
        return CHANNEL.get("".join(rest), "")
    if labels in NAMED:
        return NAMED[labels]
    return "" if first.startswith(NO_COMMANDS) else _of_signalling(first, rest, top)


def _of_signalling(command: str, rest: Labels, top: Field) -> str:
    """A signalling command, or one of its parts."""
    if not rest:
        return "btl2cap.cmd_code" if any(part.name == "Code" for part in top.children) else ""
    indication = CREDIT_INDICATION if command == "Flow Control Credit Ind" else {}
    return {**SIGNALLING, **indication}.get(rest[0], "") if len(rest) == 1 else ""


def _readers(labels: Labels, whole: bytes) -> list[tuple[FilterField, Dissected]]:
    """The fields that are read from such a line of the tree; single bits come last, then those with long names."""
    found = [
        (field, field.values)
        for field in FIELDS.values()
        if isinstance(field.values, Dissected) and field.values.reads(labels, whole)
    ]
    return sorted(found, key=lambda pair: (pair[0].kind is BOOLEAN, len(pair[0].name)))


def _bytes(tree: Tree, field: Field) -> bytes:
    return tree.buffers[field.buffer].data[field.start : field.stop] if field.buffer < len(tree.buffers) else b""
