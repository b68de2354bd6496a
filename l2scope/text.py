"""The only gate from bytes or foreign strings to text that may be shown.

A peer chooses its name, its payload and its lengths. Control characters steer a terminal, bidirectional ones change the
order of what is read, and lone surrogates cannot be encoded at all: none of them leaves this module.
"""

import unicodedata
from collections.abc import Iterator

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
LONGEST_TEXT = 512
MOST_MARKS = 2


def printable(value: str | bytes | bytearray | memoryview, longest: int = LONGEST_TEXT) -> str:
    """Text that is safe on a terminal, at most `longest` characters, one line.

    Bytes are read as UTF-8. What cannot be shown is replaced by U+FFFD, character for character; a text that was cut
    ends in an ellipsis.
    """
    if not isinstance(value, str):
        value = bytes(value[: longest * 4 + 4]).decode("utf-8", "replace")
    if len(value) > longest:
        value = value[: longest - 1] + "…"
    if value.isprintable() and value.isascii():
        return value
    return "".join(_harmless(value))


def _harmless(text: str) -> Iterator[str]:
    """The characters, those that can do harm replaced. Some scripts put marks on their letters, so a letter keeps a
    few; a pile of them would spill over the lines above."""
    marks = MOST_MARKS
    for character in text:
        category = unicodedata.category(character)
        if category == "Mn":
            marks += 1
            yield character if marks <= MOST_MARKS else REPLACEMENT
            continue
        marks = 0 if category[0] == "L" or category == "Mc" else MOST_MARKS
        yield character if character.isprintable() and category != "Me" else REPLACEMENT
