"""The terminal UI with a clock at its screen, for the benchmark of its latency."""

import asyncio
from pathlib import Path
from time import perf_counter, time

from rich.console import RenderableType
from textual import events
from textual._compositor import CompositorUpdate
from textual.screen import Screen

from l2scope.capture import Loading
from l2scope.tui.app import ScopeApp

QUIET_SECONDS = 0.12
LONGEST_SECONDS = 5.0


class WatchedApp(ScopeApp):
    """Knows when it painted. All that a terminal would be sent is made, and counted."""

    last_paint = 0.0
    paints = 0
    written = 0
    packets_painted = 0.0

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, CompositorUpdate):
            self.written += len(renderable.render_segments(self.console))
        super()._display(screen, renderable)
        self.last_paint = perf_counter()
        self.paints += 1
        if not self.packets_painted and screen.query("#packets") and self.capture.count:
            self.packets_painted = time()

    async def press(self, key: str) -> tuple[float, float]:
        """Presses a key; seconds to the first paint after it and to the last, after which the screen is quiet."""
        paints, begun = self.paints, perf_counter()
        assert self._driver is not None
        self._driver.send_message(events.Key(key, key if len(key) == 1 else None))
        while self.paints == paints and perf_counter() - begun < LONGEST_SECONDS:
            await asyncio.sleep(0)
        first = self.last_paint - begun if self.paints != paints else perf_counter() - begun
        while perf_counter() - max(self.last_paint, begun) < QUIET_SECONDS and not self._is_loading:
            await asyncio.sleep(0.002)
        return first, self.last_paint - begun

    @property
    def _is_loading(self) -> bool:
        return not self.complete


def open_watched(path: Path) -> WatchedApp:
    """As l2scope.tui.run does."""
    loading = Loading(path)
    loading.step()
    return WatchedApp(loading)
