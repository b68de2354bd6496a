"""What the program keeps between runs, in a file of JSON that it alone writes. Whatever is wrong with such a file is
said and ends nothing: the program goes on as if there were none."""

import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from l2scope.text import printable

VERSION: Final = 1
MOST_BYTES: Final = 1 << 20


class Unusable(Exception):
    """A file that is there and cannot be used, and why."""


class Stored:
    """A file with a version and values by name; no file at all where there is no folder for it."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.problem = ""
        """What the user should know; "" for nothing."""
        self._is_foreign = False
        self.values = self._read()

    def get(self, name: str, otherwise: object = None) -> Any:  # noqa: ANN401 - as JSON is read
        """A value, which may be anything that JSON knows: whoever uses it looks at what it is."""
        return self.values.get(name, otherwise)

    def change(self, changes: Callable[[dict[str, Any]], None]) -> None:
        """Changes values, those that another l2scope may have written meanwhile, and writes them."""
        fresh = self._read()
        if fresh or not self.values:
            self.values = fresh
        changes(self.values)
        self._write()

    def _read(self) -> dict[str, Any]:
        if self.path is None or self._is_foreign:
            return dict(getattr(self, "values", {}))
        try:
            return _parsed(self.path)
        except FileNotFoundError:
            return {}
        except (OSError, Unusable) as error:
            self.problem = f"{printable(str(self.path))} is not used: {_reason(error)}"
            self._is_foreign = isinstance(error, _Newer)
            return {}

    def _write(self) -> None:
        if self.path is None or self._is_foreign:
            return
        try:
            write_whole(self.path, json.dumps({"version": VERSION, **self.values}, indent=1))
        except OSError as error:
            self.problem = f"{printable(str(self.path))} cannot be written: {_reason(error)}"


class _Newer(Unusable):
    """Written by a later l2scope, whose file it stays."""


def _parsed(path: Path) -> dict[str, Any]:
    """The values of a file. Raises OSError or Unusable."""
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Unusable("it is too large")
    try:
        values = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unusable("it is no JSON") from error
    if not isinstance(values, dict) or "version" not in values:
        raise Unusable("it has no version")
    version = values.pop("version")
    if version != VERSION:
        raise _Newer(f"it has version {printable(str(version), 20)}, this l2scope writes {VERSION}")
    return values


def write_whole(path: Path, text: str) -> None:
    """A file that others see as it was or as it is, never half written; for its owner alone. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _reason(error: Exception) -> str:
    return error.strerror or "it cannot be read" if isinstance(error, OSError) else str(error)
