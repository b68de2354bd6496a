"""The verdicts as SARIF: a result an expectation that failed, at its line of the rules file."""

from __future__ import annotations

from l2scope.check.verdict import CaptureReport, Report, Verdict
from l2scope.export.sarif import LEVELS, Json, message, place, sarif_text


def sarif(report: Report) -> str:
    rules = dict.fromkeys(verdict.key for verdict in report.verdicts() if verdict.failed)
    numbers = {key: number for number, key in enumerate(rules)}
    results = [
        _result(report, capture, verdict, numbers[verdict.key])
        for capture in report.captures
        for verdict in capture.verdicts
        if verdict.failed
    ]
    return sarif_text([{"id": key} for key in rules], results)


def _result(report: Report, capture: CaptureReport, verdict: Verdict, number: int) -> Json:
    return {
        "ruleId": verdict.key,
        "ruleIndex": number,
        "level": LEVELS["error" if report.counts(verdict) else "warning"],
        "message": message(f"{capture.path}: {verdict.title}: {verdict.message}"),
        "locations": [{"physicalLocation": place(report.rules, verdict.line)}],
        "relatedLocations": [{"physicalLocation": place(capture.path)}],
    }
