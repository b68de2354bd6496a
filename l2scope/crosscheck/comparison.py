"""The fields that both know, compared packet by packet: how often each value is there, in whatever order."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Final

import numpy as np

from l2scope.capture import Capture
from l2scope.crosscheck.differences import EVIDENCE, Difference, Value
from l2scope.crosscheck.known import KNOWN, Known
from l2scope.crosscheck.readable import readable
from l2scope.crosscheck.wireshark import Fields, Wireshark
from l2scope.filter import Filter
from l2scope.filter.dissected import forget
from l2scope.filter.field import FilterField
from l2scope.filter.fields import FIELDS
from l2scope.filter.kinds import BOOLEAN, DURATION, MOMENT, NANOSECONDS, PROTOCOL, TEXT, Kind
from l2scope.filter.packets import Packets
from l2scope.filter.values import Mask

SLICE: Final = 8192
"""Packets whose values are in memory at a time."""
OURS_ALONE: Final = "l2scope."
OF_RECORDS: Final = ("frame", "hci_h4", "hci_mon")
"""Protocols that say how a capture holds packets: of one that was written anew they would say how we wrote it."""
SAME_AS_ANOTHER: Final = ("frame.time",)
"""frame.time is frame.time_epoch in words."""
MISSING: Final = "<MISSING>"
"""What tshark prints for bytes of which there are none."""
TRUTHS: Final = {"true": 1, "false": 0}

Column = dict[int, list[Value]]
"""The values of a field in packets, by their rows."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A field that is not the same in a packet. reason says why that is no news, "" where nobody knows."""

    packet: int
    field: str
    ours: tuple[Value, ...]
    theirs: tuple[Value, ...]
    reason: str

    def as_json(self) -> dict[str, object]:
        """The object of `l2scope crosscheck --json`."""
        return {
            "packet": self.packet,
            "field": self.field,
            "ours": [shown(value) for value in self.ours],
            "wireshark": [shown(value) for value in self.theirs],
            "reason": self.reason or None,
        }


def shown(value: Value) -> int | str:
    """Bytes in hexadecimal."""
    return value.hex(":") if isinstance(value, bytes) else value


class Comparison:
    """Both opinions of a capture. packets counts those that were compared, once the disagreements were taken."""

    def __init__(self, capture: Capture, wireshark: Wireshark) -> None:
        names = [name for name in FIELDS if not name.startswith(OURS_ALONE) and name not in SAME_AS_ANOTHER]
        self.capture = capture
        known = wireshark.known({*names, *EVIDENCE})
        self.fields = [FIELDS[name] for name in names if name in known]
        self.packets = 0
        self._asked = known
        self._wireshark = wireshark
        self._explanations = Explanations(capture)

    def disagreements(
        self, on_progress: Callable[[int, int], None] = lambda _done, _all: None
    ) -> Iterator[Disagreement]:
        """What is not the same, in the order of packets. on_progress is told how many of them are done. Raises
        WiresharkError."""
        if not self.capture.count:
            return
        with readable(self.capture) as path:
            if path != self.capture.path:
                self.fields = [field for field in self.fields if field.protocol not in OF_RECORDS]
            answers = self._wireshark.values(path, self._asked)
            while answered := list(islice(answers, SLICE)):
                on_progress(self.packets, self.capture.count)
                yield from self._compare({number - self.capture.first_number: told for number, told in answered})

    def _compare(self, answered: dict[int, Fields]) -> Iterator[Disagreement]:
        packets = Packets(self.capture)
        chosen = packets.none()
        chosen[[row for row in answered if row < packets.count]] = True
        self.packets += int(chosen.sum())
        found: list[Disagreement] = []
        for field in self.fields:
            ours, theirs = our_column(field, packets, chosen), their_column(field, answered)
            for row in sorted(ours.keys() | theirs.keys()):
                mine, others = ours.get(row, []), theirs.get(row, [])
                if mine != others and Counter(mine) != Counter(others):
                    found.append(self._disagreement(row, field.name, mine, others, answered[row]))
        forget(self.capture)
        yield from sorted(found, key=lambda disagreement: disagreement.packet)

    def _disagreement(self, row: int, field: str, ours: list[Value], theirs: list[Value], told: Fields) -> Disagreement:
        number = row + self.capture.first_number
        difference = Difference(self.capture, number, field, Counter(ours), Counter(theirs), told)
        return Disagreement(number, field, tuple(ours), tuple(theirs), self._explanations.of(difference))


class Explanations:
    """The reasons for disagreements in a capture."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._masks: dict[str, Mask] = {}

    def of(self, difference: Difference) -> str:
        """Why it is no news, or ""."""
        row = difference.packet - self._capture.first_number
        return next((k.reason for k in KNOWN if k.fits(difference) and self._mask(k)[row]), "")

    def _mask(self, known: Known) -> Mask:
        if known.where not in self._masks:
            self._masks[known.where] = Filter(known.where).select(self._capture).mask
        return self._masks[known.where]


def our_column(field: FilterField, packets: Packets, chosen: Mask) -> Column:
    """What we say. Of a protocol only that it is there: its bytes are in other fields. No bytes are no value."""
    if field.kind is PROTOCOL and field.presence is not None:
        return {row: [1] for row in np.flatnonzero(field.presence(packets) & chosen).tolist()}
    values = field.values(packets, chosen)
    rows = values.positions()
    kept = rows < packets.count
    kept[kept] = chosen[rows[kept]]
    column: Column = defaultdict(list)
    for row, value in zip(rows[kept].tolist(), values.data[kept].tolist(), strict=True):
        if value != b"":
            column[row].append(int(value) if isinstance(value, bool) else value)
    return column


def their_column(field: FilterField, answered: dict[int, Fields]) -> Column:
    """What Wireshark says."""
    if field.kind is PROTOCOL:
        return {row: [1] for row, told in answered.items() if field.name in told}
    found = ((row, told[field.name]) for row, told in answered.items() if field.name in told)
    return {row: [read(field.kind, text) for text in texts] for row, texts in found if texts != [MISSING]}


def read(kind: Kind, text: str) -> Value:
    """A value as tshark prints it, or the text itself where it is not of the kind."""
    try:
        if kind in (DURATION, MOMENT):
            return int(Decimal(text) * NANOSECONDS)
        if kind is BOOLEAN and text.lower() in TRUTHS:
            return TRUTHS[text.lower()]
        if kind.numeric:
            return int(text, 0)
        return text if kind is TEXT else bytes.fromhex(text.replace(":", ""))
    except (ValueError, InvalidOperation):
        return text
