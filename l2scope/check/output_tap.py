"""The verdicts as TAP: a point an expectation and capture, and one whether each capture is whole."""

from __future__ import annotations

from collections.abc import Iterator

from l2scope.check.verdict import CaptureReport, Outcome, Report, Verdict
from l2scope.export.tap import Point, tap_text


def tap(report: Report) -> str:
    return tap_text([point for capture in report.captures for point in _points(report, capture)])


def _points(report: Report, capture: CaptureReport) -> Iterator[Point]:
    for verdict in capture.verdicts:
        yield _point(report, capture, verdict)
    notes = {} if capture.quality.conclusive else {"notes": capture.quality.notes}
    yield Point(not report.doubtful(capture), f"{capture.path}: the capture is whole", details=notes)


def _point(report: Report, capture: CaptureReport, verdict: Verdict) -> Point:
    skipped = verdict.message if verdict.outcome is Outcome.SKIPPED else ""
    details: dict[str, object] = {}
    if verdict.failed:
        details = {
            "severity": verdict.severity.value,
            "message": verdict.message,
            "file": str(report.rules),
            "line": verdict.line,
            "proof": [item.as_json() for item in verdict.proof],
        }
    return Point(not report.counts(verdict), f"{capture.path}: {verdict.title}", skipped, details)
