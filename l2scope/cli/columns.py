"""Tables of text for the terminal: columns as wide as their widest cell, numbers to the right."""

from collections.abc import Iterable, Sequence
from typing import Final

import click

GAP: Final = "  "


def echo_table(titles: Sequence[str], rows: Iterable[Sequence[str]], left: frozenset[int] = frozenset()) -> None:
    """Prints a table; the columns whose numbers are in `left` begin at the left."""
    lines = [list(titles), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
    for number, line in enumerate(lines):
        cells = [
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        text = GAP.join(cells).rstrip()
        click.echo(click.style(text, bold=True) if number == 0 else text)


def seconds(nanoseconds: int) -> str:
    """A duration that a person can compare: 3.989 s, 53.2 ms, 41 us."""
    if nanoseconds >= 1_000_000_000:
        return f"{nanoseconds / 1e9:,.3f} s"
    if nanoseconds >= 1_000_000:
        return f"{nanoseconds / 1e6:.1f} ms"
    return f"{nanoseconds / 1e3:.0f} us"


def rate(bits_per_second: float | None) -> str:
    """A goodput in bytes a second, as people compare transfers."""
    if bits_per_second is None:
        return "-"
    bytes_per_second = bits_per_second / 8
    for unit, size in (("MB/s", 1e6), ("kB/s", 1e3)):
        if bytes_per_second >= size:
            return f"{bytes_per_second / size:.1f} {unit}"
    return f"{bytes_per_second:.0f} B/s"
