"""Names for fields that hold from packet to packet, so that a tree stays open where the user opened it."""

import re
from collections.abc import Iterable

from l2scope.dissection import Field, Tree

NUMBER = re.compile(r"\d+")

Path = tuple[str, ...]
"""The keys that lead to a field."""


def keyed(fields: Iterable[Field]) -> Iterable[tuple[str, Field]]:
    """The fields with keys that differ, and that are the same in every packet: `Packet 7` is `Packet #`."""
    seen: dict[str, int] = {}
    for field in fields:
        key = NUMBER.sub("#", field.name)
        seen[key] = seen.get(key, 0) + 1
        yield (key if seen[key] == 1 else f"{key} {seen[key]}"), field


def principal(tree: Tree) -> str:
    """The key of the layer that a packet is about: the last that has parts and stands for bytes."""
    layers = [(key, layer) for key, layer in keyed(tree.fields) if layer.children]
    with_bytes = [key for key, layer in layers if layer.stop > layer.start]
    return (with_bytes or [key for key, _ in layers] or [""])[-1]


def branches(fields: Iterable[Field], above: Path = ()) -> Iterable[Path]:
    """The paths of all fields with parts."""
    for key, field in keyed(fields):
        if field.children:
            path = (*above, key)
            yield path
            yield from branches(field.children, path)


def path_to_byte(fields: Iterable[Field], buffer: int, offset: int) -> Path:
    """The path of the innermost field that holds a byte, empty where none does."""
    best: Path = ()
    for key, field in keyed(fields):
        inner = path_to_byte(field.children, buffer, offset)
        if inner and len(inner) >= len(best):
            best = (key, *inner)
        elif not best and field.buffer == buffer and field.start <= offset < field.stop:
            best = (key,)
    return best
