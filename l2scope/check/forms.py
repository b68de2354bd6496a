"""How values are written in a rules file, and what they demand of a figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from l2scope.channels import duration_ns

Schema = dict[str, Any]
# The values of expectations, as far as the schema lets them through.
Limit = float | str
Range = Limit | dict[str, Limit]
Choices = str | list[str]
HIGHEST_NUMBER: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a figure must lie between, both ends included; None is no limit. Durations are in ns."""

    low: float | None = None
    high: float | None = None

    def hold(self, value: float) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def words(self, show: Callable[[Any], str]) -> str:
        """As in "at most 3 stalls"."""
        if self.low is not None and self.low == self.high:
            return f"exactly {show(self.low)}"
        limits = [("at least", self.low), ("at most", self.high)]
        return " and ".join(f"{words} {show(limit)}" for words, limit in limits if limit is not None)


def bounds_of(written: Range) -> Bounds:
    """The bounds of a value that fits its form: a number is exact. Raises ValueError where min is above max."""
    limits = written if isinstance(written, dict) else {"min": written, "max": written}
    bounds = Bounds(_number(limits.get("min")), _number(limits.get("max")))
    if bounds.low is not None and bounds.high is not None and bounds.low > bounds.high:
        raise ValueError(f"min {limits['min']} is above max {limits['max']}")
    return bounds


def _number(written: Limit | None) -> float | None:
    return duration_ns(written) if isinstance(written, str) else written


@dataclass(frozen=True, slots=True)
class Form:
    """How a value is written: in words, as in "expected WORDS", and as a JSON schema, which is titled with them."""

    words: str
    rule: Schema

    @property
    def schema(self) -> Schema:
        return {"title": self.words, **self.rule}


def choice(*values: str) -> Form:
    return Form("one of " + ", ".join(values), {"enum": list(values)})


def choices(*values: str) -> Form:
    """One of the values, or a list of them."""
    return Form(
        f"one of {', '.join(values)}, or a list of them",
        # A pattern holds for strings alone, items and minItems for lists alone.
        {
            "type": ["string", "array"],
            "pattern": f"^({'|'.join(values)})$",
            "items": choice(*values).schema,
            "minItems": 1,
        },
    )


def _limits(limit: Form, **more: Form) -> Schema:
    """The schema of a table with min, max or both."""
    keys = {"min": limit, "max": limit, **more}
    return {
        "properties": {key: form.schema for key, form in keys.items()},
        "additionalProperties": False,
        "anyOf": [{"required": ["min"]}, {"required": ["max"]}],
    }


TEXT: Final = Form("a text", {"type": "string", "minLength": 1})
WHOLE: Final = Form("a whole number from 0", {"type": "integer", "minimum": 0})
NUMBER: Final = Form("a number from 0 to 0xFFFF", {"type": "integer", "minimum": 0, "maximum": HIGHEST_NUMBER})
POSITIVE: Final = Form("a number from 0", {"type": "number", "minimum": 0})
SHARE: Final = Form("a share from 0 to 1", {"type": "number", "minimum": 0, "maximum": 1})
DURATION: Final = Form(
    'a duration such as "50ms" or "1.5s"',
    {"type": "string", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,9})?\s?(ns|us|ms|s)$"},
)
COUNT: Final = Form(
    "a number, or { min = ..., max = ... }", {"type": ["integer", "object"], "minimum": 0, **_limits(WHOLE)}
)
STALLS: Final = Form(
    "a number, or { min = ..., max = ..., longer_than = ... }",
    {"type": ["integer", "object"], "minimum": 0, **_limits(WHOLE, longer_than=DURATION)},
)
RATES: Final = Form("{ min = ..., max = ... }", {"type": "object", **_limits(POSITIVE)})
SHARES: Final = Form("{ min = ..., max = ... } from 0 to 1", {"type": "object", **_limits(SHARE)})
DURATIONS: Final = Form('{ min = ..., max = ... } in durations such as "50ms"', {"type": "object", **_limits(DURATION)})
