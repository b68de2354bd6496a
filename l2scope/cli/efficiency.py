"""`l2scope efficiency`."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from l2scope.analysis.data_length import data_lengths
from l2scope.analysis.efficiency import Efficiency, efficiencies
from l2scope.analysis.gatt_cost import BulkGatt, bulk_gatt
from l2scope.analysis.latency import Latency, latency_of
from l2scope.analysis.transactions import Transaction, transactions
from l2scope.channels import Channel, describe
from l2scope.cli.columns import echo_table, rate, seconds
from l2scope.cli.reading import capture_argument, capture_of, json_option
from l2scope.framing import Fit

EPILOG = """\b
Examples:
  l2scope efficiency capture.btsnoop
  l2scope efficiency capture.btsnoop --channel 0
  l2scope efficiency capture.btsnoop --json | jq '.channels[].payload_share'
"""
LATENCY_TITLES = ("latency of", "times", "min", "median", "p99", "max")
# A K-frame whose last link-layer packet carries no more than this is cut badly.
FEW_BYTES = 8

Bearers = dict[int, Latency]


@click.command(epilog=EPILOG)
@capture_argument
@click.option("--channel", "number", type=int, metavar="ID", help="Only this one, its # in `l2scope channels`.")
@json_option
def command(file: Path, number: int | None, as_json: bool) -> None:
    """Show what channels made of the air time they used.

    Goodput, overhead by layer, how full K-frames and link-layer packets were, how long SDUs, credits and ATT
    transactions took; what GATT would have cost for the same bytes, and a channel for bulk data that went over GATT.
    """
    capture = capture_of(file)
    channels = capture.channels
    if number is not None and not 0 <= number < len(channels):
        raise click.BadParameter(f"the capture has {len(channels)} channels, from 0 on", param_hint="--channel")
    found = [item for item in efficiencies(capture) if number in (None, item.channel)]
    bulk = list(bulk_gatt(capture, data_lengths(capture))) if number is None else []
    bearers = _bearers(transactions(capture)) if number is None else {}
    if as_json:
        shown = {
            "channels": [item.as_json() for item in found],
            "gatt": [item.as_json() for item in bulk],
            "att": [{"bearer": bearer, **latency.as_json()} for bearer, latency in bearers.items()],
        }
        click.echo(json.dumps(shown, indent=2))
    elif not (found or bulk or bearers):
        click.echo("No credit-based channel carried data, and no ATT request was answered in this capture.", err=True)
    else:
        _echo(found, channels, bulk, bearers)


def _bearers(found: list[Transaction]) -> Bearers:
    """How long the answers took, by ATT bearer."""
    durations: dict[int, list[int]] = {}
    for transaction in found:
        if transaction.duration_ns is not None:
            durations.setdefault(transaction.bearer, []).append(transaction.duration_ns)
    latencies = {bearer: latency_of(own) for bearer, own in sorted(durations.items())}
    return {bearer: latency for bearer, latency in latencies.items() if latency is not None}


def _echo(found: list[Efficiency], channels: list[Channel], bulk: list[BulkGatt], bearers: Bearers) -> None:
    for item in found:
        click.echo(click.style(f"{describe(channels[item.channel])}, {item.direction}", bold=True))
        for title, text in _lines(item):
            click.echo(f"  {title:<12}{text}")
        click.echo()
    for values in bulk:
        click.echo(
            click.style(f"attribute 0x{values.handle:04x}, bearer {values.bearer}, {values.direction}", bold=True)
        )
        click.echo(f"  {_bulk(values)}\n")
    rows = [*_latency_rows(found), *(_latency_row(f"ATT bearer {bearer}", own) for bearer, own in bearers.items())]
    if rows:
        echo_table(LATENCY_TITLES, rows, frozenset((0,)))


def _lines(item: Efficiency) -> Iterator[tuple[str, str]]:
    overhead, gatt = item.overhead, item.as_gatt
    yield "goodput", f"{rate(item.goodput_bps)}: {item.sdu_bytes:,} bytes of SDUs in {item.kframes:,} K-frames"
    fill = "" if item.kframe_fill is None else f"{item.kframe_fill:.1%} full; "
    yield "K-frames", f"{fill}{item.link_layer_packets_a_kframe:,.2f} link-layer packets each"
    if item.fit is not None:
        yield "", _fit(item.fit)
    yield (
        "overhead",
        f"L2CAP {overhead.l2cap:,}, credits {overhead.credits:,}, HCI {overhead.hci:,}, "
        f"link layer {overhead.link_layer:,} bytes; SDUs are {item.payload_share:.0%} of what went over the air",
    )
    if item.credits_in_flight is not None:
        held = item.credits_in_flight
        yield "credits", f"{held.min:,} to {held.max:,} in flight, {held.mean:,.1f} on average over time"
    default = "" if gatt.mtu_seen else ", the default"
    yield (
        "as GATT",
        f"{gatt.notifications:,} notifications (ATT_MTU {gatt.att_mtu}{default}): {gatt.overhead:,} bytes of headers, "
        f"{gatt.link_layer_packets:,} link-layer packets; as it was {overhead.l2cap + overhead.credits:,} bytes, "
        f"{item.link_layer_packets:,} packets",
    )


def _fit(fit: Fit) -> str:
    seen = "" if fit.octets_seen else " (not in the capture: the least)"
    text = f"a full one takes {fit.packets_a_full_kframe} of {fit.octets} bytes{seen}"
    if fit.packets_a_full_kframe > 1 and fit.bytes_in_last <= FEW_BYTES:
        text += f", the last for {fit.bytes_in_last} bytes: an MPS of {fit.best_mps:,} would take one less"
    return text


def _bulk(values: BulkGatt) -> str:
    return (
        f"{values.values:,} values of {values.value_bytes:,} bytes by {values.kind}: {values.overhead:,} bytes of "
        f"headers, {values.link_layer_packets:,} link-layer packets; a channel with an MPS of {values.mps}: "
        f"{values.channel_overhead:,} bytes, {values.channel_link_layer_packets:,} packets"
    )


def _latency_rows(found: list[Efficiency]) -> Iterator[tuple[str, ...]]:
    for item in found:
        parts = (("SDUs", item.sdu_latency), ("credits", item.credit_latency), ("ATT", item.att_latency))
        for name, latency in parts:
            if latency is not None:
                yield _latency_row(f"#{item.channel} {item.direction} {name}", latency)


def _latency_row(name: str, latency: Latency) -> tuple[str, ...]:
    figures = (latency.min_ns, latency.median_ns, latency.p99_ns, latency.max_ns)
    return (name, f"{latency.count:,}", *map(seconds, figures))
