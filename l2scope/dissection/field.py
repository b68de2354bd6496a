"""What a packet looks like once it is taken apart: fields with the bytes they stand for."""

from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_HEX = 24


@dataclass(frozen=True, slots=True)
class Field:
    """One line of the tree: bytes `start` to `stop` of buffer number `buffer`, which hold those of all `children`.

    A field that stands for no bytes, such as the time of the packet, has start == stop. `problem` says in words what
    is wrong with the field, else it is empty. A `secret` one holds a key; `personal` says what else in it tells of a
    person's device: "address", "name", or "advertised" for what a device tells everyone.
    """

    name: str
    value: str = ""
    buffer: int = 0
    start: int = 0
    stop: int = 0
    children: tuple["Field", ...] = ()
    problem: str = ""
    secret: bool = False
    personal: str = ""


@dataclass(frozen=True, slots=True)
class Buffer:
    """Bytes that fields point into: the packet, and what was put together from several."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Tree:
    """All there is to see of one packet. The first buffer is the packet itself. hidden are the spans, as buffer, start
    and stop, of bytes that are not to be shown."""

    buffers: tuple[Buffer, ...]
    fields: tuple[Field, ...]
    hidden: tuple[tuple[int, int, int], ...] = ()


def hex_text(data: bytes) -> str:
    """The first bytes in hexadecimal, and how many there are when some are left out."""
    text = data[:LONGEST_HEX].hex(" ")
    return text if len(data) <= LONGEST_HEX else f"{text} … ({len(data):,} bytes)"


def bytes_field(name: str, data: bytes, buffer: int, start: int, stop: int, problem: str = "") -> Field:
    """A leaf for bytes that no dissector names."""
    return Field(name, hex_text(data[start:stop]), buffer, start, stop, problem=problem)


def filled(children: Iterable[Field], data: bytes, buffer: int, start: int, stop: int) -> tuple[Field, ...]:
    """The children with a leaf in every gap between them, so that no byte from start to stop is lost.

    Fields without bytes and fields of other buffers pass through.
    """
    result = list(children)
    position = start
    own = [child for child in result if child.buffer == buffer and child.start < child.stop]
    for child in sorted(own, key=lambda child: child.start):
        if position < child.start:
            gap = bytes_field("Bytes", data, buffer, position, child.start)
            result.insert(result.index(child), gap)
        position = max(position, child.stop)
    if position < stop:
        result.append(bytes_field("Bytes", data, buffer, position, stop))
    return tuple(result)
