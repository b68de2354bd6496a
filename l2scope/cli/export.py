"""`l2scope export`."""

import sys
from io import TextIOWrapper
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from l2scope.cli.decoding import decoding_options
from l2scope.cli.hints import hint_option
from l2scope.cli.reading import capture_argument, capture_of
from l2scope.export.relations import TABLES

if TYPE_CHECKING:
    from l2scope.export.relations import Relation

EPILOG = """\b
Examples:
  l2scope export capture.btsnoop --table packets --to parquet -o packets.parquet
  l2scope export capture.btsnoop --table sdus --to csv > sdus.csv
  l2scope export capture.btsnoop --table findings --to jsonl | jq .message

\b
Times are Unix nanoseconds, lengths bytes, packets count from 1. In CSV an empty field is unknown; lists are JSON text.
Parquet needs DuckDB: pip install 'l2scope[sql]'.
"""


@click.command(epilog=EPILOG)
@capture_argument
@decoding_options
@hint_option
@click.option("--table", required=True, type=click.Choice(list(TABLES)), help="What to write.")
@click.option("--to", required=True, type=click.Choice(["parquet", "csv", "jsonl"]), help="The format.")
@click.option("-o", "out", type=click.Path(path_type=Path, dir_okay=False), help="A file, instead of stdout.")
def command(file: Path, table: str, to: str, out: Path | None) -> None:
    """Write a table of a capture for other programs."""
    if to == "parquet" and out is None:
        raise click.UsageError("Parquet is no text: name a file with -o")
    relation = TABLES[table](capture_of(file))
    if out is None:
        _write(relation, to, sys.stdout)
        return
    from l2scope.writing.replacing import replacing

    with replacing(out) as replaced:
        if to == "parquet":
            _write_parquet(relation, replaced)
        else:
            text = TextIOWrapper(replaced, "utf-8", newline="")
            _write(relation, to, text)
            text.detach()
    click.echo(f"l2scope: {len(next(iter(relation.values()))):,} rows in {out}", err=True)


def _write(relation: "Relation", to: str, file: IO[str]) -> None:
    from l2scope.export.files import write_csv, write_jsonl

    (write_csv if to == "csv" else write_jsonl)(relation, file)


def _write_parquet(relation: "Relation", file: IO[bytes]) -> None:
    """DuckDB writes to a name, which is not yet that of the file."""
    import shutil
    from tempfile import TemporaryDirectory

    from l2scope.export.files import write_parquet

    with TemporaryDirectory(prefix="l2scope-") as folder:
        path = Path(folder) / "table.parquet"
        write_parquet(relation, path)
        with path.open("rb") as written:
            shutil.copyfileobj(written, file)
