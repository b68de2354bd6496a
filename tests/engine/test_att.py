"""ATT PDUs on CID 0x0004: handles, values, and which response answers which request."""

import struct

from tests.engine.views import att
from tests.wire import Conversation, pdu


def connected() -> Conversation:
    conversation = Conversation()
    conversation.connect()
    return conversation


def request(opcode: int, handle: int, rest: bytes = b"") -> bytes:
    return pdu(0x0004, struct.pack("<BH", opcode, handle) + rest)


def test_a_response_answers_the_request_of_the_other_side() -> None:
    """Requests of both sides may be outstanding at once; each response finds its own."""
    conversation = connected()
    conversation.sent(request(0x0A, 0x10))
    conversation.received(request(0x0A, 0x20))
    conversation.received(pdu(0x0004, b"\x0bvalue"))
    conversation.sent(pdu(0x0004, b"\x0bother"))
    rows = att(conversation)
    assert rows["request"].tolist() == [-1, -1, 0, 1]
    assert rows["handle"].tolist() == [0x10, 0x20, 0, 0]


def test_an_error_answers_and_names_the_handle() -> None:
    """Error Response: opcode in error, handle, error code (Vol 3 Part F 3.4.1.1)."""
    conversation = connected()
    conversation.sent(request(0x12, 0x10, b"x"))
    conversation.received(pdu(0x0004, b"\x01\x12\x10\x00\x03"))
    rows = att(conversation)
    assert rows[["request", "handle", "error"]].tolist()[1] == (0, 0x10, 3)


def test_a_confirmation_answers_an_indication_and_not_a_request() -> None:
    """Indications and requests are outstanding apart."""
    conversation = connected()
    conversation.sent(request(0x0A, 0x10))
    conversation.received(request(0x1D, 0x20, b"v"))
    conversation.sent(pdu(0x0004, b"\x1e"))
    conversation.received(pdu(0x0004, b"\x0bv"))
    assert att(conversation)["request"].tolist() == [-1, -1, 1, 0]


def test_a_second_response_answers_nothing() -> None:
    """A request is answered once."""
    conversation = connected()
    conversation.sent(request(0x0A, 0x10))
    conversation.received(pdu(0x0004, b"\x0bv"))
    conversation.received(pdu(0x0004, b"\x0bv"))
    assert att(conversation)["request"].tolist() == [-1, 0, -1]


def test_values_are_where_they_are() -> None:
    """Offset and length of the value within the PDU, by opcode."""
    conversation = connected()
    conversation.received(request(0x1B, 0x30, b"12345"))
    conversation.received(pdu(0x0004, b"\x0b123"))
    conversation.sent(request(0x16, 0x30, b"\x00\x00abcd"))
    conversation.sent(request(0xD2, 0x30, b"ab" + bytes(12)))
    conversation.sent(request(0x0A, 0x30))
    assert att(conversation)[["value_offset", "value_length"]].tolist() == [(3, 5), (1, 3), (5, 4), (3, 2), (0, 0)]


def test_a_value_in_fragments_has_its_whole_length() -> None:
    """Only the head of a long PDU is kept, its length is known all the same."""
    conversation = connected()
    whole = request(0x1B, 0x30, bytes(300))
    conversation.packet(1, 2, struct.pack("<HH", 0x2040, 100) + whole[:100])
    conversation.packet(1, 2, struct.pack("<HH", 0x1040, len(whole) - 100) + whole[100:])
    assert att(conversation)[["handle", "value_offset", "value_length"]].tolist() == [(0x30, 3, 300)]


def test_the_smaller_mtu_of_both_holds() -> None:
    """Exchange MTU, once, by the client; never below 23."""
    for asked, given, expected in ((247, 185, 185), (100, 517, 100), (10, 247, 23)):
        conversation = connected()
        conversation.sent(pdu(0x0004, struct.pack("<BH", 0x02, asked)))
        conversation.received(pdu(0x0004, struct.pack("<BH", 0x03, given)))
        assert conversation.engine.host.registry.bearers[0].mtu == expected


def test_an_empty_pdu_has_no_row() -> None:
    """There is no opcode to show."""
    conversation = connected()
    conversation.sent(pdu(0x0004, b""))
    assert len(att(conversation)) == 0
