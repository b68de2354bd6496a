"""What could stand at a place of an expression: fields, values by name, operators."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from l2scope.filter.calculations import FUNCTIONS
from l2scope.filter.kinds import TEXT
from l2scope.filter.known_fields import KNOWN

MOST: Final = 40
WORD: Final = re.compile(r'"[^"]*$|[A-Za-z0-9_.]*$')
COMPARED: Final = re.compile(r"([A-Za-z_][\w.]*)\s*(?:===?|!==?|~=|(?:all_|any_)?(?:eq|ne)\s)\s*$")
IN_SET: Final = re.compile(r"([A-Za-z_][\w.]*)\s+(?:not\s+)?in\s*\{(?:[^{}]*,)?\s*$")
FIELD_BEFORE: Final = re.compile(r"([A-Za-z_][\w.]*)(?:\[[^\]]*\])?\s+$")
OF_NUMBERS: Final = ("==", "!=", ">", "<", ">=", "<=", "in {", "&", "&&", "||")
OF_BYTES: Final = ("==", "!=", "contains", "matches", "&&", "||")


@dataclass(frozen=True, slots=True)
class Completion:
    """words are what could replace the expression from start to the place asked about."""

    start: int
    words: tuple[str, ...]

    @property
    def common(self) -> str:
        """What all of the words begin with."""
        first, last = min(self.words, default=""), max(self.words, default="")
        same = 0
        while same < min(len(first), len(last)) and first[same] == last[same]:
            same += 1
        return first[:same]


def complete(expression: str, place: int) -> Completion:
    """What could stand where the word before the place is; it counts the characters before it."""
    before = expression[:place]
    found = WORD.search(before)
    start = found.start() if found else place
    typed, rest = before[start:], before[:start]
    compared = COMPARED.search(rest) or IN_SET.search(rest)
    if compared is not None and compared[1] in KNOWN:
        return Completion(start, _fitting(typed, _values(compared[1])))
    asked = FIELD_BEFORE.search(rest)
    if asked is not None and asked[1] in KNOWN:
        operators = OF_NUMBERS if KNOWN[asked[1]].kind.numeric else OF_BYTES
        return Completion(start, tuple(word for word in operators if word.startswith(typed)))
    if typed[:1].isdigit() or typed.startswith('"'):
        return Completion(start, ())
    functions = (f"{name}(" for name in FUNCTIONS) if typed else ()
    return Completion(start, _fitting(typed, (*sorted(KNOWN, key=_depth), *functions)))


def _depth(name: str) -> int:
    """Protocols come before their fields."""
    return name.count(".")


def _values(field: str) -> list[str]:
    """The names of a field's values, as they are written."""
    if KNOWN[field].kind is TEXT:
        return []
    return [f'"{name}"' for name in KNOWN[field].names.values()]


def _fitting(typed: str, words: Iterable[str]) -> tuple[str, ...]:
    """Those that begin so, then those that have it inside."""
    wanted = typed.strip('"').casefold()
    known = list(words)
    beginning = [word for word in known if word.strip('"').casefold().startswith(wanted)]
    inside = [word for word in known if wanted and wanted in word.casefold() and word not in beginning]
    return tuple((beginning or inside)[:MOST])
