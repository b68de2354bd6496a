"""Lines of Wireshark's tree as fields, which the screens show as they show ours."""

import re
from collections.abc import Sequence
from typing import Final

from l2scope.crosscheck.tree import Line
from l2scope.dissection import Field

PROBLEM: Final = re.compile(r"Malformed Packet|Expert Info \((?:Error|Warning)")


def outline(lines: Sequence[Line]) -> tuple[Field, ...]:
    """The fields of the top, with those below them."""
    top: list[Field] = []
    children: list[list[Field]] = [top]
    for depth, text in reversed(lines):
        while len(children) <= depth + 1:
            children.append([])
        below = tuple(reversed(children[depth + 1]))
        del children[depth + 1 :]
        children[depth].append(_field(depth, text, below))
    return tuple(reversed(top))


def _field(depth: int, text: str, children: tuple[Field, ...]) -> Field:
    """Name and value of a line such as "CID: Attribute Protocol (0x0004)"."""
    if PROBLEM.match(text):
        return Field("", children=children, problem=text)
    name, colon, value = text.partition(": ")
    if not depth or not colon or " = " in name:
        return Field(text, children=children)
    return Field(name, value, children=children)
