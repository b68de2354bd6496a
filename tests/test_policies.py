"""How a receiver gives credits: each habit by hand, as real stacks have it, and where two habits look alike."""

import pytest

import l2scope
from l2scope.channels import Direction
from l2scope.policies import CreditPolicy
from l2scope.reading import channel_views_of, link_views, read_figures
from tests.corpus import CORPUS, SAMPLES, needs_corpus, read_json
from tests.wire import Conversation, kframes, pdu, signal

MPS = 100
# The policies of the benchmark's generator by the names they have here; "stall" is "half", at times late.
GENERATED = {"half": "half-window", "stall": "half-window", "each": "one-a-frame", "sdu": "whole-sdu", "late": "burst"}


def opened(credits: int) -> Conversation:
    conversation = Conversation()
    conversation.connect()
    conversation.open_channel(credits=credits, mtu=2000, mps=MPS)
    return conversation


def receive(conversation: Conversation, sizes: list[int], grant_after: dict[int, int]) -> None:
    """Receives SDUs of these sizes; grant_after: credits to give after the K-frame of this number, from 1."""
    number = 0
    for size in sizes:
        for frame in kframes(bytes(size), MPS):
            conversation.received(pdu(0x40, frame))
            number += 1
            if number in grant_after:
                conversation.sent(signal(0x16, 9, 0x40, grant_after[number]))


def rx(conversation: Conversation) -> Direction:
    engine = conversation.engine
    engine.finish()
    return channel_views_of(engine, link_views(engine), engine.tables.zeros.rows.getvalue(), True)[0].rx


def policy(credits: int, sizes: list[int], grant_after: dict[int, int]) -> CreditPolicy:
    conversation = opened(credits)
    receive(conversation, sizes, grant_after)
    found = rx(conversation).policy
    assert found is not None
    return found


def test_a_whole_sdu() -> None:
    """SDUs of 3, 1 and 2 K-frames in turn, 10 credits: after each, as many credits as it took."""
    ends: dict[int, int] = {}
    for turn in range(5):
        ends |= {6 * turn + 3: 3, 6 * turn + 4: 1, 6 * turn + 6: 2}
    found = policy(10, [250, 50, 150] * 5, ends)
    assert (found.name, found.certainty, found.also, found.followed) == ("whole-sdu", "certain", None, 1.0)
    assert (found.least, found.most, found.window, found.grants) == (1, 3, 10, 15)
    assert found.in_words == "grants 1 to 3 after each whole SDU"


def test_one_a_frame() -> None:
    """A credit for each of 30 K-frames, though SDUs take 3 each."""
    found = policy(5, [250] * 10, dict.fromkeys(range(1, 31), 1))
    assert (found.name, found.certainty, found.in_words) == ("one-a-frame", "certain", "grants 1 for each K-frame")


def test_half_the_window() -> None:
    """4 of 8 credits after every fourth K-frame, which falls anywhere in SDUs of 3."""
    found = policy(8, [250] * 20, dict.fromkeys(range(4, 61, 4), 4))
    assert (found.name, found.certainty, found.before) == ("half-window", "certain", 4)
    assert found.in_words == "grants 4 when half of its 8 credits are used"


def test_a_watermark() -> None:
    """7 of 10 credits whenever 3 are left."""
    found = policy(10, [250] * 30, dict.fromkeys(range(7, 91, 7), 7))
    assert (found.name, found.certainty, found.credits, found.before) == ("watermark", "certain", 7, 3)
    assert found.in_words == "grants 7 at a time when 3 of 10 are left"


def test_a_burst() -> None:
    """All 7 credits when none is left, wherever in an SDU of 3 K-frames that is."""
    found = policy(7, [250] * 30, dict.fromkeys(range(7, 91, 7), 7))
    assert (found.name, found.certainty) == ("burst", "certain")
    assert found.in_words == "grants 7 only when all credits are spent"


def test_no_habit() -> None:
    """Amounts and moments that have nothing in common."""
    found = policy(20, [250] * 10, {2: 1, 5: 4, 6: 2, 11: 3, 17: 6, 19: 2, 26: 7})
    assert (found.name, found.certainty) == ("irregular", "weak")
    assert found.in_words == "grants 1 to 7, at no regular moment"


def test_half_a_window_that_is_an_sdu() -> None:
    """3 of 6 credits after each SDU of 3 K-frames are both, so neither is certain."""
    found = policy(6, [250] * 20, dict.fromkeys(range(3, 61, 3), 3))
    assert (found.name, found.also, found.certainty) == ("half-window", "whole-sdu", "likely")


def test_one_grant_tells_no_habit() -> None:
    """It takes two; a direction that never got any has no policy."""
    conversation = opened(10)
    receive(conversation, [250], {3: 3})
    assert rx(conversation).policy is None


def test_a_habit_that_a_few_grants_break() -> None:
    """Two of 20 grants are late by a K-frame: a habit all the same, but not a certain one."""
    after = dict.fromkeys(range(4, 81, 4), 4)
    for late in (12, 40):
        after[late] = 1
        after[late + 1] = 3
    found = policy(8, [250] * 27, after)
    assert (found.name, found.certainty) == ("half-window", "likely")
    assert 0.75 < found.followed < 0.95


@needs_corpus
def test_the_generators_own_books() -> None:
    """big_small: 18 directions with five policies, seen from the sender and from the receiver."""
    truth = read_json(CORPUS / "bumble/big_small.truth.json")["channels"]
    channels = read_figures(CORPUS / "bumble/big_small.btsnoop").channels
    for number, expected in enumerate(truth):
        direction = channels[number // 2].direction("tx" if expected["direction"] == "phone->peer" else "rx")
        assert direction.policy is not None
        assert direction.policy.name == GENERATED[expected["policy"]]


@needs_corpus
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("kernel/lecoc_bulk_500x500_k6.1", "whole-sdu"),
        ("kernel/lecoc_slowread_50ms_rcvbuf4k_k6.12", "whole-sdu"),
        ("kernel/lecoc_recv_stalls_4s_k6.1", "whole-sdu"),
        ("kernel/lecoc_lateattach_poweroff_unplug_k6.12", "whole-sdu"),
        ("kernel/ecred_5chan_1req_ch0stalls_reconf_k6.12", "whole-sdu"),
        ("bumble/gatt_then_coc", "half-window"),
        ("bumble/gatt_then_coc.peer", "half-window"),
        ("bumble/starved", "burst"),
        ("bumble/starved.peer", "burst"),
        ("bumble/ecred", "half-window"),
    ],
)
def test_real_stacks(name: str, expected: str) -> None:
    """Linux gives back the K-frames of an SDU when it is whole, Bumble gives half of its window, from both ends."""
    for channel in read_figures(CORPUS / f"{name}.btsnoop").channels:
        for direction in (channel.tx, channel.rx):
            if direction.kframes > 20:
                assert direction.policy is not None
                assert direction.policy.name == expected


def test_starvation_names_the_receivers_policy() -> None:
    """The sample's gadget gives its 7 credits back only when all are spent."""
    with l2scope.open(SAMPLES / "starved.btsnoop") as capture:
        (finding,) = capture.findings(rule="COC001")
    assert finding.message.endswith("owed credits; it grants 7 only when all credits are spent")
    assert finding.values["policy"] == "burst"
