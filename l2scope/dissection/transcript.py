"""A conversation as lines to read: the head of each message, and its content as text or in hexadecimal."""

from collections.abc import Iterator
from typing import Final

from l2scope.dissection.conversation import Message
from l2scope.text import printable

BYTES_A_LINE: Final = 16
LONGEST_LINE: Final = 2000
MOST_LINES: Final = 10_000


def content_lines(message: Message, as_hex: bool) -> Iterator[str]:
    """What a message carries, MOST_LINES of it at the most."""
    text = None if as_hex else readable(message)
    lines = hex_lines(message.content) if text is None else iter(text.splitlines())
    for number, line in enumerate(lines):
        if number == MOST_LINES:
            yield "…"
            return
        yield printable(line, LONGEST_LINE)


def readable(message: Message) -> str | None:
    """The text that a message is, None where it is none: its dissector calls it text, or all of it can be read."""
    if message.media.startswith("text/"):
        return message.content.decode("utf-8", "replace")
    try:
        text = message.content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if all(character.isprintable() or character in "\t\n\r" for character in text) else None


def hex_lines(data: bytes) -> Iterator[str]:
    """As hexdump -C has it: offset, 16 bytes, and what of them is ASCII."""
    for start in range(0, len(data), BYTES_A_LINE):
        line = data[start : start + BYTES_A_LINE]
        shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in line)
        yield f"{start:06x}  {line.hex(' '):<47}  {shown}"


def finds(message: Message, wanted: str) -> bool:
    """Whether a text, or bytes written as hex:01a0, are in a message."""
    if wanted.startswith("hex:"):
        return bytes.fromhex(wanted[4:].replace(":", "")) in message.content
    folded = wanted.casefold()
    return folded in message.summary.casefold() or folded in message.content.decode("utf-8", "replace").casefold()
