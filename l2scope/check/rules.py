"""Reads a rules file: tables of expectations, whose mistakes are told with their lines and keys."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from l2scope.analysis.findings import RULES
from l2scope.check import selection
from l2scope.check.expectations import OF_A_CHANNEL, OF_A_DIRECTION, Expectation
from l2scope.check.forms import Bounds, bounds_of
from l2scope.check.packets import FILTERS, PacketRule, packet_rule
from l2scope.check.places import Path as Place
from l2scope.check.places import Places
from l2scope.check.schema import DIRECTIONS, problems
from l2scope.check.selection import Where
from l2scope.check.tables import ChannelRule, Demand, FindingRule, Heading, RefusedRule, Rule
from l2scope.check.verdict import CaptureReport, Severity
from l2scope.dissection.registry import registry
from l2scope.filter import Filter, FilterError
from l2scope.text import printable

if TYPE_CHECKING:
    from l2scope.capture import Capture

AT_LEAST_ONE: Final = Bounds(low=1)
NONE_AT_ALL: Final = Bounds(0, 0)
TOML_PLACE: Final = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


class RulesError(Exception):
    """The rules cannot be used. lines: one for the user for each thing that is wrong."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Rules:
    path: Path
    rules: list[Rule]

    def judge(self, capture: Capture) -> CaptureReport:
        """The verdicts on a capture, in the order of the file."""
        verdicts = [verdict for rule in self.rules for verdict in rule.judge(capture)]
        return CaptureReport(capture.path, capture.quality, int(capture.engine.first_time), verdicts)


def read_rules(path: Path) -> Rules:
    """Reads a rules file. Raises RulesError, each of whose lines names the file, the line and the key."""
    text = _text(path)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesError([f"{path}:{_in_words(error, text)}"]) from error
    places = Places(text)
    wrong = problems(document)
    if not wrong:
        reader = Reader(places)
        rules: list[Rule] = [
            *reader.channel_rules(document),
            *reader.refused_rules(document),
            *reader.finding_rules(document),
            *reader.packet_rules(document),
        ]
        if not reader.wrong:
            return Rules(path, sorted(rules, key=lambda rule: rule.heading.line))
        wrong = reader.wrong
    lines = sorted((places.line(place), f"{_dotted(place)}{message}") for place, message in wrong)
    raise RulesError([f"{path}:{line}: {words}" for line, words in lines])


class Reader:
    """Makes rules of a document that fits the schema. wrong: what the schema cannot tell."""

    def __init__(self, places: Places) -> None:
        self.wrong: list[tuple[Place, str]] = []
        self._places = places
        self._names: set[str] = set()

    def channel_rules(self, document: Mapping[str, Any]) -> Iterator[ChannelRule]:
        for index, table in enumerate(document.get("channels", [])):
            place: Place = ("channels", index)
            where = Where(table.get("where", {}), selection.OF_CHANNELS)
            heading = self._heading(place, table, f"channels {where}".rstrip())
            count = self._bounds((*place, "count"), table, AT_LEAST_ONE)
            yield ChannelRule(heading, where, count, list(self._demands(place, table)))

    def refused_rules(self, document: Mapping[str, Any]) -> Iterator[RefusedRule]:
        for index, table in enumerate(document.get("refused", [])):
            place: Place = ("refused", index)
            where = Where(table.get("where", {}), selection.OF_REFUSED)
            allowed = [Where(written, selection.OF_REFUSED) for written in table.get("except", [])]
            heading = self._heading(place, table, f"refused {where}".rstrip())
            yield RefusedRule(heading, where, allowed, self._bounds((*place, "count"), table, NONE_AT_ALL))

    def finding_rules(self, document: Mapping[str, Any]) -> Iterator[FindingRule]:
        for index, table in enumerate(document.get("findings", [])):
            place: Place = ("findings", index)
            wanted = dict(table.get("where", {}))
            heading = self._heading(place, table, f"findings {Where(wanted, selection.OF_FINDINGS)}".rstrip())
            named = self._is_rule((*place, "where", "rule"), wanted["rule"]) if "rule" in wanted else False
            least = wanted.pop(selection.LEAST.key, "info" if named else heading.severity.value)
            where = Where(wanted, selection.OF_FINDINGS)
            yield FindingRule(heading, where, least, named, self._bounds((*place, "count"), table, NONE_AT_ALL))

    def packet_rules(self, document: Mapping[str, Any]) -> Iterator[PacketRule]:
        for index, table in enumerate(document.get("packets", [])):
            place: Place = ("packets", index)
            heading = self._heading(place, table, f"packets {table['filter']}")
            count = self._bounds((*place, "count"), table, AT_LEAST_ONE)
            key = FILTERS[0]
            try:
                for key in FILTERS:
                    Filter(table.get(key, ""))
                yield packet_rule(heading, table, count)
            except FilterError as error:
                self.wrong.append(((*place, key), str(error)))
            except ValueError as error:
                self.wrong.append(((*place, "within"), str(error)))

    def _is_rule(self, place: Place, name: str) -> bool:
        if name.upper() not in RULES and name.upper() not in registry().rules:
            self.wrong.append((place, f"there is no rule {name}; `l2scope explain` lists them"))
        return True

    def _heading(self, place: Place, table: Mapping[str, Any], description: str) -> Heading:
        line = self._places.line(place)
        name = printable(table.get("name", description))
        if name in self._names:
            name = f"{name} (line {line})"
        self._names.add(name)
        return Heading(name, line, Severity(table.get("severity", Severity.ERROR.value)))

    def _demands(self, place: Place, table: Mapping[str, Any]) -> Iterator[Demand]:
        yield from self._written(place, table, "", OF_A_CHANNEL)
        for side in DIRECTIONS:
            yield from self._written((*place, side), table.get(side, {}), side, OF_A_DIRECTION)

    def _written(
        self, place: Place, table: Mapping[str, Any], side: str, kinds: Iterable[type[Expectation[Any]]]
    ) -> Iterator[Demand]:
        for kind in kinds:
            if kind.key in table:
                at = (*place, kind.key)
                key = f"{side}.{kind.key}" if side else kind.key
                try:
                    yield Demand(key, self._places.line(at), side, kind(table[kind.key]))
                except ValueError as error:
                    self.wrong.append((at, str(error)))

    def _bounds(self, place: Place, table: Mapping[str, Any], otherwise: Bounds) -> Bounds:
        try:
            return bounds_of(table["count"]) if "count" in table else otherwise
        except ValueError as error:
            self.wrong.append((place, str(error)))
            return otherwise


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise RulesError([f"{path}: {error.strerror or error}"]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise RulesError([f"{path}:{line}: not UTF-8"]) from error


def _in_words(error: tomllib.TOMLDecodeError, text: str) -> str:
    """A parser's message after the line that it names."""
    message = str(error)
    found = TOML_PLACE.search(message)
    if found is None:
        return f" {message}"
    reason = message[: found.start()]
    if found["line"] is None:
        return f"{text.count(chr(10)) + 1}: {reason} at the end of the file"
    return f"{found['line']}: {reason} (column {found['column']})"


def _dotted(place: Place) -> str:
    """A key as one would speak of it: without the indices."""
    return ".".join(step for step in place if isinstance(step, str)) + ": " if place else ""
