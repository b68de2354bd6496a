"""An event loop whose time is computed, so that a run of minutes takes milliseconds and always gives the same bytes."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class DeadlockError(RuntimeError):
    """Everything waits and nothing is scheduled: the scenario would never end."""


class VirtualSelector(selectors.SelectSelector):
    """Counts up the time that a real selector would have slept."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return at once; `timeout` seconds of virtual time have passed unless a socket was ready."""
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise DeadlockError("every task waits and no timer is running")
            self.seconds += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An asyncio loop that starts at 0 s and never waits in real time."""

    def __init__(self) -> None:
        self.virtual_selector = VirtualSelector()
        super().__init__(self.virtual_selector)

    def time(self) -> float:
        """Seconds of virtual time since the loop was made."""
        return self.virtual_selector.seconds


def now_us() -> int:
    """Virtual time in microseconds since the start of the scenario; needs a running loop."""
    return round(asyncio.get_running_loop().time() * 1_000_000)


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run `main` on a new virtual clock and return what it returns. Tasks it leaves behind are cancelled."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
