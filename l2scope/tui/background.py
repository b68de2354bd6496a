"""Work beside the keys: a thread that computes gives the interpreter back soon, and captures are read one at a time."""

import asyncio
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final, TypeVar

Result = TypeVar("Result")

NEVER: Final = 1 << 30
SWITCH_SECONDS: Final = 0.001
"""How long a thread may hold the interpreter while a key waits."""


class _Held:
    """Something of the whole process that is changed while anybody needs it, and put back after the last one."""

    def __init__(self, change: Callable[[], Callable[[], object]]) -> None:
        self._change = change
        self._lock = Lock()
        self._holders = 0
        self._put_back: Callable[[], object] = bool

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            self._holders += 1
            if self._holders == 1:
                self._put_back = self._change()
        try:
            yield
        finally:
            with self._lock:
                self._holders -= 1
                if not self._holders:
                    self._put_back()


def _switch_often() -> Callable[[], object]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(min(usual, SWITCH_SECONDS))
    return lambda: sys.setswitchinterval(usual)


def _collect_nothing() -> Callable[[], object]:
    """Looking for garbage among what is being read would hold up keys; what was read stays."""
    gc.disable()

    def again() -> None:
        gc.freeze()
        gc.enable()

    return again


def _collect_seldom() -> Callable[[], object]:
    """A full collection goes through all that screens hold, 50 ms and more: none comes by itself, in the midst of a
    key. Whoever holds this collects where no key waits."""
    usual = gc.get_threshold()
    gc.set_threshold(usual[0], usual[1], NEVER)
    return lambda: gc.set_threshold(*usual)


garbage_in_rests = _Held(_collect_seldom)
short_turns = _Held(_switch_often)
no_garbage = _Held(_collect_nothing)


async def beside_keys(compute: Callable[[], Result]) -> Result:
    """What `compute` returns, computed in a thread. What it raises is raised here."""
    with short_turns():
        return await asyncio.to_thread(compute)
