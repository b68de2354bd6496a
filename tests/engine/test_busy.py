"""What the busy time of a sender went into, by hand. Every packet of a Conversation comes 1 ms after the one before."""

import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from l2scope.busy import SHARES, Busy
from l2scope.channels import Direction
from l2scope.engine.words import ACL, TX
from l2scope.reading import channel_views_of, link_views
from tests.wire import HANDLE, MS, Conversation, acl, command_complete, event, kframes, pdu, signal

OTHER_HANDLE = 0x0041


def opened(buffers: int, credits: int = 10, shared: bool = False) -> Conversation:
    """A channel of MPS 100 on a controller with so many LE buffers, none of them taken."""
    conversation = Conversation()
    if shared:
        conversation.event(command_complete(0x1005, struct.pack("<BHBHH", 0, 1021, 64, buffers, 1)))
        conversation.event(command_complete(0x2002, struct.pack("<BHB", 0, 0, 0)))
    elif buffers:
        conversation.event(command_complete(0x2060, struct.pack("<BHBHB", 0, 251, buffers, 0, 0)))
    conversation.connect()
    conversation.connect(OTHER_HANDLE)
    conversation.open_channel(credits=credits)
    completed(conversation, 1)
    return conversation


def completed(conversation: Conversation, count: int, handle: int = HANDLE) -> int:
    """Number Of Completed Packets."""
    return conversation.event(event(0x13, struct.pack("<BHH", 1, handle, count)))


def send(conversation: Conversation, number: int, size: int = 250) -> int:
    """The K-frame of this number of an SDU of zeros: the third of 250 bytes ends it."""
    return conversation.sent(pdu(0x50, kframes(bytes(size), 100)[number]))


def direction(conversation: Conversation, name: str = "tx") -> Direction:
    engine = conversation.engine
    engine.finish()
    found = channel_views_of(engine, link_views(engine), engine.tables.zeros.rows.getvalue(), True)[0].direction(name)
    assert found.busy.total_ns == found.busy_ns
    return found


def shares(busy: Busy) -> dict[str, float]:
    """Those that are not 0, in milliseconds."""
    names = ("credits", "controller", "host", "sending", "unknown")
    return {name: getattr(busy, f"{name}_ns") / MS for name in names if getattr(busy, f"{name}_ns")}


def test_all_buffers_taken_is_a_wait_for_the_controller() -> None:
    """Two buffers: sent at 0 and 1 ms, both taken until 22 ms, the last K-frame at 23 ms."""
    conversation = opened(buffers=2)
    send(conversation, 0)
    second = send(conversation, 1)
    completed(conversation.wait(20), 1)
    third = send(conversation, 2)
    busy = direction(conversation).busy
    assert shares(busy) == {"controller": 21, "sending": 2}
    wait = busy.longest_controller_wait
    assert wait is not None
    assert (wait.duration_ns, wait.first_packet, wait.last_packet) == (21 * MS, second, third)
    assert (busy.buffers, busy.buffer_size, busy.unknown_because) == (2, 251, None)


def test_nothing_on_its_way_is_a_wait_for_the_own_host() -> None:
    """Sent at 0, completed at 1 ms, and the host goes on at 32 ms with credits and buffers in hand all the time."""
    conversation = opened(buffers=2)
    first = send(conversation, 0)
    completed(conversation, 1)
    second = send(conversation.wait(30), 1)
    send(conversation, 2)
    busy = direction(conversation).busy
    assert shares(busy) == {"host": 31, "sending": 2}
    wait = busy.longest_host_wait
    assert wait is not None
    assert (wait.duration_ns, wait.first_packet, wait.last_packet) == (31 * MS, first, second)


def test_a_wait_for_credits_goes_before_a_wait_for_the_controller() -> None:
    """One credit and one buffer, both taken at 0; the buffer is free at 11 ms, the credits are there at 32 ms."""
    conversation = opened(buffers=1, credits=1)
    send(conversation, 0)
    completed(conversation.wait(10), 1)
    conversation.wait(20).received(signal(0x16, 9, 0x50, 5))
    send(conversation, 1)
    completed(conversation, 1)
    send(conversation, 2)
    assert shares(direction(conversation).busy) == {"credits": 32, "host": 2, "controller": 1}


