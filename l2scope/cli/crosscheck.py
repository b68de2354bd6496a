"""`l2scope crosscheck`."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from l2scope.cli.columns import echo_table
from l2scope.cli.hints import hint_option
from l2scope.cli.reading import capture_argument, capture_of, json_option, progress
from l2scope.columns import counted
from l2scope.text import printable

if TYPE_CHECKING:
    from l2scope.crosscheck.comparison import Comparison, Disagreement

FOUND = 1
TITLES = ("packet", "field", "l2scope", "Wireshark", "reason")
LONGEST_VALUES = 48
# A table of more would be read by nobody, and its columns are as wide as the widest of all rows.
MOST_ROWS = 10_000

EPILOG = """\b
Examples:
  l2scope crosscheck capture.btsnoop
  l2scope crosscheck capture.btsnoop --known
  l2scope crosscheck capture.btsnoop --json | jq -r .field | sort | uniq -c

\b
It needs Wireshark's tshark, and pyshark: pip install 'l2scope[tshark]'. Preferences and plugins of yours are left out.
Exit codes: 1 a disagreement that nothing explains, 0 none, 2 the file is no capture, or tshark or pyshark is missing.
"""


@click.command(epilog=EPILOG)
@capture_argument
@hint_option
@click.option("--known", is_flag=True, help="List also the disagreements whose reason is known.")
@json_option
@click.pass_context
def command(ctx: click.Context, file: Path, known: bool, as_json: bool) -> None:
    """Say where Wireshark sees other fields in the packets of a capture.

    Each field that both know (`l2scope fields`) is compared in each packet. Where Wireshark is known to be wrong, or to
    mean something else, the disagreement is only counted by its reason. With --json an object a line.
    """
    from l2scope.crosscheck.comparison import Comparison
    from l2scope.crosscheck.wireshark import wireshark

    program = wireshark()
    comparison = Comparison(capture_of(file), program)
    explained: Counter[str] = Counter()
    news = _disagreements(comparison, explained, known)
    found = _echo_json(news) if as_json else _echo(news)
    if comparison.packets < comparison.capture.count:
        missing = f"{comparison.packets:,} of {counted(comparison.capture.count, 'packet')}"
        click.echo(f"l2scope: warning: Wireshark reads only {missing}", err=True)
    if not as_json:
        _echo_totals(comparison, found, explained, program.version())
    if found:
        ctx.exit(FOUND)


def _disagreements(comparison: "Comparison", explained: Counter[str], known: bool) -> Iterator["Disagreement"]:
    """Those to be shown; the explained ones are counted."""
    with progress("comparing") as advance:
        for disagreement in comparison.disagreements(advance):
            if disagreement.reason:
                explained[disagreement.reason] += 1
            if known or not disagreement.reason:
                yield disagreement


def _echo_json(disagreements: Iterator["Disagreement"]) -> int:
    """How many nothing explains."""
    found = 0
    for disagreement in disagreements:
        found += not disagreement.reason
        click.echo(json.dumps(disagreement.as_json()))
    return found


def _echo(disagreements: Iterator["Disagreement"]) -> int:
    """How many nothing explains."""
    found, rows = 0, []
    for number, one in enumerate(disagreements):
        found += not one.reason
        if number < MOST_ROWS:
            ours, theirs = (_cell(values) for values in (one.ours, one.theirs))
            rows.append((str(one.packet), one.field, ours, theirs, one.reason))
    if rows:
        width = len(TITLES) if any(row[-1] for row in rows) else len(TITLES) - 1
        echo_table(TITLES[:width], (row[:width] for row in rows), frozenset(range(1, width)))
        click.echo()
    return found


def _cell(values: "tuple[int | bytes | str, ...]") -> str:
    """Values in a cell; numbers also as specifications write them."""
    return printable(", ".join(map(_word, values)), LONGEST_VALUES) if values else "-"


def _word(value: int | bytes | str) -> str:
    if isinstance(value, bytes):
        return value[:LONGEST_VALUES].hex(":") or "empty"
    if isinstance(value, str) or value < 10:
        return str(value)
    return f"{value} (0x{value:x})"


def _echo_totals(comparison: "Comparison", found: int, explained: Counter[str], version: str) -> None:
    compared = f"{counted(comparison.packets, 'packet')}, {counted(len(comparison.fields), 'field')}"
    click.echo(f"{counted(found, 'disagreement')} with Wireshark {version} in {compared}.")
    if explained:
        click.echo(f"{explained.total():,} more have a reason that is known:")
        echo_table(("count", "reason"), ((f"{n:,}", why) for why, n in explained.most_common()), frozenset((1,)))
