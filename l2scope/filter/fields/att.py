"""ATT PDUs as far as the table of them goes: btatt."""

from collections.abc import Callable
from typing import Final

import numpy as np

from l2scope.filter.dissected import Dissected, Layer, branches, number
from l2scope.filter.field import Cost, FilterField
from l2scope.filter.kinds import BOOLEAN, NUMBER, PROTOCOL
from l2scope.filter.packets import Packets
from l2scope.filter.values import Data, Mask, Rows, Values, joined
from l2scope.names import att

ERROR_RESPONSE: Final = 0x01
METHOD: Final = 0x3F
COMMAND: Final = 0x40
SIGNATURE: Final = 0x80
# PDUs that name one attribute, and answers to a request that did (Vol 3 Part F 3.4).
WITH_HANDLE: Final = (0x01, 0x0A, 0x0C, 0x12, 0x16, 0x17, 0x1B, 0x1D, 0x52, 0xD2)
ANSWERS: Final = (0x0B, 0x0D, 0x13, 0x1E)
READ_BY_TYPE_RESPONSE: Final = 0x09
INCLUDE: Final = 0x2802
CHARACTERISTIC: Final = 0x2803
# Where the type stands in a Read By Type Request that fills one packet.
TYPE_AT: Final = 4 + 4 + 5
WITH_LIST: Final = (0x05, 0x07, 0x09, 0x0E, 0x11, 0x20, 0x23)
HANDLE_LABELS: Final = frozenset(("Attribute handle", "Found handle", "Handles"))
"""The labels of handles in lists."""


def is_att(title: str) -> bool:
    return title == "ATT"


def _rows_of(packets: Packets, chosen: Mask) -> Rows:
    return packets.rows(packets.att["packet"][chosen])


def with_att(packets: Packets) -> Mask:
    found = packets.none()
    rows = packets.rows(packets.att["packet"])
    found[rows[rows < packets.count]] = True
    return found


def with_lists(packets: Packets) -> Mask:
    found = packets.none()
    rows = _rows_of(packets, np.isin(packets.att["opcode"], WITH_LIST))
    found[rows[rows < packets.count]] = True
    return found


def answering(*types: int) -> Callable[[Packets], Mask]:
    """The answers to Read By Type Requests for these types, where a request fills one packet."""

    def answers_to(packets: Packets) -> Mask:
        table = packets.att
        answers = np.flatnonzero((table["opcode"] == READ_BY_TYPE_RESPONSE) & (table["request"] >= 0))
        rows = packets.rows(table["packet"][table["request"][answers]])
        enough = packets.table["length"][rows] >= TYPE_AT + 2
        answers, rows = answers[enough], rows[enough]
        found = packets.none()
        found[packets.rows(table["packet"][answers[np.isin(packets.word(rows, TYPE_AT), types)]])] = True
        return found

    return answers_to


def declared_handle(data: bytes) -> int | None:
    """The handle in a characteristic declaration, behind the properties (Vol 3 Part G 3.3.1)."""
    return int.from_bytes(data[1:3], "little") if len(data) > 4 else None


ATT: Final = Layer(with_att, is_att)
LISTED_HANDLES: Final = Dissected("btatt.handle", Layer(with_lists, is_att), HANDLE_LABELS, number(0), numeric=True)
DECLARED_HANDLES: Final = Dissected(
    "btatt.handle in declarations",
    Layer(answering(CHARACTERISTIC), is_att),
    frozenset(("Attribute value",)),
    declared_handle,
    numeric=True,
)


def opcode(packets: Packets, _open: Mask) -> Values:
    return Values(packets.rows(packets.att["packet"]), packets.att["opcode"])


def bits(mask: int, of: Callable[[Data], Data]) -> Callable[[Packets, Mask], Values]:
    """Some bits of the opcode, and of the request's opcode that an Error Response repeats."""

    def values(packets: Packets, open_: Mask) -> Values:
        errors = (packets.att["opcode"] == ERROR_RESPONSE) & (packets.att["request"] >= 0)
        repeated = Values(_rows_of(packets, errors), packets.att["opcode"][packets.att["request"][errors]])
        found = joined(opcode(packets, open_), repeated)
        return found.with_data(of(found.data & mask))

    return values


def error(packets: Packets, _open: Mask) -> Values:
    chosen = packets.att["opcode"] == ERROR_RESPONSE
    return Values(_rows_of(packets, chosen), packets.att["error"][chosen])


def handle(packets: Packets, open_: Mask) -> Values:
    """Of the attribute that the PDU, or the request that it answers, names; all of those in a list."""
    table = packets.att
    named = np.isin(table["opcode"], WITH_HANDLE)
    answers = np.isin(table["opcode"], ANSWERS) & (table["request"] >= 0)
    return joined(
        Values(_rows_of(packets, named), table["handle"][named]),
        Values(_rows_of(packets, answers), table["handle"][table["request"][answers]]),
        LISTED_HANDLES(packets, open_),
        DECLARED_HANDLES(packets, open_),
    )


def request_in(packets: Packets, _open: Mask) -> Values:
    chosen = packets.att["request"] >= 0
    return Values(_rows_of(packets, chosen), packets.att["packet"][packets.att["request"][chosen]].astype(np.int64))


def response_in(packets: Packets, _open: Mask) -> Values:
    chosen = packets.att["request"] >= 0
    requests = packets.att["packet"][packets.att["request"][chosen]]
    return Values(packets.rows(requests), packets.att["packet"][chosen].astype(np.int64))


FIELDS: Final[tuple[FilterField, ...]] = (
    FilterField(
        "btatt",
        PROTOCOL,
        "ATT PDUs, in the packets that complete them",
        branches(ATT),
        cost=Cost.DISSECTED,
        presence=with_att,
    ),
    FilterField("btatt.opcode", NUMBER, "opcode", opcode, att.OPCODES),
    FilterField("btatt.opcode.method", NUMBER, "opcode without its flags", bits(METHOD, lambda data: data)),
    FilterField("btatt.opcode.command", BOOLEAN, "command flag of the opcode", bits(COMMAND, lambda data: data != 0)),
    FilterField(
        "btatt.opcode.authentication_signature",
        BOOLEAN,
        "authentication signature flag of the opcode",
        bits(SIGNATURE, lambda data: data != 0),
    ),
    FilterField("btatt.error_code", NUMBER, "error code of an Error Response", error, att.ERRORS),
    FilterField("btatt.handle", NUMBER, "handle of an attribute, also of the one that is answered", handle),
    FilterField("btatt.request_in_frame", NUMBER, "the packet of the request that is answered", request_in),
    FilterField("btatt.response_in_frame", NUMBER, "the packet that answers the request", response_in),
)
