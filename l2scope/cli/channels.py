"""`l2scope channels`."""

import json
from pathlib import Path

import click

from l2scope.channels import Channels, hexadecimal
from l2scope.cli.channel_table import echo_channels
from l2scope.cli.columns import brief, echo_table
from l2scope.cli.flow_tables import echo_flows
from l2scope.cli.hints import hint_option
from l2scope.cli.reading import capture_argument, figures_of, json_option
from l2scope.evidence import refusal_result
from l2scope.links import RefusedChannel

EPILOG = """\b
Examples:
  l2scope channels capture.btsnoop
  l2scope channels capture.btsnoop --json | jq '.[] | {psm, tx: .tx.sdus}'
  l2scope channels capture.btsnoop --refused
"""


@click.command(epilog=EPILOG)
@capture_argument
@hint_option
@json_option
@click.option("--refused", is_flag=True, help="Show the attempts to open a channel that failed.")
def command(file: Path, as_json: bool, refused: bool) -> None:
    """Show the channels of a capture, in order of opening: credit-based ones, and those of BR/EDR with their mode.

    Each direction that carried data has a line: tx is what the captured host sent, rx what it received. MTU, MPS and
    credits (initial + granted) are those its receiver gave; for modes that retransmit, the transmit window. Below
    them: what the busy time was spent on, how each receiver gives credits back, and what became of I-frames.
    """
    figures = figures_of(file)
    if as_json:
        shown = figures.refused if refused else figures.channels
        click.echo(json.dumps([item.as_json() for item in shown], indent=2))
    elif refused:
        _echo_refused(figures.refused)
    elif figures.channels:
        echo_channels(figures.channels)
        echo_flows(figures.channels)
        _echo_spsm_sources(figures.channels)
    else:
        attempts = f" {len(figures.refused)} were refused: see --refused." if figures.refused else ""
        click.echo(f"No channel was opened in this capture.{attempts}", err=True)


def _echo_spsm_sources(channels: Channels) -> None:
    """Says of which channels the SPSM was told over GATT before, and where."""
    for channel in channels:
        source = channel.spsm_source
        if source is not None:
            told = f"attribute 0x{source['handle']:04x} in packet {source['packet']}"
            click.echo(f"#{channel.id}: SPSM {hexadecimal(channel.psm)} was told over GATT, by {told}")


def _echo_refused(refused: list[RefusedChannel]) -> None:
    if not refused:
        click.echo("No attempt to open a channel failed in this capture.", err=True)
        return
    rows = [
        (
            str(attempt.adapter),
            str(attempt.handle),
            brief(attempt.peer_name or attempt.peer_address),
            f"0x{attempt.psm:04x}",
            f"0x{attempt.scid:04x}",
            attempt.mode,
            attempt.initiator,
            str(attempt.request),
            str(attempt.response),
            refusal_result(attempt),
        )
        for attempt in refused
    ]
    titles = ("hci", "handle", "peer", "PSM", "SCID", "mode", "initiator", "request", "response", "result")
    echo_table(titles, rows, frozenset((2, 5, 6, 9)))
