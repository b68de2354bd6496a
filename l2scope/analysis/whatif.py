"""What other credits would have done for one direction of a channel: a prediction, with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from l2scope.analysis.arrivals import arrivals_of
from l2scope.analysis.link_speed import link_speed
from l2scope.analysis.receivers import NAMES, Receiver
from l2scope.analysis.replay import Outcome, Replay, Timing
from l2scope.capture import Capture
from l2scope.channels import Channel, Direction
from l2scope.columns import seconds
from l2scope.policies import HALF_WINDOW, WATERMARK
from l2scope.stalls import SHORTEST_STALL_NS

LARGEST_WINDOW: Final = 65535
# A watermark that the capture does not show gives credits back when a quarter of them is left.
LEFT_SHARE: Final = 4


@dataclass(frozen=True, slots=True)
class Proposal:
    """A receiver and what it would have made of the same data. grant is how many credits it gives at a time."""

    policy: str
    initial_credits: int
    grant: int
    mps: int
    outcome: Outcome

    def as_json(self) -> dict[str, object]:
        return {
            "policy": self.policy,
            "initial_credits": self.initial_credits,
            "grant": self.grant,
            "mps": self.mps,
            **self.outcome.as_json(),
        }


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Questions about one direction of a channel. recorded is what the capture holds."""

    channel: Channel
    direction: Direction
    replay: Replay
    recorded: Outcome

    @property
    def policy(self) -> str | None:
        """The receiver's own policy, None where the capture shows none that could be replayed."""
        policy = self.direction.policy
        return policy.name if policy is not None and policy.name in NAMES else None

    def predict(self, credits: int | None = None, mps: int | None = None, policy: str | None = None) -> Proposal:
        """The same data against another receiver; what is None stays as it was. Raises ValueError where the receiver's
        own policy is not known and none is given, or for numbers that cannot be."""
        name = policy or self.policy
        if name is None:
            raise ValueError("the receiver's own policy is not known: choose one")
        if name not in NAMES:
            raise ValueError(f"{name!r} is no policy: choose one of {', '.join(NAMES)}")
        window = self.direction.initial_credits or 0 if credits is None else credits
        if not 1 <= window <= LARGEST_WINDOW:
            raise ValueError("initial credits are from 1 to 65535")
        if mps is not None and not 23 <= mps <= 65533:
            raise ValueError("an MPS is from 23 to 65533 bytes")
        receiver = Receiver(name, window, self._left(window))
        return Proposal(
            policy=name,
            initial_credits=window,
            grant=receiver.batch,
            mps=mps or self.direction.mps or 0,
            outcome=self.replay.against(receiver, mps),
        )

    def advice(self) -> list[Proposal]:
        """The smallest initial credits without a stall and without taking longer, for the receiver's own policy and for
        one that gives credits back at half; the smallest first. Empty where nothing stalled, or none helps."""
        if not self.recorded.stalls:
            return []
        names = dict.fromkeys(name for name in (self.policy, HALF_WINDOW) if name is not None)
        found = [proposal for name in names for proposal in self._smallest(name)]
        return sorted(found, key=lambda proposal: proposal.initial_credits)

    def assumptions(self) -> list[str]:
        """What a prediction rests on, a sentence each."""
        return [f"{sentence}." for sentence in self._assumptions()]

    def _assumptions(self) -> Iterator[str]:
        side = "sender" if self.direction.name == "tx" else "receiver"
        yield f"Times are those of the {side}'s host, where the capture was taken"
        yield "The sender offers the same SDUs: one that followed credits or the SDU before at once had been queued"
        delay = self.replay.usual_delay_ns
        if delay is None:
            yield "The receiver gave no credits in the capture; it is taken to answer as soon as a K-frame is there"
        else:
            yield (
                f"The receiver takes as long to give credits as it did at the same place of the data (median "
                f"{seconds(max(0, delay))}). That is taken as a delay: if it is the pace at which its application "
                "reads, more credits fill its buffers and the time stays about what it was"
            )
        words = self.replay.speed.words
        yield words[0].upper() + words[1:]

    def _left(self, window: int) -> int:
        """Of a watermark, how many credits are left when it gives the others back."""
        policy = self.direction.policy
        if policy is not None and policy.name == WATERMARK and policy.window is not None:
            return min(window - 1, max(0, policy.window - policy.credits))
        return window // LEFT_SHARE

    def _smallest(self, name: str) -> Iterator[Proposal]:
        """By bisection: with more credits there are not more stalls."""
        most = min(LARGEST_WINDOW, len(self.replay.arrivals.frames) + 1)
        best = self.predict(most, policy=name)
        if not self._better(best):
            return
        least = 0
        while best.initial_credits - least > 1:
            middle = self.predict((best.initial_credits + least) // 2, policy=name)
            if self._better(middle):
                best = middle
            else:
                least = middle.initial_credits
        yield best

    def _better(self, proposal: Proposal) -> bool:
        """No wait that could become a stall if an answer meets the link a connection event later."""
        outcome = proposal.outcome
        longest = max(0, SHORTEST_STALL_NS - self.replay.timing.interval_ns)
        waits = [interval for interval in outcome.intervals if interval.class_ != "idle"]
        calm = all(interval.duration_ns <= longest for interval in waits)
        return calm and outcome.stuck_after is None and outcome.time_ns <= self.recorded.time_ns


def whatif(capture: Capture, channel: Channel, direction: Direction | None = None) -> WhatIf:
    """About the direction that carried more, unless one is given. Raises ValueError where the capture does not tell
    enough."""
    chosen = direction or max(channel.tx, channel.rx, key=lambda way: (way.sdu_bytes, way.kframes))
    arrivals = arrivals_of(capture, channel, chosen)
    pace = capture.engine.host.links[channel.link].pace
    replay = Replay(
        arrivals, link_speed(capture, arrivals), Timing(int(pace.window), int(pace.patience), int(pace.interval))
    )
    return WhatIf(channel, chosen, replay, replay.recorded())
