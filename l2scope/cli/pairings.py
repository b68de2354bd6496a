"""`l2scope pairings`."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from l2scope.cli.columns import seconds
from l2scope.cli.reading import capture_argument, figures_of, json_option
from l2scope.engine.link import Link as EngineLink
from l2scope.evidence import Clock
from l2scope.links import Link
from l2scope.names.hci import error_name
from l2scope.pairings import Encryption, Pairing, encryption_of, pairings_of
from l2scope.text import printable

EPILOG = """\b
Examples:
  l2scope pairings capture.btsnoop
  l2scope pairings capture.btsnoop --json | jq '.[].pairings[] | select(.state == "failed")'
  l2scope pairings capture.btsnoop --show-keys
"""


@click.command(epilog=EPILOG)
@capture_argument
@json_option
@click.option("--show-keys", is_flag=True, help="Show the values of the keys, which give access to the devices.")
def command(file: Path, as_json: bool, show_keys: bool) -> None:
    """Show how devices paired (SMP, over LE and BR/EDR) and what happened to the encryption of each link: method, key
    size, keys given, why it failed.
    """
    figures = figures_of(file)
    both = list(zip(figures.links, figures.engine.host.links, strict=True))
    told = [(link, engine) for link, engine in both if engine.security.pairings or engine.security.changes]
    if as_json:
        click.echo(json.dumps([_as_json(*one, show_keys) for one in told], indent=2))
        return
    clock = Clock(figures.engine.first_time)
    for number, (link, engine) in enumerate(told):
        if number:
            click.echo()
        for line in _lines(link, engine, clock, show_keys):
            click.echo(line)
    if not told:
        click.echo("No pairing and no encryption is in this capture.", err=True)


def _as_json(link: Link, engine: EngineLink, show_keys: bool) -> dict[str, object]:
    return {
        "link": link.id,
        "adapter": link.adapter,
        "handle": link.handle,
        "transport": link.transport,
        "role": link.role,
        "peer_address": link.peer_address,
        "peer_identity": link.peer_identity,
        "peer_name": link.peer_name,
        "encrypted": link.encrypted,
        "key_size": link.key_size,
        "pairings": [pairing.as_json(show_keys) for pairing in pairings_of([engine])],
        "encryption": [change.as_json() for change in encryption_of(engine)],
    }


def _lines(link: Link, engine: EngineLink, clock: Clock, show_keys: bool) -> Iterator[str]:
    who = " ".join(filter(None, (link.peer_address, printable(link.peer_name or ""))))
    yield click.style(
        f"link {link.id}, hci{link.adapter} handle 0x{link.handle:04x}, {who or 'unknown peer'}", bold=True
    )
    for pairing in pairings_of([engine]):
        yield from _pairing(pairing, clock, show_keys)
    for change in encryption_of(engine):
        yield f"  packet {change.packet}, {clock.show(change.time_ns)} s: {_change(change)}"


def _pairing(pairing: Pairing, clock: Clock, show_keys: bool) -> Iterator[str]:
    span = f"packets {pairing.first_packet}-{pairing.last_packet}, {clock.show(pairing.start_ns)} s"
    yield f"  pairing {pairing.state}, {span}, {seconds(max(0, pairing.end_ns - pairing.start_ns))}"
    if pairing.reason is not None:
        yield f"    {pairing.reason_name}, said the {pairing.failed_by} side in packet {pairing.failed_in}"
    if pairing.asked_for is not None:
        yield f"    asked for by a Security Request in packet {pairing.asked_for}"
    if pairing.method is not None:
        yield f"    {', '.join(_traits(pairing))}"
    for word, features in (("initiator", pairing.request), ("responder", pairing.response)):
        if features is not None:
            yield f"    {word} {features.io_name}, keys of {features.key_size} bytes at most, packet {features.packet}"
    for key in pairing.keys:
        yield f"    {key.name} of the {key.sender} side, packet {key.packet}: {key.text(show_keys)}"


def _traits(pairing: Pairing) -> Iterator[str]:
    yield f"{pairing.initiator} side began"
    yield pairing.method or ""
    if pairing.secure_connections is not None:
        yield "Secure Connections" if pairing.secure_connections else "legacy pairing"
    yield "bonding" if pairing.bonding else "no bonding"
    yield f"key of {pairing.key_size} bytes"


def _change(change: Encryption) -> str:
    if change.failed:
        return f"{change.what}: {error_name(change.status)}"
    facts = []
    if change.enabled is not None:
        facts.append("on" if change.enabled else "off")
    if change.key_size is not None:
        facts.append(f"key of {change.key_size} bytes")
    return ": ".join(filter(None, (change.what, ", ".join(facts))))
