"""Fields of ATT PDUs that the table of ATT PDUs lacks: btatt.* as Wireshark has them."""

from collections.abc import Callable
from typing import Final

import numpy as np

from l2scope.filter.dissected import Decoder, Dissected, Layer, leaf, whole
from l2scope.filter.field import Cost, FilterField
from l2scope.filter.fields.att import (
    ATT,
    CHARACTERISTIC,
    INCLUDE,
    READ_BY_TYPE_RESPONSE,
    answering,
    is_att,
    with_att,
)
from l2scope.filter.kinds import BYTES, NUMBER
from l2scope.filter.packets import Packets
from l2scope.filter.values import Mask, Values, joined, objects
from l2scope.names import att

READ_BY_GROUP_TYPE_RESPONSE: Final = 0x11
SHORT: Final = 2
# Declarations that name a type: their lengths with a UUID of 16 bits, which is at the end (Vol 3 Part G 3.2, 3.3.1).
DECLARATIONS: Final = {INCLUDE: 6, CHARACTERISTIC: 5}


def short_uuid(data: bytes) -> int | None:
    """A UUID of 16 bits; longer ones are other fields."""
    return int.from_bytes(data, "little") if len(data) == SHORT else None


def declared_uuid(length: int) -> Callable[[bytes], int | None]:
    """The UUID of 16 bits in a declaration."""
    return lambda data: int.from_bytes(data[-SHORT:], "little") if len(data) == length else None


def with_other_values(packets: Packets) -> Mask:
    """The ATT PDUs but for answers that are lists of declarations."""
    found: Mask = with_att(packets) & ~answering(*DECLARATIONS)(packets)
    return found


def of_values(name: str, layer: Layer, decode: Decoder, opcode: int, numeric: bool = True) -> Dissected:
    """The source of what stands in the values of a list."""
    return Dissected(name, layer, VALUE, decode, numeric, frozenset((opcode,)))


VALUE: Final = frozenset(("Attribute value",))
TYPES: Final = (
    Dissected("btatt.uuid16", ATT, frozenset(("Attribute type", "Attribute group type")), short_uuid, numeric=True),
    of_values("btatt.uuid16 of groups", ATT, short_uuid, READ_BY_GROUP_TYPE_RESPONSE),
    *(
        of_values(
            f"btatt.uuid16 in {kind}", Layer(answering(kind), is_att), declared_uuid(length), READ_BY_TYPE_RESPONSE
        )
        for kind, length in DECLARATIONS.items()
    ),
)
OWN_VALUES: Final = Dissected(
    "btatt.value", ATT, frozenset((*VALUE, "Part attribute value")), whole, numeric=False, shallow=True
)
LISTED_VALUES: Final = of_values(
    "btatt.value in lists", Layer(with_other_values, is_att), whole, READ_BY_TYPE_RESPONSE, numeric=False
)


def uuid16(packets: Packets, open_: Mask) -> Values:
    """What requests ask for and lists tell."""
    return joined(*(source(packets, open_) for source in TYPES))


def value(packets: Packets, open_: Mask) -> Values:
    """Of the attribute that a PDU names, and of those that Read By Type Responses list."""
    own, listed = OWN_VALUES(packets, open_), LISTED_VALUES(packets, open_)
    data = objects([*own.data.tolist(), *listed.data.tolist()])
    return Values(np.concatenate((own.positions(), listed.positions())), data)


FIELDS: Final[tuple[FilterField, ...]] = (
    leaf(ATT, "btatt.client_rx_mtu", NUMBER, "Client Rx MTU", "Client RX MTU"),
    leaf(ATT, "btatt.ending_handle", NUMBER, "Ending Handle", "Ending handle"),
    leaf(ATT, "btatt.flags", NUMBER, "Flags", "Flags"),
    leaf(ATT, "btatt.group_end_handle", NUMBER, "Group End Handle", "End group handle", "Group end handle"),
    leaf(ATT, "btatt.length", NUMBER, "Length", "Length"),
    leaf(ATT, "btatt.offset", NUMBER, "Offset", "Value offset"),
    leaf(ATT, "btatt.req_opcode_in_error", NUMBER, "Request Opcode in Error", "Request opcode", names=att.OPCODES),
    leaf(ATT, "btatt.server_rx_mtu", NUMBER, "Server Rx MTU", "Server RX MTU"),
    leaf(ATT, "btatt.starting_handle", NUMBER, "Starting Handle", "Starting handle"),
    FilterField("btatt.uuid16", NUMBER, "UUID of 16 bits that stands in the PDU", uuid16, cost=Cost.DISSECTED),
    leaf(ATT, "btatt.uuid_format", NUMBER, "UUID Format", "Format"),
    FilterField("btatt.value", BYTES, "Value", value, cost=Cost.DISSECTED),
)
