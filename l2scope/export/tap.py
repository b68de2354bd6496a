"""TAP version 13 (testanything.org), which Jenkins and prove read: a line a test point, with details as YAML."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from l2scope.text import printable


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was tested. skipped says why there was nothing to test, "" where there was."""

    passed: bool
    description: str
    skipped: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


def tap_text(points: Sequence[Point]) -> str:
    """All points, numbered from 1."""
    lines = ["TAP version 13", f"1..{len(points)}"]
    for number, point in enumerate(points, 1):
        lines += _lines(number, point)
    return "\n".join(lines) + "\n"


def _lines(number: int, point: Point) -> list[str]:
    directive = f" # SKIP {_escaped(point.skipped)}" if point.skipped else ""
    line = f"{'ok' if point.passed else 'not ok'} {number} - {_escaped(point.description)}{directive}"
    if not point.details:
        return [line]
    # What JSON writes is YAML too.
    return [line, "  ---", *(f"  {name}: {json.dumps(value)}" for name, value in point.details.items()), "  ..."]


def _escaped(text: str) -> str:
    """A hash begins a directive, for many readers an escaped one too; it is written as in a URL."""
    return printable(text).replace("#", "%23")
