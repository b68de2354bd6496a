"""Makes the page: collects what it shows, and fills the template, which escapes every text of a capture."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from l2scope._version import __version__
from l2scope.analysis.comparison import cells, compare_captures
from l2scope.analysis.findings import Finding, Severity, rule_of, summary
from l2scope.analysis.gatt.report import server_json
from l2scope.analysis.transactions import Transaction, transactions
from l2scope.busy import SHARES
from l2scope.capture import Capture
from l2scope.channels import Channel, Direction, hexadecimal
from l2scope.columns import counted, rate, seconds
from l2scope.report.chart import Chart, chart_of
from l2scope.sources.errors import CaptureError
from l2scope.stalls import DIRECTIONS
from l2scope.text import printable

if TYPE_CHECKING:
    from jinja2 import Environment

# A page with more would not be read, nor opened on a phone; the worst are shown.
MOST_CHARTS: Final = 24
MOST_TRANSACTIONS: Final = 100
MOST_STALLS: Final = 20
LONGEST_TEXT: Final = 2000
NANOSECONDS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Lane:
    """A direction of a channel that carried something."""

    channel: Channel
    direction: Direction
    chart: Chart | None

    @property
    def shares(self) -> list[tuple[str, float]]:
        """What its busy time went into, in percent, as far as it is not nothing."""
        busy = self.direction.busy
        found = [(name, 100 * busy.share(name)) for name in SHARES]
        return [(name, share) for name, share in found if share > 0]


def report(capture: Capture, before: Capture | None = None) -> str:
    """The whole page; with what changed since another capture, where that is given. Raises CaptureError where Jinja2 is
    missing."""
    page = files("l2scope.report")
    script = page.joinpath("zoom.js").read_text("utf-8")
    return (
        _environment()
        .from_string(page.joinpath("report.html.j2").read_text("utf-8"))
        .render(
            **_facts(capture),
            before=None if before is None else before.path.name,
            comparison=None if before is None else compare_captures(before, capture),
            style=page.joinpath("report.css").read_text("utf-8"),
            script=script,
            script_hash="sha256-" + b64encode(sha256(script.encode()).digest()).decode(),
            version=__version__,
        )
    )


def _environment() -> Environment:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError as error:
        raise CaptureError("Jinja2 is missing: install it with  pip install 'l2scope[report]'") from error
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {
        "text": lambda value: printable(str(value), LONGEST_TEXT),
        "duration": seconds,
        "rate": rate,
        "cid": hexadecimal,
        "counted": counted,
        "cells": cells,
    }
    return environment


def _facts(capture: Capture) -> dict[str, Any]:
    times = capture.tables.packets["time"]
    findings = capture.findings()
    lanes = _lanes(capture)
    found = _att(capture)
    return {
        "name": capture.path.name,
        "format": capture.format,
        "packets": capture.count,
        "began": _moment(int(times[0])) if len(times) else "-",
        "lasted": seconds(int(times[-1]) - int(times[0])) if len(times) else "-",
        "links": capture.links,
        "channels": capture.channels,
        "notes": capture.quality.notes,
        "summary": summary(findings) or "Nothing was found.",
        "findings": [_finding(finding, times) for finding in findings if finding.consequence_of is None],
        "lanes": lanes[:MOST_CHARTS],
        "left_out": max(0, len(lanes) - MOST_CHARTS),
        "transactions": found[:MOST_TRANSACTIONS],
        "more_transactions": max(0, len(found) - MOST_TRANSACTIONS),
        "servers": [server_json(capture, server) | {"title": server.title} for server in capture.gatt.servers],
        "most_stalls": MOST_STALLS,
    }


def _moment(nanoseconds: int) -> str:
    return datetime.fromtimestamp(nanoseconds // NANOSECONDS, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _finding(finding: Finding, times: npt.NDArray[np.int64]) -> dict[str, Any]:
    when = finding.time_ns
    return {
        "finding": finding,
        "rule": rule_of(finding.rule),
        "class": {Severity.ERROR: "error", Severity.WARNING: "warning"}.get(finding.severity, "info"),
        "seconds": None if when is None or not len(times) else f"{(when - int(times[0])) / NANOSECONDS:.6f} s",
    }


def _lanes(capture: Capture) -> list[Lane]:
    """All directions that carried something, the most starved first."""
    ways = [
        (channel, channel.direction(name))
        for channel in capture.channels
        for name in DIRECTIONS
        if channel.direction(name).kframes
    ]
    ways.sort(key=lambda way: (-way[1].starved_share, -way[1].stall_ns, way[0].id))
    return [Lane(channel, way, chart_of(capture, way) if at < MOST_CHARTS else None) for at, (channel, way) in
            enumerate(ways)]  # fmt: skip


def _att(capture: Capture) -> list[Transaction]:
    """The slowest first, those without an answer before them."""
    return sorted(
        transactions(capture),
        key=lambda one: (one.duration_ns is not None, -(one.duration_ns or 0), one.request_packet),
    )
