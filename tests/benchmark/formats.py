"""`python -m tests.benchmark.formats [--packets N] [--runs N]`: the same packets in every format, read in turn.

Shows the time that the processor spends on reading a capture for its figures, which other programs disturb less than
the clock on the wall; medians, and ratios to btsnoop.
"""

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from l2scope.reading import read_figures
from tests.benchmark.__main__ import made_capture, median
from tests.benchmark.measure import version
from tests.generate.containers import btsnoop, packetlogger, packets_of, pcap, pcapng


def main() -> None:
    """Write the formats, measure, print a line for each."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.formats", description=__doc__)
    parser.add_argument("--packets", type=int, default=1_000_000, help="packets in the capture that is made")
    parser.add_argument("--runs", type=int, default=11, help="rounds; the medians are shown")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        files = written(made_capture(options.packets), Path(folder))
        print(f"{version()}; {options.packets:,} packets, {options.runs} runs, medians")
        seconds = measured(files, options.runs)
    first = median(seconds["btsnoop 1002"])
    for name, times in seconds.items():
        print(f"{name:<24}{median(times) * 1000:>7.1f} ms{median(times) / first:>7.2f}")


def written(capture: Path, folder: Path) -> dict[str, Path]:
    """The packets of a capture in all formats, by what they are called."""
    packets = list(packets_of(capture.read_bytes()))
    formats = {
        "btsnoop 1002": btsnoop(packets),
        "btsnoop 2001": btsnoop(packets, datalink=2001),
        "pcap 201": pcap(packets),
        "pcap 254, big-endian": pcap(packets, link=254, order=">"),
        "pcapng 201": pcapng(packets),
        "pcapng 254": pcapng(packets, link=254),
        "pcapng 187 with flags": pcapng(packets, link=187),
        "PacketLogger": packetlogger(packets),
    }
    for number, content in enumerate(formats.values()):
        (folder / str(number)).write_bytes(content)
    return {name: folder / str(number) for number, name in enumerate(formats)}


def measured(files: dict[str, Path], runs: int) -> dict[str, list[float]]:
    """Seconds of every run of every file, after one round that is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in files}
    for run in range(runs + 1):
        for name, path in files.items():
            began = time.process_time()
            read_figures(path)
            if run:
                seconds[name].append(time.process_time() - began)
    return seconds


if __name__ == "__main__":
    main()
