"""The verdicts for a program."""

from __future__ import annotations

import json
from typing import Final

from l2scope.check.verdict import CaptureReport, Report, Verdict

SCHEMA: Final = 1


def json_text(report: Report) -> str:
    """An object. Its proofs are the objects of `stalls`, `channels` and `sdus --json` (without sha256)."""
    document = {
        "schema": SCHEMA,
        "rules": str(report.rules),
        "fail_on": report.fail_on.value,
        "exit_code": report.exit_code,
        "captures": [_capture(report, capture) for capture in report.captures],
    }
    return json.dumps(document, indent=2) + "\n"


def _capture(report: Report, capture: CaptureReport) -> dict[str, object]:
    return {
        "file": str(capture.path),
        "conclusive": capture.quality.conclusive,
        "truncated": capture.quality.truncated,
        "lost": capture.quality.lost,
        "notes": capture.quality.notes,
        "verdicts": [_verdict(report, verdict) for verdict in capture.verdicts],
    }


def _verdict(report: Report, verdict: Verdict) -> dict[str, object]:
    return {
        "rule": verdict.rule,
        "key": verdict.key,
        "line": verdict.line,
        "severity": verdict.severity.value,
        "outcome": verdict.outcome.value,
        "fails": report.counts(verdict),
        "message": verdict.message,
        "proof": [item.as_json() for item in verdict.proof],
    }
