"""Fields of ATT PDUs that the table of ATT PDUs lacks: btatt.* as Wireshark has them."""

from typing import Final

from l2scope.filter.dissected import leaf
from l2scope.filter.field import FilterField
from l2scope.filter.fields.att import ATT
from l2scope.filter.kinds import BYTES, NUMBER
from l2scope.names import att

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
    leaf(ATT, "btatt.uuid16", NUMBER, "UUID", "Attribute type", "Attribute group type", "Attribute value"),
    leaf(ATT, "btatt.uuid_format", NUMBER, "UUID Format", "Format"),
    leaf(ATT, "btatt.value", BYTES, "Value", "Attribute value", "Part attribute value", shallow=True),
)
