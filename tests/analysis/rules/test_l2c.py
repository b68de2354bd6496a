"""Signalling: each rule fires on what breaks it, and not on what nearly does."""

import pytest

from tests.analysis.finding import found
from tests.analysis.rules.conversations import ask, ask_enhanced, close, enhanced, linked, opened
from tests.wire import Conversation, pdu, signal


def test_data_on_no_channel() -> None:
    """CID 0x70 is no channel; on a link from before the capture that is information at most."""
    conversation = opened()
    packet = conversation.sent(pdu(0x70, b"data"))
    (finding,) = found(conversation, "L2C001")
    assert (finding.packets, finding.side_to_blame, finding.severity) == ([packet], "local", "error")
    conversation = opened()
    conversation.sent(pdu(0x50, b"\x02\x00ok"))
    assert found(conversation, "L2C001") == []
    conversation = opened()
    conversation.engine.lose(1)
    conversation.sent(pdu(0x170, b"data"))
    assert [finding.severity for finding in found(conversation, "L2C001")] == ["info"]


def test_fixed_and_reserved_channels_are_no_error() -> None:
    """Apple uses CID 0x003A."""
    conversation = opened()
    conversation.sent(pdu(0x3A, b"data"))
    assert found(conversation, "L2C001") == []


def test_data_after_the_closing() -> None:
    """Data on their way when the channel closed are nobody's fault; a second later they are."""
    for wait, count in ((100, 0), (1100, 1)):
        conversation = opened()
        close(conversation)
        conversation.wait(wait).sent(pdu(0x50, b"\x02\x00ok"))
        assert len(found(conversation, "L2C001")) == count


def test_a_pair_that_is_no_channel() -> None:
    """The initiator's end of one channel with the responder's of another."""
    conversation = enhanced()
    packet = conversation.sent(signal(0x06, 7, 0x51, 0x40))
    assert [finding.packets for finding in found(conversation, "L2C002")] == [[packet]]
    conversation = enhanced()
    conversation.sent(signal(0x06, 7, 0x51, 0x41))
    assert found(conversation, "L2C002") == []


def test_a_refusal() -> None:
    """Result 2 refuses, result 0 does not."""
    conversation = ask()
    response = conversation.received(signal(0x15, 1, 0, 0, 0, 0, 2))
    (finding,) = found(conversation, "L2C003")
    assert (finding.packets, finding.time_ns) == ([response - 1, response], conversation.now)
    assert finding.message == "the remote side refused SPSM 0x0080 to the local side: SPSM not supported"
    assert found(opened(), "L2C003") == []


@pytest.mark.parametrize(("psm", "count"), [(0, 1), (0x100, 1), (1, 0), (0xFF, 0)])
def test_spsm_range(psm: int, count: int) -> None:
    """0x0001-0x00FF."""
    assert len(found(ask(psm=psm), "L2C004")) == count


@pytest.mark.parametrize(("scid", "count"), [(0x3F, 1), (0x80, 1), (0x40, 0), (0x7F, 0)])
def test_cid_range(scid: int, count: int) -> None:
    """0x0040-0x007F on LE."""
    assert len(found(ask(scid=scid), "L2C005")) == count


def test_cids_in_use() -> None:
    """A request with the CID of an open channel, a response with one; after the closing both are free."""
    conversation = opened()
    request = conversation.sent(signal(0x14, 2, 0x81, 0x40, 500, 100, 3))
    (finding,) = found(conversation, "L2C006")
    assert (finding.packets, finding.side_to_blame, finding.values["used_by_channel"]) == ([request], "local", 0)
    conversation = opened()
    conversation.sent(signal(0x14, 2, 0x81, 0x41, 500, 100, 3))
    conversation.received(signal(0x15, 2, 0x50, 500, 100, 3, 0))
    assert [finding.side_to_blame for finding in found(conversation, "L2C006")] == ["remote"]
    conversation = opened()
    close(conversation)
    conversation.open_channel()
    assert found(conversation, "L2C006") == []


def test_the_refusal_of_a_used_cid_follows_from_it() -> None:
    """The finding is the CID, not that it was refused."""
    conversation = opened()
    conversation.sent(signal(0x14, 2, 0x81, 0x40, 500, 100, 3))
    conversation.received(signal(0x15, 2, 0, 0, 0, 0, 0x0A))
    assert [finding.consequence_of for finding in found(conversation, "L2C003")] == ["L2C006"]


