"""On which line of a TOML file a key stands: what tomllib does not tell.

A statement of TOML (a header, or a key with its value) is a document of its own, so tomllib reads the file statement by
statement, and the lines are counted meanwhile.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

# Keys, and indices of arrays, from the top of the file down.
Path = tuple[str | int, ...]


class Places:
    """The lines of a text that tomllib can read, from 1."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {(): 1}
        self._arrays: dict[Path, int] = {}  # of tables, with the index of the last one
        table: Path = ()
        for line, statement, document in _statements(text):
            if statement.lstrip().startswith("["):
                table = self._header(document)
                for length in range(1, len(table) + 1):
                    self._lines.setdefault(table[:length], line)
            else:
                for path in _paths(document):
                    self._lines.setdefault(table + path, line)

    def line(self, path: Path) -> int:
        """The line where the value at a path begins, or the nearest value around it."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def _header(self, document: dict[str, Any]) -> Path:
        """The full path of a table by its header alone, which stands for the last element of each array on its way."""
        path: Path = ()
        value: Any = document
        while value:
            if isinstance(value, list):
                self._arrays[path] = index = self._arrays.get(path, -1) + 1
                return (*path, index)
            ((key, value),) = value.items()
            path = (*path, key)
            if path in self._arrays and not isinstance(value, list):
                path = (*path, self._arrays[path])
        return path


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Each statement with the line where it begins, and what it says alone."""
    begin, statement = 1, ""
    for number, line in enumerate(text.split("\n"), 1):
        statement += line + "\n"
        try:
            document = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue  # an array or a text that goes on
        if document:
            yield begin, statement, document
        begin, statement = number + 1, ""


def _paths(value: Mapping[str, Any] | list[Any]) -> Iterator[Path]:
    """The paths of everything in a table or array."""
    for key, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
        yield (key,)
        if isinstance(inner, Mapping | list):
            for path in _paths(inner):
                yield (key, *path)
