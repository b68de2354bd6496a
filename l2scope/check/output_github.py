"""The verdicts as GitHub's workflow commands, which become annotations at the lines of the rules file.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterator

from l2scope.check.verdict import CaptureReport, Report, Verdict
from l2scope.evidence import Clock, table_of
from l2scope.text import printable


def github(report: Report) -> str:
    lines = [line for capture in report.captures for line in _lines(report, capture)]
    return "\n".join([*lines, report.summary]) + "\n"


def _lines(report: Report, capture: CaptureReport) -> Iterator[str]:
    path = printable(str(capture.path))
    for verdict in capture.verdicts:
        if verdict.failed:
            yield _annotation(report, capture, verdict)
    if not capture.quality.conclusive:
        level = "error" if report.doubtful(capture) else "warning"
        message = "\n".join(["The capture is not whole.", *map(printable, capture.quality.notes)])
        yield f"::{level} title={_property(path)}::{_data(message)}"


def _annotation(report: Report, capture: CaptureReport, verdict: Verdict) -> str:
    level = "error" if report.counts(verdict) else "warning"
    path = printable(str(capture.path))
    where = f"file={_property(printable(str(report.rules)))},line={verdict.line},title={_property(verdict.title)}"
    message = "\n".join([f"{path}: {verdict.message}", *table_of(verdict.proof, Clock(capture.first_ns))])
    return f"::{level} {where}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
