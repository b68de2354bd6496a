"""How quick the terminal UI is on a capture: `python -m tests.benchmark.ui_latency CAPTURE`.

Prints the time from starting a process to the first packets on its screen, the time until all is read, and for each
key the time to the first and to the last paint that follows it, and the processor time of the whole process to the
first one: what the key would have taken, at most, on a machine that does nothing else. Memory is what no file backs
(RssAnon). The screen is 160x50 and headless, but all that would go to a terminal is made. Nothing here asserts: time
belongs to the machine.
"""

import argparse
import asyncio
import subprocess
import sys
from pathlib import Path
from time import perf_counter, process_time, time

from rich.console import RenderableType
from textual import events
from textual._compositor import CompositorUpdate
from textual.keys import _character_to_key
from textual.screen import Screen

from l2scope.capture import Loading
from l2scope.tui.app import ScopeApp
from l2scope.tui.places import PACKETS

SIZE = (160, 50)
ROUNDS = 100
SELDOM_ROUNDS = 12
STARTS = 3
QUIET_SECONDS = 0.12
LONGEST_SECONDS = 1.0
KEYS: tuple[tuple[str, ...], ...] = (("j",), ("pagedown",), ("G", "g"), ("g", "G"))
"""Each is pressed ROUNDS times; of two keys the first is measured. A key that changes nothing is not counted."""
JUMPS: tuple[tuple[str, ...], ...] = (
    ("s",), ("}",), ("]",), ("!", "g"), ("enter", ":", *"2345678"),
    ("1", "2"), ("c", "2"), ("f", "2"), ("5", "2"), ("6", "2"), ("7", "2"), ("9", "2"), ("backspace", "backspace"),
)  # fmt: skip
"""The same, SELDOM_ROUNDS times; the keys after the first bring the next round about, before the first of them too
where the first is Enter."""
FILTERS = ("btatt", "l2scope.stall", "l2scope.channel == 3 && l2scope.credits.balance < 2", "frame.len > 100")

Paints = tuple[float, float, float]
"""Seconds from a key to the first paint after it, and to the last; processor seconds to the first."""


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
        paints, begun, worked = self.paints, perf_counter(), process_time()
        assert self._driver is not None
        name = _character_to_key(key) if len(key) == 1 else key
        self._driver.send_message(events.Key(name, key if len(key) == 1 else None))
        while self.paints == paints and perf_counter() - begun < LONGEST_SECONDS:
            await asyncio.sleep(0.0005)
        worked = process_time() - worked
        first = self.last_paint - begun if self.paints != paints else perf_counter() - begun
        while self.complete and perf_counter() - max(self.last_paint, begun) < QUIET_SECONDS:
            await asyncio.sleep(0.002)
        return first, max(first, self.last_paint - begun), worked


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
        print(f"memory that no file backs {anonymous_mib():5.0f} MiB")
        print(line("j while it loads", meanwhile))
        everything = await press_groups(app)
        everything += await filters(app)
        print(line("all of these keys", everything))
        print(f"memory that no file backs {anonymous_mib():5.0f} MiB")


async def press_groups(app: WatchedApp) -> list[Paints]:
    """Scrolls and jumps."""
    everything = []
    for sequences, rounds in ((KEYS, ROUNDS), (JUMPS, SELDOM_ROUNDS)):
        for sequence in sequences:
            measured = [await press_all(app, sequence) for _ in range(rounds)]
            painted = [paints for paints in measured if paints[0] < LONGEST_SECONDS]
            everything += painted
            print(line(" ".join(sequence[:2]) if sequence[0] == "enter" else sequence[0], painted), flush=True)
    return everything


async def filters(app: WatchedApp) -> list[Paints]:
    """Types filters, puts them in force, and scrolls in what passes. The last paint after Enter is the list."""
    typed, answered, scrolled = [], [], []
    await app.press("2")
    for expression in FILTERS:
        await app.press("&")
        typed += [await app.press(character) for character in expression]
        answered.append(await app.press("enter"))
        await asyncio.sleep(1.0)
        scrolled += [await app.press(key) for key in ("j", "pagedown", "G", "g") for _ in range(SELDOM_ROUNDS // 4)]
        await app.press("&")
        for _ in expression:
            await app.press("backspace")
        await app.press("enter")
    print(line("& typing", typed))
    print(line("& enter", answered))
    scrolled = [paints for paints in scrolled if paints[0] < LONGEST_SECONDS]
    print(line("in a filtered list", scrolled))
    return [*typed, *answered, *scrolled]


def anonymous_mib() -> float:
    """What the process holds in memory without what files back."""
    status = Path("/proc/self/status").read_text()
    return int(next(row for row in status.splitlines() if row.startswith("RssAnon")).split()[1]) / 1024


async def press_all(app: WatchedApp, sequence: tuple[str, ...]) -> Paints:
    """Presses keys in turn and gives the time of the first; where that is Enter the others are pressed before it."""
    before, after = (sequence[1:], ()) if sequence[0] == "enter" else ((), sequence[1:])
    for key in before:
        await app.press(key)
    measured = await app.press(sequence[0])
    for key in after:
        await app.press(key)
    return measured


def line(name: str, measured: list[Paints]) -> str:
    """Median, 99th percentile and worst, in milliseconds, to the first paint and to the last."""
    first, last, worked = (
        "  ".join(f"{1000 * value:6.1f}" for value in percentiles([paints[which] for paints in measured]))
        for which in range(3)
    )
    return (
        f"{name:<18} ms, median p99 worst: first paint {first}   last {last}   processor {worked}   n={len(measured)}"
    )


def percentiles(values: list[float]) -> list[float]:
    """Median, 99th percentile and the largest, by nearest rank."""
    if not values:
        return []
    ordered = sorted(values)
    return [ordered[-(-len(ordered) * share // 100) - 1] for share in (50, 99, 100)]


if __name__ == "__main__":
    main()
