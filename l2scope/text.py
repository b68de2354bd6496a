"""The only gate from bytes or foreign strings to text that may be shown.

A peer chooses its name, its payload and its lengths. Control characters steer a terminal, bidirectional ones change the
order of what is read, and lone surrogates cannot be encoded at all: none of them leaves this module.
"""

import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
LONGEST_TEXT = 512


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
    return "".join(character if _is_harmless(character) else REPLACEMENT for character in value)


def _is_harmless(character: str) -> bool:
    """Marks that combine are kept out too: a pile of them spills over the lines above."""
    return character == REPLACEMENT or (character.isprintable() and unicodedata.category(character) not in ("Mn", "Me"))
