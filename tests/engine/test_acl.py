"""ACL fragments become L2CAP PDUs, whatever way they were cut."""

import numpy as np
import pytest

from l2scope.engine.tables import PacketTable, PduTable
from l2scope.engine.words import (
    ACL,
    PACKET_INTERRUPTED,
    PACKET_LENGTH_MISMATCH,
    PACKET_ORPHAN,
    PACKET_OVERRUN,
    PACKET_SHORT,
    PACKET_TRUNCATED,
    PDU_COMPLETE,
    PDU_INCOMPLETE,
    PDU_OPEN,
    RX,
    TX,
)
from tests.wire import Conversation, acl, fragments, pdu

WHOLE = pdu(0x0004, b"\x1b\x10\x00" + bytes(range(17)))


def feed(*packets: bytes, direction: int = TX) -> Conversation:
    conversation = Conversation()
    conversation.connect()
    for packet in packets:
        conversation.packet(direction, ACL, packet)
    return conversation


def pdus(conversation: Conversation) -> np.ndarray:
    return np.frombuffer(conversation.engine.tables.pdus.rows.getvalue(), PduTable.dtype)


def flags(conversation: Conversation) -> list[int]:
    """The flags of the ACL packets: the first packet is the connection."""
    packets = np.frombuffer(conversation.engine.tables.packets.rows.getvalue(), PacketTable.dtype)
    return [int(word) for word in packets["flags"]][1:]


@pytest.mark.parametrize("cuts", [[], [1], [2], [3], [4], [0], [0, 0, 2], [4, 5], list(range(1, 24)), [23]])
def test_a_pdu_is_whole_wherever_it_was_cut(cuts: list[int]) -> None:
    """Fragments of any size, header split or empty start included, give one PDU from first to last packet."""
    packets = fragments(WHOLE, cuts)
    conversation = feed(*packets)
    (row,) = pdus(conversation)
    assert (row["first"], row["last"], row["state"]) == (2, 1 + len(packets), PDU_COMPLETE)
    assert (row["length"], row["cid"], row["direction"]) == (20, 0x0004, TX)
    assert flags(conversation) == [0] * len(packets)


def test_every_fragment_knows_its_pdu() -> None:
    """The row of a PDU stands at each packet that carries a part of it, from the first on."""
    conversation = feed(*fragments(WHOLE, [2, 10]))
    packets = np.frombuffer(conversation.engine.tables.packets.rows.getvalue(), PacketTable.dtype)
    assert packets["pdu"].tolist() == [-1, 0, 0, 0]


def test_a_new_start_ends_the_old_pdu() -> None:
    """A PDU that was cut off stays incomplete, and the packet that interrupted it says so."""
    conversation = feed(acl(WHOLE[:10]), acl(WHOLE))
    assert pdus(conversation)["state"].tolist() == [PDU_INCOMPLETE, PDU_COMPLETE]
    assert pdus(conversation)["length"].tolist() == [20, 20]
    assert flags(conversation) == [0, PACKET_INTERRUPTED]


def test_too_many_bytes_in_a_start_are_flagged() -> None:
    """Bytes beyond the PDU's length are left out, and the packet says so."""
    conversation = feed(acl(WHOLE + b"xyz"))
    assert pdus(conversation)["state"].tolist() == [PDU_COMPLETE]
    assert flags(conversation) == [PACKET_OVERRUN]


def test_too_many_bytes_in_a_continuation_are_flagged() -> None:
    """A last fragment that brings more than was missing completes the PDU and says so."""
    conversation = feed(acl(WHOLE[:10]), acl(WHOLE[10:] + b"xyz", boundary=1))
    assert pdus(conversation)["state"].tolist() == [PDU_COMPLETE]
    assert flags(conversation) == [0, PACKET_OVERRUN]


def test_a_continuation_without_a_start_is_an_orphan() -> None:
    """It belongs to no PDU, and neither does what follows a PDU that is whole already."""
    conversation = feed(acl(WHOLE[10:], boundary=1), acl(WHOLE), acl(b"more", boundary=1))
    assert flags(conversation) == [PACKET_ORPHAN, 0, PACKET_ORPHAN]
    assert len(pdus(conversation)) == 1


def test_an_acl_header_cut_short_is_flagged() -> None:
    """Fewer than four bytes are no ACL packet."""
    assert flags(feed(b"\x40\x00\x05")) == [PACKET_SHORT]


def test_a_packet_that_contradicts_its_header_counts_with_what_is_there() -> None:
    """A header that says more than the packet has leaves the PDU open; one that says less hides the rest."""
    too_long = bytearray(acl(WHOLE))
    too_long[2] += 5
    too_short = bytearray(acl(WHOLE))
    too_short[2] -= 5
    assert flags(feed(bytes(too_long))) == [PACKET_LENGTH_MISMATCH]
    assert pdus(feed(bytes(too_long)))["state"].tolist() == [PDU_COMPLETE]
    assert flags(feed(bytes(too_short))) == [PACKET_LENGTH_MISMATCH]
    assert pdus(feed(bytes(too_short)))["state"].tolist() == [PDU_OPEN]


def test_a_truncated_packet_counts_with_what_was_sent() -> None:
    """Where the capture cut packets short, lengths go by the wire: the PDU is complete all the same."""
    conversation = Conversation()
    conversation.connect()
    first, second = fragments(WHOLE, [14])
    conversation.packet(TX, ACL, first[:12], original=len(first))
    conversation.packet(TX, ACL, second, original=len(second))
    assert pdus(conversation)["state"].tolist() == [PDU_COMPLETE]
    assert flags(conversation) == [PACKET_TRUNCATED, 0]


def test_directions_are_put_together_apart() -> None:
    """Fragments of the two directions may be mixed."""
    conversation = Conversation()
    conversation.connect()
    sent, received = fragments(WHOLE, [7]), fragments(WHOLE, [9])
    for packet, direction in ((sent[0], TX), (received[0], RX), (sent[1], TX), (received[1], RX)):
        conversation.packet(direction, ACL, packet)
    assert pdus(conversation)[["first", "last", "direction"]].tolist() == [(2, 4, TX), (3, 5, RX)]


def test_links_are_put_together_apart() -> None:
    """Fragments of two handles may be mixed."""
    conversation = Conversation()
    conversation.connect(0x40)
    conversation.connect(0x41)
    first, second = fragments(WHOLE, [7], 0x40), fragments(WHOLE, [9], 0x41)
    for packet in (first[0], second[0], first[1], second[1]):
        conversation.packet(TX, ACL, packet)
    assert pdus(conversation)[["first", "last", "link"]].tolist() == [(3, 5, 0), (4, 6, 1)]
