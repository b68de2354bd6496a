"""Pairs of captures for the rules of channels with numbered frames."""

from tests.analysis.rules.pairs import Made, pair
from tests.classic_wire import (
    CONTINUATION,
    END,
    ERTM,
    REJ,
    REMOTE_CID,
    RNR,
    RR,
    START,
    STREAMING,
    UNSEGMENTED,
    Classic,
    checked,
    ertm,
    mode_option,
)


def answered(function: int) -> Made:
    classic = ertm()
    classic.iframe(0)
    classic.sframe(function, 1)
    classic.conversation.wait(200)
    classic.sframe(RR, 1)
    classic.iframe(1)
    return classic.conversation


@pair("L2C020")
def receiver_not_ready() -> tuple[Made, Made]:
    """RNR, and RR in its place."""
    return answered(RNR), answered(RR)


def filling(window: int, wait: int) -> Made:
    """Two I-frames of an SDU, and the third one after an acknowledgement that lets the sender wait (ms)."""
    classic = ertm(window)
    classic.iframe(0, b"aa", START, 6)
    classic.iframe(1, b"bb", CONTINUATION)
    classic.conversation.wait(wait)
    classic.sframe(RR, 2)
    classic.iframe(2, b"cc", END)
    return classic.conversation


@pair("L2C021")
def window_full() -> tuple[Made, Made]:
    """Two frames fill the window for 300 ms, and do not fill one of three."""
    return filling(2, 300), filling(3, 300)


def twice(second: int) -> Made:
    classic = ertm()
    classic.iframe(0)
    classic.iframe(second)
    return classic.conversation


@pair("L2C022")
def sent_again() -> tuple[Made, Made]:
    """TxSeq 0 twice, and 0 and 1."""
    return twice(0), twice(1)


@pair("L2C023")
def rejected() -> tuple[Made, Made]:
    """REJ, and RR in its place."""
    return answered(REJ), answered(RR)


def ending(change: bool) -> Made:
    classic = ertm()
    whole = checked(REMOTE_CID, classic.control(0, 0, UNSEGMENTED) + b"data")
    classic.conversation.sent(whole[:-1] + bytes((whole[-1] ^ change,)))
    return classic.conversation


@pair("L2C024")
def wrong_check_sequence() -> tuple[Made, Made]:
    """One bit of the FCS, and none."""
    return ending(True), ending(False)


def streamed(*numbers: int, mode: int = STREAMING) -> Made:
    classic = Classic().both(mode_option(mode))
    for number in numbers:
        classic.iframe(number)
    return classic.conversation


@pair("L2C025")
def lost_for_good() -> tuple[Made, Made]:
    """A gap in streaming mode, and in a mode that retransmits."""
    return streamed(0, 2), streamed(0, 2, mode=ERTM)


def unacknowledged(count: int) -> Made:
    classic = ertm(window=3)
    for number in range(count):
        classic.iframe(number)
    return classic.conversation


@pair("L2C026")
def beyond_the_window() -> tuple[Made, Made]:
    """Four I-frames in a window of three, and three."""
    return unacknowledged(4), unacknowledged(3)