@pytest.mark.parametrize(("mtu", "mps", "count"), [(22, 100, 1), (500, 22, 1), (500, 65534, 1), (23, 23, 0)])
def test_limits_of_le(mtu: int, mps: int, count: int) -> None:
    """At least 23 bytes; an MPS of at most 65533."""
    assert len(found(ask(mtu=mtu, mps=mps), "L2C007")) == count


@pytest.mark.parametrize(("mtu", "mps", "count"), [(63, 100, 1), (100, 63, 1), (64, 64, 0)])
def test_limits_of_enhanced(mtu: int, mps: int, count: int) -> None:
    """At least 64 bytes."""
    assert len(found(ask_enhanced(mtu=mtu, mps=mps), "L2C007")) == count


def test_the_limits_of_a_refusal_do_not_count() -> None:
    """They are undefined there."""
    conversation = ask()
    conversation.received(signal(0x15, 1, 0, 0, 0, 0, 2))
    assert found(conversation, "L2C007") == []


def test_a_response_of_the_wrong_kind() -> None:
    """0x14 answered by 0x18; by 0x15 it is right."""
    conversation = ask()
    packet = conversation.received(signal(0x18, 1, 100, 100, 3, 0, 0x50))
    assert [finding.packets for finding in found(conversation, "L2C008")] == [[packet]]
    assert found(opened(), "L2C008") == []


def test_a_response_with_another_identifier() -> None:
    """Identifier 2 for a request with identifier 1."""
    conversation = ask()
    packet = conversation.received(signal(0x15, 2, 0x50, 500, 100, 3, 0))
    (finding,) = found(conversation, "L2C008")
    assert (finding.packets, finding.severity, finding.side_to_blame) == ([packet], "error", "remote")


def test_a_second_answer() -> None:
    """A failure behind the success of a reconfiguration; where the identifier was taken anew it is an answer."""
    conversation = enhanced()
    conversation.sent(signal(0x19, 5, 200, 200, 0x40))
    conversation.received(signal(0x1A, 5, 0))
    packet = conversation.received(signal(0x1A, 5, 3))
    (finding,) = found(conversation, "L2C013")
    assert (finding.packets, finding.severity, finding.side_to_blame) == ([packet], "warning", "remote")
    conversation = enhanced()
    for _ in range(2):
        conversation.sent(signal(0x19, 5, 200, 200, 0x40))
        conversation.received(signal(0x1A, 5, 0))
    assert found(conversation, "L2C013") == []


def test_a_response_to_no_request() -> None:
    """Identifier 2 was never asked; where packets are missing it may have been."""
    conversation = linked()
    conversation.received(signal(0x15, 2, 0x50, 500, 100, 3, 0))
    assert [finding.severity for finding in found(conversation, "L2C009")] == ["warning"]
    conversation = Conversation()
    conversation.received(signal(0x15, 2, 0x50, 500, 100, 3, 0))
    assert [finding.severity for finding in found(conversation, "L2C009")] == ["info"]
    assert found(opened(), "L2C009") == []


@pytest.mark.parametrize(
    ("mtu", "mps", "cids", "count"),
    [(99, 100, (0x40,), 1), (100, 99, (0x40, 0x41), 2), (100, 99, (0x40,), 0), (200, 200, (0x40, 0x41), 0)],
)
def test_reconfigurations(mtu: int, mps: int, cids: tuple[int, ...], count: int) -> None:
    """An MTU may not shrink, an MPS only that of one channel at a time."""
    conversation = enhanced()
    conversation.sent(signal(0x19, 5, mtu, mps, *cids))
    findings = found(conversation, "L2C010")
    assert len(findings) == count
    assert {finding.side_to_blame for finding in findings} <= {"local"}


def test_identifier_zero() -> None:
    """0 is never valid, 1 is."""
    conversation = opened()
    packet = conversation.received(signal(0x16, 0, 0x50, 1))
    assert [finding.packets for finding in found(conversation, "L2C011")] == [[packet]]
    conversation = opened()
    conversation.received(signal(0x16, 1, 0x50, 1))
    assert found(conversation, "L2C011") == []


@pytest.mark.parametrize(("credits", "cids", "count"), [(0, 2, 1), (3, 6, 1), (1, 5, 0)])
def test_enhanced_requests(credits: int, cids: int, count: int) -> None:
    """At least one credit, at most five channels."""
    assert len(found(ask_enhanced(credits, cids=cids), "L2C012")) == count
