"""Frames of BR/EDR channels, field by field (Vol 3 Part A 3)."""

import pytest

from l2scope.dissection import Tree, dissect
from l2scope.dissection.registry import registry
from tests.classic_wire import (
    ERTM,
    REMOTE_CID,
    RNR,
    SREJ,
    START,
    UNSEGMENTED,
    Classic,
    ertm,
    mode_option,
    read,
    window_option,
    words,
)
from tests.dissection.fields import check_coverage, spans, values
from tests.dissectors.shown import by_cid, parameters
from tests.wire import Conversation, pdu


def recorded() -> tuple[Conversation, Classic]:
    """A channel in enhanced retransmission mode."""
    recording = Conversation()
    return recording, ertm(conversation=recording)


def tree(recording: Conversation, number: int) -> Tree:
    """The fields of a packet, each of whose bytes is in one of them."""
    with read(recording) as capture:
        shown = dissect(capture, number)
    data = recording.records[number - 1][3]
    check_coverage([field for field in shown.fields if field.stop > field.start], 0, len(data))
    return shown


def test_a_start_frame() -> None:
    """Control field bit by bit, SDU length, payload, check sequence; and how the SDU and the window stand."""
    recording, classic = recorded()
    number = classic.iframe(0, b"first", START, 9, reqseq=3)
    (frame,) = [field for field in tree(recording, number).fields if field.name == "I-frame"]
    assert frame.value == "TxSeq 0, ReqSeq 3, start"
    assert spans(frame) == {
        "SAR": (9, 10),
        "ReqSeq": (9, 10),
        "Final": (8, 9),
        "TxSeq": (8, 9),
        "Type": (8, 9),
        "SDU length": (10, 12),
        "Information payload": (12, 17),
        "FCS": (17, 19),
    }
    assert values(frame)["SDU length"] == "9"
    assert values(frame)["FCS"].endswith("(good)")
    (channel,) = [field for field in tree(recording, number).fields if field.name == "Channel #0"]
    assert (channel.value, values(channel)["Transmit window (tx)"]) == ("PSM 0x1001, ertm", "8 -> 7")


def test_an_s_frame() -> None:
    """Function, poll and final."""
    recording, classic = recorded()
    number = classic.sframe(SREJ, 5, poll=True)
    (frame,) = [field for field in tree(recording, number).fields if field.name == "S-frame"]
    assert frame.value == "SREJ, ReqSeq 5, poll"
    assert (values(frame)["Function"], values(frame)["Poll"], values(frame)["Final"]) == ("SREJ (0x03)", "1", "0")


def test_an_extended_control_field() -> None:
    """Four bytes."""
    recording = Conversation()
    classic = Classic(recording, extended=True).both(mode_option(ERTM) + window_option(500))
    number = classic.iframe(0, b"data", reqseq=300)
    (frame,) = [field for field in tree(recording, number).fields if field.name == "I-frame"]
    assert frame.value == "TxSeq 0, ReqSeq 300, unsegmented"
    places = spans(frame)
    assert (places["TxSeq"], places["SAR"], places["ReqSeq"]) == ((10, 12), (10, 11), (8, 10))
    number = classic.sframe(RNR, 1)
    (frame,) = [field for field in tree(recording, number).fields if field.name == "S-frame"]
    assert frame.value == "RNR, ReqSeq 1"


def test_a_damaged_frame_says_so() -> None:
    """At the frame and at its check sequence."""
    recording, classic = recorded()
    number = recording.sent(pdu(REMOTE_CID, classic.control(0, 0, UNSEGMENTED) + b"data" + b"\0\0"))
    (frame,) = [field for field in tree(recording, number).fields if field.name == "I-frame"]
    assert frame.problem == "FCS error"
    assert [child.problem for child in frame.children if child.name == "FCS"] == ["does not fit the frame"]


def test_a_b_frame() -> None:
    """All of it is an SDU."""
    recording = Conversation()
    Classic(recording).open()
    number = recording.sent(pdu(REMOTE_CID, b"hello"))
    (frame,) = [field for field in tree(recording, number).fields if field.name == "B-frame"]
    assert (frame.value, spans(frame)) == ("5 bytes, an SDU", {"Information payload": (8, 13)})


def test_the_last_frame_shows_the_sdu() -> None:
    """Put together from its frames, in a buffer of its own."""
    recording, classic = recorded()
    classic.iframe(0, b"first ", START, 10)
    number = classic.iframe(1, b"last", 2)
    shown = tree(recording, number)
    assert [buffer.data for buffer in shown.buffers[1:]] == [b"first last"]


def test_a_frame_too_short_for_its_control_field() -> None:
    """It is a leaf with a problem."""
    recording, _ = recorded()
    number = recording.sent(pdu(REMOTE_CID, b"\1"))
    (frame,) = [field for field in tree(recording, number).fields if field.name == "Frame"]
    assert frame.problem == "too short for a control field"


@pytest.mark.parametrize(
    ("data", "value"),
    [(words(1 | 1 << 2 | 7 << 8), "REJ, ReqSeq 7"), (words(9 << 1), "TxSeq 9, ReqSeq 0, unsegmented")],
)
def test_the_standard_control_field(data: bytes, value: str) -> None:
    """That of retransmission and flow control mode."""
    dissector = registry().for_frame(0)
    assert dissector is not None
    (field,) = dissector.fields(data, 0, 0, 2)
    assert field.value == value


def test_a_g_frame() -> None:
    """Connectionless data begin with their PSM."""
    field = by_cid(0x0002, "0100 68656c6c6f")
    assert (field.name, field.value) == ("G-frame", "PSM SDP")
    assert parameters(field) == {"PSM": "SDP (0x0001)", "Data": '68 65 6c 6c 6f  "hello"'}


def test_flow_specification_options() -> None:
    """Quality of service and extended flow specification, field by field (5.3, 5.6)."""
    qos = "03 16 00 01 01000000 02000000 03000000 04000000 ffffffff"
    flow = "06 10 01 02 ffff 05000000 06000000 07000000"
    field = by_cid(0x0001, "04 02 2e00 4000 0000 " + qos + flow)
    first, second = next(child for child in field.children if child.name == "Options").children
    assert (values(first)["Service type"], values(first)["Peak bandwidth"]) == ("best effort (0x01)", "3")
    assert (values(second)["Service"], values(second)["Access latency"]) == ("guaranteed (0x02)", "6")
