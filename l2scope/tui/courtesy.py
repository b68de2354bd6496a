"""Lets the thread that reads a capture stand back while a key is answered.

Both need the interpreter, and taking turns at it would make each key wait for several pieces of the reading.
"""

from time import perf_counter, sleep
from typing import Final

LONGEST_SECONDS: Final = 0.02
"""How long one key may hold up the reading: more than painting takes where nothing else is at work."""
REST_SECONDS: Final = 0.4


class Courtesy:
    """Shared by the thread of the screens, which asks, and by the one that reads, which gives way."""

    def __init__(self) -> None:
        self._until = -REST_SECONDS

    @property
    def rested(self) -> bool:
        """No key has come for a while: what takes longer than a step may be done."""
        return perf_counter() - self._until > REST_SECONDS

    def ask(self) -> None:
        """A key has come."""
        self._until = perf_counter() + LONGEST_SECONDS

    def give_way(self) -> None:
        """Waits while a key is answered. However many keys come, the reading goes on after LONGEST_SECONDS."""
        sleep(max(0.0, min(self._until - perf_counter(), LONGEST_SECONDS)))
