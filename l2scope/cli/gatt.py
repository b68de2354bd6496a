"""`l2scope gatt`."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from l2scope.analysis.gatt.operations import Operation
from l2scope.analysis.gatt.report import server_json
from l2scope.analysis.gatt.server import Server
from l2scope.analysis.gatt.subscriptions import Subscription, subscriptions
from l2scope.analysis.gatt.tree import Characteristic, Descriptor, Include, Service
from l2scope.analysis.gatt.uuid import Uuid
from l2scope.capture import Capture
from l2scope.cli.hints import hint_option
from l2scope.cli.reading import capture_argument, capture_of, json_option
from l2scope.columns import counted
from l2scope.text import printable

LONGEST_VALUE = 100

EPILOG = """\b
Examples:
  l2scope gatt capture.btsnoop
  l2scope gatt capture.btsnoop --peer "Heart Rate"
  l2scope gatt capture.btsnoop --peer 00:1A:7D:DA:71:13 --json | jq '.[].services'
"""


@click.command(epilog=EPILOG)
@capture_argument
@hint_option
@json_option
@click.option("--peer", metavar="TEXT", help='Only servers with this in their address or name; "local": this host\'s.')
def command(file: Path, as_json: bool, peer: str | None) -> None:
    """Show the GATT databases of all peers, and of the captured host: services, characteristics and descriptors with
    their handles, the last value of each, and who subscribed to what.

    A database is what discovery in this capture told; attributes that were used without it stand under "not told by
    discovery".
    """
    capture = capture_of(file)
    servers = [server for server in capture.gatt.servers if peer is None or is_wanted(server, peer)]
    if as_json:
        click.echo(json.dumps([server_json(capture, server) for server in servers], indent=2))
        return
    for number, server in enumerate(servers):
        if number:
            click.echo()
        for line in _lines(capture, server):
            click.echo(line)
    if not servers:
        click.echo("No GATT server is in this capture." if peer is None else "No such GATT server.", err=True)


def is_wanted(server: Server, peer: str) -> bool:
    """The server's address, name or side holds this text, in any case."""
    return peer.lower() in f"{server.owner.side} {server.title}".lower()


def _lines(capture: Capture, server: Server) -> Iterator[str]:
    known = len(server.database)
    yield click.style(f"{printable(server.title)}, {counted(known, 'attribute')}", bold=True)
    told = server.hash
    if told is not None:
        yield f"  database hash {told.hex()}"
    for change in server.versions.changes:
        yield f"  service changed in packet {change.packet}: 0x{change.handle:04X} to 0x{change.end:04X}"
    found = subscriptions(capture, server)
    for service in server.services:
        yield from _service(server, service, found)
    yield from _untold(server, found)


def _service(server: Server, service: Service, found: list[Subscription]) -> Iterator[str]:
    kind = "" if service.primary else ", secondary"
    yield f"  0x{service.handle:04X}..0x{service.end:04X} {_uuid(service.uuid)}{kind}"
    for include in service.includes:
        yield _include(include)
    for other in service.others:
        yield f"    {_descriptor(server, other)}"
    for characteristic in service.characteristics:
        yield from _characteristic(server, characteristic, found)


def _include(include: Include) -> str:
    return f"    0x{include.handle:04X} includes 0x{include.start:04X}..0x{include.end:04X} {_uuid(include.uuid)}"


def _characteristic(server: Server, characteristic: Characteristic, found: list[Subscription]) -> Iterator[str]:
    able = ", ".join(characteristic.properties)
    handle = characteristic.value_handle
    yield f"    0x{handle:04X} {_uuid(characteristic.uuid)} [{able}]{_value(server, handle)}"
    for descriptor in characteristic.descriptors:
        yield f"      {_descriptor(server, descriptor)}"
    for subscription in found:
        if subscription.handle == handle:
            yield f"      {_subscription(subscription)}"


def _descriptor(server: Server, descriptor: Descriptor) -> str:
    return f"0x{descriptor.handle:04X} {_uuid(descriptor.uuid)}{_value(server, descriptor.handle)}"


def _untold(server: Server, found: list[Subscription]) -> Iterator[str]:
    handles = [handle for handle in server.handles if server.database.type_of(handle) is None]
    if handles:
        yield "  not told by discovery"
    for handle in handles:
        yield f"    0x{handle:04X}{_value(server, handle)}"
        for subscription in found:
            if subscription.handle == handle:
                yield f"      {_subscription(subscription)}"


def _uuid(uuid: Uuid | None) -> str:
    if uuid is None:
        return "service not known"
    return uuid.name if str(uuid) == uuid.name else f"{uuid.name} ({uuid})"


def _value(server: Server, handle: int) -> str:
    """How often it was used, and the last value that was told."""
    count = server.count(handle)
    if not count:
        return ""
    last = server.last(handle)
    times = counted(count, "operation")
    if last is None:
        return f": {times}, no value"
    return f": {_shown(server, last)} ({times}, the last in packet {last.packet})"


def _shown(server: Server, operation: Operation) -> str:
    """In words where the format is known, else in hexadecimal."""
    words = server.words(operation) or (operation.value or b"").hex(" ")
    return printable(words, LONGEST_VALUE) or "empty"


def _subscription(subscription: Subscription) -> str:
    who = subscription.client or "this host"
    told = [
        counted(count, word)
        for count, word in ((subscription.notifications, "notification"), (subscription.indications, "indication"))
        if count
    ]
    what = f"subscription {subscription.state}" if subscription.packet is None else subscription.state
    where = "" if subscription.packet is None else f" set in packet {subscription.packet}"
    doubt = " (inferred)" if subscription.inferred else ""
    return f"-> {printable(who)}: {what}{where}{doubt}, {' and '.join(told) or 'nothing told'}"
