"""What changed between two captures: channel by channel, figure by figure, finding by finding.

Channels are paired by what they are for (SPSM, mode, who asked for them), those of the same adapter first, in order of
opening. What changed for the worse by more than a tolerance is a regression, and so is an error that was not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from l2scope.analysis.efficiency import efficiencies
from l2scope.analysis.findings import Finding, Severity
from l2scope.analysis.latency import Latency
from l2scope.capture import Capture
from l2scope.channels import Channel, Channels, Direction
from l2scope.columns import rate, seconds
from l2scope.stalls import DIRECTIONS

# How surely two channels are the same: by all of these, then by fewer.
LIKENESS: Final[tuple[Callable[[Channel], tuple[object, ...]], ...]] = (
    lambda channel: (channel.adapter, channel.psm, channel.mode, channel.initiator),
    lambda channel: (channel.psm, channel.mode, channel.initiator),
    lambda channel: (channel.psm, channel.mode),
)

Number = float | None
Times = Mapping[tuple[int, str], Latency | None]
"""Of the SDUs of each direction, by channel and "tx" or "rx"."""


@dataclass(frozen=True, slots=True)
class Way:
    """A direction, and how long its SDUs took from their first packet to their last; None where it has none."""

    direction: Direction
    latency: Latency | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a direction: higher says whether more is better. A share (0 to 1) changes in points, others in parts
    of what they were. noted: it is shown, and is never a regression."""

    name: str
    value: Callable[[Way], Number]
    higher: bool
    share: bool = False
    noted: bool = False


FIGURES: Final = (
    Figure("goodput_bps", lambda way: way.direction.goodput_bps, higher=True),
    Figure("stalled_share", lambda way: way.direction.starved_share, higher=False, share=True),
    Figure("sdu_latency_median_ns", lambda way: None if way.latency is None else way.latency.median_ns, higher=False),
    Figure(
        "sdu_latency_p99_ns", lambda way: None if way.latency is None else way.latency.p99_ns, higher=False, noted=True
    ),
    Figure("longest_stall_ns", lambda way: way.direction.longest_stall_ns, higher=False, noted=True),
    Figure("stalls", lambda way: way.direction.stall_count, higher=False, noted=True),
    Figure("sdus", lambda way: way.direction.sdus, higher=True, noted=True),
    Figure("sdu_bytes", lambda way: way.direction.sdu_bytes, higher=True, noted=True),
    Figure("incomplete_sdus", lambda way: way.direction.incomplete_sdus, higher=False, noted=True),
)


@dataclass(frozen=True, slots=True)
class Change:
    """Of one figure. None where a capture does not tell it."""

    figure: Figure
    before: Number
    after: Number

    @property
    def change(self) -> Number:
        """By how much it went up: parts of what it was, or points of a share. None where that is no number."""
        if self.before is None or self.after is None:
            return None
        if self.figure.share:
            return self.after - self.before
        return (self.after - self.before) / self.before if self.before else (0.0 if not self.after else None)

    def is_worse(self, tolerance: float) -> bool:
        """Worse by more than a tolerance (0.1 is 10 % or 10 points). A figure that is gone is not."""
        change = self.change
        if change is None or self.figure.noted:
            return False
        return (-change if self.figure.higher else change) > tolerance

    def as_json(self) -> dict[str, object]:
        return {"before": self.before, "after": self.after, "change": self.change}


