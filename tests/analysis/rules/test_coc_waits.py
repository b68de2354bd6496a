"""Waits for credits: each rule fires on what it is for, and not on what nearly is."""

from tests.analysis.finding import found
from tests.analysis.rules.conversations import begin_sdu, close, completed, frames, grant, opened, starve, with_buffers
from tests.wire import MS, Conversation, disconnection_complete, kframes, pdu, signal


def test_starvation() -> None:
    """A wait of 200 ms is a stall, one of 15 ms is none."""
    (finding,) = found(starve(200), "COC001")
    assert (finding.severity, finding.side_to_blame, finding.direction) == ("warning", "remote", "tx")
    assert finding.values["stalls"] == 1
    assert found(starve(15), "COC001") == []


def test_starvation_is_an_error_when_people_notice() -> None:
    """One stall of a second, or five of 200 ms, above half of the busy time; four are a warning."""
    assert [finding.severity for finding in found(starve(1000), "COC001")] == ["error"]
    assert [finding.severity for finding in found(starve(200, 5), "COC001")] == ["error"]
    assert [finding.severity for finding in found(starve(200, 4), "COC001")] == ["warning"]


def test_a_relative_ledger_gives_no_error() -> None:
    """After a loss the balance is a lower bound, and the wait is a warning at most."""
    conversation = opened(credits=2)
    conversation.engine.lose(1)
    for _ in range(6):
        begin_sdu(conversation, 250, 2)
        grant(conversation.wait(1500), 3)
        frames(conversation, kframes(bytes(250), 100)[2])
    assert "error" not in [finding.severity for finding in found(conversation, "COC001")]


def test_the_window_limits() -> None:
    """Four waits of 15 ms; two are too few to say so."""
    assert [finding.severity for finding in found(starve(15, 4), "COC002")] == ["info"]
    assert found(starve(15, 2), "COC002") == []


def test_a_deadlock() -> None:
    """5 s without an indication, or 1 s up to the Disconnection Response."""
    (finding,) = found(starve(5000), "COC003")
    assert (finding.severity, finding.side_to_blame) == ("error", "remote")
    assert found(starve(4900), "COC003") == []
    for wait, count in ((1000, 1), (900, 0)):
        conversation = opened(credits=2)
        begin_sdu(conversation, 250, 2)
        conversation.wait(wait)
        close(conversation)
        assert len(found(conversation, "COC003")) == count


def test_a_deadlock_explains_the_starvation_and_the_loss() -> None:
    """What the deadlock caused is named with it."""
    conversation = opened(credits=2)
    begin_sdu(conversation, 250, 2)
    close(conversation.wait(6000))
    assert [finding.consequence_of for finding in found(conversation, "COC001")] == ["COC003"]
    assert [finding.consequence_of for finding in found(conversation, "COC029")] == ["COC003"]


def test_a_command_that_the_sender_must_ignore_explains_its_silence() -> None:
    """Credits with identifier 0 do not count for the peer: the finding is the identifier, not that nothing is sent."""
    for identifier, cause in ((0, "L2C011"), (1, None)):
        conversation = opened(credits=2)
        begin_sdu(conversation, 250, 2)
        conversation.received(signal(0x16, identifier, 0x50, 9))
        close(conversation.wait(2000))
        assert [finding.consequence_of for finding in found(conversation, "COC032")] == [cause]


def test_an_error_that_comes_later_explains_nothing() -> None:
    """A deadlock, and behind it an SDU over the MTU: two findings."""
    conversation = starve(6000)
    conversation.send_sdu(501)
    assert [finding.consequence_of for finding in found(conversation, "COC003")] == [None]
    assert [finding.consequence_of for finding in found(conversation, "COC021")] == [None]


def leaking(bursts: int) -> Conversation:
    """Bursts of three K-frames a second and a half apart, for each of which two credits come back; 9 at the opening."""
    conversation = opened(credits=9)
    for _ in range(bursts):
        conversation.wait(1500).send_sdu(250)
        grant(conversation, 2)
    return conversation


def test_credits_leak_until_none_is_left() -> None:
    """9 - 7 = 2 credits are left for an SDU of three K-frames: the leak is an error, the deadlock follows from it."""
    conversation = leaking(bursts=7)
    begin_sdu(conversation.wait(1500), 250, 2)
    close(conversation.wait(6000))
    (leak,) = found(conversation, "COC036")
    assert (leak.severity, leak.side_to_blame, leak.values["balance"]) == ("error", "remote", 0)
    assert [finding.consequence_of for finding in found(conversation, "COC003")] == ["COC036"]


