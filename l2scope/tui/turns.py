"""Whose turn it is to read: several captures may be open, but a key shares the interpreter with one reader at most."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import sleep
from typing import Final

PATIENCE: Final = 0.02


class Turns:
    """One reader at a time, a step each; the one that is `preferred` goes before all others until it is done."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.preferred: object = None

    def prefer(self, reader: object) -> None:
        """What this one reads is being looked at; None when nothing of it is left to be read."""
        self.preferred = reader

    @contextmanager
    def mine(self, reader: object, gives_up: Callable[[], bool]) -> Iterator[bool]:
        """Waits for the turn; False where it was given up."""
        while not gives_up():
            waits = self.preferred is not None and self.preferred is not reader
            if waits or not self._lock.acquire(timeout=PATIENCE):
                if waits:
                    sleep(PATIENCE)
                continue
            try:
                yield True
            finally:
                self._lock.release()
            return
        yield False
