"""Predictions of other credits: the real receiver gives the real intervals, what is advised holds when it is done."""

import asyncio
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from bumble.l2cap import LeCreditBasedChannelSpec

import l2scope
from l2scope.analysis.replay import Outcome
from l2scope.analysis.whatif import WhatIf, whatif
from tests.cli.runner import l2scope as run_l2scope
from tests.corpus import CORPUS, SAMPLES, corpus_files, name_of
from tests.generate.credit_policies import CreditPolicy, Granting
from tests.generate.scenarios.stream import SPSM
from tests.generate.stack import Room, Stack, traced_channels
from tests.generate.truth import Sample
from tests.generate.virtual_clock import run
from tests.wire import acl, btsnoop, kframes, le_connection_complete, pdu, signal

CAPTURES = (
    corpus_files("kernel/*coc*.btsnoop")
    + corpus_files("kernel/ecred*.btsnoop")
    + corpus_files("bumble/*.btsnoop")
    + sorted(SAMPLES.glob("*.btsnoop"))
)
SDUS, SIZE = 60, 700


class ReturnSlowly:
    """A receiver that gives `batch` credits back `seconds` after as many K-frames have come."""

    def __init__(self, batch: int, seconds: float) -> None:
        self.batch = batch
        self.seconds = seconds
        self.used = 0

    def on_k_frame(self, channel: Granting) -> None:
        """Start the wait when a batch is used."""
        self.used += 1
        if self.used == self.batch:
            self.used = 0
            asyncio.get_running_loop().call_later(self.seconds, channel.grant, self.batch)


