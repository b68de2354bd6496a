"""A live capture read for its figures and stalls: a recording, the engine that follows it, and the watch on its stalls.

Rows go to whoever asks for them (l2scope/live.py) or nowhere; no numpy.
"""

import time
from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Final

from l2scope.engine.engine import Engine
from l2scope.engine.tables import Tables
from l2scope.sources.adapters import StandingLink
from l2scope.sources.growing import GrowingSource
from l2scope.sources.monitor import MonitorSocket
from l2scope.sources.monitor_records import Notice
from l2scope.sources.output import Output
from l2scope.sources.recording import Recording
from l2scope.stall_watch import StallReport, StallWatch

PATIENCE_SECONDS: Final = 0.1
DROPS_PAUSE_NS: Final = 1_000_000_000


def drop_rows(tables: Tables) -> None:
    """Lets all rows go."""
    tables.drop()
    tables.zeros.drop()


class Feed:
    """Records from the moment it is made until stop(); then step() becomes False. To be closed at the end.

    events are stalls and notices in the order in which they became known: whoever shows them pops them from the left.
    Engine and watch may be looked at while `lock` is held.
    """

    def __init__(
        self, monitor: MonitorSocket, links: list[StandingLink], output: Output, for_ns: int | None = None
    ) -> None:
        """links stand already. for_ns ends the recording by itself after that time."""
        self.lock = Lock()
        self.engine = Engine()
        self.watch = StallWatch(self.engine)
        self.recording = Recording(monitor, output.write)
        self.source = GrowingSource(self.recording, output, self.engine)
        self.events: deque[StallReport | Notice] = deque()
        self._links = links
        self._told_notices = 0
        self._told_drops = 0
        self._next_drops_ns = 0
        self._due_ns = None if for_ns is None else time.monotonic_ns() + for_ns
        self.recording.start()

    @property
    def now_ns(self) -> int:
        """The time (Unix ns) up to which everything is known."""
        return max(int(self.engine.last_time), self.source.seen_until)

    def step(self, take: Callable[[Tables], None] = drop_rows) -> bool:
        """Takes what is there, and waits a moment first if there is nothing. take gets the tables with the new rows.

        False when the recording is over and all of it was taken.
        """
        if self._due_ns is not None and time.monotonic_ns() >= self._due_ns:
            self.stop()
        if self.source.read >= self.recording.written:
            self.recording.news.wait(PATIENCE_SECONDS)
        self.recording.news.clear()
        with self.lock:
            more = self.source.step()
            self._name_links()
            self.events.extend(self.watch.look(self.now_ns, ended=not more))
            take(self.engine.tables)
        self._notice(more)
        return more

    def stop(self) -> None:
        """Asks for an end. What happened before this moment is still taken."""
        self.recording.stop()

    def close(self) -> None:
        """Ends the recording if it still goes on. The file has everything when this returns."""
        self.source.close()

    def _name_links(self) -> None:
        """Tells the engine of the links that stand, behind the records in which the kernel names the adapters: for the
        engine an adapter that is named begins anew."""
        if self._links and 0 < self.recording.replay <= self.source.read:
            for link in self._links:
                self.engine.standing(link.adapter, link.handle, link.le, link.central, link.address)
            self._links = []

    def _notice(self, more: bool) -> None:
        """What happened to the adapters, and what was lost: that at most once a second."""
        notices = self.recording.notices
        while self._told_notices < len(notices):
            self.events.append(notices[self._told_notices])
            self._told_notices += 1
        drops, now = self.recording.drops, time.time_ns()
        if drops > self._told_drops and (now >= self._next_drops_ns or not more):
            self.events.append(Notice(now, f"{drops:,} packets were lost so far: the kernel had no room for them"))
            self._told_drops = drops
            self._next_drops_ns = now + DROPS_PAUSE_NS
