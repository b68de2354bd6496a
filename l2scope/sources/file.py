"""A capture file: finds out its format by its content and feeds it to an engine, piece by piece."""

import stat
from pathlib import Path
from typing import Final

from l2scope.engine.engine import Engine
from l2scope.sources.damage import DamageLog
from l2scope.sources.errors import CaptureError
from l2scope.sources.formats import BEGINNING, parser_for
from l2scope.sources.push import PushParser

PIECE: Final = 256 * 1024


class FileSource:
    """An open capture file. read counts the bytes fed so far, size those of the file when it was opened."""

    def __init__(self, path: Path, engine: Engine) -> None:
        """Raises CaptureError, with the path, where there is nothing that can be read as a capture."""
        self.path = path
        self.size = _size_of_regular_file(path)
        self.read = 0
        self.seen_until = 0
        try:
            self._file = path.open("rb", buffering=0)
        except OSError as error:
            raise CaptureError(f"{path}: {error.strerror or error}") from error
        self._parser = self._parser_for(engine)
        self._engine = engine

    @property
    def format(self) -> str:
        return self._parser.format

    @property
    def indicator_length(self) -> int:
        """Bytes of every record that stand before the HCI packet."""
        return self._parser.indicator_length

    def indicator_of(self, adapter: int) -> int:
        """The same for the packets of one adapter, where a file mixes several kinds."""
        return self._parser.indicator_of(adapter)

    def mark_of(self, adapter: int) -> tuple[int, int]:
        return self._parser.mark_of(adapter)

    @property
    def damage(self) -> DamageLog:
        """What the parser met that is wrong with the file."""
        return self._parser.damage

    @property
    def comments(self) -> dict[int, list[str]]:
        """The comments that the file has on packets, by their numbers."""
        return self._parser.comments

    @property
    def problem(self) -> str:
        """Why the reading ended before the file did, "" where it did not."""
        return self._parser.problem

    def step(self) -> bool:
        """Feeds the next piece. False when the file is over, and the engine has been told. Raises CaptureError."""
        try:
            piece = self._file.read(PIECE)
            self.read += len(piece)
            if piece:
                self._parser.feed(piece)
                return True
            self._parser.end()
        except CaptureError as error:
            raise CaptureError(f"{self.path}: {error}") from error
        except OSError as error:
            raise CaptureError(f"{self.path}: {error.strerror or error}") from error
        self._engine.finish()
        return False

    def close(self) -> None:
        self._file.close()

    def _parser_for(self, engine: Engine) -> PushParser:
        beginning = self._file.read(BEGINNING)
        self._file.seek(0)
        try:
            return parser_for(beginning, engine)
        except CaptureError as error:
            self._file.close()
            raise CaptureError(f"{self.path}: {error}") from error


def _size_of_regular_file(path: Path) -> int:
    try:
        status = path.stat()
    except OSError as error:
        raise CaptureError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise CaptureError(f"{str(path)!r}: {error}") from error
    if stat.S_ISDIR(status.st_mode):
        raise CaptureError(f"{path}: is a directory; name a capture file in it")
    if not stat.S_ISREG(status.st_mode):
        raise CaptureError(f"{path}: not a regular file")
    if status.st_size == 0:
        raise CaptureError(f"{path}: the file is empty")
    return status.st_size
