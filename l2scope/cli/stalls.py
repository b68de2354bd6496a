"""`l2scope stalls`."""

import json
from pathlib import Path

import click

from l2scope.channels import Channels, hexadecimal
from l2scope.cli.columns import echo_table
from l2scope.cli.hints import hint_option
from l2scope.cli.reading import NOT_CONCLUSIVE, capture_argument, figures_of, json_option
from l2scope.evidence import Clock, interval_row
from l2scope.stalls import ZeroInterval

NEVER_ZERO = "No channel ran out of credits, or of its transmit window."
NO_STALL = "No channel stalled for want of credits, or of a transmit window."
EPILOG = """\b
Examples:
  l2scope stalls capture.btsnoop
  l2scope stalls capture.btsnoop --all --json

\b
Exit codes: 0 the list is complete, 3 the capture was cut or lost packets, 2 the file is no capture.
"""


@click.command(epilog=EPILOG)
@capture_argument
@hint_option
@json_option
@click.option("--all", "every", is_flag=True, help="Show every time at zero credits, the healthy ones too.")
@click.option("--allow-truncated", is_flag=True, help="Exit with 0 also where the capture is cut or lost packets.")
@click.pass_context
def command(ctx: click.Context, file: Path, as_json: bool, every: bool, allow_truncated: bool) -> None:
    """List the times a sender stood still for want of credits, or of a transmit window.

    A channel in enhanced retransmission mode waits where its window is full of unacknowledged frames, or where its
    receiver says that it is not ready; the column "cause" tells.

    A direction that reaches zero credits at the end of an SDU is healthy. A stall is a wait with bytes owed, or with
    the next SDU following the grant at once, that is longer than the link's own pace explains.
    """
    figures = figures_of(file)
    intervals = intervals_of(figures.channels, every)
    if as_json:
        click.echo(json.dumps([interval.as_json() for interval in intervals], indent=2))
    elif intervals:
        _echo(intervals, figures.channels, figures.engine.first_time)
    else:
        click.echo(NEVER_ZERO if every else NO_STALL, err=True)
    if not figures.quality.conclusive and not allow_truncated:
        ctx.exit(NOT_CONCLUSIVE)


def intervals_of(channels: Channels, every: bool) -> list[ZeroInterval]:
    """The stalls of all channels, or all their zero intervals, in order of their starts."""
    directions = [direction for channel in channels for direction in (channel.tx, channel.rx)]
    intervals = [
        interval for direction in directions for interval in (direction.zeros() if every else direction.stalls())
    ]
    return sorted(intervals, key=lambda interval: (interval.start_packet, interval.channel, interval.direction))


def _echo(intervals: list[ZeroInterval], channels: Channels, first_ns: int) -> None:
    clock = Clock(first_ns)
    rows = []
    for interval in intervals:
        channel, direction, *figures = interval_row(interval, clock)
        rows.append((channel, direction, hexadecimal(channels[interval.channel].psm), *figures, interval.cause))
    titles = (
        "channel", "dir", "PSM", "start", "lasted", "class", "owed", "from packet", "to packet", "ended by", "cause"
    )  # fmt: skip
    echo_table(titles, rows, frozenset((1, 5, 9, 10)))
