"""`l2scope query`."""

import json
from pathlib import Path

import click

from l2scope.cli.decoding import decoding_options
from l2scope.cli.hints import hint_option
from l2scope.cli.reading import capture_argument, capture_of, json_option
from l2scope.columns import table_lines
from l2scope.text import printable

TABLES = "packets, pdus, sdus, credits, frames, att, channels, findings"
EPILOG = f"""\b
Examples:
  l2scope query capture.btsnoop "select channel, count(*), avg(length) from sdus group by channel"
  l2scope query capture.btsnoop "select * from credits where balance = 0" --json
  l2scope query capture.btsnoop "describe channels"

\b
The tables: {TABLES}.
The SQL is DuckDB's (pip install 'l2scope[sql]'). A query sees the capture and nothing else of this machine.
"""


@click.command(epilog=EPILOG)
@capture_argument
@decoding_options
@click.argument("sql")
@hint_option
@json_option
def command(file: Path, sql: str, as_json: bool) -> None:
    """Ask a capture in SQL: a table on a terminal, or an object a line with --json."""
    from l2scope.export.sql import query

    titles, rows = query(capture_of(file), sql)
    if as_json:
        for row in rows:
            click.echo(json.dumps(dict(zip(titles, row, strict=True)), default=str))
        return
    left = frozenset(at for at in range(len(titles)) if any(isinstance(row[at], str) for row in rows))
    cells = [["-" if value is None else printable(str(value)) for value in row] for row in rows]
    for line in table_lines([printable(title) for title in titles], cells, left):
        click.echo(line)
