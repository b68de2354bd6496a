"""How much may be unpacked, and which member of an archive is meant: what a user says about a wrapped capture."""

import re
from dataclasses import dataclass
from typing import Final

from l2scope.sources.errors import CaptureError

DEFAULT_MAX_SIZE: Final = 4 << 30
# A capture in a gzip in a tar in a gzip in a zip has as many wrappings; more is made to do harm.
DEEPEST: Final = 5

LETTERS: Final = "KMGT"
WRITTEN: Final = re.compile(rf"([0-9]{{1,18}}(?:\.[0-9]{{1,9}})?)\s*(?:([{LETTERS}])(I?B)?|B)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unpacking:
    """member: which capture is meant where it comes in an archive, by its name or the last parts of that; max_size: the
    most bytes that any wrapping may unpack to."""

    member: str | None = None
    max_size: int = DEFAULT_MAX_SIZE

    def too_large(self, what: str) -> CaptureError:
        """What to say where that is not enough."""
        return CaptureError(
            f"{what} more than {size_text(self.max_size)}: if that is meant, allow it with --max-size, as in "
            f"--max-size {size_text(self.max_size * 4).replace(' ', '')}"
        )


def parse_size(text: str) -> int:
    """Bytes of a size such as 500M, 4G, 1.5GiB or 1048576. As in coreutils K, M, G and T stand for powers of 1024, and
    KB, MB, GB and TB for powers of 1000. Raises ValueError."""
    found = WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no size: write it like 500M, 4G or 1048576")
    number, letter, unit = found.groups()
    base = 1000 if unit and len(unit) == 1 else 1024
    size = int(float(number) * base ** (LETTERS.index(letter.upper()) + 1)) if letter else int(float(number))
    if size == 0:
        raise ValueError(f"{text!r} is too small: nothing could be unpacked")
    return size


def size_text(size: int) -> str:
    """Bytes in the largest unit that leaves at least one."""
    value, unit = float(size), "bytes"
    for letter in LETTERS:
        if value < 1024:
            break
        value, unit = value / 1024, f"{letter}iB"
    return f"{value:.1f}".removesuffix(".0") + f" {unit}"
