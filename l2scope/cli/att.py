"""`l2scope att`."""

import json
from pathlib import Path

import click

from l2scope.analysis.transactions import Bearer, Transaction, bearers, transactions
from l2scope.capture import Capture
from l2scope.cli.columns import echo_table, seconds
from l2scope.cli.hints import hint_option
from l2scope.cli.reading import capture_argument, capture_of, json_option

EPILOG = """\b
Examples:
  l2scope att capture.btsnoop
  l2scope att capture.btsnoop --bearers
  l2scope att capture.btsnoop --json | jq '.[] | select(.error)'
"""


@click.command(epilog=EPILOG)
@capture_argument
@hint_option
@json_option
@click.option("--bearers", "by_bearer", is_flag=True, help="Show a line for each bearer instead.")
def command(file: Path, as_json: bool, by_bearer: bool) -> None:
    """List the ATT requests and indications with what answered them, on the fixed channel, EATT and BR/EDR bearers."""
    capture = capture_of(file)
    if as_json:
        found = bearers(capture) if by_bearer else transactions(capture)
        click.echo(json.dumps([item.as_json() for item in found], indent=2))
    elif not len(capture.tables.att):
        click.echo("No ATT traffic is in this capture.", err=True)
    elif by_bearer:
        _echo_bearers(bearers(capture))
    else:
        _echo_transactions(capture, transactions(capture))


def _echo_transactions(capture: Capture, found: list[Transaction]) -> None:
    first_ns = int(capture.tables.packets["time"][0])
    rows = [
        (
            str(transaction.request_packet),
            f"{(transaction.request_ns - first_ns) / 1e9:.6f}",
            str(transaction.bearer),
            "->" if transaction.direction == "tx" else "<-",
            transaction.name,
            "" if transaction.handle is None else f"0x{transaction.handle:04x}",
            transaction.attribute or "",
            "no answer" if transaction.response_packet is None else str(transaction.response_packet),
            "" if transaction.duration_ns is None else seconds(transaction.duration_ns),
            transaction.error_name or "",
        )
        for transaction in found
    ]
    titles = ("packet", "time", "bearer", "", "request", "handle", "attribute", "answered in", "after", "error")
    echo_table(titles, rows, frozenset((3, 4, 6, 9)))


def _echo_bearers(found: list[Bearer]) -> None:
    rows = [
        (
            str(bearer.id),
            str(bearer.link),
            "fixed" if bearer.channel is None else f"#{bearer.channel}",
            str(bearer.mtu),
            *(
                f"{count:,}"
                for count in (
                    bearer.requests,
                    bearer.unanswered,
                    bearer.errors,
                    bearer.indications,
                    bearer.notifications,
                    bearer.commands,
                )
            ),
        )
        for bearer in found
    ]
    titles = ("bearer", "link", "channel", "MTU", "requests", "unanswered", "errors", "indications", "notifications")
    echo_table((*titles, "commands"), rows, frozenset((2,)))
