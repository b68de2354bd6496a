"""What a rule is, and what it hands back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from l2scope.analysis.rules.facts import Facts, Fault

# A fault that happens all the time is proved by its first packets.
MOST_PACKETS: Final = 20


class Severity(StrEnum):
    """How bad a finding is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)

    def reaches(self, least: Severity) -> bool:
        return self.rank >= least.rank


INFO: Final = Severity.INFO
WARNING: Final = Severity.WARNING
ERROR: Final = Severity.ERROR

CERTAIN: Final = "certain"
LIKELY: Final = "likely"
WEAK: Final = "weak"


@dataclass(frozen=True, slots=True)
class Hit:
    """What one rule found at one place. severity is the rule's own where it is None."""

    message: str
    packets: list[int]
    time_ns: int | None
    link: int | None = None
    channel: int | None = None
    direction: str | None = None
    blame: str | None = None
    values: dict[str, object] = field(default_factory=dict)
    severity: Severity | None = None
    certainty: str = CERTAIN


@dataclass(frozen=True, slots=True)
class Rule:
    """id is never given to another rule. meaning, harm, sender, receiver and remedy are the text of `explain`: what it
    means, why it hurts, what to change on either side or on neither ("" where there is nothing to change). after: rules
    whose errors have this one as a consequence, on the same channel or link."""

    id: str
    title: str
    severity: Severity
    spec: str
    meaning: str
    harm: str
    sender: str
    receiver: str
    find: Callable[[Facts], Iterable[Hit]]
    after: frozenset[str] = frozenset()
    remedy: str = ""


def of_fault(
    *codes: int, says: Callable[[Fault], str], names: tuple[str, str] = ("", ""), doubtful: Severity = WARNING
) -> Callable[[Facts], Iterator[Hit]]:
    """The rule that the packets of these codes broke: one finding a channel direction, or a link where no channel is
    at fault. says describes the first; names are what its a and b are called; doubtful is the severity where something
    that is missing may explain it."""

    def find(facts: Facts) -> Iterator[Hit]:
        groups: dict[tuple[int, int | None, str], list[Fault]] = {}
        for code in codes:
            for fault in facts.faults.get(code, ()):
                groups.setdefault((fault.link, fault.channel, fault.direction), []).append(fault)
        for group in groups.values():
            yield _hit(facts, sorted(group, key=lambda fault: fault.packet), says, names, doubtful)

    return find


def _hit(
    facts: Facts, faults: list[Fault], says: Callable[[Fault], str], names: tuple[str, str], doubtful: Severity
) -> Hit:
    sure = [fault for fault in faults if fault.sure and not _doubted(facts, fault)]
    shown = sure or faults
    first = shown[0]
    message = says(first)
    if len(shown) > 1:
        message += f"; {len(shown):,} times in all"
    values: dict[str, object] = {name: value for name, value in zip(names, (first.a, first.b), strict=True) if name}
    return Hit(
        message=message,
        packets=[fault.packet for fault in shown[:MOST_PACKETS]],
        time_ns=first.time_ns,
        link=first.link,
        channel=first.channel,
        direction=first.direction,
        blame=first.sender,
        values={**values, "count": len(shown)},
        severity=None if sure else doubtful,
        certainty=CERTAIN if sure else WEAK,
    )


def _doubted(facts: Facts, fault: Fault) -> bool:
    """Frames of the channel turned out to be missing, before or after."""
    if fault.channel is None:
        return False
    channel = facts.engine.host.registry.channels[fault.channel]
    return channel.tx.sdus.doubts + channel.rx.sdus.doubts > 0
