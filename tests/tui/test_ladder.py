"""The conversation of a channel: nothing is lost by folding, and every step leads to its packets."""

from pathlib import Path

import pytest

from l2scope.capture import open_capture
from l2scope.engine.words import RX, TX
from l2scope.tui.conversation import Conversation, Fold, Step
from l2scope.tui.conversation_events import Kind
from l2scope.tui.flows import Flows
from l2scope.tui.screens.ladder import LadderScreen
from tests.corpus import CORPUS, SAMPLES, needs_corpus, read_json
from tests.tui.driving import MEDIUM, SMALL, WIDE, Session, asynchronous, opened, sample
from tests.tui.parts import cut_after
from tests.tui.pictures import check

STALLED = CORPUS / "kernel" / "lecoc_3chan_ch0stalls_k6.12.btsnoop"
SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM, WIDE], ids=["80x24", "120x34", "160x50"])
FOLDS = pytest.mark.parametrize("fold", Fold)


def ladder(session: Session) -> LadderScreen:
    """The ladder, which must be the screen that is seen."""
    assert isinstance(session.app.screen, LadderScreen)
    return session.app.screen


def steps(name: str, fold: Fold, channel: int = 0) -> list[Step]:
    """The steps of a channel of a sample."""
    with open_capture(sample(name)) as capture:
        conversation = Conversation.of_channel(capture, Flows(capture), capture.channels[channel], fold)
        return [conversation.step(row) for row in range(len(conversation))]


@FOLDS
@pytest.mark.parametrize("name", ["starved", "two_channels", "small_fragments", "link_lost"])
def test_every_fold_tells_the_same(name: str, fold: Fold) -> None:
    """K-frames, SDUs and credits of both directions add up to what the stack that made the sample counted."""
    truth = read_json(SAMPLES / f"{name}.truth.json")["channels"][0]
    found = steps(name, fold)
    for direction, way in ((TX, "tx"), (RX, "rx")):
        data = [step for step in found if step.kind is Kind.DATA and step.direction == direction]
        credits = [step for step in found if step.kind is Kind.CREDITS and step.direction != direction]
        assert sum(step.count for step in data) == truth[way]["kframes"]
        assert sum(step.amount for step in credits) == truth[way]["credits_granted"]
    assert [step.first for step in found] == sorted(step.first for step in found)


def test_single_steps_are_single_packets() -> None:
    """Unfolded there is a step for each K-frame, and a stall stands behind the packet that began it."""
    found = steps("starved", Fold.NOTHING)
    assert all(step.count == 1 for step in found)
    stall = next(at for at, step in enumerate(found) if step.kind is Kind.STALL)
    assert found[stall - 1].kind is Kind.DATA
    assert found[stall - 1].first == found[stall].first
    assert found[stall + 1].kind is Kind.CREDITS
    assert found[stall + 1].first == found[stall].last


@needs_corpus
@SIZES
@asynchronous
async def test_a_stalled_conversation(size: tuple[int, int]) -> None:
    """Between two lifelines: request and response, K-frames folded, credits the other way, the stall as a gap with its
    length, and the closing."""
    async with opened(STALLED, size) as session:
        await session.press("5")
        check(session, f"ladder-{size[0]}x{size[1]}")
        await session.press("s", "enter")
        assert session.packets.number == 121
        await session.press("backspace", "o")
        assert session.packets.number == 1157


@asynchronous
async def test_folding_keeps_the_place() -> None:
    """+ unfolds, - folds, and the cursor stays at its packet; x goes to the channel, backspace comes back."""
    async with opened(sample("starved"), MEDIUM) as session:
        await session.press("5", "s", "s")
        step = ladder(session).rows.step(ladder(session).table.row)
        assert step is not None
        folded = ladder(session).rows.count
        await session.press("+", "+", "+")
        assert ladder(session).rows.count > folded
        unfolded = ladder(session).rows.step(ladder(session).table.row)
        assert unfolded is not None
        assert unfolded.first == step.first
        await session.press("-", "-", "x")
        assert session.channels
        await session.press("backspace")
        assert ladder(session).rows.count == folded


@asynchronous
async def test_the_channel_one_looks_at() -> None:
    """From the screen of channels the ladder is that of the chosen one; [ and ] go to the others."""
    async with opened(sample("two_channels"), MEDIUM) as session:
        await session.press("c", "j")
        chosen = session.channels.channel
        await session.press("5")
        assert ladder(session).channel == chosen
        await session.press("[")
        assert ladder(session).channel != chosen
        await session.press("[")
        assert "no further channel" in session.text


