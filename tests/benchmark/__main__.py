"""`python -m tests.benchmark [--packets N] [--runs N] [--file CAPTURE]`: l2scope beside tshark and btmon.

Every program runs as a whole process on the same file, all of them in turn in each round, so that what else the machine
does meets them alike. The table shows medians. Without --file a capture is made first, in the user's cache folder.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tests.benchmark.measure import Tool, missing, own_peak_kib, tools, version


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=__doc__)
    parser.add_argument("--packets", type=int, default=1_000_000, help="packets in the capture that is made")
    parser.add_argument("--runs", type=int, default=5, help="rounds; the medians are shown")
    parser.add_argument("--file", type=Path, help="measure on this capture instead")
    options = parser.parse_args()
    capture = options.file or made_capture(options.packets)
    print(f"{version()}; {capture.name}, {capture.stat().st_size / 1e6:,.1f} MB, {options.runs} runs, medians")
    compared = tools(capture)
    measure(compared, options.runs)
    print("\n".join(table(compared)))
    for name in missing():
        print(f"{name} is not installed and was left out")


def made_capture(packets: int) -> Path:
    """The capture with so many packets, made by another process so that this one stays small."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "l2scope-benchmark"
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / f"big-{packets}.btsnoop"
    command = [sys.executable, "-m", "tests.benchmark.big_capture", str(path), "--packets", str(packets)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return path


def measure(compared: list[Tool], runs: int) -> None:
    """Run all tools in turn, `runs` times, after one round that is not counted and warms the file cache."""
    for tool in compared:
        tool.run()
        tool.seconds.clear()
        tool.peak_kib.clear()
    for _ in range(runs):
        for tool in compared:
            tool.run()


def table(compared: list[Tool]) -> list[str]:
    """The lines of the table; ratios are to the first tool."""
    first, floor = compared[0], own_peak_kib()
    lines = [f"{'program':<26}{'time':>9}{'ratio':>8}{'peak memory':>14}{'ratio':>8}"]
    for tool in compared:
        seconds, peak = median(tool.seconds), median(tool.peak_kib)
        time_ratio, peak_ratio = seconds / median(first.seconds), peak / median(first.peak_kib)
        at_most = "<= " if peak <= floor * 1.02 else ""
        memory = f"{at_most}{peak / 1024:,.1f} MiB"
        lines.append(f"{tool.name:<26}{seconds:>7.2f} s{time_ratio:>8.2f}{memory:>14}{peak_ratio:>8.2f}")
    return lines


def median(values: list[float] | list[int]) -> float:
    """The middle value, or the mean of the two in the middle."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


if __name__ == "__main__":
    main()
