"""The lines of PDUs of BR/EDR channels."""

from l2scope.analysis.summary import PacketSummaries, PacketSummary
from tests.classic_wire import (
    END,
    ERTM,
    LOCAL_CID,
    REMOTE_CID,
    RNR,
    RR,
    START,
    UNSEGMENTED,
    Classic,
    command,
    ertm,
    fcs_option,
    mode_option,
    mtu_option,
    read,
    signals,
    window_option,
    words,
)
from tests.wire import Conversation, pdu


def summary(recording: Conversation, number: int) -> PacketSummary:
    with read(recording) as capture:
        return PacketSummaries(capture).of(number)


def line(recording: Conversation, number: int) -> tuple[str, str]:
    found = summary(recording, number)
    return found.protocol, found.summary


def test_i_frames_tell_their_numbers_and_their_sdu() -> None:
    """The first says how long the SDU is, the last how it ended; the balance is the transmit window."""
    recording = Conversation()
    classic = ertm(conversation=recording)
    numbers = [classic.iframe(0, b"aa", START, 4, reqseq=2), classic.iframe(1, b"bb", END), classic.iframe(2)]
    assert [line(recording, number) for number in numbers] == [
        ("I-frame", "PSM 0x1001 · TxSeq 0, ReqSeq 2, start · SDU 0 · 1/2 · 4 bytes"),
        ("I-frame", "PSM 0x1001 · TxSeq 1, ReqSeq 0, end · SDU 0 · 2/2 complete"),
        ("I-frame", "PSM 0x1001 · TxSeq 2, ReqSeq 0 · SDU 1 · 4 bytes complete"),
    ]
    assert [summary(recording, number).balance for number in numbers] == [7, 6, 5]


def test_what_is_odd_about_a_frame_is_said() -> None:
    """Gaps, retransmissions, duplicates and check sequences that do not fit."""
    recording = Conversation()
    classic = ertm(conversation=recording)
    numbers = [classic.iframe(1), classic.iframe(0), classic.iframe(0)]
    numbers.append(recording.sent(pdu(REMOTE_CID, classic.control(2, 0, UNSEGMENTED) + b"data" + b"\0\0")))
    endings = [line(recording, number)[1].split(" · ")[-1] for number in numbers]
    assert endings == ["frames missing before", "retransmission", "seen before", "FCS error"]


def test_s_frames_tell_their_function() -> None:
    """With poll and final."""
    recording = Conversation()
    classic = ertm(conversation=recording)
    assert line(recording, classic.sframe(RNR, 7)) == ("S-frame", "PSM 0x1001 · RNR, ReqSeq 7")
    assert line(recording, classic.sframe(RR, 7, poll=True)) == ("S-frame", "PSM 0x1001 · RR, ReqSeq 7, P")


def test_b_frames_tell_their_protocol() -> None:
    """By the name of the PSM in the assigned numbers."""
    recording = Conversation()
    Classic(recording).open(psm=0x0003)
    assert line(recording, recording.sent(pdu(REMOTE_CID, bytes(20)))) == ("B-frame", "RFCOMM · SDU 0 · 20 bytes")


def test_att_on_a_br_edr_channel() -> None:
    """It reads as on the fixed channel."""
    recording = Conversation()
    Classic(recording).open(psm=0x001F)
    recording.sent(pdu(REMOTE_CID, b"\x0a" + words(0x0003)))
    number = recording.received(pdu(LOCAL_CID, b"\x0bvalue"))
    assert line(recording, number)[0] == "ATT"
    assert line(recording, number)[1].startswith("Read Response")


def test_connectionless_data() -> None:
    """G-frames begin with a PSM."""
    recording = Conversation()
    assert line(recording, recording.sent(pdu(0x0002, words(0x0001) + b"data"))) == (
        "G-frame",
        "PSM 0x0001 SDP, 4 bytes",
    )


def test_configuration_options_tell_their_values() -> None:
    """Also in a frame of several commands."""
    recording = Conversation()
    options = mtu_option(900) + mode_option(ERTM) + fcs_option(0) + window_option(500)
    commands = command(0x04, 2, words(REMOTE_CID, 1) + options), command(0x08, 3, b"")
    assert line(recording, recording.sent(signals(*commands))) == (
        "L2CAP",
        "Configuration Request, DCID 0x0050, continued, MTU 900, enhanced retransmission mode, no FCS, window 500; "
        "Echo Request, 0 bytes",
    )
