"""`python -m tests.benchmark.filters [--packets N] [--runs N] [--file CAPTURE]`: how long display filters take.

The capture is read once; each filter is compiled and asked several times. The table shows medians in milliseconds.
"""

import argparse
from pathlib import Path
from statistics import median
from time import perf_counter

import l2scope
from l2scope.capture import Capture
from l2scope.filter import Filter
from tests.benchmark.__main__ import made_capture

FILTERS = (
    "frame.len > 200",
    "btl2cap.cid == 0x0041",
    "btl2cap.cid == 0x0060 && btl2cap.length > 200",
    "btatt.opcode == 0x12 && btl2cap.cid == 0x0041",
    "l2scope.credits.balance < 2",
    "l2scope.channel == 3",
    "l2scope.sdu.length > 512",
    "l2scope.direction == tx && !(btl2cap.cid == 0x0005) || frame.time_delta > 0.01",
    "hci_h4.type == 2 && bthci_acl.chandle == 0x0040",
    "l2scope.channel == 3 && l2scope.credits.balance == 0 && btl2cap.payload[0] == 00",
)


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.filters", description=__doc__)
    parser.add_argument("--packets", type=int, default=1_000_000, help="packets in the capture that is made")
    parser.add_argument("--runs", type=int, default=7, help="times that each filter is asked; the median is shown")
    parser.add_argument("--file", type=Path, help="measure on this capture instead")
    options = parser.parse_args()
    capture = l2scope.open(options.file or made_capture(options.packets))
    Filter("frame").select(capture)
    print(f"{capture.count:,} packets; median of {options.runs}\n{'ms':>8} {'packets':>10}  filter")
    for filter in FILTERS:
        milliseconds, passed = asked(capture, filter, options.runs)
        print(f"{milliseconds:>8.1f} {passed:>10,}  {filter}")


def asked(capture: Capture, expression: str, runs: int) -> tuple[float, int]:
    """The median in ms of compiling and asking, and how many packets pass."""
    took, passed = [], 0
    for _ in range(runs):
        begun = perf_counter()
        passed = len(Filter(expression).select(capture))
        took.append(1000 * (perf_counter() - begun))
    return median(took), passed


if __name__ == "__main__":
    main()
