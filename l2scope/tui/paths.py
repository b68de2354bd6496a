"""Files that a path which is being typed may mean."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MOST_ENTRIES: Final = 20_000
MOST_FOUND: Final = 500


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file or folder. `text` is what would stand in the prompt for it."""

    path: Path
    text: str
    is_folder: bool
    size: int = 0


def candidates(typed: str) -> list[Candidate]:
    """What is in the folder that was typed and begins as the rest; folders first. Hidden ones only where asked for."""
    head, slash, beginning = typed.rpartition(os.sep)
    folder = expanded(head + slash) if slash else Path()
    found = []
    try:
        with os.scandir(folder) as entries:
            for _, entry in zip(range(MOST_ENTRIES), entries, strict=False):
                if _begins(entry.name, beginning):
                    found.append(_candidate(entry, head + slash))
    except OSError:
        return []
    found.sort(key=lambda one: (not one.is_folder, one.path.name.lower(), one.path.name))
    return found[:MOST_FOUND]


def common(typed: str, found: list[Candidate]) -> str:
    """As much as all of them have in common; what was typed where that is less."""
    texts = [one.text for one in found]
    shared = os.path.commonprefix(texts) if texts else typed  # noqa: RUF071 - a name is typed letter by letter
    return shared if shared.lower().startswith(typed.lower()) and shared.isprintable() else typed


def expanded(typed: str) -> Path:
    """A path as a shell reads it."""
    try:
        return Path(typed).expanduser()
    except RuntimeError:  # there is no such user, whose home it would be
        return Path(typed)


def _begins(name: str, beginning: str) -> bool:
    if name.startswith(".") and not beginning.startswith("."):
        return False
    return name.startswith(beginning) or name.lower().startswith(beginning.lower())


def _candidate(entry: "os.DirEntry[str]", before: str) -> Candidate:
    try:
        is_folder, size = entry.is_dir(), entry.stat().st_size
    except OSError:
        is_folder, size = False, 0
    return Candidate(Path(entry.path), before + entry.name + (os.sep if is_folder else ""), is_folder, size)
