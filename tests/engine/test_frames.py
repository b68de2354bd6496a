"""Numbered frames: their control fields and check sequences, what is lost and sent again, and the SDUs they carry."""

import pytest

from l2scope.channels import Channel, Direction
from l2scope.engine.control_field import ENHANCED, EXTENDED, STANDARD, ControlField
from l2scope.engine.fcs import crc16
from l2scope.engine.words import (
    FRAME_AFTER_GAP,
    FRAME_BAD_FCS,
    FRAME_DUPLICATE,
    FRAME_RETRANSMITTED,
    SDU_ABANDONED,
    SDU_COMPLETE,
    SDU_INCOMPLETE,
    SDU_OVERRUN,
)
from l2scope.frames import FrameFigures
from tests.classic_wire import (
    CONTINUATION,
    END,
    ERTM,
    FLOW_CONTROL,
    REJ,
    REMOTE_CID,
    RETRANSMISSION,
    RNR,
    RR,
    SREJ,
    START,
    STREAMING,
    UNSEGMENTED,
    Classic,
    checked,
    ertm,
    fcs_option,
    mode_option,
    read,
    window_option,
    words,
)
from tests.engine.views import att, channels, frames, sdus
from tests.wire import fragments, pdu


def tx(classic: Classic) -> Direction:
    return channels(classic.conversation)[0].tx


def figures(channel: Channel, direction: str = "tx") -> FrameFigures:
    found = channel.direction(direction).frames
    assert found is not None
    return found


def of(classic: Classic, direction: str = "tx") -> FrameFigures:
    return figures(channels(classic.conversation)[0], direction)


def test_the_check_sequences_of_the_specification() -> None:
    """Vol 3 Part A 3.3.5: an I-frame with ten bytes, and an RR."""
    iframe = bytes.fromhex("0e00 4000 0200 00010203040506070809".replace(" ", ""))
    sframe = bytes.fromhex("0400 4000 0101".replace(" ", ""))
    assert crc16(iframe, 0, len(iframe), 0) == 0x6138
    assert crc16(sframe, 0, len(sframe), 0) == 0x14D4


@pytest.mark.parametrize(
    ("form", "data", "expected"),
    [
        (STANDARD, words(5 << 1 | 1 << 7 | 9 << 8 | 3 << 14), (False, 5, 9, CONTINUATION, False, False, True)),
        (ENHANCED, words(5 << 1 | 1 << 7 | 9 << 8 | 1 << 14), (False, 5, 9, START, False, True, False)),
        (EXTENDED, words(2 | 300 << 2, 2 | 9000 << 2), (False, 9000, 300, END, False, True, False)),
        (STANDARD, words(1 | REJ << 2 | 9 << 8), (True, REJ, 9, 0, False, False, False)),
        (ENHANCED, words(1 | SREJ << 2 | 1 << 4 | 9 << 8), (True, SREJ, 9, 0, True, False, False)),
        (EXTENDED, words(1 | 2 | 300 << 2, RNR | 1 << 2), (True, RNR, 300, 0, True, True, False)),
    ],
)
def test_control_fields(form: int, data: bytes, expected: tuple[object, ...]) -> None:
    """Vol 3 Part A 3.3.2: TxSeq or the function, ReqSeq, SAR, poll, final and retransmission disable bits."""
    field = ControlField()
    field.read(data, 0, form)
    what = field.function if field.supervisory else field.txseq
    sar = 0 if field.supervisory else field.sar
    found = (field.supervisory, what, field.reqseq, sar, field.poll, field.final, field.disable)
    assert found == expected


@pytest.mark.parametrize("mode", [ERTM, STREAMING, RETRANSMISSION, FLOW_CONTROL])
@pytest.mark.parametrize("check", [True, False])
def test_segments_make_an_sdu(mode: int, check: bool) -> None:
    """Start, continuation and end; the SDU length stands in the start frame alone. Older modes are always checked."""
    classic = Classic(check=check or mode in (RETRANSMISSION, FLOW_CONTROL))
    classic.both(mode_option(mode) + fcs_option(classic.check))
    numbers = [
        classic.iframe(0, b"one, ", START, 14),
        classic.iframe(1, b"two, ", CONTINUATION),
        classic.iframe(2, b"thre", END),
        classic.iframe(3, b"alone"),
    ]
    rows = sdus(classic.conversation)
    assert rows["length"].tolist() == [14, 5]
    assert rows["state"].tolist() == [SDU_COMPLETE] * 2
    assert (rows["first_packet"].tolist(), rows["last_packet"].tolist()) == (numbers[::3], numbers[2:])
    assert frames(classic.conversation)["sdu"].tolist() == [0, 0, 0, 1]
    assert frames(classic.conversation)["sequence"].tolist() == [0, 1, 2, 3]


def test_extended_control_fields() -> None:
    """Four bytes, numbers modulo 16384."""
    classic = Classic(extended=True).both(mode_option(ERTM) + window_option(16000))
    for number in range(3):
        classic.iframe(number, b"data")
    classic.sframe(RR, 3)
    assert (tx(classic).sdus, of(classic).control_field, tx(classic).balance) == (3, "extended", 16000)


