"""Pairing and encryption: each rule fires on what it is for, and not on what nearly is."""

import struct

import pytest

from tests.analysis.finding import findings, found
from tests.analysis.rules.conversations import linked
from tests.smp import KEYBOARD_DISPLAY, MITM, SECURE, SMP, encrypted, exchange, paired, request, response
from tests.wire import HANDLE, Conversation, disconnection_complete, event, pdu


def test_a_failed_pairing() -> None:
    """With its reason; a whole one is none."""
    conversation = linked()
    first, _ = exchange(conversation, request(), response())
    last = conversation.received(pdu(SMP, b"\x05\x04"))
    (finding,) = found(conversation, "SMP001")
    assert (finding.packets, finding.values["reason_name"]) == ([first, last], "Confirm Value Failed")
    assert found(paired(linked()), "SMP001") == []


@pytest.mark.parametrize(("size", "severity"), [(15, "warning"), (7, "warning"), (6, "error"), (16, None)])
def test_a_short_key(size: int, severity: str | None) -> None:
    """15 bytes are less than 16, 6 are forbidden; who wants so few is to blame."""
    conversation = paired(linked(), request(), response(size=size))
    expected = [] if severity is None else [(severity, "remote", size)]
    hits = found(conversation, "SMP002")
    assert [(hit.severity, hit.side_to_blame, hit.values["key_size"]) for hit in hits] == expected


def test_a_short_key_by_the_controllers_word() -> None:
    """Version 2 of Encryption Change tells the size; 16 is all right."""
    for size, count in ((9, 1), (16, 0)):
        conversation = linked()
        packet = conversation.event(event(0x59, struct.pack("<BHBB", 0, HANDLE, 1, size)))
        assert [hit.packets for hit in found(conversation, "SMP002")] == [[packet]] * count


def test_a_failed_pairing_has_no_key() -> None:
    """A side that refuses the short key did right."""
    conversation = linked()
    exchange(conversation, request(), response(size=5))
    conversation.sent(pdu(SMP, b"\x05\x06"))
    assert [finding.rule for finding in findings(conversation)] == ["SMP001"]


def half_way(wait: int) -> Conversation:
    conversation = linked()
    exchange(conversation, request(), response())
    return conversation.wait(wait)


def test_a_pairing_that_stops() -> None:
    """More than 30 s without a command, or the link ends before; not while it may go on, nor when it is complete."""
    for wait, count in ((30_100, 1), (29_900, 0)):
        conversation = half_way(wait)
        conversation.sent(pdu(0x3A, b"other"))
        assert [hit.packets for hit in found(conversation, "SMP003")] == [[2, 3]] * count
    conversation = half_way(100)
    conversation.event(disconnection_complete())
    assert [hit.values["link_ended"] for hit in found(conversation, "SMP003")] == [True]
    conversation = paired(linked())
    conversation.wait(40_000).event(disconnection_complete())
    assert found(conversation, "SMP003") == []


def test_encryption_that_fails() -> None:
    """PIN or Key Missing; it explains why the pairing went no further."""
    conversation = half_way(10)
    packet = conversation.event(encrypted(status=6, enabled=0))
    conversation.event(disconnection_complete())
    (finding,) = found(conversation, "SMP004")
    assert (finding.packets, finding.severity) == ([packet], "warning")
    assert "PIN or Key Missing" in finding.message
    assert found(conversation, "SMP003") == []
    assert found(paired(linked()), "SMP004") == []


def test_a_host_without_the_key() -> None:
    """LE Long Term Key Request Negative Reply; the reply with the key is none."""
    for opcode, size, count in ((0x201B, 2, 1), (0x201A, 18, 0)):
        conversation = linked()
        command = struct.pack("<HBH", opcode, size, HANDLE) + bytes(size - 2)
        packet = conversation.packet(0, 1, command)
        hits = found(conversation, "SMP005")
        assert [(hit.packets, hit.side_to_blame) for hit in hits] == [([packet], "local")] * count


def test_protection_that_is_not_given() -> None:
    """One side asks for it, the other has neither input nor output; with a keyboard there is a passkey."""
    for io, count in ((3, 1), (KEYBOARD_DISPLAY, 0)):
        conversation = linked()
        first, _ = exchange(conversation, request(io=KEYBOARD_DISPLAY, authentication=MITM | 1), response(io=io))
        hits = found(conversation, "SMP006")
        assert [(hit.packets, hit.severity) for hit in hits] == [([first], "info")] * count


def test_legacy_pairing() -> None:
    """One side without Secure Connections is enough; with both it is none."""
    for responds, count in ((1, 1), (SECURE | 1, 0)):
        asks = request(authentication=SECURE | 1)
        conversation = paired(linked(), asks, response(authentication=responds))
        assert len(found(conversation, "SMP007")) == count
