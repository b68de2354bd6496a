"""What came out: a verdict for each expectation and capture, and the exit code of them all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from l2scope.columns import counted

if TYPE_CHECKING:
    from l2scope.evidence import View
    from l2scope.quality import Quality

PASSED: Final = 0
FAILED: Final = 1
NOT_CONCLUSIVE: Final = 3


class Severity(Enum):
    """How bad a failure is. An error is worse than a warning."""

    WARNING = "warning"
    ERROR = "error"

    def reaches(self, least: Severity) -> bool:
        return self is Severity.ERROR or least is Severity.WARNING


class Outcome(Enum):
    """An expectation is skipped where there is nothing to look at."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Verdict:
    """On one expectation. line is its line in the rules file; proof are views (stalls, channels, SDUs, refusals,
    findings)."""

    rule: str
    key: str
    line: int
    severity: Severity
    outcome: Outcome
    message: str
    proof: Sequence[View] = ()

    @property
    def title(self) -> str:
        return f"{self.rule}: {self.key}"

    @property
    def failed(self) -> bool:
        return self.outcome is Outcome.FAILED


@dataclass(frozen=True, slots=True)
class CaptureReport:
    """The verdicts on one capture. first_ns is the time of its first packet (Unix ns)."""

    path: Path
    quality: Quality
    first_ns: int
    verdicts: list[Verdict]


@dataclass(frozen=True, slots=True)
class Report:
    """The verdicts on all captures, and what was asked for."""

    rules: Path
    captures: list[CaptureReport]
    fail_on: Severity
    allow_truncated: bool

    def verdicts(self) -> Iterator[Verdict]:
        for capture in self.captures:
            yield from capture.verdicts

    def counts(self, verdict: Verdict) -> bool:
        """Whether it is a failure that makes the whole fail."""
        return verdict.failed and verdict.severity.reaches(self.fail_on)

    def doubtful(self, capture: CaptureReport) -> bool:
        """Whether the capture is not whole, and that was not allowed."""
        return not capture.quality.conclusive and not self.allow_truncated

    @property
    def exit_code(self) -> int:
        if any(self.counts(verdict) for verdict in self.verdicts()):
            return FAILED
        return NOT_CONCLUSIVE if any(self.doubtful(capture) for capture in self.captures) else PASSED

    @property
    def summary(self) -> str:
        """As in "2 failed, 1 warning, 5 passed, 1 capture not whole"."""
        verdicts = list(self.verdicts())
        failures = sum(self.counts(verdict) for verdict in verdicts)
        warnings = sum(verdict.failed for verdict in verdicts) - failures
        numbers = [
            (failures, "failed"),
            (warnings, "warning" if warnings == 1 else "warnings"),
            (sum(verdict.outcome is Outcome.PASSED for verdict in verdicts), "passed"),
            (sum(verdict.outcome is Outcome.SKIPPED for verdict in verdicts), "skipped"),
        ]
        words = [f"{number:,} {word}" for number, word in numbers if number]
        cut = sum(not capture.quality.conclusive for capture in self.captures)
        return ", ".join([*words, f"{counted(cut, 'capture')} not whole"] if cut else words)
