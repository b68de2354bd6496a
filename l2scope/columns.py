"""Tables of text: columns as wide as their widest cell, numbers to the right; and figures as a person compares them."""

from collections.abc import Iterable, Sequence
from typing import Final
from unicodedata import east_asian_width

GAP: Final = "  "


def table_lines(titles: Sequence[str], rows: Iterable[Sequence[str]], left: frozenset[int] = frozenset()) -> list[str]:
    """The lines of a table, titles first; the columns whose numbers are in `left` begin at the left."""
    lines = [list(titles), *map(list, rows)]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(titles))]
    return [_line(line, widths, left) for line in lines]


def _line(line: Sequence[str], widths: Sequence[int], left: frozenset[int]) -> str:
    cells = [
        cell + _pad(cell, width) if column in left else _pad(cell, width) + cell
        for column, (cell, width) in enumerate(zip(line, widths, strict=True))
    ]
    return GAP.join(cells).rstrip()


def _width(text: str) -> int:
    """How many columns of a terminal a text takes: East Asian characters and emoji take two."""
    return len(text) if text.isascii() else sum(1 + (east_asian_width(character) in "WF") for character in text)


def _pad(cell: str, width: int) -> str:
    return " " * (width - _width(cell))


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


def counted(number: int, thing: str) -> str:
    """A number with its unit, as in "1 stall" or "1,200 SDUs"."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
