"""SARIF 2.1.0 (OASIS), which GitHub, Azure DevOps and editors read: a run, its rules and its results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from l2scope._version import __version__
from l2scope.text import printable

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
HOME: Final = "https://github.com/l2scope/l2scope"
# How bad a result is, by the severities of findings and of verdicts.
LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}
LONGEST_MESSAGE: Final = 2000

Json = dict[str, object]


def sarif_text(rules: Sequence[Json], results: Sequence[Json]) -> str:
    """A log of one run."""
    driver = {"name": "l2scope", "version": __version__, "informationUri": HOME, "rules": list(rules)}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": list(results)}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def message(text: str) -> Json:
    """Text that may hold names from a capture."""
    return {"text": printable(text, LONGEST_MESSAGE)}


def place(path: Path, line: int | None = None) -> Json:
    """A file, or a line of it."""
    uri = path.as_uri() if path.is_absolute() else quote(path.as_posix())
    found: Json = {"artifactLocation": {"uri": uri}}
    return found if line is None else found | {"region": {"startLine": line}}
