"""How a row of a table is laid out and painted: columns, cells, and the strip they become."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from l2scope.tui.theme import Ground, Palette, Tone

Cell = tuple[tuple[str, Tone], ...]
"""The pieces of a cell."""


@dataclass(frozen=True, slots=True)
class Column:
    """How a column is laid out. Columns of the highest `rank` are left out first; rank 0 stays.

    The one elastic column is at least `width` wide, takes the rest of the line, and pans.
    """

    title: str
    width: int
    right: bool = False
    rank: int = 0
    elastic: bool = False


class TableModel(Protocol):
    """What a table shows. Cells come in the order of the columns; `gutter` is up to two characters and their tone."""

    @property
    def count(self) -> int:
        """Rows there are."""

    def columns(self, width: int) -> Sequence[Column]:
        """The columns for a table of this width."""

    def cells(self, row: int) -> Sequence[Cell]:
        """The cells of a row, one for each of the columns."""

    def gutter(self, row: int) -> tuple[str, Tone]:
        """The sign left of a row."""


def plain(text: str, tone: Tone = Tone.PLAIN) -> Cell:
    """A cell of one piece."""
    return ((text, tone),)


def length(cell: Cell) -> int:
    """The cells of the terminal that a cell needs."""
    return sum(cell_len(text) for text, _ in cell)


class RowPainter:
    """The columns that fit a width, and the strips of head and rows in them."""

    def __init__(self, columns: Sequence[Column], width: int) -> None:
        self.width = width
        self._given = tuple(columns)
        self.columns = _fit(columns, max(0, width - 3))
        self.pan = 0
        self.highlight = ""
        self.chosen = -1
        """The place in the model of the column that stands out."""

    def fits(self, columns: Sequence[Column], width: int) -> bool:
        """Whether it was made for these columns and this width."""
        return width == self.width and tuple(columns) == self._given

    @property
    def elastic(self) -> tuple[int, int] | None:
        """Place in the model and width of the elastic column."""
        return next(((index, column.width) for index, column in self.columns if column.elastic), None)

    def head(self, palette: Palette) -> Strip:
        """The titles."""
        dim, bright = palette.style(Tone.DIM, Ground.BAR), palette.style(Tone.STRONG, Ground.SHADOW)
        segments = [Segment("  ", dim)]
        for index, column in self.columns:
            title = set_cell_size(column.title, min(column.width, cell_len(column.title)))
            rest = " " * (column.width - cell_len(title))
            text = rest + title if column.right else title + rest
            segments += [Segment(text, bright if index == self.chosen else dim), Segment(" ", dim)]
        return Strip(segments).adjust_cell_length(self.width, dim)

    def column_at(self, x: int) -> tuple[int, int]:
        """The place in the model of the column at a cell of the line, -1 for none, and how far its end is from there: 0
        on the gap behind it."""
        end = 2
        for index, column in self.columns:
            end += column.width + 1
            if x < end:
                return (index, end - 1 - x) if x >= 2 else (-1, 0)
        return -1, 0

    def row(self, cells: Sequence[Cell], gutter: tuple[str, Tone], ground: Ground, palette: Palette) -> Strip:
        """A row, exactly as wide as the table."""
        blank = palette.style(Tone.PLAIN, ground)
        segments = [Segment(gutter[0].ljust(2), palette.style(gutter[1], ground))]
        for index, column in self.columns:
            outstanding = index == self.chosen and ground in (Ground.CURSOR, Ground.SHADOW)
            segments += self._cell(cells[index], column, ground, palette, outstanding)
            segments.append(Segment(" ", blank))
        return Strip(segments).adjust_cell_length(self.width, blank)

    def _cell(self, cell: Cell, column: Column, ground: Ground, palette: Palette, outstanding: bool) -> list[Segment]:
        """A cell in exactly the width of its column."""
        if column.elastic:
            cell = _panned(cell, self.pan)
        used = length(cell)
        if used > column.width:
            cell, used = _cut(cell, column.width), column.width
        pieces = [Segment(text, palette.style(tone, ground)) for text, tone in cell if text]
        if outstanding:
            pieces = [Segment(text, (style or Style()) + Style(underline=True)) for text, style, _ in pieces]
        if column.elastic and self.highlight:
            pieces = _marked(pieces, self.highlight, palette.style(Tone.LOOK, ground) + Style(underline=True))
        if used == column.width:
            return pieces
        padding = Segment(" " * (column.width - used), palette.style(Tone.PLAIN, ground))
        return [padding, *pieces] if column.right else [*pieces, padding]


def _fit(columns: Sequence[Column], width: int) -> list[tuple[int, Column]]:
    """The columns that fit, each with its place in the model."""
    kept = list(enumerate(columns))

    def needed() -> int:
        return sum(column.width + 1 for _, column in kept)

    while needed() > width and any(column.rank for _, column in kept):
        kept.remove(max(kept, key=lambda entry: entry[1].rank))
    rest = max(0, width - needed())
    return [(index, replace(column, width=column.width + rest) if column.elastic else column) for index, column in kept]


def _panned(cell: Cell, by: int) -> Cell:
    """A cell without its first characters; an ellipsis says so."""
    if not by:
        return cell
    pieces, skip = [], by + 1
    for text, tone in cell:
        pieces.append((text[skip:], tone))
        skip = max(0, skip - len(text))
    return (("…", Tone.DIM), *pieces)


def _cut(cell: Cell, width: int) -> Cell:
    """The beginning of a cell in exactly this width; an ellipsis ends it."""
    pieces, room = [], width - 1
    for text, tone in cell:
        pieces.append((text if cell_len(text) <= room else set_cell_size(text, room), tone))
        room -= min(room, cell_len(text))
    return (*pieces, ("…", Tone.DIM), (" " * room, Tone.PLAIN))


def _marked(segments: list[Segment], wanted: str, style: Style) -> list[Segment]:
    """Shows where a searched text (in lower case) occurs."""
    marked: list[Segment] = []
    for text, normal, _ in segments:
        start, lowered = 0, text.lower()
        while (found := lowered.find(wanted, start)) >= 0 and len(lowered) == len(text):
            marked += [Segment(text[start:found], normal), Segment(text[found : found + len(wanted)], style)]
            start = found + len(wanted)
        marked.append(Segment(text[start:], normal))
    return [segment for segment in marked if segment.text]
