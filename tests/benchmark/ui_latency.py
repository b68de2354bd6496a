"""How quick the terminal UI is on a capture: `python -m tests.benchmark.ui_latency CAPTURE`.

Prints the time from starting a process to the first packets on its screen, the time until all is read, and for each
key the time to the first and to the last paint that follows it. The screen is 160x50 and headless, but all that would
go to a terminal is made. Nothing here asserts: time belongs to the machine.
"""

import argparse
import asyncio
import subprocess
import sys
from pathlib import Path
from time import perf_counter, time

from rich.console import RenderableType
from textual import events
from textual._compositor import CompositorUpdate
from textual.screen import Screen

from l2scope.capture import Loading
from l2scope.tui.app import ScopeApp
from l2scope.tui.places import PACKETS

SIZE = (160, 50)
ROUNDS = 60
STARTS = 3
QUIET_SECONDS = 0.12
LONGEST_SECONDS = 1.0
KEYS: tuple[tuple[str, ...], ...] = (("j",), ("pagedown",), ("G", "g"), ("g", "G"), ("c", "q"))
"""Each is pressed ROUNDS times; of two keys the first is measured. A key that changes nothing is not counted."""

Paints = tuple[float, float]
"""Seconds from a key to the first paint after it, and to the last."""


class WatchedApp(ScopeApp):
    """The UI with a clock at its screen."""

    first_screen = PACKETS
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

    async def press(self, key: str) -> Paints:
        """Presses a key and, unless the capture is still being read, waits until the screen is quiet."""
        paints, begun = self.paints, perf_counter()
        assert self._driver is not None
        self._driver.send_message(events.Key(key, key if len(key) == 1 else None))
        while self.paints == paints and perf_counter() - begun < LONGEST_SECONDS:
            await asyncio.sleep(0.0005)
        first = self.last_paint - begun if self.paints != paints else perf_counter() - begun
        while self.complete and perf_counter() - max(self.last_paint, begun) < QUIET_SECONDS:
            await asyncio.sleep(0.002)
        return first, max(first, self.last_paint - begun)


def main() -> None:
    """Measures processes from their start in children, then the keys in this process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("capture", type=Path)
    parser.add_argument("--started", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.started is not None:
        asyncio.run(first_paint(options.capture, options.started))
        return
    for _ in range(STARTS):
        command = [sys.executable, "-m", "tests.benchmark.ui_latency", str(options.capture), "--started", str(time())]
        subprocess.run(command, check=True)
    asyncio.run(keys(options.capture))


def open_watched(path: Path) -> WatchedApp:
    """As l2scope.tui.run does."""
    loading = Loading(path)
    loading.step()
    return WatchedApp(loading)


async def first_paint(capture: Path, started: float) -> None:
    """Prints how long after `started` (Unix time) the first packets were painted."""
    app = open_watched(capture)
    async with app.run_test(size=SIZE):
        while not app.packets_painted:
            await asyncio.sleep(0.001)
        print(f"start to first packets   {app.packets_painted - started:6.2f} s", flush=True)
        app.exit()


async def keys(capture: Path) -> None:
    """Prints the latencies of keys while the capture is read, and after."""
    begun = perf_counter()
    app = open_watched(capture)
    async with app.run_test(size=SIZE) as pilot:
        meanwhile = []
        while not app.complete:
            meanwhile.append(await app.press("j"))
        await pilot.pause(1.0)
        print(f"all read and judged      {perf_counter() - begun - 1.0:6.2f} s   {app.capture.count:,} packets")
        print(line("j while it loads", meanwhile))
        everything = []
        for sequence in KEYS:
            measured = [await press_all(app, sequence) for _ in range(ROUNDS)]
            painted = [paints for paints in measured if paints[0] < LONGEST_SECONDS]
            everything += painted
            print(line(sequence[0], painted))
        print(line("all of these keys", everything))


async def press_all(app: WatchedApp, sequence: tuple[str, ...]) -> Paints:
    """Presses keys in turn and gives the time of the first."""
    measured = await app.press(sequence[0])
    for key in sequence[1:]:
        await app.press(key)
    return measured


def line(name: str, measured: list[Paints]) -> str:
    """Median, 99th percentile and worst, in milliseconds, to the first paint and to the last."""
    first = "  ".join(f"{1000 * value:6.1f}" for value in percentiles([paint for paint, _ in measured]))
    last = "  ".join(f"{1000 * value:6.1f}" for value in percentiles([paint for _, paint in measured]))
    return f"{name:<18} ms, median p99 worst: first paint {first}   last paint {last}   n={len(measured)}"


def percentiles(values: list[float]) -> list[float]:
    """Median, 99th percentile and the largest, by nearest rank."""
    if not values:
        return []
    ordered = sorted(values)
    return [ordered[-(-len(ordered) * share // 100) - 1] for share in (50, 99, 100)]


if __name__ == "__main__":
    main()
