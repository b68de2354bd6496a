"""What was found wrong, as the screens need it: by packet, in numbers, and which of it is to be seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from l2scope.analysis.findings import Finding, Severity

SIGNS = {Severity.ERROR: "!", Severity.WARNING: "?", Severity.INFO: "·"}


class Verdict:
    """The findings of a capture, the worst first, as they stood when it was made. Those of rules that are muted are
    known, but neither seen nor counted, and sign no packet."""

    def __init__(self, findings: Iterable[Finding] = (), muted: frozenset[str] = frozenset()) -> None:
        self.findings = list(findings)
        self.muted = muted
        self.seen = [finding for finding in self.findings if finding.rule not in muted]
        worst: dict[int, Severity] = {}
        for finding in self.seen:
            for packet in finding.packets:
                if packet not in worst or finding.severity.rank > worst[packet].rank:
                    worst[packet] = finding.severity
        self._worst = {packet: severity for packet, severity in worst.items() if severity is not Severity.INFO}

    def sign(self, packet: int) -> str:
        """`!` for a packet that proves an error, `?` for one that proves a warning, else nothing."""
        severity = self._worst.get(packet)
        return "" if severity is None else SIGNS[severity]

    @cached_property
    def _packets(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array(sorted(self._worst), np.int64)

    def packet_after(self, packet: int, step: int) -> int | None:
        """The next (step 1) or previous (-1) packet that proves an error or a warning."""
        at = int(np.searchsorted(self._packets, packet, "right" if step > 0 else "left"))
        at = at if step > 0 else at - 1
        return int(self._packets[at]) if 0 <= at < len(self._packets) else None

    def muting(self, muted: frozenset[str]) -> "Verdict":
        """The same with these rules muted, and no others."""
        return self if muted == self.muted else Verdict(self.findings, muted)

    @property
    def mutes(self) -> str:
        """`COC025, COC031 muted`; nothing where none is."""
        return f"{', '.join(sorted(self.muted))} muted" if self.muted else ""

    def number(self, severity: Severity) -> int:
        """How many of this severity are seen and stand alone."""
        return sum(found.severity is severity for found in self.seen if found.consequence_of is None)

    @property
    def grave(self) -> int:
        """How many errors and warnings are seen and stand alone."""
        return self.number(Severity.ERROR) + self.number(Severity.WARNING)

    def following(self, cause: Finding) -> list[Finding]:
        """The findings that only follow from one."""
        place = (cause.rule, cause.link, cause.channel)
        return [found for found in self.findings if (found.consequence_of, found.link, found.channel) == place]


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which of the findings that are seen are listed: at least this severe, of one rule, of one channel."""

    least: Severity = Severity.INFO
    rule: str | None = None
    channel: int | None = None

    def passes(self, finding: Finding) -> bool:
        """Whether a finding is listed."""
        return (
            finding.severity.reaches(self.least)
            and self.rule in (None, finding.rule)
            and self.channel in (None, finding.channel)
        )

    def __str__(self) -> str:
        parts = []
        if self.least is Severity.WARNING:
            parts.append("errors and warnings")
        elif self.least is Severity.ERROR:
            parts.append("errors")
        if self.rule is not None:
            parts.append(self.rule)
        if self.channel is not None:
            parts.append(f"channel #{self.channel}")
        return f"only {', '.join(parts)}" if parts else ""
