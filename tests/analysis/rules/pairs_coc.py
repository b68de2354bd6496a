"""Pairs of captures for the rules of credit-based channels."""

from collections.abc import Callable

from tests.analysis.rules.conversations import begin_sdu, close, frames, grant, opened, starve
from tests.analysis.rules.pairs import Made, pair
from tests.wire import Conversation, kframes, pdu, signal


@pair("COC001")
def starvation() -> tuple[Made, Made]:
    """A wait of 200 ms is a stall, one of 15 ms is none."""
    return starve(200), starve(15)


@pair("COC002")
def window_limited() -> tuple[Made, Made]:
    """Four waits of 15 ms; two are too few."""
    return starve(15, 4), starve(15, 2)


@pair("COC003")
def deadlock() -> tuple[Made, Made]:
    """5 s without credits in the middle of an SDU; 4.9 s are none."""
    return starve(5000), starve(4900)


@pair("COC004")
def deadlock_to_come() -> tuple[Made, Made]:
    """An SDU of the MTU takes 6 K-frames: 3 credits never suffice, 6 do."""

    def granting_after_sdus(credits: int) -> Conversation:
        conversation = opened(credits=credits)
        for _ in range(4):
            conversation.send_sdu(90)
            grant(conversation, 1)
        return conversation

    return granting_after_sdus(3), granting_after_sdus(6)


@pair("COC005")
def one_credit_short() -> tuple[Made, Made]:
    """5 credits for an MTU of 500: the sixth K-frame of each SDU waits; with 6 none does."""

    def full_sdus(credits: int) -> Conversation:
        conversation = opened(credits=credits)
        for _ in range(4):
            begin_sdu(conversation, 500, credits)
            grant(conversation.wait(30), 6)
            frames(conversation, *kframes(bytes(500), 100)[credits:])
        return conversation

    return full_sdus(5), full_sdus(6)


@pair("COC006")
def drip() -> tuple[Made, Made]:
    """One credit at a time, each waited for; two at a time are no drip."""

    def dripping(credits: int) -> Conversation:
        conversation = opened(credits=credits)
        for _ in range(30):
            for _ in range(credits):
                conversation.send_sdu(50)
            grant(conversation.wait(5), credits)
        return conversation

    return dripping(1), dripping(2)


@pair("COC007")
def never_any_credit() -> tuple[Made, Made]:
    """Opened with 0 credits; with one."""
    return opened(credits=0), opened(credits=1)


def granting(cid: int) -> Conversation:
    conversation = opened()
    grant(conversation, cid=cid)
    return conversation


@pair("COC010")
def credits_for_no_channel() -> tuple[Made, Made]:
    """CID 0x7F is no channel, 0x50 is."""
    return granting(0x7F), granting(0x50)


def granting_once(credits: int, initial: int = 20) -> Conversation:
    conversation = opened(credits=initial)
    grant(conversation, credits)
    return conversation


@pair("COC011")
def zero_credits() -> tuple[Made, Made]:
    """An indication of 0 credits, and of 1."""
    return granting_once(0), granting_once(1)


@pair("COC012")
def too_many_credits() -> tuple[Made, Made]:
    """20 + 65516 = 65536 is one too many."""
    return granting_once(65516), granting_once(65515)


@pair("COC013")
def overspending() -> tuple[Made, Made]:
    """Four K-frames on three credits, and three."""
    too_many, enough = opened(credits=3), opened(credits=3)
    too_many.send_sdu(300)
    enough.send_sdu(298)
    return too_many, enough


def framed(*payloads: bytes) -> Conversation:
    conversation = opened()
    frames(conversation, *payloads)
    return conversation


@pair("COC020")
def over_mps() -> tuple[Made, Made]:
    """A second K-frame of 101 bytes at an MPS of 100, and of 100."""
    return framed(b"\xc8\x00" + bytes(98), bytes(101)), framed(b"\xc8\x00" + bytes(98), bytes(100))


@pair("COC035")
def over_mps_by_the_length_field() -> tuple[Made, Made]:
    """A first K-frame of 102 bytes at an MPS of 100; one of 100 bytes."""
    return framed(b"\x64\x00" + bytes(100)), framed(b"\x62\x00" + bytes(98))


def whole(size: int) -> Conversation:
    conversation = opened()
    conversation.send_sdu(size)
    return conversation


@pair("COC021")
def over_mtu() -> tuple[Made, Made]:
    """501 bytes at an MTU of 500, and 500."""
    return whole(501), whole(500)


@pair("COC022")
def overrun() -> tuple[Made, Made]:
    """An SDU of 50 bytes in a K-frame that holds 51, and 50."""
    return framed(b"\x32\x00" + bytes(51)), framed(b"\x32\x00" + bytes(50))


@pair("COC023")
def split_length() -> tuple[Made, Made]:
    """A first K-frame of one byte; of two."""
    return framed(b"\x32"), framed(b"\x32\x00", bytes(50))


