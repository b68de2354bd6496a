"""A recording that is still written, read like any other capture."""

import os
from pathlib import Path
from typing import Final

from l2scope.engine.engine import Engine
from l2scope.sources.btsnoop import BtsnoopParser
from l2scope.sources.damage import DamageLog
from l2scope.sources.output import Output
from l2scope.sources.recording import Recording

NOWHERE: Final = Path("live")
PIECE: Final = 256 * 1024


class GrowingSource:
    """Follows a recording to its end. read counts the bytes fed so far; seen_until is the time (Unix ns) up to which
    everything that happened has been fed."""

    wrapping: Final = ()

    def __init__(self, recording: Recording, output: Output, engine: Engine) -> None:
        self.path = output.path or NOWHERE
        self.read = 0
        self.seen_until = 0
        self._closed = False
        self._recording = recording
        self._output = output
        self._engine = engine
        self._parser = BtsnoopParser(engine)

    @property
    def size(self) -> int:
        """The bytes that there are to feed, as of now."""
        return self._recording.written

    @property
    def format(self) -> str:
        return self._parser.format

    @property
    def indicator_length(self) -> int:
        return self._parser.indicator_length

    def indicator_of(self, adapter: int) -> int:
        return self._parser.indicator_of(adapter)

    def mark_of(self, adapter: int) -> tuple[int, int]:
        return self._parser.mark_of(adapter)

    @property
    def comments(self) -> dict[int, list[str]]:
        return self._parser.comments

    @property
    def damage(self) -> DamageLog:
        return self._parser.damage

    @property
    def problem(self) -> str:
        """Why the capture is not whole, "" where it is."""
        failure = self._recording.failure
        return self._parser.problem if failure is None else f"the recording ended early: {failure.strerror or failure}"

    def fileno(self) -> int:
        return self._output.read

    def fetch(self) -> None:
        """A recording has its own news to wait for."""

    def step(self) -> bool:
        """Feeds the next piece of what is there, if any. False when the recording is over, and the engine has been
        told."""
        finished, seen_until = self._recording.finished, self._recording.seen_until
        piece = self._piece()
        self.read += len(piece)
        self._parser.feed(piece)
        if len(piece) < PIECE:
            self.seen_until = seen_until
        if piece or not finished:
            return True
        self._parser.end()
        self.seen_until = 0
        self._engine.finish()
        return False

    def stop(self) -> None:
        self._recording.stop()

    def close(self) -> None:
        """Ends the recording if it still goes on, and lets go of what it wrote. It may be called twice."""
        if not self._closed:
            self._closed = True
            self._recording.stop()
            self._output.forget()
            self._recording.join()

    def _piece(self) -> bytes:
        try:
            return os.read(self._output.read, PIECE)
        except BlockingIOError:
            return b""