@dataclass(frozen=True, slots=True)
class DirectionChange:
    """Of one direction of a channel that is in both captures."""

    before: Channel
    after: Channel
    direction: str
    changes: list[Change]

    def as_json(self) -> dict[str, object]:
        return {
            "psm": self.after.psm,
            "before": self.before.id,
            "after": self.after.id,
            "direction": self.direction,
            "figures": {change.figure.name: change.as_json() for change in self.changes},
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """gone are the channels and findings of the first capture alone, new those of the second."""

    directions: list[DirectionChange]
    channels_gone: list[Channel]
    channels_new: list[Channel]
    findings_gone: list[Finding]
    findings_new: list[Finding]

    def regressions(self, tolerance: float) -> list[str]:
        """What became worse, a line each."""
        lines = [
            f"#{way.after.id} {way.direction}: {change.figure.name} {change.before} -> {change.after}"
            for way in self.directions
            for change in way.changes
            if change.is_worse(tolerance)
        ]
        errors = [finding for finding in self.findings_new if finding.counts(Severity.ERROR)]
        return lines + [f"{finding.rule}: {finding.message}" for finding in errors]

    def as_json(self) -> dict[str, object]:
        return {
            "directions": [way.as_json() for way in self.directions],
            "channels_gone": [channel.as_json() for channel in self.channels_gone],
            "channels_new": [channel.as_json() for channel in self.channels_new],
            "findings_gone": [finding.as_json() for finding in self.findings_gone],
            "findings_new": [finding.as_json() for finding in self.findings_new],
        }


def compare_captures(before: Capture, after: Capture) -> Comparison:
    """All that two captures tell."""
    times = [{(one.channel, one.direction): one.sdu_latency for one in efficiencies(each)} for each in (before, after)]
    return compare(before.channels, after.channels, before.findings(), after.findings(), *times)


def compare(
    before: Channels,
    after: Channels,
    findings_before: Iterable[Finding],
    findings_after: Iterable[Finding],
    times_before: Times | None = None,
    times_after: Times | None = None,
) -> Comparison:
    """The channels and findings of two captures, and how long the SDUs of their directions took."""
    pairs = _pairs(before, after)
    times = times_before or {}, times_after or {}
    places = {second.id: first.id for first, second in pairs}
    return Comparison(
        directions=[way for pair in pairs for way in _directions(*pair, times)],
        channels_gone=[channel for channel in before if channel.id not in set(places.values())],
        channels_new=[channel for channel in after if channel.id not in places],
        findings_gone=_lacking(findings_before, _identities(findings_after, places), {}),
        findings_new=_lacking(findings_after, _identities(findings_before, {}), places),
    )


def _pairs(before: Channels, after: Channels) -> list[tuple[Channel, Channel]]:
    first, second = list(before), list(after)
    pairs: list[tuple[Channel, Channel]] = []
    for likeness in LIKENESS:
        for channel in list(first):
            twin = next((other for other in second if likeness(other) == likeness(channel)), None)
            if twin is not None:
                pairs.append((channel, twin))
                first.remove(channel)
                second.remove(twin)
    return sorted(pairs, key=lambda pair: pair[1].id)


def _directions(before: Channel, after: Channel, times: tuple[Times, Times]) -> Iterator[DirectionChange]:
    """Those that carried something in either capture."""
    for name in DIRECTIONS:
        ways = [
            Way(channel.direction(name), of.get((channel.id, name)))
            for channel, of in zip((before, after), times, strict=True)
        ]
        if any(way.direction.kframes for way in ways):
            changes = [Change(figure, *map(figure.value, ways)) for figure in FIGURES]
            yield DirectionChange(before, after, name, changes)


Identity = tuple[str, int | None, str | None]


def _identity(finding: Finding, places: dict[int, int]) -> Identity:
    """A finding by its rule and its place in the first capture; -1 for a channel that is not there."""
    channel = finding.channel
    return finding.rule, places.get(channel, -1) if places and channel is not None else channel, finding.direction


def _identities(findings: Iterable[Finding], places: dict[int, int]) -> set[Identity]:
    return {_identity(finding, places) for finding in findings}


def _lacking(findings: Iterable[Finding], others: set[Identity], places: dict[int, int]) -> list[Finding]:
    return [finding for finding in findings if _identity(finding, places) not in others]


def cells(change: Change) -> tuple[str, str, str, str]:
    """A change as people read it: the figure, before, after, by how much."""
    name = change.figure.name
    words = name.removesuffix("_bps").removesuffix("_ns").replace("_", " ").replace("sdu", "SDU")
    return words, _written(change, change.before), _written(change, change.after), _step(change)


def _written(change: Change, value: float | None) -> str:
    if value is None:
        return "-"
    if change.figure.share:
        return f"{value:.0%}"
    if change.figure.name.endswith("_bps"):
        return rate(value)
    return seconds(int(value)) if change.figure.name.endswith("_ns") else f"{int(value):,}"


def _step(change: Change) -> str:
    step = change.change
    if step is None:
        return "new" if change.after else "-"
    if change.figure.share:
        return f"{100 * step:+.0f} points"
    return f"{step:+.0%}"
