"""The ledger: balances by hand, when a zero interval starts and ends, and how it is classed."""

import numpy as np

from l2scope.channels import Channel
from l2scope.engine.tables import CreditTable
from l2scope.reading import channel_views_of, link_views
from l2scope.stalls import ZeroInterval
from tests.wire import MS, Conversation, kframes, pdu, signal


def opened(credits: int = 3, interval: int = 24, latency: int = 0) -> Conversation:
    conversation = Conversation()
    conversation.connect(interval=interval, latency=latency)
    conversation.open_channel(credits=credits)
    return conversation


def grant(conversation: Conversation, credits: int, cid: int = 0x50) -> int:
    """The peer gives credits for what the captured host sends: it names its own CID."""
    return conversation.received(signal(0x16, 9, cid, credits))


def channel(conversation: Conversation, ended: bool = False) -> Channel:
    engine = conversation.engine
    if ended:
        engine.finish()
    return channel_views_of(engine, link_views(engine), engine.tables.zeros.rows.getvalue(), ended)[0]


def zeros(conversation: Conversation) -> list[ZeroInterval]:
    return channel(conversation).tx.zeros()


def test_a_kframe_takes_one_credit_and_an_indication_adds() -> None:
    """An SDU of 250 bytes at MPS 100 costs ceil(252 / 100) = 3 credits, whatever its size in SDUs."""
    conversation = opened(credits=5)
    conversation.send_sdu(250)
    grant(conversation, 4)
    rows = np.frombuffer(conversation.engine.tables.credits.rows.getvalue(), CreditTable.dtype)
    assert rows[["change", "balance"]].tolist() == [(-1, 4), (-1, 3), (-1, 2), (4, 6)]
    assert set(rows["flow"].tolist()) == {0}
    tx = channel(conversation).tx
    assert (tx.initial_credits, tx.credits_granted, tx.credit_packets, tx.balance, tx.min_balance) == (5, 4, 1, 6, 2)


def test_credits_go_to_the_direction_towards_their_sender() -> None:
    """An indication that the captured host sends feeds what it receives."""
    conversation = opened(credits=3)
    conversation.sent(signal(0x16, 9, 0x40, 7))
    view = channel(conversation)
    assert (view.tx.balance, view.rx.balance) == (3, 10)


def test_a_wait_with_bytes_owed_is_certain() -> None:
    """The third K-frame takes the last credit while 150 bytes of the SDU are missing; the grant comes 40 ms later."""
    conversation = opened(credits=3)
    numbers = [conversation.sent(pdu(0x50, frame)) for frame in kframes(bytes(448), 100)[:3]]
    packet = grant(conversation.wait(39), 5)
    (interval,) = zeros(conversation)
    assert (interval.start_packet, interval.end_packet) == (numbers[-1], packet)
    assert (interval.class_, interval.sdu_bytes_owed, interval.duration_ns) == ("certain", 150, 40 * MS)
    assert (interval.ended_by, interval.overspent) == ("credits", False)


def test_a_wait_that_the_next_sdu_follows_at_once_is_likely() -> None:
    """The next K-frame within two connection intervals (2 * 30 ms) of the grant had been waiting for it."""
    conversation = opened(credits=3, interval=24)
    conversation.send_sdu(250)
    grant(conversation.wait(10), 3)
    assert [interval.class_ for interval in zeros(conversation)] == ["pending"]
    conversation.wait(58).send_sdu(10)
    assert [interval.class_ for interval in zeros(conversation)] == ["likely"]


def test_a_wait_that_nothing_follows_is_idle() -> None:
    """A K-frame later than two intervals after the grant had not been waiting."""
    conversation = opened(credits=3, interval=24)
    conversation.send_sdu(250)
    grant(conversation.wait(10), 3)
    conversation.wait(60).send_sdu(10)
    assert [interval.class_ for interval in zeros(conversation)] == ["idle"]


def test_the_window_is_at_least_20_ms() -> None:
    """At an interval of 7.5 ms the next K-frame may take 20 ms, not 15."""
    for wait, expected in ((18.9, "likely"), (19.1, "idle")):
        conversation = opened(credits=3, interval=6)
        conversation.send_sdu(250)
        grant(conversation, 3)
        conversation.wait(wait).send_sdu(10)
        assert [interval.class_ for interval in zeros(conversation)] == [expected]


def test_the_first_packet_of_the_kframe_counts() -> None:
    """The K-frame starts in time, its last fragment comes late: the sender had been waiting."""
    conversation = opened(credits=3, interval=6)
    conversation.send_sdu(250)
    grant(conversation, 3)
    whole = pdu(0x50, kframes(bytes(10), 100)[0])
    conversation.wait(5)
    conversation.packet(0, 2, bytes.fromhex("40000500") + whole[:5])
    conversation.wait(500)
    conversation.packet(0, 2, bytes.fromhex("40100b00") + whole[5:])
    assert [interval.class_ for interval in zeros(conversation)] == ["likely"]


def test_an_indication_of_zero_credits_ends_nothing() -> None:
    """Only a balance of at least 1 ends an interval."""
    conversation = opened(credits=3)
    conversation.send_sdu(298)
    grant(conversation, 0)
    last = grant(conversation, 1)
    conversation.send_sdu(10)
    (first, _) = zeros(conversation)
    assert first.end_packet == last


