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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.benchmark.watched_app import WatchedApp

SIZE = (160, 50)
ROUNDS = 60
KEYS: tuple[tuple[str, ...], ...] = (("j",), ("pagedown",), ("G",), ("g",), ("c", "q"), ("s",), ("]",))
"""Each is pressed ROUNDS times; of two keys the first is measured and the second goes back."""


def main() -> None:
    """Measures a process from its start in a child, then the keys in this process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("capture", type=Path)
    parser.add_argument("--started", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.started is not None:
        asyncio.run(_first_paint(options.capture, options.started))
        return
    for _ in range(3):
        command = [sys.executable, "-m", "tests.benchmark.ui_latency", str(options.capture), "--started", str(time())]
        subprocess.run(command, check=True)
    asyncio.run(_keys(options.capture))


async def _first_paint(capture: Path, started: float) -> None:
    """Prints how long after `started` (Unix time) the first packets were painted."""
    from tests.benchmark.watched_app import open_watched

    app = open_watched(capture)
    async with app.run_test(size=SIZE):
        while not app.packets_painted:
            await asyncio.sleep(0.001)
        print(f"start to first packets   {app.packets_painted - started:6.2f} s")
        app.exit()


async def _keys(capture: Path) -> None:
    from tests.benchmark.watched_app import open_watched

    begun = perf_counter()
    app = open_watched(capture)
    async with app.run_test(size=SIZE) as pilot:
        _print_line("j while it loads", await _while_loading(app, pilot))
        print(f"all read and judged      {perf_counter() - begun:6.2f} s   {app.capture.count:,} packets")
        await pilot.pause(1.0)
        everything = []
        for keys in KEYS:
            measured = [await _round(app, keys) for _ in range(ROUNDS)]
            everything += measured
            _print_line(keys[0], measured)
        _print_line("all keys", everything)


async def _while_loading(app: "WatchedApp", pilot: "Pilot[None]") -> list[tuple[float, float]]:
    measured = []
    while not app.complete:
        measured.append(await app.press("j"))
    await pilot.pause(0.5)
    return measured


async def _round(app: "WatchedApp", keys: tuple[str, ...]) -> tuple[float, float]:
    measured = await app.press(keys[0])
    for key in keys[1:]:
        await app.press(key)
    return measured


def _print_line(name: str, measured: list[tuple[float, float]]) -> None:
    """Median, 99th percentile and worst, in milliseconds, of the first paint; and of the last."""
    if not measured:
        return
    first = sorted(paint for paint, _ in measured)
    last = sorted(paint for _, paint in measured)
    at = [len(first) // 2, min(len(first) - 1, -(-len(first) * 99 // 100) - 1), len(first) - 1]
    firsts = "  ".join(f"{1000 * first[index]:6.1f}" for index in at)
    lasts = "  ".join(f"{1000 * last[index]:6.1f}" for index in at)
    print(f"{name:<20} key to paint, ms: median, p99, worst {firsts}   to the last paint {lasts}   n={len(first)}")


if __name__ == "__main__":
    main()