BATCHES: dict[str, Callable[[int], int]] = {
    "burst": lambda window: window,
    "half-window": lambda window: max(1, window // 2),
    "one-a-frame": lambda window: 1,
}


async def stream(policy: str, window: int, seconds: float, mps: int) -> tuple[Sample, Sample]:
    """The phone has 60 SDUs of 700 bytes to send at once; the captures of both ends."""

    def slowly(window: int) -> CreditPolicy:
        return ReturnSlowly(BATCHES[policy](window), seconds)

    stack = Stack(Room(seed=3))
    stack.gadget.new_credit_policy = slowly
    stack.serve(LeCreditBasedChannelSpec(psm=SPSM, mtu=1024, mps=mps, max_credits=window))
    await stack.connect()
    phone, _ = await stack.open(LeCreditBasedChannelSpec(psm=SPSM, mtu=512, mps=128, max_credits=10))
    for _ in range(SDUS):
        phone.write(stack.random.randbytes(SIZE))
    await phone.drain()
    await asyncio.sleep(2)
    await phone.disconnect()
    await stack.disconnect()
    return stack.phone_sample("sender"), stack.gadget_sample("receiver")


@cache
def captured(folder: Path, policy: str, window: int, seconds: float, mps: int = 247) -> tuple[Path, Path]:
    """The two captures of a stream, as files."""
    with traced_channels():
        samples = run(stream(policy, window, seconds, mps))
    paths = [folder / f"{policy}-{window}-{seconds}-{mps}-{sample.name}.btsnoop" for sample in samples]
    for path, sample in zip(paths, samples, strict=True):
        path.write_bytes(sample.capture)
    return paths[0], paths[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("whatif")


def question(path: Path, channel: int = 0, direction: str | None = None) -> WhatIf:
    with l2scope.open(path) as capture:
        chosen = capture.channels[channel]
        return whatif(capture, chosen, None if direction is None else chosen.direction(direction))


def waited(outcome: Outcome) -> int:
    """Nanoseconds without credits."""
    return sum(interval.duration_ns for interval in outcome.intervals)


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_the_recorded_grants_give_the_recorded_intervals(path: Path) -> None:
    """Every zero interval that credits ended: start, end and class, of every direction whose credits are known."""
    with l2scope.open(path) as capture:
        for channel in capture.channels:
            for direction in (channel.tx, channel.rx):
                try:
                    recorded = whatif(capture, channel, direction).recorded
                except ValueError:
                    credits_known = direction.exact and direction.as_json()["initial_credits"] is not None
                    assert not direction.kframes or not credits_known or direction.overspent
                    continue
                real = [(z.start_ns, z.end_ns, z.class_) for z in direction.zeros() if z.ended_by == "credits"]
                assert [(i.start_ns, i.end_ns, i.class_) for i in recorded.intervals] == real
                assert recorded.stuck_after is None


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_the_receivers_own_policy_gives_the_recorded_intervals(path: Path) -> None:
    """Where it was followed always, replaying the policy alone gives the same, up to the last K-frame."""
    with l2scope.open(path) as capture:
        for channel in capture.channels:
            for direction in (channel.tx, channel.rx):
                policy = direction.policy
                if policy is None or policy.followed < 1 or policy.certainty == "weak" or not direction.exact:
                    continue
                if direction.initial_credits is None:
                    continue
                asked = whatif(capture, channel, direction)
                last_ns = asked.replay.arrivals.frames[-1].end_ns
                real = [(z.start_ns, z.end_ns) for z in direction.zeros() if z.start_ns < last_ns]
                found = [(i.start_ns, i.end_ns) for i in asked.predict().outcome.intervals if i.start_ns < last_ns]
                assert found == [span for span in real if span[1] <= last_ns]


CONFIRMED = [
    ("burst", 7, "burst", 14, 247),
    ("burst", 7, "burst", 40, 247),
    ("burst", 7, "half-window", 20, 247),
    ("burst", 7, "one-a-frame", 12, 247),
    ("half-window", 8, "half-window", 32, 247),
    ("half-window", 8, "burst", 16, 247),
    ("one-a-frame", 4, "half-window", 24, 247),
    ("burst", 10, "burst", 10, 128),
    ("burst", 12, "half-window", 24, 64),
]


@pytest.mark.parametrize("end", [0, 1], ids=["sender", "receiver"])
@pytest.mark.parametrize(("policy", "window", "other", "credits", "mps"), CONFIRMED)
def test_a_prediction_holds_when_it_is_done(
    folder: Path, end: int, policy: str, window: int, other: str, credits: int, mps: int
) -> None:
    """A capture with one receiver predicts time and goodput of a real stack with the other within 25 %; and the time
    without credits where that is most of it, in waits of 100 ms at the receiver, 120 ms or more at the sender."""
    predicted = question(captured(folder, policy, window, 0.1)[end]).predict(credits, mps, other).outcome
    done = question(captured(folder, other, credits, 0.1, mps)[end]).recorded
    assert predicted.time_ns == pytest.approx(done.time_ns, rel=0.25)
    assert predicted.goodput_bps == pytest.approx(done.goodput_bps, rel=0.25)
    if other == "burst":
        assert waited(predicted) == pytest.approx(waited(done), rel=0.25)


@pytest.mark.parametrize("end", [0, 1], ids=["sender", "receiver"])
@pytest.mark.parametrize("seconds", [0.06, 0.1])
def test_what_is_advised_removes_the_stalls(folder: Path, end: int, seconds: float) -> None:
    """Every advice, done by a real stack: no stall, in the predicted time within 25 %."""
    asked = question(captured(folder, "burst", 7, seconds)[end])
    assert len(asked.recorded.stalls) > 20
    proposals = asked.advice()
    assert {proposal.policy for proposal in proposals} == {"burst", "half-window"}
    for proposal in proposals:
        done = question(captured(folder, proposal.policy, proposal.initial_credits, seconds)[end]).recorded
        assert done.stalls == []
        assert proposal.outcome.time_ns == pytest.approx(done.time_ns, rel=0.25)


def test_fewer_credits_than_advised_leave_a_stall(folder: Path) -> None:
    """The advice is the smallest: with one credit less a wait comes within a connection interval (15 ms) of a stall."""
    asked = question(captured(folder, "burst", 7, 0.1)[0])
    for proposal in asked.advice():
        less = asked.predict(proposal.initial_credits - 1, policy=proposal.policy).outcome
        longest = max(interval.duration_ns for interval in less.intervals if interval.class_ != "idle")
        assert longest > 5_000_000


def test_nothing_to_advise_where_nothing_stalled() -> None:
    """The healthy sample."""
    asked = question(SAMPLES / "healthy.btsnoop")
    assert (asked.recorded.stalls, asked.advice()) == ([], [])


def test_a_window_below_an_sdu_still_moves() -> None:
    """A receiver of whole SDUs gives credits when its window is used up, or a long SDU would never end."""
    outcome = question(SAMPLES / "starved.btsnoop").predict(2, policy="whole-sdu").outcome
    assert outcome.stuck_after is None


@pytest.mark.parametrize(
    ("credits", "mps", "policy"), [(0, None, None), (65536, None, None), (None, 22, None), (None, None, "x")]
)
def test_what_cannot_be_is_refused(credits: int | None, mps: int | None, policy: str | None) -> None:
    """Numbers outside the specification's ranges, and a policy that does not exist."""
    with pytest.raises(ValueError, match=r"credits|MPS|policy"):
        question(SAMPLES / "starved.btsnoop").predict(credits, mps, policy)


def test_the_command_advises() -> None:
    """By hand: 120 K-frames of a sender that has them all at once, and an answer 300 ms late, need 120 credits."""
    shown = json.loads(run_l2scope("whatif", SAMPLES / "starved.btsnoop", "--channel", "0", "--json").stdout)
    assert (shown["direction"], shown["policy"]["name"], shown["recorded"]["stalls"]) == ("tx", "burst", 17)
    assert shown["advice"][0]["initial_credits"] == 120
    assert (shown["advice"][0]["stalls"], shown["predicted"]) == (0, None)
    assert any("306.0 ms" in assumption for assumption in shown["assumptions"])


def test_the_command_predicts() -> None:
    """17 waits for 120 K-frames in windows of 7 become 5 in windows of 20: after 20, 40, 60, 80 and 100."""
    shown = run_l2scope("whatif", SAMPLES / "starved.btsnoop", "--channel", "0", "--credits", "20", "--json")
    assert json.loads(shown.stdout)["predicted"]["stalls"] == 5
    text = run_l2scope("whatif", SAMPLES / "starved.btsnoop", "--channel", "0", "--credits", "20").stdout
    assert "Assumptions:" in text
    assert "predicted" in text


def test_the_command_says_what_it_cannot_tell(tmp_path: Path) -> None:
    """A channel that does not exist, and one whose opening is not in the capture: exit 2 and a line why."""
    result = run_l2scope("whatif", SAMPLES / "starved.btsnoop", "--channel", "9")
    assert (result.returncode, "1 channels" in result.stderr) == (2, True)
    late = CORPUS / "kernel/lecoc_lateattach_poweroff_unplug_k6.12.btsnoop"
    if late.exists():
        result = run_l2scope("whatif", late, "--channel", "0")
        assert (result.returncode, "opening is not in the capture" in result.stderr) == (2, True)


def test_enormous_grants_cost_no_memory(tmp_path: Path) -> None:
    """2,000 grants of 65,535 credits for three K-frames; one of 0 credits ends nothing."""
    records = [
        (3, b"\x04" + le_connection_complete()),
        (0, b"\x02" + acl(signal(0x14, 1, 0x80, 0x40, 500, 100, 2))),
        (1, b"\x02" + acl(signal(0x15, 1, 0x50, 500, 100, 2, 0))),
        *((0, b"\x02" + acl(pdu(0x50, frame))) for frame in kframes(bytes(250), 100)[:2]),
        (1, b"\x02" + acl(signal(0x16, 9, 0x50, 0))),
        *[(1, b"\x02" + acl(signal(0x16, 9, 0x50, 65535)))] * 2000,
        (0, b"\x02" + acl(pdu(0x50, kframes(bytes(250), 100)[2]))),
    ]
    path = tmp_path / "made.btsnoop"
    path.write_bytes(btsnoop(records))
    recorded = question(path).recorded
    assert [interval.duration_ns for interval in recorded.intervals] == [2_000_000]
