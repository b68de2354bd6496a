"""Hides the values of keys: a tree on a screen is seen by more people than the capture was meant for."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from l2scope.dissection.field import Field, Tree

HIDDEN = "hidden"


def without_secrets(tree: Tree) -> Tree:
    """The tree with the values of secret fields hidden; tree.hidden says where their bytes are."""
    spans = tuple(_spans(tree.fields))
    return Tree(tree.buffers, tuple(map(_without, tree.fields)), spans) if spans else tree


def _spans(fields: Iterable[Field]) -> Iterator[tuple[int, int, int]]:
    for field in fields:
        if field.secret:
            yield field.buffer, field.start, field.stop
        yield from _spans(field.children)


def _without(field: Field) -> Field:
    children = tuple(map(_without, field.children))
    return replace(field, value=HIDDEN if field.secret else field.value, children=children)
