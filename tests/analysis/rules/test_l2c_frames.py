"""Numbered frames: what the findings say, and how bad it is."""

import pytest

from tests.analysis.finding import findings, found
from tests.analysis.rules.pairs_frames import filling
from tests.classic_wire import (
    LOCAL_CID,
    REMOTE_CID,
    RNR,
    RR,
    SREJ,
    START,
    UNSEGMENTED,
    Classic,
    command,
    ertm,
    signals,
    words,
)
from tests.wire import Conversation, pdu


def not_ready(milliseconds: int, owed: bool) -> Classic:
    """A receiver that is not ready for so long, while bytes are owed or not."""
    classic = ertm()
    classic.iframe(0, b"aa", START if owed else UNSEGMENTED, 4)
    classic.sframe(RNR, 1)
    classic.conversation.wait(milliseconds)
    classic.sframe(RR, 1)
    return classic


@pytest.mark.parametrize(("owed", "severity"), [(True, "warning"), (False, "info")])
def test_a_receiver_that_is_not_ready(owed: bool, severity: str) -> None:
    """A warning where the sender waited for it: how often, how long."""
    classic = not_ready(300, owed)
    (finding,) = found(classic.conversation, "L2C020")
    assert (finding.severity, finding.direction, finding.side_to_blame) == (severity, "tx", "remote")
    assert (finding.values["times"], finding.values["not_ready_ns"]) == (1, 301_000_000)
    assert finding.values["stalls"] == (1 if owed else 0)


def test_a_receiver_that_is_still_not_ready() -> None:
    """The time up to the last packet counts."""
    classic = ertm()
    classic.sframe(RNR, 0)
    classic.conversation.wait(99)
    classic.sframe(RNR, 0)
    (finding,) = found(classic.conversation, "L2C020")
    assert finding.values["not_ready_ns"] == 100_000_000


def test_a_full_window_tells_who_owed() -> None:
    """The receiver did not acknowledge."""
    made = filling(2, 300)
    assert isinstance(made, Conversation)
    (finding,) = found(made, "L2C021")
    assert (finding.values["stalls"], finding.values["stall_ns"]) == (1, 301_000_000)
    assert (finding.side_to_blame, finding.values["tx_window"]) == ("remote", 2)


@pytest.mark.parametrize(("again", "severity"), [(9, "info"), (10, "warning")])
def test_many_retransmissions_are_a_warning(again: int, severity: str) -> None:
    """From ten on, and one in twenty."""
    classic = ertm(window=63)
    for number in range(20):
        classic.iframe(number)
    for number in range(again):
        classic.iframe(number)
    (finding,) = found(classic.conversation, "L2C022")
    assert (finding.severity, finding.values["retransmitted"]) == (severity, again)


def test_rejections_are_counted_by_kind() -> None:
    """REJ and SREJ of the receiver."""
    classic = ertm()
    for number in (0, 1, 3):
        classic.iframe(number)
    packet = classic.sframe(SREJ, 2)
    (finding,) = found(classic.conversation, "L2C023")
    assert (finding.packets, finding.values["srej"], finding.values["rej"]) == ([packet], 1, 0)


def test_classic_channels_have_no_finding_about_credits() -> None:
    """Whatever happens on them."""
    classic = not_ready(3_000, owed=True)
    classic.iframe(5, b"", START, 9000)
    classic.conversation.engine.finish()
    assert [finding.rule for finding in findings(classic.conversation) if finding.rule.startswith("COC")] == []


def test_data_on_a_cid_that_is_no_channel() -> None:
    """On a link whose beginning was seen all channels are known; what is on its way at a closing is nobody's fault."""
    classic = ertm()
    packet = classic.conversation.sent(pdu(0x77, b"data"))
    (finding,) = found(classic.conversation, "L2C001")
    assert (finding.packets, finding.severity) == ([packet], "error")
    classic = ertm()
    classic.conversation.sent(signals(command(0x06, 9, words(REMOTE_CID, LOCAL_CID))))
    classic.conversation.received(signals(command(0x07, 9, words(REMOTE_CID, LOCAL_CID))))
    classic.iframe(0)
    assert found(classic.conversation, "L2C001") == []
