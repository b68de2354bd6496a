"""A live capture with its tables: for a feed without an end what `l2scope.capture.Loading` is for a file."""

from collections import deque
from pathlib import Path

from l2scope.capture import Capture
from l2scope.feed import Feed
from l2scope.sources.adapters import StandingLink, listen
from l2scope.sources.errors import CaptureError
from l2scope.sources.monitor import MonitorSocket
from l2scope.sources.monitor_records import Notice
from l2scope.sources.output import file_output, temporary_output
from l2scope.stall_watch import StallReport


class Live:
    """A capture that goes on until stop(). One thread calls step() until it is False; others may use `capture`.

    events are stalls, when they pass their floor and when they are over, and notices of adapters and losses, in the
    order in which they became known: whoever shows them pops them from the left.
    """

    def __init__(
        self, monitor: MonitorSocket, links: list[StandingLink], path: Path | None = None, for_ns: int | None = None
    ) -> None:
        """Writes to path, or to a temporary file. Raises CaptureError where it cannot.

        links stand already; for_ns ends the capture by itself after that time.
        """
        output = temporary_output() if path is None else file_output(path)
        self.feed = Feed(monitor, links, output, for_ns)
        self.capture = Capture(self.feed.source, self.feed.engine, self.feed.lock)
        self.events: deque[StallReport | Notice] = self.feed.events

    @property
    def progress(self) -> float:
        """The share of what was written so far that is in the tables, 0 to 1."""
        return min(1.0, self.feed.source.read / self.feed.source.size)

    @property
    def drops(self) -> int:
        """How many packets the kernel has lost so far. The capture hears of them a moment later."""
        return self.feed.recording.drops

    @property
    def now_ns(self) -> int:
        """The time (Unix ns) up to which everything is known: where the clocks of a live view stand."""
        return self.feed.now_ns

    def step(self) -> bool:
        """Takes what is there into the capture, and waits a tenth of a second first if there is nothing.

        False when the capture is over and complete.
        """
        more = self.feed.step(self.capture.tables.take)
        self.capture.ended = not more
        return more

    def stop(self) -> None:
        """Asks for an end; step() is False once the rest was taken. Any thread may call it."""
        self.feed.stop()

    def close(self) -> None:
        """Ends the recording, and lets go of the file: a temporary one is removed. The tables stay."""
        self.capture.close()


def open_live(adapter: int | None = None, path: Path | None = None, for_ns: int | None = None) -> Live:
    """Listens to one adapter of this machine, or to all. Raises CaptureError, whose message says what to do."""
    monitor, links = listen(adapter)
    try:
        return Live(monitor, links, path, for_ns)
    except CaptureError:
        monitor.close()
        raise
