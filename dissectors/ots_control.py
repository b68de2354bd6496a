# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""The two control points of the Object Transfer Service (OTS 1.0, 3.3 and 3.4)."""

from scapy.fields import ByteEnumField, ConditionalField, FlagsField, LEIntField, StrField, XLEIntField
from scapy.packet import Packet

from l2scope.dissection import Dissector, on_uuid

from ._ots_names import (
    ACTION_POINT,
    ACTIONS,
    CHECKSUM,
    CREATE,
    EXECUTE,
    LIST_POINT,
    LIST_RESPONSE,
    LIST_RESULTS,
    LISTS,
    RESPONSE,
    RESULTS,
    SUCCESS,
    WITH_SPAN,
    WRITE,
)


def is_checksum(action: Packet) -> bool:
    return (action.opcode, action.request, action.result) == (RESPONSE, CHECKSUM, SUCCESS)


class Action(Packet):
    """A value of the Object Action Control Point."""

    name = "OACP"
    fields_desc = [
        ByteEnumField("opcode", 0, ACTIONS),
        ConditionalField(LEIntField("size", 0), lambda action: action.opcode == CREATE),
        ConditionalField(LEIntField("offset", 0), lambda action: action.opcode in WITH_SPAN),
        ConditionalField(LEIntField("length", 0), lambda action: action.opcode in WITH_SPAN),
        ConditionalField(FlagsField("mode", 0, 8, ["", "truncate"]), lambda action: action.opcode == WRITE),
        ConditionalField(ByteEnumField("request", 0, ACTIONS), lambda action: action.opcode == RESPONSE),
        ConditionalField(ByteEnumField("result", 0, RESULTS), lambda action: action.opcode == RESPONSE),
        ConditionalField(XLEIntField("checksum", 0), is_checksum),
        ConditionalField(StrField("parameter", b""), lambda action: action.opcode in (CREATE, EXECUTE, RESPONSE)),
    ]


def action_line(action: Packet) -> str:
    if action.opcode == RESPONSE:
        checksum = f", CRC-32 0x{action.checksum:08X}" if is_checksum(action) else ""
        return f"{ACTIONS.get(action.request, action.request)}: {RESULTS.get(action.result, action.result)}{checksum}"
    span = f" {action.length:,} bytes from {action.offset:,}" if action.opcode in WITH_SPAN else ""
    return f"{ACTIONS.get(action.opcode, action.opcode)}{span}"


class Listing(Packet):
    """A value of the Object List Control Point."""

    name = "OLCP"
    fields_desc = [
        ByteEnumField("opcode", 0, LISTS),
        ConditionalField(ByteEnumField("request", 0, LISTS), lambda listing: listing.opcode == LIST_RESPONSE),
        ConditionalField(ByteEnumField("result", 0, LIST_RESULTS), lambda listing: listing.opcode == LIST_RESPONSE),
        StrField("parameter", b""),
    ]


def list_line(listing: Packet) -> str:
    if listing.opcode != LIST_RESPONSE:
        return str(LISTS.get(listing.opcode, listing.opcode))
    return f"{LISTS.get(listing.request, listing.request)}: {LIST_RESULTS.get(listing.result, listing.result)}"


DISSECTORS = [
    Dissector(name="ots_oacp", layer=Action, on=on_uuid(ACTION_POINT), title="OACP", flat=True, summary=action_line),
    Dissector(name="ots_olcp", layer=Listing, on=on_uuid(LIST_POINT), title="OLCP", flat=True, summary=list_line),
]