def test_a_fragmented_frame_is_checked() -> None:
    """Its check sequence covers all fragments, the header too."""
    classic = ertm()
    whole = checked(REMOTE_CID, classic.control(0, 0, UNSEGMENTED) + bytes(range(200)))
    for packet in fragments(whole, [2, 3, 50, 205]):
        classic.conversation.packet(0, 2, packet)
    assert (of(classic).fcs_checked, of(classic).fcs_errors, tx(classic).sdu_bytes) == (1, 0, 200)


def test_a_damaged_frame_is_dropped() -> None:
    """Its receiver does not take it; sent again, it is a retransmission to nobody."""
    classic = ertm()
    classic.conversation.sent(pdu(REMOTE_CID, classic.control(0, 0, UNSEGMENTED) + b"data" + b"\0\0"))
    classic.iframe(0, b"data")
    assert (of(classic).fcs_checked, of(classic).fcs_errors, of(classic).retransmitted) == (2, 1, 0)
    assert [int(row["flags"]) & FRAME_BAD_FCS for row in frames(classic.conversation)] == [FRAME_BAD_FCS, 0]
    assert tx(classic).sdus == 1


def test_a_lost_frame_that_comes_again_completes_its_sdu() -> None:
    """The SDUs stay in the order of the numbers; the rows tell what came out of order."""
    classic = ertm()
    classic.iframe(0, b"aa", START, 4)
    second = classic.iframe(2, b"bb")
    classic.sframe(SREJ, 1)
    again = classic.iframe(1, b"aa", END)
    rows = sdus(classic.conversation)
    assert rows["length"].tolist() == [4, 2]
    assert rows["last_packet"].tolist() == [again, second]
    assert (of(classic).lost, of(classic).retransmitted) == (1, 1)
    flags = frames(classic.conversation)["flags"].tolist()
    assert flags == [0, FRAME_AFTER_GAP, 0, FRAME_RETRANSMITTED]
    assert frames(classic.conversation)["sdu"].tolist() == [0, 1, -1, 0]


def test_a_frame_that_is_sent_twice_counts_once() -> None:
    """The second one is a duplicate and part of no SDU."""
    classic = ertm()
    classic.iframe(0)
    classic.iframe(0)
    assert (tx(classic).sdus, of(classic).retransmitted, of(classic).iframes) == (1, 1, 2)
    assert frames(classic.conversation)["flags"].tolist()[1] == FRAME_RETRANSMITTED | FRAME_DUPLICATE


def test_selective_rejects_acknowledge_nothing() -> None:
    """Vol 3 Part A 8.6: without the poll bit their ReqSeq is only the frame that is asked for."""
    classic = ertm()
    for number in range(3):
        classic.iframe(number)
    classic.sframe(SREJ, 2)
    assert tx(classic).balance == 5
    classic.sframe(SREJ, 2, poll=True)
    assert tx(classic).balance == 7


def test_an_acknowledgement_of_what_was_never_seen_ends_the_waiting() -> None:
    """The receiver has the frame, the capture has not: its SDU is abandoned, the later ones are whole."""
    classic = ertm()
    classic.iframe(0, b"aa", START, 4)
    classic.iframe(2, b"bb")
    classic.sframe(RR, 3)
    classic.iframe(3, b"cc")
    assert sdus(classic.conversation)["state"].tolist() == [SDU_ABANDONED, SDU_COMPLETE, SDU_COMPLETE]


def test_streaming_never_waits() -> None:
    """A gap is lost for good, and with it the SDU."""
    classic = Classic().both(mode_option(STREAMING))
    classic.iframe(0, b"aa", START, 4)
    classic.iframe(2, b"bb")
    assert sdus(classic.conversation)["state"].tolist() == [SDU_ABANDONED, SDU_COMPLETE]
    assert (of(classic).lost, tx(classic).as_json()["zero_ns"]) == (1, None)


@pytest.mark.parametrize(
    ("sar", "length", "state"), [(END, 9, SDU_INCOMPLETE), (END, 3, SDU_OVERRUN), (CONTINUATION, 3, SDU_OVERRUN)]
)
def test_an_sdu_that_is_not_as_long_as_it_said(sar: int, length: int, state: int) -> None:
    """Four bytes came."""
    classic = ertm()
    classic.iframe(0, b"aa", START, length)
    classic.iframe(1, b"bb", sar)
    assert sdus(classic.conversation)["state"].tolist() == [state]


def test_numbers_wrap() -> None:
    """After 63 comes 0, and a retransmission across the edge is one."""
    classic = ertm(window=63)
    for number in range(70):
        classic.iframe(number & 63)
        if number == 62:
            classic.sframe(RR, 60)
    classic.iframe(63)
    assert (tx(classic).sdus, of(classic).lost, of(classic).retransmitted) == (70, 0, 1)
    assert frames(classic.conversation)["sequence"].tolist()[-2:] == [69, 63]


