"""A capture file: unwraps it, finds out its format by its content and feeds it to an engine, piece by piece."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from l2scope.engine.engine import Engine
from l2scope.sources.containers.content import Progress, content_of
from l2scope.sources.containers.limits import Unpacking
from l2scope.sources.containers.origin import shown_name
from l2scope.sources.damage import DamageLog
from l2scope.sources.errors import CaptureError
from l2scope.sources.formats import parser_for

PIECE: Final = 256 * 1024
DEFAULTS: Final = Unpacking()
# So long a step waits where nothing comes: who follows a capture has other things to do in between.
PATIENCE_SECONDS: Final = 0.1


class FileSource:
    """An open capture file, or standard input where the path is "-".

    With follow, the end of the file is not the end of the capture: the next piece is waited for until stop().
    """

    seen_until: Final = 0

    def __init__(
        self,
        path: Path,
        engine: Engine,
        unpacking: Unpacking = DEFAULTS,
        follow: bool = False,
        on_progress: Progress | None = None,
    ) -> None:
        """on_progress is told how far an archive was looked through, in bytes. Raises CaptureError, with the path,
        where there is nothing that can be read as a capture."""
        self.path = path
        self._engine = engine
        self._piece: bytes | None = None
        with self._named():
            self._content = content_of(path, unpacking, follow, on_progress)
            try:
                self._parser = parser_for(self._content.beginning, engine)
            except CaptureError:
                self._content.close()
                raise

    @property
    def format(self) -> str:
        return self._parser.format

    @property
    def wrapping(self) -> tuple[str, ...]:
        """What the capture was unwrapped from, the outermost first."""
        return self._content.wrapping

    @property
    def read(self) -> int:
        """Bytes that were read so far, of size."""
        return self._content.consumed

    @property
    def size(self) -> int:
        """0 where that is not known."""
        return self._content.size

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
        return self._parser.problem or self._content.faults.problem

    def fileno(self) -> int:
        """The file in which the packets' bytes stand."""
        return self._content.fileno()

    def fetch(self) -> None:
        """Reads what step() feeds next, and waits a moment for that if need be. Raises CaptureError."""
        with self._named():
            if self._piece is None and self._content.ready(PATIENCE_SECONDS):
                self._piece = self._content.read(PIECE)

    def step(self) -> bool:
        """Feeds the next piece, if there is one by now. False when the file is over, and the engine has been told.
        Raises CaptureError."""
        self.fetch()
        piece, self._piece = self._piece, None
        if piece is None:
            return True
        with self._named():
            if piece:
                self._parser.feed(piece)
                return True
            self._place_faults()
            self._parser.end()
        self._engine.finish()
        return False

    def stop(self) -> None:
        """Makes this the end of what is followed or piped in. Any thread may call it."""
        self._content.stop()

    def close(self) -> None:
        self._content.close()

    def _place_faults(self) -> None:
        """What is wrong with the wrapping becomes known at its end at the latest."""
        for fault in self._content.faults.met:
            self.damage.place(fault.rule, fault.message, int(self._engine.packets) + 1, fault.offset, fault.count)

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Says of which file an error tells."""
        name = shown_name(self.path)
        try:
            yield
        except CaptureError as error:
            raise error.of(name) from error
        except OSError as error:
            raise CaptureError(f"{name}: {error.strerror or error}") from error
