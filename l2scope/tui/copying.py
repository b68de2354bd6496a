"""What can be copied of packets, fields and bytes, and where it goes: to the terminal's clipboard, and into a file."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from l2scope.analysis.summary import PacketSummaries
from l2scope.capture import Capture
from l2scope.dissection import Field, Tree, dissect
from l2scope.text import printable
from l2scope.tui.kept import COPIED, keep_text, state_file

MOST_PACKETS = 2_000
"""So many packets are copied at once."""
MOST_TO_TERMINAL = 74_000
"""Terminals take about 100,000 characters of base64 (OSC 52); longer texts go into the file alone."""
PER_LINE = 16
LONGEST_PATH = 36
HIDDEN = "··"


@dataclass(frozen=True, slots=True)
class Copied:
    """Packets, or a field of one of them: `field` and its bytes, as far as these are marked or a field's. `lines` says
    how packets read in the list, `expression` the filter for the chosen cell or field."""

    capture: Capture
    numbers: Sequence[int]
    lines: Callable[[Sequence[int]], list[str]]
    shows_keys: bool
    expression: str = ""
    value: str = ""
    field: Field | None = None
    buffer: int = 0
    span: range | None = None

    def text(self) -> str:
        """As it reads on the screen."""
        if self.field is not None:
            return "\n".join(_indented(self.field, 0))
        return "\n".join(self.lines(self.numbers))

    def fields(self) -> str:
        """The whole trees of packets, a line a field."""
        trees = ([line for field in tree.fields for line in _indented(field, 0)] for tree in self.trees)
        return "\n\n".join(map("\n".join, trees))

    def hex(self) -> str:
        """Bytes in hexadecimal, a packet a line."""
        return "\n".join(" ".join(pairs) for pairs in self._pairs())

    def dump(self) -> str:
        """Offsets and bytes, as text2pcap reads them."""
        return "\n".join(
            "\n".join(
                f"{start:06x}  {' '.join(pairs[start : start + PER_LINE])}" for start in range(0, len(pairs), PER_LINE)
            )
            for pairs in self._pairs()
        )

    def json(self) -> str:
        """A field, or packets with all their fields."""
        if self.field is not None:
            return json.dumps(_as_data(self.trees[0], self.field), indent=1, ensure_ascii=False)
        summaries = PacketSummaries(self.capture)
        packets = [
            {**asdict(summaries.of(number)), "fields": [_as_data(tree, field) for field in tree.fields]}
            for number, tree in zip(self.numbers, self.trees, strict=True)
        ]
        return json.dumps(packets[0] if len(packets) == 1 else packets, indent=1, ensure_ascii=False)

    @property
    def trees(self) -> list[Tree]:
        """The packets, taken apart."""
        return [dissect(self.capture, number, self.shows_keys, patient=False) for number in self.numbers]

    def _pairs(self) -> Iterable[list[str]]:
        for tree in self.trees:
            data = tree.buffers[self.buffer].data if self.buffer < len(tree.buffers) else b""
            span = self.span if self.span is not None else range(len(data))
            hidden = {at for buffer, start, stop in tree.hidden if buffer == self.buffer for at in range(start, stop)}
            yield [HIDDEN if at in hidden else f"{data[at]:02x}" for at in span if at < len(data)]


FORMS: dict[str, tuple[str, Callable[[Copied], str]]] = {
    "t": ("text", Copied.text),
    "v": ("value", lambda copied: copied.value),
    "f": ("filter", lambda copied: copied.expression),
    "x": ("hex", Copied.hex),
    "d": ("hex dump", Copied.dump),
    "j": ("JSON", Copied.json),
    "l": ("all fields", Copied.fields),
}
"""What a letter copies."""


def keep_copied(text: str) -> Path | None:
    """Keeps what was copied in a file, for terminals that take no text; None where that fails."""
    path = state_file(COPIED)
    return path if keep_text(path, text) else None


def fits_terminal(text: str) -> bool:
    """A terminal takes so much."""
    return len(text.encode("utf-8", "backslashreplace")) <= MOST_TO_TERMINAL


def copy_note(text: str, path: Path | None) -> str:
    """Where a copied text went."""
    size = f"{len(text):,} characters"
    where = "" if path is None else printable(_from_home(path))
    if fits_terminal(text):
        return f"copied {size}; also in {where}" if where else f"copied {size}"
    return f"{size} are too much for a terminal: in {where}" if where else f"{size} are too much for a terminal"


def _from_home(path: Path) -> str:
    """A path as short as it is clear."""
    try:
        told = f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        told = str(path)
    return told if len(told) <= LONGEST_PATH else f"…{told[1 - LONGEST_PATH :]}"


def _indented(field: Field, depth: int) -> Iterable[str]:
    told = ": ".join(part for part in (field.name, field.value) if part)
    yield "    " * depth + told + (f"  ? {field.problem}" if field.problem else "")
    for child in field.children:
        yield from _indented(child, depth + 1)


def _as_data(tree: Tree, field: Field) -> dict[str, Any]:
    """A field with its bytes, unless these are hidden, and its parts."""
    data: dict[str, Any] = {"name": field.name, "value": field.value}
    hidden = any(
        buffer == field.buffer and start < field.stop and field.start < stop for buffer, start, stop in tree.hidden
    )
    if field.start < field.stop and not field.children and not hidden and field.buffer < len(tree.buffers):
        data["hex"] = tree.buffers[field.buffer].data[field.start : field.stop].hex()
    if field.problem:
        data["problem"] = field.problem
    if field.children:
        data["fields"] = [_as_data(tree, child) for child in field.children]
    return data
