"""What was unpacked, in a file on disk that is gone when it is closed, so that packets can be looked up in it."""

import os
from pathlib import Path
from typing import BinaryIO, Final

from l2scope.sources.containers.stream import Stream
from l2scope.sources.errors import CaptureError

# /tmp is often in memory; this is meant for large files.
LARGE_FILES: Final = Path("/var/tmp")
CHOSEN_BY_USER: Final = ("TMPDIR", "TEMP", "TMP")
PIECE: Final = 256 * 1024


class Spool:
    """A temporary file without a name. Raises CaptureError where there is no room for it."""

    def __init__(self) -> None:
        import tempfile

        self._folder = _folder()
        try:
            self.file: BinaryIO = tempfile.TemporaryFile(  # noqa: SIM115  # whoever reads it closes it
                buffering=0, prefix="l2scope-", dir=self._folder
            )
        except OSError as error:
            raise self._no_room(error) from error

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[self.file.write(view) :]
        except OSError as error:
            raise self._no_room(error) from error

    def fill(self, stream: Stream) -> BinaryIO:
        """Writes all of a stream. Returns the file, at its beginning."""
        try:
            while piece := stream.read(PIECE):
                self.write(piece)
            self.file.seek(0)
        except BaseException:
            self.file.close()
            raise
        return self.file

    def _no_room(self, error: OSError) -> CaptureError:
        return CaptureError(
            f"cannot be unpacked into {self._folder}: {error.strerror or error}; set TMPDIR to a folder with room"
        )


def _folder() -> str:
    if not any(os.environ.get(name) for name in CHOSEN_BY_USER) and os.access(LARGE_FILES, os.W_OK):
        return str(LARGE_FILES)
    from tempfile import gettempdir

    return gettempdir()
