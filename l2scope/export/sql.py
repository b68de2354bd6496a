"""SQL over the tables of a capture, by DuckDB (the extra `sql`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from l2scope.export.relations import TABLES, Relation
from l2scope.sources.errors import CaptureError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from l2scope.capture import Capture

WORD: Final = re.compile(r"\w+")
# A query sees the capture and nothing else of this machine: no file, no network, no variable of this program.
CONFINED: Final = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}


def connect(relations: Mapping[str, Relation]) -> DuckDBPyConnection:
    """A database in memory that holds these relations. Raises CaptureError where DuckDB is missing."""
    try:
        import duckdb
    except ImportError as error:
        raise CaptureError("DuckDB is missing: install it with  pip install 'l2scope[sql]'") from error
    connection = duckdb.connect(":memory:", config=dict(CONFINED))
    for name, relation in relations.items():
        connection.register(name, relation)
    return connection


def tables_in(statement: str) -> list[str]:
    """The tables that a statement may name."""
    words = {word.lower() for word in WORD.findall(statement)}
    return [name for name in TABLES if name in words]


def query(capture: Capture, statement: str) -> tuple[list[str], list[tuple[object, ...]]]:
    """The titles and rows that a statement gives. Raises CaptureError where DuckDB is missing, or refuses it."""
    with connect({name: TABLES[name](capture) for name in tables_in(statement)}) as connection:
        import duckdb

        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        try:
            found = connection.execute(statement)
            titles = [column[0] for column in found.description or ()]
            return titles, found.fetchall()
        except duckdb.Error as error:
            raise CaptureError(f"the query failed: {error}") from error