def test_an_sdu_is_a_step() -> None:
    """Folded into SDUs each complete SDU is a step with all of its K-frames, whatever came in between."""
    truth = read_json(SAMPLES / "two_channels.truth.json")["channels"][0]
    found = [step for step in steps("two_channels", Fold.SDUS) if step.kind is Kind.DATA]
    for direction, way in ((TX, "tx"), (RX, "rx")):
        own = [step for step in found if step.direction == direction]
        assert [step.sdu for step in own] == list(range(len(truth[way]["sdus"])))
        assert [step.sdus for step in own] == [1] * len(truth[way]["sdus"])
        assert sum(step.count for step in own) == truth[way]["kframes"]


def test_what_is_part_of_no_sdu_stands_alone() -> None:
    """K-frames whose SDU has not ended yet, while the capture grows, are steps of their own."""
    with open_capture(sample("starved")) as capture:
        last = [sdu for sdu in capture.sdus(0, "tx") if sdu.last_packet > sdu.first_packet + 2][3]
        ended = {(sdu.first_packet, sdu.last_packet) for sdu in capture.sdus(0) if sdu.last_packet < last.last_packet}
        flows = Flows(capture)
        flows.times = flows.times[: last.last_packet - 1]
        conversation = Conversation.of_channel(capture, flows, capture.channels[0], Fold.SDUS)
        found = [conversation.step(row) for row in range(len(conversation))]
    data = [step for step in found if step.kind is Kind.DATA]
    assert {(step.first, step.last) for step in data if step.sdu >= 0} == ended
    assert all(step.count == 1 for step in data if step.sdu < 0)
    assert sum(step.count for step in data if step.first >= last.first_packet) > 1


@FOLDS
def test_a_whole_link_tells_of_all_its_channels(fold: Fold) -> None:
    """Of each channel the K-frames and credits that the stack counted, beside commands of all and the link's ends."""
    truth = read_json(SAMPLES / "two_channels.truth.json")["channels"]
    with open_capture(sample("two_channels")) as capture:
        link, channels = capture.links[0], capture.channels
        conversation = Conversation.of_link(capture, Flows(capture), link.id, list(channels), fold)
        found = [conversation.step(row) for row in range(len(conversation))]
    for channel, true in enumerate(truth):
        data = [step for step in found if step.kind is Kind.DATA and step.subject == channel]
        credits = [step for step in found if step.kind is Kind.CREDITS and step.subject == channel]
        for direction, way in ((TX, "tx"), (RX, "rx")):
            assert sum(step.count for step in data if step.direction == direction) == true[way]["kframes"]
            assert sum(step.amount for step in credits if step.direction != direction) == true[way]["credits_granted"]
    commands = [step.first for step in found if step.kind is Kind.COMMAND]
    assert {link.opened, *(channel.opened for channel in channels)} <= set(commands)
    assert len(commands) == len(set(commands))
    fed = {step.first for step in found if step.kind is Kind.CREDITS}
    assert not fed & set(commands)


@asynchronous
async def test_from_a_channel_to_its_link_and_back() -> None:
    """w shows the whole link at the same packet, w on a step of another channel that channel; backspace comes back."""
    async with opened(sample("two_channels"), MEDIUM) as session:
        await session.press("c", "j")
        chosen = session.channels.channel
        assert chosen is not None
        await session.press("5", "+", "j", "j", "j")
        step = ladder(session).rows.step(ladder(session).table.row)
        assert step is not None
        await session.press("w")
        assert "Link 0" in session.text
        same = ladder(session).rows.step(ladder(session).table.row)
        assert same is not None
        assert same.first == step.first
        while (step := ladder(session).rows.step(ladder(session).table.row)) is None or step.subject == chosen.id:
            await session.press("j")
        number = step.first
        await session.press("enter")
        assert session.packets.number == number
        await session.press("backspace", "w")
        assert ladder(session).link is None
        channel = ladder(session).channel
        assert channel is not None
        assert channel.id == step.subject


@asynchronous
async def test_no_channel() -> None:
    """A capture without channels shows its link: the events, and the PDUs of ATT folded; x has nowhere to go."""
    async with opened(sample("att_only"), SMALL) as session:
        await session.press("5")
        assert "Connection Complete" in session.text
        assert "ATT PDUs" in session.text
        await session.press("+", "+", "+", "j", "]", "x")
        assert ladder(session)
        assert "Exchange MTU" in session.text or "Request" in session.text


@asynchronous
async def test_nothing_was_connected(tmp_path: Path) -> None:
    """A capture without links says so."""
    async with opened(cut_after("att_only", 5, tmp_path), SMALL) as session:
        await session.press("5", "+", "-", "s", "]", "o", "x", "w")
        assert "Nothing was connected" in session.text