def test_credits_that_come_later_do_not_leak() -> None:
    """A balance that fell once may rise again; and a receiver that gives back what it held is only slow."""
    assert found(leaking(bursts=3), "COC036") == []
    conversation = leaking(bursts=4)
    grant(conversation.wait(1500), 4)
    conversation.wait(1500).send_sdu(250)
    assert found(conversation, "COC036") == []


def test_a_deadlock_to_come() -> None:
    """MTU 500 takes 6 K-frames of 100; 3 credits, given back after whole SDUs only, never suffice."""
    for credits, count in ((3, 1), (6, 0)):
        conversation = opened(credits=credits)
        for _ in range(4):
            conversation.send_sdu(90)
            grant(conversation, 1)
        assert len(found(conversation, "COC004")) == count
    conversation = opened(credits=3)
    for _ in range(4):
        begin_sdu(conversation, 150, 1)
        grant(conversation, 2)
        frames(conversation, kframes(bytes(150), 100)[1])
    assert found(conversation, "COC004") == []


def test_one_credit_too_few() -> None:
    """5 credits for an MTU of 500: the sixth K-frame of each SDU waits. With 6 none does."""
    for credits, count in ((5, 1), (6, 0)):
        conversation = opened(credits=credits)
        for _ in range(4):
            begin_sdu(conversation, 500, credits)
            grant(conversation.wait(30), 6)
            frames(conversation, *kframes(bytes(500), 100)[credits:])
        assert len(found(conversation, "COC005")) == count


def test_a_drip() -> None:
    """One credit at a time, each waited for; two at a time are none."""
    for credits, count in ((1, 1), (2, 0)):
        conversation = opened(credits=credits)
        for _ in range(30):
            for _ in range(credits):
                conversation.send_sdu(50)
            grant(conversation.wait(5), credits)
        assert len(found(conversation, "COC006")) == count


def test_no_credits_at_the_opening() -> None:
    """A warning at once, an error if nothing follows for 5 s; with one credit none."""
    conversation = opened(credits=0)
    assert {finding.severity for finding in found(conversation, "COC007")} == {"warning"}
    conversation = opened(credits=0)
    conversation.wait(5001).received(signal(0x16, 1, 0x77, 1))
    assert {finding.severity for finding in found(conversation, "COC007")} == {"error"}
    assert found(opened(credits=1), "COC007") == []


def test_a_sender_that_waits_for_its_controller_is_not_silent() -> None:
    """Both buffers are taken for 1.1 s; once one is free the silence is the host's own, up to the end as well."""
    for free, silent in ((0, 0), (1, 1)):
        conversation = with_buffers(2)
        conversation.open_channel(credits=9)
        completed(conversation, 1)
        first, second, third = kframes(bytes(250), 100)
        frames(conversation, first, second)
        completed(conversation, 2 * free)
        frames(conversation.wait(1100), third)
        assert len(found(conversation, "COC032")) == silent
    for free, silent in ((1, 0), (2, 1)):
        conversation = with_buffers(3)
        conversation.open_channel(credits=9)
        completed(conversation, 1)
        begin_sdu(conversation, 250, 2)
        completed(conversation, free)
        conversation.wait(1100).received(pdu(0x3A, b"other"))
        assert len(found(conversation, "COC032")) == silent


def test_a_sender_that_never_goes_on() -> None:
    """With credits in hand up to the closing; nothing is said where a lost link kept it from sending."""
    conversation = opened(credits=9)
    begin_sdu(conversation, 250, 2)
    close(conversation.wait(1100))
    (finding,) = found(conversation, "COC032")
    assert finding.values == {"silent_ns": 1101 * MS, "to_the_end": True}
    conversation = opened(credits=9)
    begin_sdu(conversation, 250, 2)
    conversation.wait(1100).event(disconnection_complete(reason=0x08))
    assert found(conversation, "COC032") == []


def test_a_silent_sender() -> None:
    """1.1 s of silence within an SDU with credits in hand; without credits it is the receiver's."""
    conversation = opened(credits=9)
    begin_sdu(conversation, 250, 2)
    (packet,) = frames(conversation.wait(1100), kframes(bytes(250), 100)[2])
    (finding,) = found(conversation, "COC032")
    assert (finding.packets, finding.side_to_blame, finding.severity) == ([packet], "local", "info")
    assert found(starve(1100), "COC032") == []