def test_a_likely_wait_between_sdus_is_a_wait_for_credits() -> None:
    """SDU over 2 ms, credits 11 ms later, the next SDU of one frame at once: 13 ms, of which the SDU was sending."""
    conversation = opened(buffers=8, credits=3)
    conversation.send_sdu(250)
    conversation.wait(10).received(signal(0x16, 9, 0x50, 5))
    conversation.send_sdu(10)
    assert shares(direction(conversation).busy) == {"credits": 11, "sending": 2}


def test_the_first_frame_counts_from_its_first_fragment() -> None:
    """One buffer, taken at 0 by the first of two fragments of a K-frame and free at 5 ms; the second at 6 ms."""
    conversation = opened(buffers=1)
    whole = pdu(0x50, kframes(bytes(90), 100)[0])
    conversation.packet(TX, ACL, acl(whole[:50]))
    completed(conversation.wait(4), 1)
    conversation.packet(TX, ACL, acl(whole[50:], boundary=1))
    assert shares(direction(conversation).busy) == {"controller": 5, "host": 1}


def test_buffers_that_another_link_takes_are_missing_too() -> None:
    """Two buffers: the other link takes one at 1 ms, and both are taken until it is given back at 12 ms."""
    conversation = opened(buffers=2)
    send(conversation, 0)
    conversation.sent(pdu(0x0004, b"\x0a\x01\x00"), OTHER_HANDLE)
    completed(conversation.wait(10), 1, OTHER_HANDLE)
    send(conversation, 1)
    completed(conversation, 2)
    send(conversation, 2)
    assert shares(direction(conversation).busy) == {"sending": 2, "controller": 12, "host": 1}


def test_a_link_that_ends_gives_its_buffers_back() -> None:
    """The other link has one of two buffers when it is disconnected, so the second K-frame does not fill them."""
    conversation = opened(buffers=2)
    conversation.sent(pdu(0x0004, b"\x0a\x01\x00"), OTHER_HANDLE)
    conversation.event(event(0x05, struct.pack("<BHB", 0, OTHER_HANDLE, 0x13)))
    send(conversation, 0)
    completed(conversation, 1)
    send(conversation, 1)
    send(conversation.wait(10), 2)
    assert shares(direction(conversation).busy) == {"sending": 12, "host": 1}


def test_le_may_share_the_buffers_of_br_edr() -> None:
    """An LE length of 0 says so (Vol 4 Part E 7.8.2): the one buffer of Read Buffer Size is taken for 21 ms."""
    conversation = opened(buffers=1, shared=True)
    send(conversation, 0, 150)
    completed(conversation.wait(20), 1)
    send(conversation, 1, 150)
    busy = direction(conversation).busy
    assert shares(busy) == {"controller": 21, "host": 1}
    assert (busy.buffers, busy.buffer_size) == (1, 1021)


def test_without_buffer_sizes_only_an_idle_link_tells_something() -> None:
    """Nothing was outstanding from 1 to 32 ms; from 0 to 1 and 32 to 33 ms nobody knows how many buffers were free."""
    conversation = opened(buffers=0)
    send(conversation, 0)
    completed(conversation, 1)
    send(conversation.wait(30), 1)
    send(conversation, 2)
    busy = direction(conversation).busy
    assert shares(busy) == {"host": 31, "unknown": 2}
    assert (busy.unknown_because, busy.buffers) == ("buffers", None)


def test_a_receiver_sees_no_more_than_the_credits() -> None:
    """The sender's host and controller do not show: 2 ms of an SDU are unknown, and it says why."""
    conversation = opened(buffers=8, credits=3)
    for payload in kframes(bytes(250), 100):
        conversation.received(pdu(0x40, payload))
    busy = direction(conversation, "rx").busy
    assert shares(busy) == {"unknown": 2}
    assert busy.unknown_because == "vantage"
    assert "receiver" in busy.unknown_explained


