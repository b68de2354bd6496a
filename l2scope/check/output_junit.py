"""The verdicts as JUnit XML, which Jenkins, GitLab and others read: a suite a capture, a case an expectation."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from l2scope.check.verdict import CaptureReport, Outcome, Report, Verdict
from l2scope.evidence import Clock, table_of
from l2scope.text import printable

WHOLE: Final = "the capture is whole"
LONGEST_MESSAGE: Final = 2000


def junit(report: Report) -> str:
    """The cases are the same whatever the captures hold, so that a history can be kept of each."""
    root = Element("testsuites", name="l2scope check")
    for capture in report.captures:
        _suite(root, report, capture)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(root: Element, report: Report, capture: CaptureReport) -> None:
    path = printable(str(capture.path))
    outcomes = [verdict.outcome for verdict in capture.verdicts]
    suite = SubElement(
        root,
        "testsuite",
        name=path,
        tests=str(len(outcomes) + 1),
        failures=str(sum(report.counts(verdict) for verdict in capture.verdicts)),
        errors=str(int(report.doubtful(capture))),
        skipped=str(outcomes.count(Outcome.SKIPPED)),
    )
    for verdict in capture.verdicts:
        case = SubElement(suite, "testcase", classname=path, name=verdict.title)
        _fill(case, report, capture, verdict)
    _quality(SubElement(suite, "testcase", classname=path, name=WHOLE), report, capture)


def _fill(case: Element, report: Report, capture: CaptureReport, verdict: Verdict) -> None:
    message = printable(verdict.message, LONGEST_MESSAGE)
    place = f"{printable(str(report.rules))}:{verdict.line}"
    details = "\n".join([f"{place}: {message}", *table_of(verdict.proof, Clock(capture.first_ns))])
    if report.counts(verdict):
        SubElement(case, "failure", message=message, type=verdict.severity.value).text = details
    elif verdict.failed:
        SubElement(case, "system-out").text = f"warning: {details}"
    elif verdict.outcome is Outcome.SKIPPED:
        SubElement(case, "skipped", message=message)


def _quality(case: Element, report: Report, capture: CaptureReport) -> None:
    notes = printable("; ".join(capture.quality.notes), LONGEST_MESSAGE)
    if report.doubtful(capture):
        SubElement(case, "error", message=notes, type="not conclusive")
    elif notes:
        SubElement(case, "system-out").text = notes