def test_a_full_window_is_a_wait() -> None:
    """From the frame that fills it to the acknowledgement; bytes were owed."""
    classic = ertm(window=2)
    classic.iframe(0, b"aa", START, 6)
    first = classic.iframe(1, b"bb", CONTINUATION)
    classic.conversation.wait(300)
    last = classic.sframe(RR, 2)
    classic.iframe(2, b"cc", END)
    (wait,) = tx(classic).stalls()
    assert (wait.start_packet, wait.end_packet, wait.cause, wait.class_) == (first, last, "window-full", "certain")
    assert (wait.duration_ns, wait.ended_by, wait.sdu_bytes_owed) == (301_000_000, "acknowledgement", 2)


def test_a_receiver_that_is_not_ready() -> None:
    """RNR takes the window, RR gives it back; what was acknowledged meanwhile counts then."""
    classic = ertm(window=4)
    classic.iframe(0, b"aa", START, 4)
    first = classic.sframe(RNR, 0)
    assert tx(classic).balance == 0
    classic.conversation.wait(200)
    classic.sframe(RNR, 1, final=True)
    last = classic.sframe(RR, 1)
    classic.iframe(1, b"aa", END)
    (wait,) = tx(classic).stalls()
    assert (wait.start_packet, wait.end_packet, wait.cause) == (first, last, "receiver-not-ready")
    assert (of(classic).not_ready_times, of(classic).not_ready_ns) == (1, 202_000_000)
    assert tx(classic).balance == 3


def test_frames_on_their_way_when_the_receiver_stops_are_no_fault() -> None:
    """They take their places in the window once the receiver is ready."""
    classic = ertm(window=4)
    classic.sframe(RNR, 0)
    classic.iframe(0)
    classic.iframe(1)
    classic.sframe(RR, 0)
    assert (tx(classic).balance, tx(classic).min_balance) == (2, 0)


def test_figures_of_the_s_frames() -> None:
    """They count for the side that sent them."""
    classic = ertm()
    classic.iframe(0)
    for function in (RR, RR, REJ, RNR, SREJ):
        classic.sframe(function, 0, poll=function == RNR)
    sent = of(classic, "rx")
    assert (sent.rr, sent.rej, sent.rnr, sent.srej, sent.polls, sent.iframes) == (2, 1, 1, 1, 1, 0)
    kinds = frames(classic.conversation)["kind"].tolist()
    assert kinds == [0, 1, 1, 2, 3, 4]


def test_packets_that_the_capture_lost() -> None:
    """The numbers are taken up anew: nothing is lost or sent again for want of packets."""
    classic = ertm()
    classic.iframe(0)
    classic.conversation.engine.lose(5)
    classic.iframe(5)
    classic.iframe(6)
    assert (of(classic).lost, of(classic).retransmitted, tx(classic).sdus) == (0, 0, 3)
    assert channels(classic.conversation)[0].ledger == "relative"


def test_frames_too_short_for_a_control_field() -> None:
    """They are counted, and are part of nothing."""
    classic = ertm()
    classic.conversation.sent(pdu(REMOTE_CID, b"\0"))
    assert (of(classic).malformed, of(classic).iframes, tx(classic).kframes) == (1, 0, 1)


def test_a_frame_far_back_is_no_gap() -> None:
    """What is not yet acknowledged may be sent again, also when that is more than half of the numbers back."""
    classic = ertm(window=63)
    for number in range(40):
        classic.iframe(number)
    classic.iframe(0)
    assert (of(classic).retransmitted, of(classic).lost) == (1, 0)


def test_frames_that_are_missing_take_their_places_in_the_window() -> None:
    """Three were sent, of which two came."""
    classic = ertm(window=4)
    classic.iframe(0)
    classic.iframe(2)
    assert tx(classic).balance == 1


def test_a_start_ends_an_sdu_without_an_end() -> None:
    """The sender went on with the next one."""
    classic = ertm()
    classic.iframe(0, b"aa", START, 4)
    classic.iframe(1, b"bb", START, 4)
    classic.iframe(2, b"bb", END)
    assert sdus(classic.conversation)["state"].tolist() == [SDU_ABANDONED, SDU_COMPLETE]


def test_an_sdu_whose_start_comes_last() -> None:
    """It spans all its packets, and its bytes are in the order of the numbers."""
    classic = ertm()
    first = classic.iframe(1, b"bb", CONTINUATION)
    classic.iframe(2, b"cc", END)
    last = classic.iframe(0, b"aa", START, 6)
    (row,) = sdus(classic.conversation)
    assert (row["first_packet"], row["last_packet"], row["state"]) == (first, last, SDU_COMPLETE)
    with read(classic.conversation) as capture:
        assert capture.sdu_bytes(0) == b"aabbcc"


def test_the_check_sequence_is_no_part_of_an_att_pdu() -> None:
    """A Read Request without its handle has none."""
    classic = Classic()
    classic.open(psm=0x001F)
    classic.configure(mode_option(ERTM), mode_option(ERTM))
    classic.iframe(0, b"\x0a")
    assert [(int(row["opcode"]), int(row["handle"])) for row in att(classic.conversation)] == [(0x0A, 0)]
