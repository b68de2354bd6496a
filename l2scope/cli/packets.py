"""`l2scope packets`."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from l2scope.analysis.summary import PacketSummaries, PacketSummary
from l2scope.capture import Capture, Loading
from l2scope.cli.decoding import decoding_options, warn_of_dissectors
from l2scope.cli.filtering import filter_option, selected
from l2scope.cli.hints import hint_option, kept_hints
from l2scope.cli.listening import ended_by_signals
from l2scope.cli.ranges import packet_range
from l2scope.cli.reading import capture_argument, capture_of, warn
from l2scope.cli.unpacking import follow_option, kept_unpacking
from l2scope.dissection.lines import DissectedLines
from l2scope.engine.words import NO_ADAPTER

if TYPE_CHECKING:
    from l2scope.filter import Filter

EPILOG = """\b
Examples:
  l2scope packets capture.btsnoop
  l2scope packets capture.btsnoop --packets 100-120
  l2scope packets --follow growing.btsnoop
  l2scope packets capture.btsnoop -Y 'btatt.opcode == "Write Request" && frame.len > 100'
  l2scope packets capture.btsnoop --json | jq -c 'select(.protocol == "ATT")'
"""

JSON_NAMES = ("number", "time_ns", "adapter", "direction", "kind", "handle", "cid", "protocol", "summary", "length")
ARROWS = {"tx": "->", "rx": "<-"}


@click.command(epilog=EPILOG)
@capture_argument
@decoding_options
@hint_option
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each packet.")
@click.option("--packets", "wanted", metavar="A-B", callback=packet_range, default="1-", help="Only these.")
@filter_option
@follow_option
def command(file: Path, as_json: bool, wanted: tuple[int, int | None], filter: "Filter | None", follow: bool) -> None:
    """Print a line a packet: number, time since the first, adapter, direction, protocol, length, what it says.

    Packets are numbered as Wireshark numbers frames.
    """
    if follow:
        print_followed(file, as_json, *wanted, filter)
    else:
        print_packets(capture_of(file), as_json, *wanted, filter)


def print_followed(
    file: Path, as_json: bool, first: int = 1, last: int | None = None, filter: "Filter | None" = None
) -> None:
    """Prints packets that pass the filter as they come, until the last one, a signal, or the end of the file."""
    loading = Loading(file, kept_hints(), kept_unpacking(), follow=True)
    capture = loading.capture
    printer = _Printer(capture, as_json, filter)
    going = True
    with ended_by_signals() as signals:
        while going and (last is None or first <= last):
            going = loading.step()
            if first <= capture.count:
                printer.print(first, last)
                sys.stdout.flush()
                first = capture.count + 1
            if signals:
                loading.stop()
    warn(file, capture.quality)
    warn_of_dissectors()
    capture.close()


def print_packets(
    capture: Capture, as_json: bool, first: int = 1, last: int | None = None, filter: "Filter | None" = None
) -> None:
    """Prints the packets from first to last, or to the end, that pass the filter, to stdout."""
    _Printer(capture, as_json, filter).print(first, last)
    warn_of_dissectors()


class _Printer:
    """Prints packets of a capture, which may still grow."""

    def __init__(self, capture: Capture, as_json: bool, filter: "Filter | None") -> None:
        self._capture = capture
        self._as_json = as_json
        self._filter = filter
        self._contents = DissectedLines(capture)
        self._summaries = PacketSummaries(capture, self._contents)

    def print(self, first: int, last: int | None) -> None:
        """From first to last, or to the end of what there is."""
        capture = self._capture
        stop = capture.count if last is None else min(last, capture.count)
        numbers: Iterable[int] = range(first, stop + 1)
        if self._filter is not None:
            numbers = (number for number in selected(capture, self._filter) if first <= number <= stop)
        first_ns = int(capture.tables.packets["time"][0]) if capture.count else 0
        write = sys.stdout.write
        for number in numbers:
            summary = self._summaries.of(number)
            write((json.dumps(self._json(summary)) if self._as_json else _line(summary, first_ns)) + "\n")

    def _json(self, summary: PacketSummary) -> dict[str, object]:
        """content is what the SDU carries that the packet completes, where a dissector is for it."""
        figures = asdict(summary)
        shown = {name: figures[name] for name in JSON_NAMES}
        content = None if summary.channel is None else self._contents.content_of(summary.number)
        return shown if content is None else {**shown, "content": content}


def _line(summary: PacketSummary, first_ns: int) -> str:
    channel = "" if summary.channel is None else f"#{summary.channel}"
    return (
        f"{summary.number:>7} {(summary.time_ns - first_ns) / 1e9:>13.6f} {_adapter(summary.adapter):>2} "
        f"{ARROWS[summary.direction]} {channel:>4} {summary.protocol:<8} {summary.length:>5}  {summary.summary}"
    )


def _adapter(index: int) -> str:
    """Records of the monitor itself belong to no adapter."""
    return "" if index == NO_ADAPTER else str(index)
