"""Ends foreign code that does not end by itself: a dissector that loops must cost its packet, not the program.

A thread watches the clocks and raises in the thread that overran (PyThreadState_SetAsyncExc of CPython), which ends any
loop of Python code. A call into C that never returns cannot be ended so. What counts is the processor time of the
thread, where the system tells it, so that no code pays for a machine that is busy with other things.
"""

import ctypes
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

Result = TypeVar("Result")

TICK_SECONDS: Final = 0.05
ROUNDS: Final = 100
WAITING: Final = 10
"""So many times its seconds may pass while code computes little: it waits, or hardly gets the processor."""


class TookTooLong(Exception):
    """The code was ended. Its message says after how long."""


class _TimeIsUp(BaseException):
    """Raised inside the code. No Exception, so that no `except Exception` of the code's own swallows it."""


@dataclass(slots=True, eq=False)
class _Watched:
    """Code that runs in a thread until a moment of its clock, or of the monotonic clock, whichever comes first."""

    thread: int
    clock: Callable[[], float]
    until: float
    latest: float
    ended: bool = False

    def is_over(self) -> bool:
        return self.clock() >= self.until or time.monotonic() >= self.latest


class _Watch:
    """One thread for all that is watched; it sleeps while nothing is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: list[_Watched] = []
        self._work = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, seconds: float) -> _Watched:
        thread = threading.get_ident()
        clock = _clock_of(thread)
        watched = _Watched(thread, clock, clock() + seconds, time.monotonic() + WAITING * seconds)
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="l2scope-time-limit", daemon=True)
                self._thread.start()
            self._watched.append(watched)
            if len(self._watched) == 1:
                self._work.set()
        return watched

    def end(self, watched: _Watched) -> None:
        """May be called twice. What was raised in the thread before may still be under way to it."""
        with self._lock:
            if watched in self._watched:
                self._watched.remove(watched)
            if not self._watched:
                self._work.clear()

    def _run(self) -> None:
        while True:
            self._work.wait()
            time.sleep(TICK_SECONDS)
            with self._lock:
                for watched in self._watched:
                    if watched.is_over():
                        watched.ended = True
                        _raise_in(watched.thread, _TimeIsUp)


def _clock_of(thread: int) -> Callable[[], float]:
    """The processor time of a thread in seconds (POSIX, pthread_getcpuclockid); macOS and Windows do not tell it, there
    it is the time that passes."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.monotonic
    return partial(time.clock_gettime, time.pthread_getcpuclockid(thread))


def _raise_in(thread: int, error: type[BaseException]) -> None:
    """It arrives at the next loop or call of that thread. It must arrive: to take it back (with NULL) leaves CPython
    3.11 with a signal that nothing resets, which hangs whoever traces or profiles."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))


def _arrive() -> None:
    """What is under way to this thread arrives here at the latest."""
    for _ in range(ROUNDS):
        pass


_watch = _Watch()


def _let_go(watched: _Watched) -> None:
    """Ends the watching of code that was ended; it may have been told so more than once."""
    while True:
        try:
            _watch.end(watched)
            _arrive()
        except _TimeIsUp:
            continue
        return


def bounded(function: Callable[[], Result], seconds: float) -> Result:
    """What the function returns, or raises. Raises TookTooLong where that takes longer than so many seconds."""
    watched = _watch.begin(seconds)
    try:
        try:
            return function()
        finally:
            _watch.end(watched)
            if watched.ended:
                _arrive()
    except _TimeIsUp:
        _let_go(watched)
        raise TookTooLong(f"took longer than {round(seconds, 1):g} s and was ended") from None
