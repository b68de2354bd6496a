"""Which bytes of an ATT PDU say what is asked for, and which are values (Vol 3 Part F 3.4)."""

from typing import Final

# How many bytes stay of PDUs with a value behind them: opcode, handles, offset.
HEADS: Final = {
    0x0B: 1,
    0x0D: 1,
    0x0F: 1,
    0x12: 3,
    0x16: 5,
    0x17: 5,
    0x1B: 3,
    0x1D: 3,
    0x21: 1,
    0x23: 1,
    0x52: 3,
    0xD2: 3,
}
WRITE_REQUEST: Final = 0x12
WRITE_COMMAND: Final = 0x52
# A client subscribes with two bytes (Vol 3 Part G 3.3.3.3); these values tell nothing of a person.
SUBSCRIPTIONS: Final = (b"\x00\x00", b"\x01\x00", b"\x02\x00", b"\x03\x00")
READ_BY_TYPE_REQUEST: Final = 0x08
READ_BY_TYPE_RESPONSE: Final = 0x09
REQUEST_SIZE: Final = 5
# The types whose values are the structure of a database: includes and characteristics (Vol 3 Part G 3.2, 3.3.1).
DECLARATIONS: Final = (b"\x02\x28", b"\x03\x28")


def kept_of_attribute(pdu: bytes, request: bytes) -> int:
    """How many bytes of an ATT PDU tell no value. request is the PDU that it answers, b"" for none.

    Read By Type Responses that tell values lose them all, with the handles that stand between.
    """
    opcode = pdu[0]
    if opcode in (WRITE_REQUEST, WRITE_COMMAND) and pdu[3:] in SUBSCRIPTIONS:
        return len(pdu)
    if opcode == READ_BY_TYPE_RESPONSE:
        structure = request[:1] == bytes((READ_BY_TYPE_REQUEST,)) and request[REQUEST_SIZE:] in DECLARATIONS
        return len(pdu) if structure else 4
    return min(HEADS.get(opcode, len(pdu)), len(pdu))
