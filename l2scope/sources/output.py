"""Where a recording goes: the user's file, a temporary one, or a pipe that keeps nothing."""

import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from l2scope.sources.errors import CaptureError
from l2scope.sources.monitor_records import FILE_HEADER


@dataclass(frozen=True, slots=True)
class Output:
    """Two descriptors of one stream: what is written to the one can be read from the other, where os.read() gives
    b"" or raises BlockingIOError while there is nothing new. path is None for a pipe."""

    path: Path | None
    write: int
    read: int
    temporary: bool = False

    def forget(self) -> None:
        """Closes the reading end; a temporary file is removed."""
        os.close(self.read)
        if self.temporary and self.path is not None:
            self.path.unlink(missing_ok=True)


def file_output(path: Path) -> Output:
    """A file of this name, emptied if there is one, with the header of a btsnoop file. Raises CaptureError."""
    try:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            raise CaptureError(f"{path}: not a regular file, so no recording can be written there")
        write = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        os.write(write, FILE_HEADER)
        return Output(path, write, os.open(path, os.O_RDONLY))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise CaptureError(f"{path}: {reason or error}") from error


def temporary_output() -> Output:
    """The like in a file that goes away with the capture. Raises CaptureError."""
    try:
        write, name = tempfile.mkstemp(prefix="l2scope-", suffix=".btsnoop")
        os.write(write, FILE_HEADER)
        return Output(Path(name), write, os.open(name, os.O_RDONLY), temporary=True)
    except OSError as error:
        raise CaptureError(f"no temporary file for the packets: {error.strerror or error}") from error


def pipe_output() -> Output:
    """The like in memory only, for a reader that looks at every packet once."""
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.write(write, FILE_HEADER)
    return Output(None, write, read)