@pair("COC024")
def empty_kframe() -> tuple[Made, Made]:
    """A K-frame of no bytes in an SDU; of one."""
    return framed(b"\x96\x00" + bytes(98), b""), framed(b"\x96\x00" + bytes(98), b"x")


@pair("COC025")
def empty_sdu() -> tuple[Made, Made]:
    """An SDU of no bytes; of one."""
    return whole(0), whole(1)


@pair("COC026")
def tail() -> tuple[Made, Made]:
    """Two bytes in a K-frame of their own though the one before had room for two; though it was full."""
    return framed(b"\x62\x00" + bytes(96), bytes(2)), framed(b"\x64\x00" + bytes(98), bytes(2))


@pair("COC027")
def missing_kframes() -> tuple[Made, Made]:
    """Of five SDUs the third lacks its last two K-frames; none does."""

    def sdus(kframes_of_the_third: int) -> Conversation:
        conversation = opened(30)
        for count in (3, 3, kframes_of_the_third, 3, 3):
            begin_sdu(conversation, 250, count)
        return conversation

    return sdus(1), sdus(3)


@pair("COC037")
def missing_start() -> tuple[Made, Made]:
    """The second of three SDUs lacks its first K-frame; all have theirs."""

    def sdus(first: int) -> Conversation:
        conversation = opened(30)
        for begin in (0, first, 0):
            frames(conversation, *kframes(b"\xff" * 350, 100)[begin:])
        return conversation

    return sdus(1), sdus(0)


def closing(act: Callable[[Conversation], object], wait: float = 0, by_peer: bool = False) -> Conversation:
    """A channel on which something happens before it closes."""
    conversation = opened()
    act(conversation)
    close(conversation.wait(wait), by_peer)
    return conversation


@pair("COC028")
def two_bytes_short() -> tuple[Made, Made]:
    """150 bytes announced, 148 sent, and 147: that is something else."""
    head = b"\x96\x00" + bytes(98)
    return (
        closing(lambda conversation: frames(conversation, head, bytes(50)), 300),
        closing(lambda conversation: frames(conversation, head, bytes(49)), 300),
    )


@pair("COC029")
def closed_with_bytes_owed() -> tuple[Made, Made]:
    """Two of three K-frames were sent; all three."""
    return (
        closing(lambda conversation: begin_sdu(conversation, 250, 2)),
        closing(lambda conversation: begin_sdu(conversation, 250, 3)),
    )


@pair("COC030")
def a_legal_channel_is_dropped() -> tuple[Made, Made]:
    """The receiver closes 1 ms after the first K-frame; after 200 ms."""

    def one(conversation: Conversation) -> None:
        begin_sdu(conversation, 250, 1)

    return closing(one, 0, by_peer=True), closing(one, 200, by_peer=True)


@pair("COC031")
def closed_right_after_data() -> tuple[Made, Made]:
    """The receiver closes 0.5 s after the SDU; 1.1 s."""

    def sdu(conversation: Conversation) -> None:
        conversation.send_sdu(250)

    return closing(sdu, 500, by_peer=True), closing(sdu, 1100, by_peer=True)


@pair("COC032")
def silent_sender() -> tuple[Made, Made]:
    """1.1 s of silence within an SDU with credits in hand; 0.9 s."""

    def silent(milliseconds: int) -> Conversation:
        conversation = opened(credits=9)
        begin_sdu(conversation, 250, 2)
        frames(conversation.wait(milliseconds), kframes(bytes(250), 100)[2])
        return conversation

    return silent(1100), silent(900)


@pair("COC033")
def part_filled() -> tuple[Made, Made]:
    """Forty K-frames of 60 bytes at an MPS of 100; twenty SDUs whose K-frames are full."""
    part, full = opened(credits=200), opened(credits=200)
    for _ in range(20):
        frames(part, b"\xb2\x00" + bytes(58), bytes(60), bytes(60))
        full.send_sdu(250)
    return part, full


@pair("COC034")
def goes_on_after_a_fault() -> tuple[Made, Made]:
    """An SDU over the MTU, and the receiver still gives credits 2 s later; it closes the channel."""
    goes_on, closes = opened(), opened()
    goes_on.send_sdu(501)
    grant(goes_on.wait(2000))
    closes.send_sdu(501)
    close(closes, by_peer=True)
    closes.wait(2000).received(pdu(0x3A, b"later"))
    return goes_on, closes


@pair("COC036")
def leak() -> tuple[Made, Made]:
    """Each burst of three K-frames brings two credits back; three, but for the last burst."""

    def bursts(given: int) -> Conversation:
        conversation = opened(credits=9)
        for _ in range(6):
            conversation.wait(1500).send_sdu(250)
            grant(conversation, given)
        conversation.wait(1500).received(signal(0x16, 8, 0x51, 0))
        return conversation

    return bursts(2), bursts(3)
