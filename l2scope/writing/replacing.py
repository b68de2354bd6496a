"""A file that appears under its name only when it is whole."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from l2scope.sources.errors import CaptureError


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes the place of path, and of what was there, at the end of the block; nothing is left of
    it where the block raises. Raises CaptureError where it cannot be written."""
    target = Path(os.path.realpath(path))
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            raise CaptureError(f"{path}: not a regular file, so no capture can be written there")
        try:
            with partial.open("xb", buffering=1 << 20) as file:
                yield file
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise CaptureError(f"{path}: {reason or error}") from error
