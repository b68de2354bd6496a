"""The tables of a rules file as objects, each of which judges a capture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from l2scope.channels import Channel
from l2scope.check.expectations import Expectation, Measure
from l2scope.check.forms import Bounds
from l2scope.check.selection import Found, Where
from l2scope.check.verdict import Outcome, Severity, Verdict
from l2scope.columns import counted
from l2scope.evidence import View

if TYPE_CHECKING:
    from l2scope.capture import Capture

MOST_MEASURES: Final = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """What every table has."""

    name: str
    line: int
    severity: Severity


class Rule(Protocol):
    """A table of the file."""

    @property
    def heading(self) -> Heading: ...

    def judge(self, capture: Capture) -> list[Verdict]:
        """A verdict on each expectation of the table, in the order of the reference, whatever the capture holds."""


@dataclass(frozen=True, slots=True)
class Demand:
    """An expectation on each channel that fits, on its direction `side`, or on the whole channel if that is "" """

    key: str
    line: int
    side: str
    expectation: Expectation[Any]

    def measure(self, channel: Channel, capture: Capture) -> Measure:
        return self.expectation.measure(channel.direction(self.side) if self.side else channel, capture)


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """A table of [[channels]]."""

    heading: Heading
    where: Where
    count: Bounds
    demands: list[Demand]

    def judge(self, capture: Capture) -> list[Verdict]:
        channels = [channel for channel in capture.channels if channel.certainty != "weak"]
        fitting = [channel for channel in channels if self.where.fits(channel)]
        return [
            self._presence(fitting, channels),
            *(self._verdict(demand, fitting, capture) for demand in self.demands),
        ]

    def _presence(self, fitting: list[Channel], channels: list[Channel]) -> Verdict:
        holds = self.count.hold(len(fitting))
        message = _count_message(len(fitting), self.count, "channel")
        if not (holds or fitting):
            message += "; the capture has " + (counted(len(channels), "channel") if channels else "no channel at all")
        return _verdict(self.heading, holds, message, fitting or channels)

    def _verdict(self, demand: Demand, fitting: list[Channel], capture: Capture) -> Verdict:
        measures = [(channel, demand.measure(channel, capture)) for channel in fitting]
        failed = [(channel, measure) for channel, measure in measures if not measure.holds]
        # What rests on a channel whose opening is not in the capture is no error.
        doubtful = bool(failed) and all(channel.certainty != "certain" for channel, _ in failed)
        outcome = Outcome.FAILED if failed else Outcome.PASSED if measures else Outcome.SKIPPED
        found = _found(failed or measures)
        return Verdict(
            self.heading.name,
            demand.key,
            demand.line,
            Severity.WARNING if doubtful else self.heading.severity,
            outcome,
            f"{found}; expected {demand.expectation.expected}" if measures else "no channel to look at",
            [item for channel, measure in failed for item in measure.proof or [channel]],
        )


@dataclass(frozen=True, slots=True)
class RefusedRule:
    """A table of [[refused]]."""

    heading: Heading
    where: Where
    allowed: list[Where]
    count: Bounds

    def judge(self, capture: Capture) -> list[Verdict]:
        fitting = [
            refused
            for refused in capture.refused
            if self.where.fits(refused) and not any(where.fits(refused) for where in self.allowed)
        ]
        message = _count_message(len(fitting), self.count, "refused attempt")
        return [_verdict(self.heading, self.count.hold(len(fitting)), message, fitting)]


@dataclass(frozen=True, slots=True)
class FindingRule:
    """A table of [[findings]]. named: it is about one rule, whose findings count also where an error explains them."""

    heading: Heading
    where: Where
    least: str
    named: bool
    count: Bounds

    def judge(self, capture: Capture) -> list[Verdict]:
        channels = capture.channels
        fitting = [
            finding
            for finding in capture.findings(self.least)
            if (self.named or finding.consequence_of is None)
            and self.where.fits(Found(finding, None if finding.channel is None else channels[finding.channel]))
        ]
        message = _count_message(len(fitting), self.count, "finding")
        return [_verdict(self.heading, self.count.hold(len(fitting)), message, fitting)]


def _count_message(number: int, bounds: Bounds, thing: str) -> str:
    fitting = f"{counted(number, thing)} {'fits' if number == 1 else 'fit'}" if number else f"no {thing} fits"
    return f"{fitting}; expected {bounds.words(lambda count: f'{count:,}')}"


def _verdict(heading: Heading, holds: bool, message: str, proof: Sequence[View]) -> Verdict:
    """On how many there are."""
    outcome = Outcome.PASSED if holds else Outcome.FAILED
    return Verdict(heading.name, "count", heading.line, heading.severity, outcome, message, [] if holds else proof)


def _found(measures: Sequence[tuple[Channel, Measure]]) -> str:
    """What was measured, of the first channels."""
    words = [f"{measure.words} on channel #{channel.id}" for channel, measure in measures[:MOST_MEASURES]]
    more = len(measures) - len(words)
    return ", ".join(words) + (f" and others on {more:,} more" if more else "")
