"""What is kept from one session to the next, in the user's state folder: small files, written whole or not at all."""

import os
import tempfile
from pathlib import Path

import platformdirs

HISTORY = "filters.txt"
COPIED = "copied.txt"
MOST_BYTES = 1 << 20
"""Larger files are not ours."""


def state_file(name: str) -> Path | None:
    """Where a file is kept; None where the environment names no folder that is absolute."""
    folder = platformdirs.user_state_path("l2scope", appauthor=False)
    return folder / name if folder.is_absolute() else None


def history_file() -> Path | None:
    """Where the filters of former sessions are kept."""
    return state_file(HISTORY)


def kept_text(path: Path | None) -> str:
    """What a file holds; nothing where it is not there, cannot be read or is no text."""
    if path is None:
        return ""
    try:
        if path.stat().st_size > MOST_BYTES:
            return ""
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def keep_text(path: Path | None, text: str) -> bool:
    """Writes a file for the user alone, so that a reader finds the old text or the new one; False where that fails."""
    if path is None:
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, written = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    except OSError:
        return False
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        Path(written).replace(path)
    except OSError:
        Path(written).unlink(missing_ok=True)
        return False
    return True
