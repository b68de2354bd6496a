"""K-frames that come before anything tells what kind of link they are on."""

import struct

import numpy as np

import l2scope
from l2scope.engine.counters import DYNAMIC, KFRAME
from l2scope.engine.held import MOST_HELD
from l2scope.engine.tables import CreditTable
from l2scope.engine.words import PDU_COMPLETE
from tests.corpus import CORPUS, needs_corpus
from tests.engine.views import channels, sdus
from tests.wire import HANDLE, Conversation, pdu, signal

OTHER_HANDLE = 0x41
ATT_PDU = pdu(0x0004, b"\x0a\x01\x00")


def test_frames_are_taken_up_when_the_link_is_known() -> None:
    """Credits for the channel tell that the link is LE: the SDU that came before is one of its own."""
    conversation = Conversation()
    frames = conversation.send_sdu(250)
    grant = conversation.received(signal(0x16, 1, 0x50, 3))
    conversation.send_sdu(10)
    (channel,) = channels(conversation)
    assert (channel.tx.sdus, channel.tx.sdu_bytes, channel.tx.kframes) == (2, 260, 4)
    assert sdus(conversation)["first_packet"].tolist() == [frames[0], grant + 1]
    counted = conversation.engine.host.counters.pdus
    assert (counted[KFRAME].count, counted[KFRAME].bytes, counted[DYNAMIC].count) == (4, 264, 0)


def test_rows_that_were_taken_away_are_told_of_their_channel() -> None:
    """A reader that has the rows of PDUs already learns which channel they belong to."""
    conversation = Conversation()
    conversation.send_sdu(10)
    tables = conversation.engine.tables
    tables.pdus.take()
    conversation.sent(ATT_PDU)
    row, last, channel, length, cid, state = struct.unpack("<6i", tables.pdus.take_late())
    assert (row, last, channel, length, cid, state) == (0, 1, 0, 12, 0x50, PDU_COMPLETE)


def test_frames_of_a_classic_link_are_no_kframes() -> None:
    """Signalling on CID 0x0001 tells a BR/EDR link."""
    conversation = Conversation()
    conversation.send_sdu(250)
    conversation.sent(pdu(0x0001, struct.pack("<BBH", 0x08, 1, 0)))
    assert channels(conversation) == []
    assert conversation.engine.host.counters.pdus[DYNAMIC].count == 3


def test_no_more_than_the_latest_are_held() -> None:
    """Memory is bounded; the SDU that was begun before what is held is left out."""
    conversation = Conversation()
    for _ in range(MOST_HELD // 3 + 1):
        conversation.send_sdu(250)
    conversation.sent(ATT_PDU)
    (channel,) = channels(conversation)
    assert (channel.tx.kframes, channel.tx.sdus) == (MOST_HELD, MOST_HELD // 3)


def test_what_was_held_before_a_loss_is_left() -> None:
    """Between what is held and what comes now packets may be missing."""
    conversation = Conversation()
    conversation.send_sdu(10)
    conversation.engine.lose(1)
    conversation.sent(ATT_PDU)
    assert channels(conversation) == []


def test_credits_stay_in_the_order_of_packets() -> None:
    """Frames older than the latest change of a balance, on another link, count but have no row of their own."""
    conversation = Conversation()
    conversation.send_sdu(10)
    conversation.connect(OTHER_HANDLE)
    conversation.sent(signal(0x14, 1, 0x80, 0x40, 500, 100, 3), OTHER_HANDLE)
    conversation.received(signal(0x15, 1, 0x50, 500, 100, 3, 0), OTHER_HANDLE)
    later = conversation.sent(pdu(0x50, b"\x01\x00a"), OTHER_HANDLE)
    last = conversation.send_sdu(20)[0]
    conversation.sent(ATT_PDU, HANDLE)
    found = [(channel.handle, channel.tx.sdus, channel.tx.sdu_bytes) for channel in channels(conversation)]
    assert found == [(OTHER_HANDLE, 1, 1), (HANDLE, 2, 30)]
    rows = np.frombuffer(conversation.engine.tables.credits.rows.getvalue(), CreditTable.dtype)
    assert rows["packet"].tolist() == [later, last]


@needs_corpus
def test_a_capture_that_starts_in_mid_connection_gives_all_its_sdus() -> None:
    """Its first SDU is over before a packet tells of LE; 165 SDUs of 1,024 bytes were sent after its start."""
    capture = l2scope.open(CORPUS / "bumble" / "starts_mid_connection.btsnoop")
    found = capture.sdus()
    assert [(sdu.length, sdu.state, sdu.inferred) for sdu in found] == [(1024, "complete", True)] * 165
    assert found[0].first_packet == 1
