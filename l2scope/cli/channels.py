"""`l2scope channels`."""

import json
from pathlib import Path

import click

from l2scope.cli.channel_table import echo_channels
from l2scope.cli.columns import echo_table
from l2scope.cli.reading import capture_argument, figures_of, json_option
from l2scope.links import RefusedChannel
from l2scope.names import l2cap

RESPONSE_CODES = {"le-credit": 0x15, "enhanced-credit": 0x18}

EPILOG = """\b
Examples:
  l2scope channels capture.btsnoop
  l2scope channels capture.btsnoop --json | jq '.[] | {psm, tx: .tx.sdus}'
  l2scope channels capture.btsnoop --refused
"""


@click.command(epilog=EPILOG)
@capture_argument
@json_option
@click.option("--refused", is_flag=True, help="Show the attempts to open a channel that failed.")
def command(file: Path, as_json: bool, refused: bool) -> None:
    """Show the credit-based channels of a capture, in order of opening.

    Each direction that carried data has a line: tx is what the captured host sent, rx what it received. MTU, MPS and
    credits (initial + granted) are those its receiver gave.
    """
    figures = figures_of(file)
    if as_json:
        shown = figures.refused if refused else figures.channels
        click.echo(json.dumps([item.as_json() for item in shown], indent=2))
    elif refused:
        _echo_refused(figures.refused)
    elif figures.channels:
        echo_channels(figures.channels)
    else:
        attempts = f" {len(figures.refused)} were refused: see --refused." if figures.refused else ""
        click.echo(f"No credit-based channel was opened in this capture.{attempts}", err=True)


def _echo_refused(refused: list[RefusedChannel]) -> None:
    if not refused:
        click.echo("No attempt to open a credit-based channel failed in this capture.", err=True)
        return
    rows = [
        (
            str(attempt.adapter),
            str(attempt.handle),
            f"0x{attempt.psm:04x}",
            f"0x{attempt.scid:04x}",
            attempt.mode,
            attempt.initiator,
            str(attempt.request),
            str(attempt.response),
            _result(attempt),
        )
        for attempt in refused
    ]
    titles = ("hci", "handle", "PSM", "SCID", "mode", "initiator", "request", "response", "result")
    echo_table(titles, rows, frozenset((4, 5, 8)))


def _result(attempt: RefusedChannel) -> str:
    if attempt.result is None:
        return "rejected: the peer does not know the command"
    return l2cap.result_name(RESPONSE_CODES[attempt.mode], attempt.result)
