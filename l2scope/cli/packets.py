"""`l2scope packets`."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from l2scope.analysis.summary import PacketSummaries, PacketSummary
from l2scope.capture import Capture
from l2scope.cli.hints import hint_option
from l2scope.cli.ranges import packet_range
from l2scope.cli.reading import capture_argument, capture_of
from l2scope.engine.words import NO_ADAPTER

EPILOG = """\b
Examples:
  l2scope packets capture.btsnoop
  l2scope packets capture.btsnoop --packets 100-120
  l2scope packets capture.btsnoop --json | jq -c 'select(.protocol == "ATT")'
"""

JSON_NAMES = ("number", "time_ns", "adapter", "direction", "kind", "handle", "cid", "protocol", "summary", "length")
ARROWS = {"tx": "->", "rx": "<-"}


@click.command(epilog=EPILOG)
@capture_argument
@hint_option
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each packet.")
@click.option("--packets", "wanted", metavar="A-B", callback=packet_range, default="1-", help="Only these.")
def command(file: Path, as_json: bool, wanted: tuple[int, int | None]) -> None:
    """Print a line a packet: number, time since the first, adapter, direction, protocol, length, what it says.

    Packets are numbered as Wireshark numbers frames.
    """
    capture = capture_of(file)
    print_packets(capture, as_json, *wanted)


def print_packets(capture: Capture, as_json: bool, first: int = 1, last: int | None = None) -> None:
    """Prints the packets from first to last, or to the end, to stdout."""
    summaries = PacketSummaries(capture)
    stop = capture.count if last is None else min(last, capture.count)
    first_ns = int(capture.tables.packets["time"][0]) if capture.count else 0
    write = sys.stdout.write
    for number in range(first, stop + 1):
        summary = summaries.of(number)
        write((json.dumps(_as_json(summary)) if as_json else _line(summary, first_ns)) + "\n")


def _as_json(summary: PacketSummary) -> dict[str, object]:
    figures = asdict(summary)
    return {name: figures[name] for name in JSON_NAMES}


def _line(summary: PacketSummary, first_ns: int) -> str:
    channel = "" if summary.channel is None else f"#{summary.channel}"
    return (
        f"{summary.number:>7} {(summary.time_ns - first_ns) / 1e9:>13.6f} {_adapter(summary.adapter):>2} "
        f"{ARROWS[summary.direction]} {channel:>4} {summary.protocol:<8} {summary.length:>5}  {summary.summary}"
    )


def _adapter(index: int) -> str:
    """Records of the monitor itself belong to no adapter."""
    return "" if index == NO_ADAPTER else str(index)