def test_more_packets_than_buffers_means_that_some_are_missing() -> None:
    """Three packets in one buffer: that their completion was not seen makes all of it unknown."""
    conversation = opened(buffers=1)
    conversation.send_sdu(250)
    busy = direction(conversation).busy
    assert shares(busy) == {"unknown": 2}
    assert busy.unknown_because == "missing"


def test_after_a_loss_the_buffers_are_unknown_until_none_is_taken() -> None:
    """A loss before the second K-frame; all is completed at 2 ms, credits are known to be there from 3 ms on."""
    conversation = opened(buffers=8)
    send(conversation, 0, 350)
    conversation.engine.lose(1)
    send(conversation, 1, 350)
    completed(conversation, 2)
    conversation.received(signal(0x16, 9, 0x50, 5))
    send(conversation, 2, 350)
    send(conversation.wait(10), 3, 350)
    assert shares(direction(conversation).busy) == {"unknown": 3, "host": 1, "sending": 11}


def test_who_may_wait_for_credits_is_not_said_to_wait_for_its_host() -> None:
    """The channel's opening is not in the capture: whether credits were in hand for the 31 ms nobody knows."""
    conversation = Conversation()
    conversation.sent(pdu(0x0004, b"\x0a\x01\x00"))
    completed(conversation, 1)
    for pause in (0, 30):
        send(conversation, 0)
        completed(conversation, 1)
        send(conversation.wait(pause), 1)
        send(conversation, 2)
        completed(conversation, 2)
    busy = direction(conversation).busy
    assert shares(busy) == {"unknown": 2 + 1 + 30 + 2 + 1}


def test_a_clock_that_runs_back_never_breaks_the_sum() -> None:
    """The second K-frame is earlier than the first: what that hides is unknown."""
    conversation = opened(buffers=2)
    send(conversation, 0)
    conversation.now -= 50 * MS
    send(conversation, 1)
    completed(conversation.wait(100), 1)
    send(conversation, 2)
    busy = direction(conversation).busy
    assert busy.total_ns == 53 * MS
    assert busy.unknown_ns == busy.total_ns


STEPS = st.sampled_from(("frame", "short", "grant", "complete", "two", "other", "fragment"))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 3), st.lists(st.tuples(STEPS, st.integers(0, 2**61)), max_size=50))
def test_the_shares_add_up_whatever_happens(buffers: int, steps: list[tuple[str, int]]) -> None:
    """Any order of K-frames, grants and completions, at any times: the sum is exact and no share is below zero."""
    conversation = opened(buffers=buffers, credits=2)
    whole = pdu(0x50, kframes(bytes(250), 100)[0])
    acts = {
        "frame": lambda: conversation.sent(whole),
        "short": lambda: conversation.sent(pdu(0x50, b"\x01\x00a")),
        "grant": lambda: conversation.received(signal(0x16, 9, 0x50, 1)),
        "complete": lambda: completed(conversation, 1),
        "two": lambda: completed(conversation, 2),
        "other": lambda: conversation.sent(pdu(0x0004, b"\x0a\x01\x00"), OTHER_HANDLE),
        "fragment": lambda: conversation.packet(TX, ACL, acl(whole[:20])),
    }
    for step, time in steps:
        conversation.now = time
        acts[step]()
    busy = direction(conversation).busy
    assert min(getattr(busy, f"{name}_ns") for name in SHARES) >= 0


def test_a_full_controller_that_the_clock_visits_again_never_wraps() -> None:
    """All buffers taken from 0 to 2^61 ns over and over: sums stay within 64 bits, compiled and interpreted."""
    conversation = opened(buffers=1)
    for _ in range(20):
        conversation.now = 0
        send(conversation, 0)
        conversation.now = 2**61
        completed(conversation, 1)
        send(conversation, 1)
        completed(conversation, 1)
        send(conversation, 2)
        completed(conversation, 1)
    pool = conversation.engine.host.links[0].outgoing.pool
    assert 2**61 <= pool.full_ns <= 2**62
    busy = direction(conversation).busy
    assert min(getattr(busy, f"{name}_ns") for name in SHARES) >= 0
