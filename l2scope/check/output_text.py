"""The verdicts for a person: a line for each, and a table of what proves a failure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import click

from l2scope.check.verdict import CaptureReport, Outcome, Report, Verdict
from l2scope.evidence import Clock, table_of
from l2scope.text import printable

if TYPE_CHECKING:
    from l2scope.evidence import View

INDENT: Final = " " * 10


def text(report: Report) -> str:
    return "\n".join(line for capture in report.captures for line in _lines(report, capture)) + f"\n{report.summary}\n"


def _lines(report: Report, capture: CaptureReport) -> Iterator[str]:
    yield click.style(f"capture {printable(str(capture.path))}", bold=True)
    if not capture.quality.conclusive:
        yield f"  {click.style('cut ', fg='yellow')}  {'; '.join(map(printable, capture.quality.notes))}"
    shown: Sequence[View] = ()
    for verdict in capture.verdicts:
        yield f"  {_word(report, verdict)}  {_place(report, verdict)}{verdict.title}: {verdict.message}"
        if verdict.proof and verdict.proof == shown:
            yield f"{INDENT}the same as above"
            continue
        shown = verdict.proof or shown
        for line in table_of(verdict.proof, Clock(capture.first_ns)):
            yield f"{INDENT}{line}"


def _word(report: Report, verdict: Verdict) -> str:
    if report.counts(verdict):
        return click.style("FAIL", fg="red", bold=True)
    if verdict.failed:
        return click.style("warn", fg="yellow")
    return click.style("skip", fg="yellow") if verdict.outcome is Outcome.SKIPPED else click.style("pass", fg="green")


def _place(report: Report, verdict: Verdict) -> str:
    return f"{printable(str(report.rules))}:{verdict.line}: " if verdict.failed else ""
