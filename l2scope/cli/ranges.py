"""Ranges of packets as the command line has them: A-B, A- and A."""

import click


def packet_range(_ctx: click.Context, _parameter: click.Parameter, value: str) -> tuple[int, int | None]:
    """The first and last packet of A-B, A- (to the end) or A. Raises BadParameter."""
    first, dash, last = value.partition("-")
    try:
        start = int(first)
        stop = (int(last) if last else None) if dash else start
    except ValueError:
        raise click.BadParameter(f"{value!r} is no range of packets: write it like 100-120, 100- or 100") from None
    if start < 1 or (stop is not None and stop < start):
        raise click.BadParameter(f"{value!r} is no range of packets: they count from 1 upwards")
    return start, stop


def packet_ranges(
    ctx: click.Context, parameter: click.Parameter, value: str | None
) -> list[tuple[int, int | None]] | None:
    """Several of them, with commas between. Raises BadParameter."""
    return None if value is None else [packet_range(ctx, parameter, part) for part in value.split(",")]
