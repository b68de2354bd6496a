"""Writes relations as CSV, as lines of JSON, and as Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Final

from l2scope.export.relations import Column, Relation
from l2scope.export.sql import connect

BATCH: Final = 65_536


def rows_of(relation: Relation) -> Iterator[tuple[Any, ...]]:
    """The rows as Python values, None for NULL."""
    columns = list(relation.values())
    for start in range(0, len(columns[0]) if columns else 0, BATCH):
        yield from zip(*(_values(column[start : start + BATCH]) for column in columns), strict=True)


def _values(column: Column) -> list[Any]:
    values: list[Any] = column.tolist()
    return values


def write_csv(relation: Relation, file: IO[str]) -> None:
    """RFC 4180 with a line of titles. NULL is an empty field."""
    write_rows(list(relation), rows_of(relation), file)


def write_rows(titles: Sequence[str], rows: Iterator[tuple[Any, ...]], file: IO[str]) -> None:
    """The same, of rows."""
    writer = csv.writer(file)
    writer.writerow(titles)
    writer.writerows(rows)


def write_jsonl(relation: Relation, file: IO[str]) -> None:
    """An object a row and line."""
    names = list(relation)
    for row in rows_of(relation):
        file.write(json.dumps(dict(zip(names, row, strict=True))) + "\n")


def write_parquet(relation: Relation, path: Path) -> None:
    """Raises CaptureError where DuckDB is missing."""
    with connect({"exported": relation}) as connection:
        connection.table("exported").write_parquet(str(path), compression="zstd")
