"""The GATT-to-channel story: where a host was told the SPSM that it then connects to."""

import json
import struct

import pytest

from tests.cli.runner import l2scope
from tests.corpus import CORPUS, SAMPLES, needs_corpus, read_json
from tests.engine.views import channels
from tests.wire import ATT, HANDLE, Conversation, acl, disconnection_complete, pdu, signal

SPSM = 0x0085
READ = struct.pack("<BH", 0x0A, 0x0010)
TELLING = {
    "a Read Response of two bytes": (READ, b"\x0b\x85\x00"),
    "a Read Response of one byte": (READ, b"\x0b\x85"),
    "a Read Blob from the beginning": (struct.pack("<BHH", 0x0C, 0x0010, 0), b"\x0d\x85\x00"),
    "a notification": (None, b"\x1b\x10\x00\x85\x00"),
    "an indication of one byte": (None, b"\x1d\x10\x00\x85"),
    "a Read By Type Response": (struct.pack("<BHHH", 0x08, 1, 0xFFFF, 0x2B29), b"\x09\x04\x10\x00\x85\x00"),
    "the second entry of a list": (
        struct.pack("<BHHH", 0x08, 1, 0xFFFF, 0x2B29),
        b"\x09\x04\x09\x00\x01\x00\x10\x00\x85\x00",
    ),
}
NOT_TELLING = {
    "another value": (READ, b"\x0b\x86\x00"),
    "a longer value": (READ, b"\x0b\x85\x00\x00"),
    "the other byte order": (READ, b"\x0b\x00\x85"),
    "the rest of a value": (struct.pack("<BHH", 0x0C, 0x0010, 2), b"\x0d\x85\x00"),
    "a response to no read": (None, b"\x0b\x85\x00"),
    "a list of longer entries": (struct.pack("<BHHH", 0x08, 1, 0xFFFF, 0x2803), b"\x09\x05\x10\x00\x85\x00\x00"),
}


def ask(conversation: Conversation, request: bytes | None, answer: bytes) -> int:
    """The captured host is a GATT client; the number of the packet that answers."""
    if request is not None:
        conversation.sent(pdu(ATT, request))
    return conversation.received(pdu(ATT, answer))


def connected() -> Conversation:
    conversation = Conversation()
    conversation.connect()
    return conversation


@pytest.mark.parametrize("case", TELLING)
def test_a_value_that_a_connection_request_uses(case: str) -> None:
    """Packet and attribute handle are those of the value."""
    conversation = connected()
    packet = ask(conversation, *TELLING[case])
    conversation.open_channel(psm=SPSM)
    (channel,) = channels(conversation)
    assert channel.spsm_source == {"packet": packet, "handle": 0x0010}
    assert channel.as_json()["spsm_source"] == channel.spsm_source


@pytest.mark.parametrize("case", NOT_TELLING)
def test_a_value_that_is_something_else(case: str) -> None:
    """What does not read as this SPSM is no source."""
    conversation = connected()
    ask(conversation, *NOT_TELLING[case])
    conversation.open_channel(psm=SPSM)
    assert channels(conversation)[0].spsm_source is None


def test_the_latest_value_before_the_request_is_the_source() -> None:
    """A value that is read again is told anew."""
    conversation = connected()
    ask(conversation, READ, b"\x0b\x85\x00")
    latest = ask(conversation, struct.pack("<BH", 0x0A, 0x0020), b"\x0b\x85\x00")
    conversation.open_channel(psm=SPSM)
    assert channels(conversation)[0].spsm_source == {"packet": latest, "handle": 0x0020}


def test_a_value_after_the_request_is_not_its_source() -> None:
    """A cause comes first."""
    conversation = connected()
    conversation.sent(signal(0x14, 1, SPSM, 0x40, 500, 100, 3))
    ask(conversation, None, b"\x1b\x10\x00\x85\x00")
    conversation.received(signal(0x15, 1, 0x50, 500, 100, 3, 0))
    assert channels(conversation)[0].spsm_source is None


def test_who_is_connected_to_has_told_it() -> None:
    """What the captured host read does not tell the peer where to connect; what it let the peer read does."""
    for teller, expected in ((1, False), (0, True)):
        conversation = connected()
        conversation.packet(teller, 2, acl(pdu(ATT, b"\x1b\x10\x00\x85\x00")))
        conversation.received(signal(0x14, 1, SPSM, 0x40, 500, 100, 3))
        conversation.sent(signal(0x15, 1, 0x50, 500, 100, 3, 0))
        assert (channels(conversation)[0].spsm_source is not None) == expected


def test_another_link_tells_nothing() -> None:
    """A value belongs to the link that it came over, also when its handle is used again."""
    conversation = connected()
    ask(conversation, READ, b"\x0b\x85\x00")
    conversation.event(disconnection_complete(HANDLE))
    conversation.connect()
    conversation.open_channel(psm=SPSM)
    assert channels(conversation)[0].spsm_source is None


def test_an_assigned_spsm_has_no_source() -> None:
    """OTS has 0x0025 by assignment: a battery at 37 % is no hint to it."""
    conversation = connected()
    ask(conversation, None, b"\x1b\x10\x00\x25")
    conversation.open_channel(psm=0x0025)
    assert channels(conversation)[0].spsm_source is None


def test_enhanced_channels_have_a_source_too() -> None:
    """All channels of one request share it."""
    conversation = connected()
    packet = ask(conversation, READ, b"\x0b\x85\x00")
    conversation.sent(signal(0x17, 1, SPSM, 500, 100, 3, 0x40, 0x41))
    conversation.received(signal(0x18, 1, 500, 100, 3, 0, 0x50, 0x51))
    assert [channel.spsm_source for channel in channels(conversation)] == [{"packet": packet, "handle": 0x0010}] * 2


def test_the_sample_that_reads_its_spsm() -> None:
    """In `packets`: packet 58 reads attribute 0x0010, packet 60 answers 85 00, packet 61 asks for SPSM 0x0085."""
    (channel,) = json.loads(l2scope("channels", SAMPLES / "healthy.btsnoop", "--json").stdout)
    assert channel["spsm_source"] == {"packet": 60, "handle": 0x0010}
    text = l2scope("channels", SAMPLES / "healthy.btsnoop").stdout
    assert text.splitlines()[-1] == "#0: SPSM 0x0085 was told over GATT, by attribute 0x0010 in packet 60"


def test_a_sample_without_gatt() -> None:
    """No note, and null."""
    (channel,) = json.loads(l2scope("channels", SAMPLES / "starved.btsnoop", "--json").stdout)
    assert channel["spsm_source"] is None
    assert "GATT" not in l2scope("channels", SAMPLES / "starved.btsnoop").stdout


@needs_corpus
@pytest.mark.parametrize("side", ["gatt_then_coc", "gatt_then_coc.peer"])
def test_both_sides_know_the_source(side: str) -> None:
    """The truth says that the SPSM was read over ATT."""
    folder = CORPUS / "bumble"
    truth = read_json(folder / "gatt_then_coc.truth.json")
    (channel,) = json.loads(l2scope("channels", folder / f"{side}.btsnoop", "--json").stdout)
    assert channel["psm"] == truth["psm_read_over_att"]
    assert channel["spsm_source"] is not None
