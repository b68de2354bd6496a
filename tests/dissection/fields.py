"""Ways through a field tree, and what must hold of every one."""

from collections.abc import Iterable, Iterator

from l2scope.dissection import Field, Tree


def walk(fields: Iterable[Field]) -> Iterator[Field]:
    """Every field, parents first."""
    for field in fields:
        yield field
        yield from walk(field.children)


def leaves(fields: Iterable[Field]) -> Iterator[Field]:
    return (field for field in walk(fields) if not field.children)


def named(fields: Iterable[Field], name: str) -> Field:
    """The first field of that name."""
    return next(field for field in walk(fields) if field.name == name)


def values(field: Field) -> dict[str, str]:
    """The names and values of a field's children."""
    return {child.name: child.value for child in field.children}


def spans(field: Field) -> dict[str, tuple[int, int]]:
    """The names and byte ranges of a field's children."""
    return {child.name: (child.start, child.stop) for child in field.children}


def check_tree(tree: Tree) -> None:
    """Ranges lie in their buffers, children in their parents, and leaves cover all of the packet's bytes."""
    for field in walk(tree.fields):
        assert 0 <= field.start <= field.stop <= len(tree.buffers[field.buffer].data), field
        assert field.name.isprintable(), field
        assert field.value.isprintable(), field
        assert field.problem.isprintable(), field
        for child in field.children:
            if child.stop > child.start:
                assert child.buffer == field.buffer, (field.name, child)
                assert field.start <= child.start <= child.stop <= field.stop, (field.name, child)
    for number, buffer in enumerate(tree.buffers):
        check_coverage(tree.fields, number, len(buffer.data))


def check_coverage(fields: Iterable[Field], buffer: int, size: int) -> None:
    """No byte of a buffer is missing in all leaves."""
    covered = bytearray(size)
    for leaf in leaves(fields):
        if leaf.buffer == buffer:
            covered[leaf.start : leaf.stop] = b"\1" * (leaf.stop - leaf.start)
    assert covered.count(0) == 0, f"buffer {buffer}: byte {covered.find(0)} is in no leaf"
