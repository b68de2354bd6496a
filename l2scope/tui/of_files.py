"""What the user has said of single files, kept for when they are opened again: muted rules, and marks."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from l2scope.tui.marks import LETTERS
from l2scope.tui.session import Asked
from l2scope.tui.stored import Stored

MOST_FILES: Final = 300
"""What was said of so many files is kept, of those of which something was said last."""
RULE: Final = re.compile("[A-Z0-9]{3,6}[0-9]{3}")
MOST_PACKETS: Final = 1 << 31
FILES: Final = "files"
File = tuple[str, str | None]
"""The path of a file, and which member of it where it is an archive."""


@dataclass(frozen=True, slots=True)
class OfFile:
    """The ids of the rules that are muted, and packets (from 1) by the letters that mark them."""

    muted: frozenset[str] = frozenset()
    marks: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def __bool__(self) -> bool:
        return bool(self.muted or self.marks)


class OfFiles:
    """Kept among what the program remembers."""

    def __init__(self, state: Stored) -> None:
        self._state = state

    def of(self, asked: Asked) -> OfFile:
        """What was said of a file."""
        return next((said for file, said in self._all() if file == _file(asked)), OfFile())

    def keep(self, asked: Asked, said: OfFile) -> None:
        """This and nothing else is said of a file from now on."""
        others = [(file, before) for file, before in self._all() if file != _file(asked)]
        kept = [(_file(asked), said), *others][:MOST_FILES] if said else others
        rows = [
            {"path": path, "member": member, "muted": sorted(of.muted), "marks": dict(of.marks)}
            for (path, member), of in kept
        ]
        self._state.change(lambda values: values.update({FILES: rows}))

    def _all(self) -> Iterator[tuple[File, OfFile]]:
        rows = self._state.get(FILES, [])
        for row in rows[:MOST_FILES] if isinstance(rows, list) else ():
            path, member = (row.get("path"), row.get("member")) if isinstance(row, dict) else (None, None)
            if isinstance(path, str) and isinstance(member, str | None):
                yield (path, member), OfFile(_rules(row.get("muted")), _marks(row.get("marks")))


def _file(asked: Asked) -> File:
    return str(asked.path.absolute()), asked.unpacking.member


def _rules(data: object) -> frozenset[str]:
    rules = data if isinstance(data, list) else ()
    return frozenset(rule for rule in rules if isinstance(rule, str) and RULE.fullmatch(rule))


def _marks(data: object) -> dict[str, int]:
    marks = data if isinstance(data, dict) else {}
    return {
        letter: packet
        for letter, packet in marks.items()
        if letter in LETTERS and isinstance(packet, int) and 0 < packet < MOST_PACKETS
    }