def test_no_initial_credits_start_an_interval_at_the_opening() -> None:
    """The response that opened the channel is where the wait began."""
    conversation = Conversation()
    conversation.connect()
    response = conversation.open_channel(credits=0)
    packet = grant(conversation.wait(29), 1)
    conversation.send_sdu(10)
    assert zeros(conversation)[0].start_packet == response
    assert (zeros(conversation)[0].end_packet, zeros(conversation)[0].duration_ns) == (packet, 30 * MS)
    assert zeros(conversation)[0].class_ == "likely"


def test_a_kframe_at_zero_marks_the_interval_overspent() -> None:
    """The balance goes below zero, the interval ends only when it is at least 1 again."""
    conversation = opened(credits=1)
    conversation.send_sdu(250)
    grant(conversation, 1)
    grant(conversation, 1)
    last = grant(conversation, 1)
    (interval,) = zeros(conversation)
    assert interval.overspent
    assert interval.end_packet == last
    tx = channel(conversation).tx
    assert (tx.overspent, tx.min_balance, tx.balance) == (2, -2, 1)


def test_closing_ends_an_interval() -> None:
    """K-frames and credits between Disconnection Request and Response still count; the Response closes."""
    conversation = opened(credits=1)
    conversation.sent(pdu(0x50, kframes(bytes(150), 100)[0]))
    conversation.sent(signal(0x06, 2, 0x50, 0x40))
    response = conversation.received(signal(0x07, 2, 0x50, 0x40))
    view = channel(conversation)
    (interval,) = view.tx.zeros()
    assert (interval.class_, interval.ended_by, interval.end_packet) == ("certain", "closing", response)
    assert (view.closed, view.close_reason, view.tx.incomplete_sdus) == (response, "disconnect-local", 1)


def test_an_interval_open_at_the_end_is_apart_from_the_sums() -> None:
    """It stands in open_zero and among the stalls, its length to the last packet."""
    conversation = opened(credits=1)
    start = conversation.sent(pdu(0x50, kframes(bytes(150), 100)[0]))
    conversation.wait(3998).received(pdu(0x0004, b"\x1b\x01\x00"))
    tx = channel(conversation, ended=True).tx
    assert (tx.zero_intervals, tx.zero_ns, tx.stall_count) == (0, 0, 0)
    assert tx.open_zero is not None
    assert tx.open_zero.as_json() == {
        "start_packet": start,
        "start_ns": conversation.now - 3999 * MS,
        "duration_ns": 3999 * MS,
        "class": "certain",
        "sdu_bytes_owed": 52,
    }
    assert [(stall.ended_by, stall.end_packet) for stall in tx.stalls()] == [("capture-end", None)]


def test_time_running_backwards_makes_no_negative_wait() -> None:
    """A duration is never below zero, and says that the clock ran backwards."""
    conversation = opened(credits=3)
    conversation.send_sdu(448)
    conversation.now -= 100 * MS
    grant(conversation, 9)
    (interval,) = zeros(conversation)
    assert (interval.duration_ns, interval.time_reversed) == (0, True)


def test_busy_time_is_the_union_of_sdus_and_waits() -> None:
    """By hand: SDU over 2 ms, likely wait of 51 ms, SDU over 2 ms, and 1 ms from grant to K-frame that is not busy."""
    conversation = opened(credits=3)
    conversation.send_sdu(250)
    grant(conversation.wait(50), 3)
    conversation.send_sdu(250)
    tx = channel(conversation).tx
    assert tx.busy_ns == (2 + 51 + 2) * MS
    assert (tx.likely_intervals, tx.likely_ns) == (1, 51 * MS)


def test_a_likely_wait_before_an_sdu_of_one_frame_is_busy_time() -> None:
    """By hand: SDU over 2 ms, likely wait of 51 ms, and an SDU of one packet, which takes no time."""
    conversation = opened(credits=3)
    conversation.send_sdu(250)
    grant(conversation.wait(50), 3)
    conversation.send_sdu(10)
    tx = channel(conversation).tx
    assert (tx.busy_ns, tx.likely_ns) == ((2 + 51) * MS, 51 * MS)


def test_a_certain_wait_lies_within_its_sdu() -> None:
    """By hand: the SDU takes 1 + 40 + 1 ms, the wait in it is not counted twice."""
    conversation = opened(credits=2)
    frames = kframes(bytes(250), 100)
    for frame in frames[:2]:
        conversation.sent(pdu(0x50, frame))
    grant(conversation.wait(39), 3)
    conversation.sent(pdu(0x50, frames[2]))
    tx = channel(conversation).tx
    assert tx.busy_ns == (1 + 40 + 1) * MS
    assert tx.certain_ns == 40 * MS


def test_goodput_is_bits_of_whole_sdus_over_their_time() -> None:
    """By hand: 2 SDUs of 250 bytes from the first packet of the one to the last of the other, 55 ms apart."""
    conversation = opened(credits=6)
    conversation.send_sdu(250)
    conversation.wait(50).send_sdu(250)
    assert channel(conversation).tx.goodput_bps == round(2 * 250 * 8 / 0.055, 1)


def test_enormous_grants_neither_wrap_nor_raise() -> None:
    """40,000 grants of 65,535 are counted in full; the column of the table holds the largest it can."""
    conversation = opened(credits=3)
    for _ in range(40_000):
        grant(conversation, 65_535)
    rows = np.frombuffer(conversation.engine.tables.credits.rows.getvalue(), CreditTable.dtype)
    assert channel(conversation).tx.balance == 3 + 40_000 * 65_535
    assert rows["balance"].max() == 2**31 - 1
