"""Wireshark's own tree of one packet, as lines."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from l2scope.capture import Capture
from l2scope.crosscheck.readable import readable
from l2scope.crosscheck.wireshark import WiresharkError, wireshark
from l2scope.text import printable

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SECONDS: Final = 20.0
MOST_LINES: Final = 4000
DEEPEST: Final = 40
LONGEST_LINE: Final = 500
FEW_PACKETS: Final = 50_000
"""So many are read twice within a second or two."""
NOT_XML: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(55296, 57344)))
GENERAL: Final = "geninfo"

Line = tuple[int, str]
"""How deep a line is in the tree, and what it says."""


def wireshark_tree(
    capture: Capture, number: int, stopped: Callable[[], bool] = lambda: False, seconds: float = SECONDS
) -> tuple[Line, ...]:
    """What Wireshark shows of a packet, with what it knows from the packets before, of small captures also from those
    behind. Raises WiresharkMissing, WiresharkError where it has no answer after so many seconds, and InterruptedError
    once stopped, which is asked meanwhile, says so.
    """
    from xml.etree import ElementTree

    asked = wireshark()
    with readable(capture) as path:
        written = asked.tree(path, number, seconds, capture.count <= FEW_PACKETS, stopped)
    try:
        packet = ElementTree.fromstring(written.decode("utf-8", "replace").translate(NOT_XML))
    except ElementTree.ParseError as error:
        raise WiresharkError(f"what Wireshark says of packet {number} cannot be read: {error}") from error
    lines: list[Line] = []
    for line in _lines(packet):
        if len(lines) == MOST_LINES:
            lines.append((0, "…"))
            break
        lines.append(line)
    return tuple(lines)


def _lines(packet: "Element") -> Iterator[Line]:
    """The protocols, and below each its fields. What Wireshark hides is left out, as in its own window."""
    waiting = [(0, child) for child in reversed(packet) if child.get("name") != GENERAL]
    while waiting:
        depth, element = waiting.pop()
        shown = element.get("showname") or element.get("show") or element.get("name") or ""
        hidden = element.get("hide") == "yes"
        if shown and not hidden:
            yield depth, printable(shown, LONGEST_LINE)
        if depth < DEEPEST and not hidden:
            waiting += [(depth + 1, child) for child in reversed(element)]
