"""Where the bytes of a capture come from: a file, a file that is still written, or standard input."""

import os
import select
import stat
import sys
from pathlib import Path
from time import monotonic, sleep
from typing import BinaryIO, Final, Protocol

from l2scope.sources.errors import CaptureError

STANDARD_INPUT: Final = Path("-")
# How often a file that is followed is looked at. Packets are to be shown within 200 ms, and the screen takes its share.
LOOK_SECONDS: Final = 0.02


class Origin(Protocol):
    """A stream, and what can be said about it."""

    @property
    def size(self) -> int:
        """Its bytes as of now, 0 where that is not known."""

    @property
    def consumed(self) -> int:
        """How many of them were read."""

    @property
    def file(self) -> BinaryIO | None:
        """The same bytes, to be looked up by their offsets; None where they pass by."""

    def read(self, size: int) -> bytes:
        """The next bytes, b"" at the end. Raises CaptureError or OSError."""

    def ready(self, seconds: float) -> bool:
        """Waits that long at most until a read has something or is at the end. False: it would wait on."""

    def stop(self) -> None:
        """Ends a read that waits, and makes this the end. Any thread may call it."""

    def close(self) -> None:
        """Lets go of it."""


class OpenFile:
    """A file that is complete."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = os.fstat(file.fileno()).st_size
        self.consumed = 0

    def read(self, size: int) -> bytes:
        piece = self.file.read(size)
        self.consumed += len(piece)
        return piece

    def ready(self, seconds: float) -> bool:
        return True

    def stop(self) -> None:
        """There is nothing to wait for."""

    def close(self) -> None:
        self.file.close()


class GrowingFile:
    """A file that is still written. Its end is where the user stops, or where another file takes its name."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.file = file
        self.consumed = 0
        self._path = path
        self._over = False

    @property
    def size(self) -> int:
        """The bytes that there are so far."""
        return self.consumed if self.file.closed else os.fstat(self.file.fileno()).st_size

    def read(self, size: int) -> bytes:
        while not self.ready(LOOK_SECONDS):
            pass
        piece = self.file.read(size)
        self.consumed += len(piece)
        return piece

    def ready(self, seconds: float) -> bool:
        """Raises CaptureError where the file was cut. What another file has taken the name of is complete."""
        until = monotonic() + seconds
        while self.size == self.consumed and not self._over:
            if self._is_replaced():
                self._over = True
            elif monotonic() >= until:
                return False
            else:
                sleep(LOOK_SECONDS)
        if self.size < self.consumed:
            raise CaptureError("the file has become shorter while it was followed: another program began it anew")
        return True

    def stop(self) -> None:
        self._over = True

    def close(self) -> None:
        self.file.close()

    def _is_replaced(self) -> bool:
        """Whether the name has gone to another file, or to none: what was there before is complete."""
        try:
            return not os.path.samestat(self._path.stat(), os.fstat(self.file.fileno()))
        except FileNotFoundError:
            return True


class StandardInput:
    """A pipe. It has a descriptor of its own, so that the keyboard may take the place of the pipe."""

    size: Final = 0
    file: Final = None

    def __init__(self) -> None:
        """Raises CaptureError where standard input is a terminal or closed."""
        try:
            self._descriptor = os.dup(0)
        except OSError as error:
            raise CaptureError(f"nothing to read: {error.strerror or error}") from error
        if os.isatty(self._descriptor):
            os.close(self._descriptor)
            raise CaptureError("is a terminal: pipe a capture into it, as in `ssh box cat hci.log | l2scope open -`")
        self.consumed = 0
        self._woken, self._wake = os.pipe()

    def read(self, size: int) -> bytes:
        """Windows cannot wait for two things: there, what is piped in has to end by itself."""
        if sys.platform != "win32":
            ready, _, _ = select.select([self._descriptor, self._woken], [], [])
            if self._woken in ready:
                return b""
        piece = os.read(self._descriptor, size)
        self.consumed += len(piece)
        return piece

    def ready(self, seconds: float) -> bool:
        return sys.platform == "win32" or bool(select.select([self._descriptor, self._woken], [], [], seconds)[0])

    def stop(self) -> None:
        if self._wake >= 0:
            os.write(self._wake, b".")

    def close(self) -> None:
        """It may be called twice."""
        for descriptor in (self._descriptor, self._woken, self._wake):
            if descriptor >= 0:
                os.close(descriptor)
        self._descriptor = self._woken = self._wake = -1


def origin_of(path: Path, follow: bool) -> Origin:
    """Opens a path, or standard input for "-". Raises CaptureError or OSError."""
    if path == STANDARD_INPUT:
        return StandardInput()
    status = _status(path)
    if stat.S_ISDIR(status.st_mode):
        raise CaptureError("is a directory; name a capture file in it")
    if not stat.S_ISREG(status.st_mode):
        raise CaptureError("not a regular file; what comes through a pipe is read with `-` as the file")
    if status.st_size == 0 and not follow:
        raise CaptureError("the file is empty")
    file = path.open("rb", buffering=0)
    return GrowingFile(path, file) if follow else OpenFile(file)


def is_origin(file: Path, path: Path) -> bool:
    """The file is what a capture was opened from by that path, or what stands behind standard input."""
    if not file.exists():
        return False
    if path == STANDARD_INPUT:
        return os.path.samestat(os.fstat(sys.stdin.fileno()), file.stat())
    return path.exists() and file.samefile(path)


def shown_name(path: Path) -> str:
    """What messages call the place."""
    return "standard input" if path == STANDARD_INPUT else str(path)


def _status(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except ValueError as error:
        raise CaptureError(str(error)) from error
