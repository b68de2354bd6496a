"""The table of what busy time was spent on that `channels` prints: a line for each direction that was busy."""

from collections.abc import Iterable

import click

from l2scope.busy import SHARES
from l2scope.channels import Channel, Direction
from l2scope.cli.columns import echo_table, seconds

TITLES = ("#", "dir", "busy", *SHARES, "unknown because")
LEFT = frozenset((1, len(TITLES) - 1))


def echo_busy(channels: Iterable[Channel]) -> None:
    """Prints them in order of opening, if any direction was busy at all."""
    rows = [
        _row(channel.id, direction)
        for channel in channels
        for direction in (channel.tx, channel.rx)
        if direction.busy_ns
    ]
    if rows:
        click.echo("\nWhat the sender's busy time went into: waiting for credits, its controller or its own host")
        echo_table(TITLES, rows, LEFT)


def _row(channel: int, direction: Direction) -> tuple[str, ...]:
    busy = direction.busy
    shares = [f"{busy.share(name):.1%}" if getattr(busy, f"{name}_ns") else "-" for name in SHARES]
    return (str(channel), direction.name, seconds(direction.busy_ns), *shares, busy.unknown_explained)
