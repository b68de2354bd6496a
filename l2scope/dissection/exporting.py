"""Conversations on their way out: files in a folder, lines of JSON."""

import hashlib
import re
from pathlib import Path
from typing import Final

from l2scope.dissection.conversation import Conversation, Message
from l2scope.dissection.joining import exported
from l2scope.text import printable

LONGEST_NAME: Final = 100
LONGEST_READ: Final = 4096
NOT_IN_NAMES: Final = re.compile(r'[\x00-\x1f<>:"/\\|?*\ufffd]')
RESERVED: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
"""Names that are devices on Windows, whatever their suffix."""


def write_files(conversation: Conversation, folder: Path) -> list[Path]:
    """Writes what the dissector makes of a conversation into a folder, which is made if it is not there. A name that is
    taken gets a number. Raises OSError, and whatever the dissector raises."""
    files = exported(conversation)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    taken: set[str] = set()
    for file in files:
        name = _free_name(safe_name(file.name), taken)
        path = folder / name
        path.write_bytes(file.data)
        written.append(path)
    return written


def safe_name(name: str) -> str:
    """The last part of a name that others chose, without what no path may hold."""
    last = re.split(r"[/\\]", name)[-1]
    safe = NOT_IN_NAMES.sub("_", printable(last, LONGEST_READ)).strip(" .")
    stem, dot, suffix = safe.rpartition(".")
    if len(safe) > LONGEST_NAME:
        safe = f"{stem[: LONGEST_NAME - 20]}{dot}{suffix[:16]}" if stem else safe[:LONGEST_NAME]
    return f"_{safe}" if not safe or RESERVED.fullmatch(safe) else safe


def _free_name(name: str, taken: set[str]) -> str:
    """The name, or the name with a number; on some disks A and a are one."""
    stem, dot, suffix = name.rpartition(".")
    free, number = name, 2
    while free.casefold() in taken:
        free = f"{stem}-{number}{dot}{suffix}" if stem else f"{name}-{number}"
        number += 1
    taken.add(free.casefold())
    return free


def message_json(index: int, message: Message) -> dict[str, object]:
    """The line of `follow --json`. sha256 is that of the content, text is the content where it is text."""
    return {
        "index": index,
        "direction": message.direction,
        "first_packet": message.first_packet,
        "last_packet": message.last_packet,
        "start_ns": message.start_ns,
        "end_ns": message.end_ns,
        "units": len(message.units),
        "length": len(message.content),
        "complete": message.complete,
        "media": message.media,
        "summary": message.summary,
        "problem": message.problem,
        "values": {title: plain(value) for title, value in message.values.items()},
        "sha256": hashlib.sha256(message.content).hexdigest(),
        "text": message.content.decode("utf-8", "replace") if message.media.startswith("text/") else None,
    }


def plain(value: object) -> object:
    """A value as JSON has it: bytes in hexadecimal, anything unknown as text."""
    if isinstance(value, bytes | bytearray):
        return bytes(value).hex()
    return value if isinstance(value, int | float | str | bool) or value is None else str(value)
