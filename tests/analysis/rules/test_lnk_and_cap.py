"""Links and capture quality: each rule fires on what it is for, and not on what nearly is."""

from tests.analysis.finding import found
from tests.analysis.rules.conversations import data_length, linked, opened, sending, update_complete
from tests.wire import Conversation, disconnection_complete, le_connection_complete, pdu, signal


def test_impossible_parameters() -> None:
    """100 ms and latency 4: the timeout is to be above 1 s."""
    for timeout, count in ((100, 1), (101, 0)):
        conversation = linked()
        packet = conversation.event(update_complete(80, 4, timeout))
        assert [f.packets for f in found(conversation, "LNK001")] == [[packet]] * count


def test_the_central_chooses_the_parameters() -> None:
    """It is to blame for those in force, whoever it is, though the controller tells of them."""
    for role, blamed in ((0, "local"), (1, "remote")):
        conversation = Conversation()
        conversation.event(le_connection_complete(role=role))
        conversation.event(update_complete(80, 4, 100))
        assert [f.side_to_blame for f in found(conversation, "LNK001")] == [blamed]


def test_an_impossible_request() -> None:
    """The peripheral may ask for them too."""
    for timeout, count in ((100, 1), (101, 0)):
        conversation = linked()
        conversation.received(signal(0x12, 1, 80, 80, 4, timeout))
        assert [f.side_to_blame for f in found(conversation, "LNK001")] == ["remote"] * count


def test_a_link_lost_near_an_update() -> None:
    """Within the supervision timeout (1 s) and 2 s; not later, and not when somebody ended it."""
    for wait, reason, count in ((2900, 0x08, 1), (3100, 0x08, 0), (100, 0x13, 0), (100, 0x28, 1)):
        conversation = linked()
        packet = conversation.event(update_complete(24, 0, 100))
        last = conversation.wait(wait).event(disconnection_complete(reason=reason))
        assert [f.packets for f in found(conversation, "LNK002")] == [[packet, last]] * count


def test_a_link_that_stays_at_27_bytes() -> None:
    """K-frames of 100 bytes without a longer data length; with it, or with 23 bytes, nothing is lost."""
    (finding,) = found(sending(linked(), 100), "LNK003")
    assert finding.values["packets_a_kframe"] == 4
    assert found(sending(linked(), 23), "LNK003") == []
    conversation = linked()
    conversation.event(data_length(251))
    assert found(sending(conversation, 100), "LNK003") == []


def test_an_mps_that_does_not_fit() -> None:
    """251 + 4 bytes take two packets of 251, 247 + 4 one."""
    for mps, count in ((251, 1), (247, 0), (200, 0)):
        conversation = linked()
        conversation.event(data_length(251))
        findings = found(sending(conversation, mps), "LNK004")
        assert [f.values["better_mps"] for f in findings] == [247] * count


def test_capture_quality() -> None:
    """Lost packets are a warning, a link from before the capture is information; a whole capture has neither."""
    conversation = opened()
    conversation.engine.lose(3)
    conversation.send_sdu(10)
    assert [f.severity for f in found(conversation, "CAP003")] == ["warning"]
    conversation = Conversation()
    conversation.sent(pdu(4, b"\x0a\x03\x00"))
    assert [f.severity for f in found(conversation, "CAP010")] == ["info"]
    assert [f for rule in ("CAP003", "CAP010") for f in found(opened(), rule)] == []
