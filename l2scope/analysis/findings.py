"""What a finding is: what a rule found in one part of a capture; consequences told from causes, the worst first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from l2scope.analysis.rules import (
    att,
    att_values,
    cap,
    coc_closing,
    coc_credits,
    coc_frames,
    coc_waits,
    coc_window,
    l2c,
    l2c_frames,
    lnk,
    smp,
)
from l2scope.analysis.rules.facts import Facts
from l2scope.analysis.rules.rule import ERROR, WEAK, Hit, Rule, Severity
from l2scope.columns import counted
from l2scope.engine.words import NONE

__all__ = [
    "CONTENT_RULES",
    "RULES",
    "Finding",
    "Severity",
    "by_identity",
    "comments_of",
    "findings_in_part",
    "in_order",
    "rule_of",
    "summary",
]

FAMILIES: Final = (
    coc_credits,
    coc_frames,
    coc_waits,
    coc_window,
    coc_closing,
    l2c,
    l2c_frames,
    att,
    att_values,
    smp,
    lnk,
    cap,
)
RULES: Final[dict[str, Rule]] = {
    rule.id: rule for rule in sorted((rule for family in FAMILIES for rule in family.RULES), key=lambda rule: rule.id)
}
CONTENT_RULES: Final[dict[str, Rule]] = {}
"""The rules of the dissectors, once these are loaded: they judge what channels carry, not the figures."""


def rule_of(id: str) -> Rule:
    """A rule by its id. Raises KeyError for one that does not exist, or whose dissector is not loaded."""
    return RULES[id] if id in RULES else CONTENT_RULES[id]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in the words of `findings --json`. packets prove it; side_to_blame is "local" (the
    captured host), "remote" or None; consequence_of is the rule of the error that explains it, None where it stands
    alone."""

    rule: str
    title: str
    severity: Severity
    certainty: str
    adapter: int | None
    link: int | None
    channel: int | None
    direction: str | None
    packets: list[int]
    time_ns: int | None
    message: str
    values: dict[str, object]
    side_to_blame: str | None
    consequence_of: str | None
    spec: str

    def __repr__(self) -> str:
        where = "" if self.channel is None else f" #{self.channel} {self.direction or ''}".rstrip()
        return f"<{self.severity} {self.rule}{where}: {self.message}>"

    def as_json(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def counts(self, least: Severity) -> bool:
        """Whether it stands alone and is so bad."""
        return self.consequence_of is None and self.severity.reaches(least)


def by_identity(findings: Iterable[Finding]) -> dict[tuple[object, ...], Finding]:
    """Findings by what makes them the same in two looks at a growing capture: the rule, the place, and a number."""
    numbers: dict[tuple[object, ...], int] = {}
    named: dict[tuple[object, ...], Finding] = {}
    for finding in sorted(findings, key=_place):
        where = (finding.rule, finding.link, finding.channel, finding.direction)
        numbers[where] = numbers.get(where, 0) + 1
        named[*where, numbers[where]] = finding
    return named


def comments_of(findings: Iterable[Finding]) -> dict[int, list[str]]:
    """What to write on the packets that prove findings, by their numbers. Consequences are left out."""
    comments: dict[int, list[str]] = {}
    for finding in findings:
        where = "" if finding.channel is None else f" #{finding.channel} {finding.direction or ''}".rstrip()
        for packet in finding.packets if finding.consequence_of is None else ():
            comments.setdefault(packet, []).append(f"{finding.severity} {finding.rule}{where}: {finding.message}")
    return comments


def summary(findings: Iterable[Finding]) -> str:
    """How many of each severity, as in "2 errors, 1 warning"."""
    severities = [finding.severity for finding in findings if finding.consequence_of is None]
    counts = [(severity, severities.count(severity)) for severity in reversed(Severity)]
    return ", ".join(counted(count, severity.value) for severity, count in counts if count)


def findings_in_part(facts: Facts) -> list[Finding]:
    """What the rules find in one part of a capture, in the order of the rules."""
    return [_finding(rule, hit, facts) for rule in RULES.values() for hit in rule.find(facts)]


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """The findings of all parts: consequences behind, the worst first, then in order of time."""
    by_time = sorted(found, key=_place)
    return sorted(
        _with_causes(by_time), key=lambda finding: (finding.consequence_of is not None, -finding.severity.rank)
    )


def _place(finding: Finding) -> tuple[object, ...]:
    link = NONE if finding.link is None else finding.link
    channel = NONE if finding.channel is None else finding.channel
    return (finding.packets[:1] or [0], finding.rule, link, channel, finding.direction or "")


def _finding(rule: Rule, hit: Hit, facts: Facts) -> Finding:
    severity = rule.severity if hit.severity is None else hit.severity
    if hit.channel is not None and facts.channels[hit.channel].opened is None and severity is ERROR:
        severity = Severity.WARNING
    return Finding(
        rule=rule.id,
        title=rule.title,
        severity=severity,
        certainty=hit.certainty if severity is rule.severity or hit.severity is not None else WEAK,
        adapter=None if hit.link is None else facts.links[hit.link].adapter,
        link=hit.link,
        channel=hit.channel,
        direction=hit.direction,
        packets=hit.packets,
        time_ns=hit.time_ns,
        message=hit.message,
        values=hit.values,
        side_to_blame=hit.blame,
        consequence_of=None,
        spec=rule.spec,
    )


def _with_causes(findings: list[Finding]) -> list[Finding]:
    """Names the error behind each finding that is but its consequence."""
    causes: dict[tuple[int | None, int | None], list[Finding]] = {}
    for finding in findings:
        if finding.severity is ERROR:
            causes.setdefault((finding.link, finding.channel), []).append(finding)
    return [replace(finding, consequence_of=_cause(finding, causes)) for finding in findings]


def _cause(finding: Finding, causes: dict[tuple[int | None, int | None], list[Finding]]) -> str | None:
    after = rule_of(finding.rule).after
    if not after:
        return None
    last = finding.packets[-1] if finding.packets else 0
    own = causes.get((finding.link, finding.channel), [])
    of_link = [] if finding.channel is None else causes.get((finding.link, None), [])
    for cause in (*own, *of_link):
        if cause.rule in after and cause is not finding and (not cause.packets or cause.packets[0] <= last):
            return cause.rule
    return None
