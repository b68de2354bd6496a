"""Writes what a monitor socket brings to a btsnoop file, while it comes.

One thread does nothing but take records from the kernel; another writes them, so that a slow disk does not make the
kernel's buffer overflow. Neither knows who reads the file: whoever shows or judges the records follows the growing
file (growing.py), at its own pace. What is written is out of this process at once: SIGKILL costs what waits in the
queue, which is a fraction of a second.
"""

import os
import select
import time
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Final

from l2scope.sources.datagrams import BATCH
from l2scope.sources.losses import Losses
from l2scope.sources.monitor import MonitorSocket
from l2scope.sources.monitor_records import FILE_HEADER, Notice, closing_note, happening, packed

# Batches of records that wait for the disk. When they are too many the kernel keeps the rest, and counts what it loses.
LONGEST_QUEUE: Final = 512
# Records gather for a moment so that a call takes many; the kernel's buffer holds far more than come in this time.
GATHER_SECONDS: Final = 0.005
# How often the kernel's count of lost records is looked at, and the time of the recording goes on, where nothing comes.
LOOK_SECONDS: Final = 0.05


class Recording:
    """Records from start() until stop(). Other threads may read its attributes.

    packets: how many records there are so far; written: bytes of the file so far; seen_until: all that happened before
    this time (Unix ns) is written; replay: the bytes of the file in which the kernel told what was there already, 0
    until it has; notices: what happened to the adapters; news: set when something is new; finished: nothing will be
    written any more; failure: why it ended early.
    """

    def __init__(self, monitor: MonitorSocket, output: int) -> None:
        """output is the descriptor of a file or pipe that has a file header and nothing else (output.py). It and the
        socket are closed at the end."""
        self.packets = 0
        self.seen_until = 0
        self.replay = 0
        self.notices: list[Notice] = []
        self.news = Event()
        self.finished = False
        self.failure: OSError | None = None
        self._monitor = monitor
        self._output = output
        self._queue: Queue[tuple[bytes, int] | None] = Queue(LONGEST_QUEUE)
        self._threads = (
            Thread(target=self._read, name="monitor", daemon=True),
            Thread(target=self._write, name="recorder", daemon=True),
        )
        self._stop_us = 0
        self._losses = Losses()
        self._produced = self.written = len(FILE_HEADER)

    @property
    def drops(self) -> int:
        """The records that the kernel has thrown away so far."""
        return self._losses.count

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Asks for an end: what happened before this moment is still written. It may be called twice."""
        self._stop_us = self._stop_us or _now_us()

    def join(self) -> None:
        """Waits until everything is written."""
        for thread in self._threads:
            thread.join()

    def _read(self) -> None:
        """The first thread: from the socket to the queue."""
        readable = select.poll()
        readable.register(self._monitor, select.POLLIN)
        try:
            while self._take():
                readable.poll(LOOK_SECONDS * 1000)
            self._put((closing_note(self._stop_us, self.drops), 0))
            self.packets += 1
        except OSError as error:
            self.failure = error
        finally:
            self._monitor.close()
            self._put(None)

    def _take(self) -> bool:
        """Takes what waits at the socket. False when all that happened before the stop has been taken."""
        stopped_us = self._stop_us
        began_us = _now_us()
        records = self._monitor.receive()
        self._look()
        emptied = len(records) < BATCH
        wanted = [record for record in records if not stopped_us or record[0] <= stopped_us]
        data = b"".join([packed(stamp_us, record, self._losses.before(stamp_us)) for stamp_us, record in wanted])
        if emptied:
            self._losses.caught_up()
        if self.replay:
            self.notices.extend(notice for record in wanted if (notice := happening(*record)))
        self.packets += len(wanted)
        self._produced += len(data)
        self.replay = self.replay or self._produced
        self._put((data, began_us * 1000 if emptied else 0))
        if emptied:
            time.sleep(GATHER_SECONDS)
        return not stopped_us or (not emptied and len(wanted) == len(records))

    def _look(self) -> None:
        """Asks the kernel what it has lost, once what it gave is out of it: no gap in that may be missing here."""
        self._losses.look(_now_us(), self._monitor.drops)

    def _put(self, item: tuple[bytes, int] | None) -> None:
        """Waits for the writer if need be, and sees what the kernel loses meanwhile."""
        while True:
            try:
                self._queue.put(item, timeout=LOOK_SECONDS)
            except Full:
                if item is not None:
                    self._look()
                continue
            return

    def _write(self) -> None:
        """The second thread: from the queue to the file. When the file fails it goes on to empty the queue."""
        going = writable = True
        while going:
            items = self._waiting()
            going = None not in items
            batches = [item for item in items if item is not None]
            if writable:
                writable = self._written_out(b"".join([data for data, _ in batches]))
            self.seen_until = max(self.seen_until, *(seen for _, seen in batches), 0)
            self.news.set()
        os.close(self._output)
        self.finished = True
        self.news.set()

    def _waiting(self) -> list[tuple[bytes, int] | None]:
        """All that is in the queue, at least one item."""
        items = [self._queue.get()]
        while True:
            try:
                items.append(self._queue.get_nowait())
            except Empty:
                return items

    def _written_out(self, data: bytes) -> bool:
        """False when the file takes no more: the recording ends."""
        view = memoryview(data)
        try:
            while view:
                count = os.write(self._output, view)
                self.written += count
                view = view[count:]
        except OSError as error:
            self.failure = error
            self.stop()
            return False
        return True


def _now_us() -> int:
    return time.time_ns() // 1000
