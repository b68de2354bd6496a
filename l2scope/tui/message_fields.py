"""The fields of a message as lines: those of each SDU or value that it was joined from, one below the other."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from l2scope.dissection.conversation import Message, Unit
from l2scope.dissection.field import Field
from l2scope.tui.theme import Tone

MOST_LINES: Final = 2000
INDENT: Final = "  "

FieldLine = tuple[tuple[str, Tone], ...]


def field_lines(message: Message) -> list[FieldLine]:
    """MOST_LINES at the most. Units that no dissector reads have none but their own line."""
    return list(islice(_of_units(message.units), MOST_LINES))


def _of_units(units: Iterable[Unit]) -> Iterator[FieldLine]:
    for unit in units:
        packets = f"{unit.first_packet}"
        if unit.last_packet != unit.first_packet:
            packets += f"-{unit.last_packet}"
        yield ((f"{unit.kind} {unit.index}", Tone.STRONG), (f"  packets {packets}, {len(unit.data):,} bytes", Tone.DIM))
        if unit.dissector is not None and unit.complete:
            yield from _of_fields(unit.dissector.fields(unit.data, 0, 0, len(unit.data)), 1)


def _of_fields(fields: Iterable[Field], depth: int) -> Iterator[FieldLine]:
    for field in fields:
        problem = f" [{field.problem}]" if field.problem else ""
        yield (
            (INDENT * depth + field.name, Tone.DIM if field.children else Tone.PLAIN),
            (f"  {field.value}", Tone.FIGURE),
            (problem, Tone.LOOK),
        )
        yield from _of_fields(field.children, depth + 1)
