"""ATT: each rule fires on what breaks it, and not on what nearly does."""

from tests.analysis.finding import found
from tests.analysis.rules.conversations import READ, answer, linked, request
from tests.wire import Conversation, pdu


def test_an_overlap() -> None:
    """A second request before the answer; an indication or the peer's own request do not count."""
    conversation = linked()
    first, second = request(conversation), request(conversation)
    (finding,) = found(conversation, "ATT001")
    assert (finding.packets, finding.side_to_blame, finding.values["waiting"]) == ([second], "local", first)
    conversation = linked()
    request(conversation)
    request(conversation, b"\x1d\x03\x00x")
    answer(conversation, READ)
    assert found(conversation, "ATT001") == []


def test_a_link_from_before_the_capture_gives_no_error() -> None:
    """An answer may be missing."""
    conversation = Conversation()
    request(conversation)
    request(conversation)
    assert [finding.severity for finding in found(conversation, "ATT001")] == ["warning"]


def test_no_answer() -> None:
    """30 s are over, or not yet; late is late too."""
    for wait, late, count in ((30_100, False, 1), (29_900, False, 0), (30_100, True, 1), (29_900, True, 0)):
        conversation = linked()
        packet = request(conversation)
        conversation.wait(wait)
        if late:
            packet = answer(conversation)
        else:
            conversation.sent(pdu(0x3A, b"other"))
        findings = found(conversation, "ATT002")
        assert [(f.packets, f.side_to_blame) for f in findings] == [([packet], "remote")] * count


def test_a_dead_bearer() -> None:
    """The next request 30 s after one without an answer; before that it is an overlap."""
    for wait, rule in ((30_100, "ATT003"), (29_000, "ATT001")):
        conversation = linked()
        request(conversation)
        packet = request(conversation.wait(wait))
        assert [finding.packets for finding in found(conversation, rule)] == [[packet]]


def test_an_error_about_something_else() -> None:
    """The Error Response to a Read Request names a Write Request; then the Read Request."""
    for opcode, count in ((0x12, 1), (0x0A, 0)):
        conversation = linked()
        request(conversation)
        answer(conversation, bytes((0x01, opcode, 3, 0, 1)))
        assert len(found(conversation, "ATT004")) == count


def test_a_response_without_its_request() -> None:
    """Nothing asked, or something else was; an error about an unknown opcode answers what is no request."""
    conversation = linked()
    answer(conversation)
    (finding,) = found(conversation, "ATT005")
    assert finding.side_to_blame == "remote"
    conversation = linked()
    request(conversation)
    answer(conversation, b"\x13")
    assert len(found(conversation, "ATT005")) == 1
    conversation = linked()
    request(conversation)
    answer(conversation)
    request(conversation, b"\x40")
    answer(conversation, b"\x01\x40\x00\x00\x06")
    assert found(conversation, "ATT005") == []


def test_a_pdu_over_the_mtu() -> None:
    """24 bytes before any exchange, 23 are allowed; after an exchange of 50 and 60, 50 are."""
    for size, count in ((24, 1), (23, 0)):
        conversation = linked()
        request(conversation, b"\x52\x03\x00" + bytes(size - 3))
        assert len(found(conversation, "ATT006")) == count
    for size, count in ((51, 1), (50, 0)):
        conversation = linked()
        request(conversation, b"\x02\x32\x00")
        answer(conversation, b"\x03\x3c\x00")
        request(conversation, b"\x52\x03\x00" + bytes(size - 3))
        assert len(found(conversation, "ATT006")) == count
