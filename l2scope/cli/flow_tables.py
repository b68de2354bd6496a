"""Tables under that of the channels, a line a direction: what busy time went into, how credits are given, and what
became of numbered frames."""

from collections.abc import Iterable, Iterator
from typing import Final

import click

from l2scope.busy import SHARES, VANTAGE
from l2scope.channels import Channel, Direction
from l2scope.cli.columns import echo_table, seconds

BUSY_TITLES: Final = ("#", "dir", "busy", *SHARES, "unknown because")
FRAME_TITLES: Final = (
    "#", "dir", "I-frames", "sent again", "lost", "FCS errors", "answered by", "not ready"
)  # fmt: skip
POLICY_TITLES: Final = ("#", "dir", "policy", "certainty", "followed", "the receiver")


def echo_flows(channels: Iterable[Channel]) -> None:
    """Prints them in order of opening: directions that were busy, receivers that gave enough credits to tell."""
    listed = list(channels)
    directions = [direction for channel in listed for direction in (channel.tx, channel.rx)]
    busy = [_busy(direction, listed[direction.channel].twin) for direction in directions if direction.busy_ns]
    if busy:
        click.echo("\nWhat the sender's busy time went into: waiting for credits, its controller or its own host")
        echo_table(BUSY_TITLES, busy, frozenset((1, len(BUSY_TITLES) - 1)))
    policies = [row for direction in directions for row in _policy(direction)]
    if policies:
        click.echo("\nHow the receiver gives credits")
        echo_table(POLICY_TITLES, policies, frozenset((1, 2, 3, 5)))
    frames = [row for channel in listed for row in _frames(channel)]
    if frames:
        click.echo("\nWhat became of the I-frames, and how their receiver answered")
        echo_table(FRAME_TITLES, frames, frozenset((1, 6)))


def _busy(direction: Direction, twin: int | None) -> tuple[str, ...]:
    """twin is the channel at the other end, if that was captured too."""
    busy = direction.busy
    because = busy.unknown_explained
    if busy.unknown_because == VANTAGE and twin is not None:
        because = f"captured at the receiver; #{twin} tx is the sender's end"
    shares = [f"{busy.share(name):.1%}" if getattr(busy, f"{name}_ns") else "-" for name in SHARES]
    return (str(direction.channel), direction.name, seconds(direction.busy_ns), *shares, because)


def _frames(channel: Channel) -> Iterator[tuple[str, ...]]:
    for direction, other in ((channel.tx, channel.rx), (channel.rx, channel.tx)):
        frames, answers = direction.frames, other.frames
        if frames is None or answers is None or not frames.iframes:
            continue
        counts = (("RR", answers.rr), ("RNR", answers.rnr), ("REJ", answers.rej), ("SREJ", answers.srej))
        yield (
            str(channel.id),
            direction.name,
            f"{frames.iframes:,}",
            f"{frames.retransmitted:,}",
            f"{frames.lost:,}",
            f"{frames.fcs_errors:,}" if frames.fcs else "no FCS",
            ", ".join(f"{number:,} {name}" for name, number in counts if number) or "-",
            seconds(frames.not_ready_ns) if frames.not_ready_times else "-",
        )


def _policy(direction: Direction) -> list[tuple[str, ...]]:
    policy = direction.policy
    if policy is None:
        return []
    also = f" (or {policy.also})" if policy.also else ""
    return [
        (
            str(direction.channel),
            direction.name,
            policy.name + also,
            policy.certainty,
            f"{policy.followed:.0%}",
            policy.in_words,
        )
    ]
