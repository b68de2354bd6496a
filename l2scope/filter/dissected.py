"""Fields that the tables lack: the bytes of a leaf of the field tree, found by its label, packet by packet.

Only packets that are still open are dissected. The values of a field are kept as long as the capture is, and so are the
fields of the first packets that were dissected.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import numpy as np

from l2scope.dissection import Field, Tree, dissect_protocols
from l2scope.filter.field import Cost, FilterField, Source
from l2scope.filter.kinds import ADDRESS, BOOLEAN, TEXT, Kind
from l2scope.filter.packets import Packets
from l2scope.filter.values import Mask, Values, objects

if TYPE_CHECKING:
    from l2scope.capture import Capture

Decoder = Callable[[bytes], int | bytes | str | None]

DEEPEST: Final = 32
MOST_KEPT: Final = 32_768
"""Packets of a capture whose fields are kept, about 1 kB each."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Which packets have a protocol, and what the branches of their trees that are its are called. code is what its
    commands, events or PDUs are told apart by, from their bytes, at least one."""

    packets: Callable[[Packets], Mask]
    owns: Callable[[str], bool]
    code: Callable[[bytes], int] = lambda data: data[0]


Path = tuple[str, ...]
Branch = list[tuple[Path, bytes]]
"""A protocol in a packet: the labels down to a field, and its bytes; first those of the protocol itself."""


class Trees:
    """What the dissectors said of packets, kept for the next field that is asked for."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.columns: dict[str, _Column] = {}
        self._paths: dict[Path, Path] = {}
        self._kept: dict[int, list[Branch]] = {}

    def of(self, packets: Packets, row: int) -> list[Branch]:
        """The protocols of a packet."""
        if (found := self._kept.get(row)) is None:
            packets.go_on()
            tree = dissect_protocols(packets.capture, row + packets.first_number)
            found = [list(self._walk(tree, branch, ())) for branch in tree.fields]
            if len(self._kept) < MOST_KEPT:
                self._kept[row] = found
        return found

    def _walk(self, tree: Tree, field: Field, above: Path) -> Iterator[tuple[Path, bytes]]:
        path = (*above, field.name)
        path = self._paths.setdefault(path, path)
        yield path, tree.buffers[field.buffer].data[field.start : field.stop]
        if len(path) < DEEPEST:
            for child in field.children:
                yield from self._walk(tree, child, path)


@dataclass(slots=True)
class _Column:
    """What is known of a field: packets looked at, and the values found."""

    seen: Mask = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    rows: list[int] = field(default_factory=list)
    data: list[Any] = field(default_factory=list)


_trees: "WeakKeyDictionary[Capture, Trees]" = WeakKeyDictionary()


def forget(capture: "Capture") -> None:
    """Lets go of what is kept of a capture, for those who go through all fields of it, piece by piece."""
    _trees.pop(capture, None)


@dataclass(frozen=True, slots=True)
class Dissected:
    """The source of a field: leaves with one of these labels; decode makes a value of their bytes, or None where they
    are none. only: in commands, events or PDUs with these codes, in all where it is empty. inside: only in a branch
    with this label; shallow: only right below the protocol itself."""

    name: str
    layer: Layer
    labels: frozenset[str]
    decode: Decoder
    numeric: bool
    only: frozenset[int] = frozenset()
    inside: str = ""
    shallow: bool = False

    def __call__(self, packets: Packets, open_: Mask) -> Values:
        trees = _trees.setdefault(packets.capture, Trees())
        with trees.lock:
            column = trees.columns.setdefault(self.name, _Column())
            self._look(column, trees, packets, open_ & self.layer.packets(packets))
            rows = np.array(column.rows, dtype=np.int64)
            data = np.array(column.data, dtype=np.int64) if self.numeric else objects(column.data)
        return Values(rows, data)

    def _look(self, column: _Column, trees: Trees, packets: Packets, wanted: Mask) -> None:
        """Takes the values of the wanted packets that were not looked at yet."""
        if len(column.seen) < packets.count:
            column.seen = np.concatenate((column.seen, np.zeros(packets.count - len(column.seen), dtype=np.bool_)))
        fits: dict[Path, bool] = {}
        for row in np.flatnonzero(wanted & ~column.seen[: packets.count]).tolist():
            for branch in trees.of(packets, row):
                for value in self._values(branch, fits):
                    column.rows.append(row)
                    column.data.append(value)
            column.seen[row] = True

    def _values(self, branch: Branch, fits: dict[Path, bool]) -> Iterator[int | bytes | str]:
        (title,), whole = branch[0]
        if not self.layer.owns(title) or (self.only and not (whole and self.layer.code(whole) in self.only)):
            return
        for path, data in branch:
            fitting = fits.get(path)
            if fitting is None:
                fitting = fits[path] = self._fits(path)
            if fitting and data and (value := self.decode(data)) is not None:
                yield value

    def _fits(self, path: Path) -> bool:
        below = len(path) == 2 if self.shallow else True
        return path[-1] in self.labels and below and (not self.inside or self.inside in path[:-1])


def branches(layer: Layer) -> Source:
    """The bytes of a protocol itself."""

    def values(packets: Packets, open_: Mask) -> Values:
        trees = _trees.setdefault(packets.capture, Trees())
        rows = np.flatnonzero(open_ & layer.packets(packets)).tolist()
        with trees.lock:
            found = [(row, branch[0]) for row in rows for branch in trees.of(packets, row)]
        own = [(row, data) for row, ((title,), data) in found if layer.owns(title)]
        return Values(np.array([row for row, _ in own], dtype=np.int64), objects([data for _, data in own]))

    return values


def number(mask: int) -> Decoder:
    """A little-endian number; the bits of a mask, moved to the right."""
    shift = (mask & -mask).bit_length() - 1 if mask else 0

    def decode(data: bytes) -> int | None:
        if len(data) > 7:
            return None
        value = int.from_bytes(data, "little")
        return (value & mask) >> shift if mask else value

    return decode


def signed(data: bytes) -> int | None:
    """A little-endian number with a sign."""
    return int.from_bytes(data, "little", signed=True) if len(data) < 8 else None


def flag(mask: int) -> Decoder:
    """Whether one of the bits is set."""
    return lambda data: int(bool(int.from_bytes(data, "little") & mask))


def whole(data: bytes) -> bytes:
    """The bytes as they are."""
    return data


def address(data: bytes) -> bytes | None:
    """A device address, its first byte first, as people write it."""
    return data[::-1] if len(data) == 6 else None


def text(data: bytes) -> str:
    """UTF-8 up to the first zero byte."""
    return data.split(b"\0", 1)[0].decode("utf-8", "replace")


def decoder_of(kind: Kind, mask: int, has_sign: bool) -> Decoder:
    """How a field of a kind is read."""
    if kind is BOOLEAN:
        return flag(mask or 0xFF)
    if kind is ADDRESS:
        return address
    if kind.numeric:
        return signed if has_sign else number(mask)
    return text if kind is TEXT else whole


def leaf(
    layer: Layer,
    name: str,
    kind: Kind,
    help: str,
    *labels: str,
    mask: int = 0,
    signed: bool = False,
    names: Mapping[int, str] = MappingProxyType({}),
    only: Iterable[int] = (),
    inside: str = "",
    shallow: bool = False,
) -> FilterField:
    """A field that is read from leaves with these labels; the arguments are those of Dissected and FilterField."""
    decode = decoder_of(kind, mask, signed)
    source = Dissected(name, layer, frozenset(labels), decode, kind.numeric, frozenset(only), inside, shallow)
    return FilterField(name, kind, help, source, names, Cost.DISSECTED)
