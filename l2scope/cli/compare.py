"""`l2scope compare`."""

import json
import re
from pathlib import Path

import click

from l2scope.analysis.comparison import Comparison, DirectionChange, cells, compare_captures
from l2scope.analysis.findings import Finding
from l2scope.channels import Channel, describe
from l2scope.cli.decoding import decoding_options
from l2scope.cli.reading import capture_of, json_option
from l2scope.cli.unpacking import unpacking_options
from l2scope.columns import table_lines
from l2scope.text import printable

FOUND = 1
PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?%", re.ASCII)
TITLES = ("figure", "before", "after", "change")
LONGEST_MESSAGE = 1000

EPILOG = """\b
Examples:
  l2scope compare before.btsnoop after.btsnoop
  l2scope compare release.btsnoop build.btsnoop --fail-on-regression 10%

\b
A regression: goodput lower, the stalled share of the busy time or the median latency of SDUs higher, by more than
that; or an error that was not there. Shares change in points. Exit codes: 1 a regression with --fail-on-regression,
2 a file is no capture, else 0.
"""


def tolerance_of(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> float | None:
    """A percentage as a part of one."""
    if value is None:
        return None
    written = PERCENT.fullmatch(value.strip())
    if written is None:
        raise click.BadParameter(f"{printable(value)} is no percentage: write it like 10%")
    return float(written[1]) / 100


@click.command(epilog=EPILOG)
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@json_option
@click.option("--fail-on-regression", "tolerance", metavar="PERCENT", callback=tolerance_of, help="Exit with 1 then.")
@unpacking_options
@decoding_options
@click.pass_context
def command(ctx: click.Context, before: Path, after: Path, as_json: bool, tolerance: float | None) -> None:
    """Say what changed between two captures of the same thing: channel by channel, and in the findings."""
    found = compare_captures(capture_of(before), capture_of(after))
    regressions = [] if tolerance is None else found.regressions(tolerance)
    if as_json:
        click.echo(json.dumps(found.as_json() | {"regressions": regressions}, indent=2))
    else:
        _echo(found)
        for line in regressions:
            click.echo(f"{click.style('regression', fg='red', bold=True)} {printable(line, LONGEST_MESSAGE)}")
    if regressions:
        ctx.exit(FOUND)


def _echo(found: Comparison) -> None:
    for way in found.directions:
        click.echo(f"{_pair(way)} {way.direction}")
        rows = [cells(change) for change in way.changes if change.before or change.after]
        for line in table_lines(TITLES, rows, frozenset({0})):
            click.echo(f"  {line}")
    for word, channels in (("gone", found.channels_gone), ("new", found.channels_new)):
        for channel in channels:
            click.echo(f"channel {word}: {describe(channel)}")
    for word, findings in (("gone", found.findings_gone), ("new", found.findings_new)):
        for finding in findings:
            click.echo(f"finding {word}: {_line(finding)}")
    if not (found.directions or found.channels_gone or found.channels_new or found.findings_gone or found.findings_new):
        click.echo("Neither capture has a channel that carried anything, nor a finding of its own.", err=True)


def _pair(way: DirectionChange) -> str:
    return f"{_name(way.before)} -> {describe(way.after)}"


def _name(channel: Channel) -> str:
    return f"#{channel.id}"


def _line(finding: Finding) -> str:
    place = "" if finding.channel is None else f" #{finding.channel} {finding.direction or ''}".rstrip()
    return f"{finding.severity} {finding.rule}{place}: {printable(finding.message, LONGEST_MESSAGE)}"
