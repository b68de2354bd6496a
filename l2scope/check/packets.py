"""What is expected of packets: how many pass a display filter, and what must or must not follow them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from l2scope.channels import duration_ns
from l2scope.check import forms
from l2scope.check.forms import Bounds, Form
from l2scope.check.tables import Heading
from l2scope.check.verdict import Outcome, Verdict
from l2scope.columns import counted, seconds
from l2scope.filter import Filter, FilterError
from l2scope.tables import Rows

if TYPE_CHECKING:
    from l2scope.capture import Capture

MOST_PACKETS: Final = 3
FILTER: Final = Form("a display filter", forms.TEXT.rule)
Key = tuple[str, Form, str]
KEYS: Final[tuple[Key, ...]] = (
    ("filter", FILTER, "the packets that the table is about: a display filter as in `packets -Y`"),
    ("count", forms.COUNT, "how many packets pass; at least 1 where it is not written; 0: there must be none"),
    ("then", FILTER, "each of these packets must be followed by one that passes this filter"),
    ("never", FILTER, "and by none that passes this one, before `then` or, without it, within the time"),
    ("within", forms.DURATION, "how soon; up to the end of the capture where it is not written"),
)
FILTERS: Final = ("filter", "then", "never")


@dataclass(frozen=True, slots=True)
class PacketRule:
    """A table of [[packets]]. within is in ns, None for as long as the capture goes on."""

    heading: Heading
    filter: Filter
    count: Bounds
    then: Filter | None
    never: Filter | None
    within: int | None

    def judge(self, capture: Capture) -> list[Verdict]:
        try:
            numbers = self.filter.select(capture).numbers
            verdicts = [self._counted(len(numbers))]
            if self.then is not None or self.never is not None:
                verdicts.append(self._sequence(capture, numbers))
        except FilterError as error:
            return [self._verdict("filter", Outcome.FAILED, str(error))]
        return verdicts

    def _counted(self, number: int) -> Verdict:
        outcome = Outcome.PASSED if self.count.hold(number) else Outcome.FAILED
        expected = self.count.words(lambda count: f"{count:,}")
        return self._verdict("count", outcome, f"{counted(number, 'packet')} passed; expected {expected}")

    def _sequence(self, capture: Capture, numbers: Rows) -> Verdict:
        """On what follows each of the packets."""
        key = "then" if self.then is not None else "never"
        if not len(numbers):
            return self._verdict(key, Outcome.SKIPPED, "no packet to follow")
        faults = list(self._faults(capture, numbers))
        if not faults:
            return self._verdict(key, Outcome.PASSED, f"after {counted(len(numbers), 'packet')}")
        more = len(faults) - MOST_PACKETS
        words = "; ".join(faults[:MOST_PACKETS]) + (f" and after {more:,} more" if more > 0 else "")
        return self._verdict(key, Outcome.FAILED, words)

    def _faults(self, capture: Capture, numbers: Rows) -> Iterator[str]:
        times = capture.tables.packets["time"]
        end = capture.first_number + capture.count
        answers = None if self.then is None else self.then.select(capture).numbers
        barred = None if self.never is None else self.never.select(capture).numbers
        for number in numbers.tolist():
            start = int(times[number - capture.first_number])
            until = end
            if answers is not None:
                until = _after(answers, number, end)
                waited = None if until == end else int(times[until - capture.first_number]) - start
                if fault := self._late(number, waited, int(times[-1]) - start):
                    yield fault
            if barred is not None:
                found = _after(barred, number, end)
                if found < until and not self._too_far(int(times[min(found, end - 1) - capture.first_number]) - start):
                    yield f"packet {found} follows packet {number}"

    def _late(self, number: int, waited: int | None, left: int) -> str:
        """What is wrong with an answer after `waited` ns, None for no answer in the `left` ns of the capture."""
        if waited is None:
            # The capture may have ended before the time was up.
            return "" if self.within is not None and left < self.within else f"nothing follows packet {number}"
        return f"after packet {number} it took {seconds(waited)}" if self._too_far(waited) else ""

    def _too_far(self, duration: int) -> bool:
        return self.within is not None and duration > self.within

    def _verdict(self, key: str, outcome: Outcome, message: str) -> Verdict:
        return Verdict(self.heading.name, key, self.heading.line, self.heading.severity, outcome, message)


def packet_rule(heading: Heading, table: Mapping[str, Any], count: Bounds) -> PacketRule:
    """The rule of a table that fits the schema. Raises FilterError for what is no filter, ValueError for a duration."""
    filters = {key: Filter(table[key]) if key in table else None for key in FILTERS}
    asked = filters["filter"]
    assert asked is not None
    within = duration_ns(table["within"]) if "within" in table else None
    return PacketRule(heading, asked, count, filters["then"], filters["never"], within)


def _after(numbers: Rows, number: int, end: int) -> int:
    """The first of the packet numbers after one, end where there is none."""
    place = int(np.searchsorted(numbers, number, "right"))
    return int(numbers[place]) if place < len(numbers) else end
