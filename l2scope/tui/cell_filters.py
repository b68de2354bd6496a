"""Filters made of what the cursor is on: a cell of the list, a field of the tree, bytes. They may take a while."""

from collections.abc import Sequence

from l2scope.capture import Capture
from l2scope.dissection import Field, Tree
from l2scope.filter.packets import Packets
from l2scope.tui.column_values import ColumnValues
from l2scope.tui.field_names import filter_field
from l2scope.tui.field_texts import expression_of, values_of
from l2scope.tui.packet_columns import source_of

Span = tuple[int, int, int]
"""Buffer, start and stop."""


def of_cell(values: ColumnValues, name: str, row: int) -> str:
    """That packets with the same value in a column pass; nothing where the column is of no field, or shows keys."""
    source = source_of(name)
    if source is None or source.field is None:
        return ""
    found = values_of(source.field, Packets(values.capture), [row]).get(row, [])
    return "" if values.hides(source.field, row, found) else expression_of(source.field, found)


def of_field(capture: Capture, number: int, tree: Tree, path: Sequence[Field]) -> str:
    """That packets pass in which a field of the tree is the same; of one that filters do not know, its bytes."""
    if not path:
        return ""
    if not path[-1].secret and (found := filter_field(capture, number, tree, path)) is not None:
        return expression_of(*found)
    return of_bytes(capture, number, tree, (path[-1].buffer, path[-1].start, path[-1].stop))


def of_bytes(capture: Capture, number: int, tree: Tree, span: Span) -> str:
    """That packets with the same bytes at the same place pass; of the packet itself alone, and of no keys."""
    buffer, start, stop = span
    hidden = any(other == 0 and begin < stop and start < end for other, begin, end in tree.hidden)
    if buffer or start >= stop or hidden:
        return ""
    shift = int(Packets(capture).has_indicator[number - capture.first_number])
    return f"frame[{start + shift}:{stop - start}] == {tree.buffers[0].data[start:stop].hex(':')}"
