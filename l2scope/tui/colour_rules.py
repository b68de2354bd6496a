"""The user's own colours for packets, `[[colour]]` in the settings: the first rule that fits says the tone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

import numpy as np

from l2scope.filter import Filter, FilterError
from l2scope.filter.packets import Packets
from l2scope.filter.values import Mask
from l2scope.text import printable
from l2scope.tui.theme import Tone

MOST_RULES: Final = 32
TONES: Final = {
    tone.value: tone
    for tone in (
        Tone.LOOK, Tone.SOFT_LOOK, Tone.MARK, Tone.GOOD, Tone.BAD, Tone.STRONG, Tone.PLAIN, Tone.DIM, Tone.SIGNAL,
        Tone.ATTRIBUTE, Tone.FRAME, Tone.PROFILE, Tone.SECURITY,
    )
}  # fmt: skip
"""The tones that a rule may have, by the names that the settings have for them: those that can be read anywhere."""
PARTS: Final = ("filter", "tone")


@dataclass(frozen=True, slots=True)
class ColourRule:
    """A rule as it is written; place counts the rules of the settings from 1."""

    place: int
    expression: str
    tone: Tone


class ColourRules:
    """Rules in order. Filters are compiled when they are first asked, beside the keys: that loads their language, and
    maybe dissectors. One that fails is left out from then on, and `problems` says why."""

    def __init__(self, rules: Sequence[ColourRule] = ()) -> None:
        self.rules = tuple(rules)
        self.problems: tuple[str, ...] = ()
        self.on_problem: Callable[[], object] = lambda: None
        """Called by any thread."""
        self._lock = Lock()
        self._filters: dict[ColourRule, Filter] | None = None

    def compile(self) -> None:
        """Makes filters of the expressions, once; for any thread."""
        with self._lock:
            if self._filters is not None:
                return
            filters: dict[ColourRule, Filter] = {}
            for rule in self.rules:
                try:
                    filters[rule] = Filter(rule.expression)
                except FilterError as error:
                    self._fail(rule, error)
            self._filters = filters

    def tones(self, packets: Packets, rows: Sequence[int]) -> dict[int, Tone]:
        """The tones of those of some rows that a rule fits. Raises Stopped, CaptureError."""
        self.compile()
        open_ = packets.none()
        open_[list(rows)] = True
        tones: dict[int, Tone] = {}
        for rule, filter in list((self._filters or {}).items()):
            packets.go_on()
            passed = self._passed(rule, filter, packets, open_)
            tones |= dict.fromkeys(np.flatnonzero(passed).tolist(), rule.tone)
            open_ = open_ & ~passed
        return tones

    def _passed(self, rule: ColourRule, filter: Filter, packets: Packets, open_: Mask) -> Mask:
        """Which packets pass; none from the time on when the filter, a pattern in it, has taken too long."""
        try:
            return filter.passed(packets, open_)
        except FilterError as error:
            with self._lock:
                if self._filters is not None and self._filters.pop(rule, None) is not None:
                    self._fail(rule, error)
            return packets.none()

    def _fail(self, rule: ColourRule, error: FilterError) -> None:
        self.problems = (*self.problems, f"colour {rule.place}: {printable(str(error), longest=300)}")
        self.on_problem()


def colour_rules(written: object) -> tuple[ColourRules, list[str]]:
    """The rules that the settings hold, and what is wrong with those that are left out."""
    if not isinstance(written, list):
        return ColourRules(), ["colour must be tables: [[colour]], then a filter and a tone"]
    problems: list[str] = []
    rules: list[ColourRule] = []
    for place, table in enumerate(written[:MOST_RULES], 1):
        try:
            rules.append(_rule(place, table))
        except ValueError as error:
            problems.append(f"colour {place}: {error}")
    if len(written) > MOST_RULES:
        problems.append(f"colour: the first {MOST_RULES} rules hold, of {len(written)}")
    return ColourRules(rules), problems


def _rule(place: int, table: object) -> ColourRule:
    """Raises ValueError for what is no rule."""
    if not isinstance(table, dict):
        raise ValueError("it must be a table with a filter and a tone")
    if (strange := next((name for name in table if name not in PARTS), None)) is not None:
        raise ValueError(f"there is no {printable(strange, 60)}; a rule has a filter and a tone")
    expression, tone = table.get("filter"), table.get("tone")
    if not isinstance(expression, str):
        raise ValueError("filter must be a display filter as a text")
    if not isinstance(tone, str) or tone not in TONES:
        raise ValueError(f"tone must be one of {', '.join(TONES)}")
    return ColourRule(place, expression, TONES[tone])
