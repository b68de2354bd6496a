"""Tables of text for the terminal, and what their cells are made with."""

from collections.abc import Iterable, Sequence
from typing import Final

import click

from l2scope.columns import rate, seconds, table_lines
from l2scope.text import printable

__all__ = ["brief", "echo_table", "rate", "seconds"]

LONGEST_NAME: Final = 24


def echo_table(titles: Sequence[str], rows: Iterable[Sequence[str]], left: frozenset[int] = frozenset()) -> None:
    """Prints a table; the columns whose numbers are in `left` begin at the left."""
    for number, line in enumerate(table_lines(titles, rows, left)):
        click.echo(click.style(line, bold=True) if number == 0 else line)


def brief(name: str | None) -> str:
    """A name that others chose, short enough for a column."""
    return printable(name or "", LONGEST_NAME)
