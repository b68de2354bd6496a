"""`l2scope stats`."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from l2scope.analysis.hierarchy import Layer, protocol_hierarchy
from l2scope.build import engine_build
from l2scope.cli.channel_table import echo_channels
from l2scope.cli.columns import brief, echo_table, seconds
from l2scope.cli.hints import hint_option
from l2scope.cli.reading import capture_argument, figures_of, json_option
from l2scope.links import Link
from l2scope.names.hci import error_name
from l2scope.reading import Figures
from l2scope.sources.containers.origin import shown_name
from l2scope.text import printable

SCHEMA = 1
LONGEST_NAME = 400

EPILOG = """\b
Examples:
  l2scope stats capture.btsnoop
  l2scope stats capture.btsnoop --json | jq .protocols
"""


@click.command(epilog=EPILOG)
@capture_argument
@hint_option
@json_option
def command(file: Path, as_json: bool) -> None:
    """Show what is in a capture: totals, protocol hierarchy, links, and the figures of every channel."""
    figures = figures_of(file)
    hierarchy = protocol_hierarchy(figures.engine.counters)
    if as_json:
        click.echo(json.dumps(_as_json(figures, hierarchy), indent=2))
        return
    _echo_totals(figures)
    click.echo()
    echo_table(
        ("protocol", "count", "bytes"),
        [("  " * layer.depth + layer.name, f"{layer.count:,}", f"{layer.size:,}") for layer in hierarchy],
        frozenset((0,)),
    )
    if figures.links:
        click.echo()
        _echo_links(figures.links)
    if figures.channels:
        click.echo()
        echo_channels(figures.channels)


def _as_json(figures: Figures, hierarchy: list[Layer]) -> dict[str, object]:
    engine = figures.engine
    return {
        "schema": SCHEMA,
        "file": str(figures.path),
        "format": figures.format,
        "wrapping": list(figures.wrapping),
        "engine": engine_build(),
        "packets": engine.packets,
        "first_ns": engine.first_time if engine.packets else None,
        "last_ns": engine.last_time if engine.packets else None,
        "lost": figures.quality.lost,
        "truncated": figures.quality.truncated,
        "quality": figures.quality.as_json(),
        "protocols": [layer.as_json() for layer in hierarchy],
        "links": [link.as_json() for link in figures.links],
        "channels": [channel.as_json() for channel in figures.channels],
    }


def _echo_totals(figures: Figures) -> None:
    engine = figures.engine
    lines = [
        ("file", printable(shown_name(figures.path))),
        ("format", figures.format),
        *(("inside", printable(layer, LONGEST_NAME)) for layer in figures.wrapping),
        ("packets", f"{engine.packets:,}"),
        ("first", _moment(engine.first_time)),
        ("duration", seconds(max(0, engine.last_time - engine.first_time))),
        ("links", f"{len(figures.links):,}"),
        ("channels", f"{len(figures.channels):,} ({len(figures.refused):,} refused)"),
        ("engine", engine_build()),
        *((row.rule, row.message) for row in figures.quality.rows),
    ]
    for name, value in lines:
        click.echo(f"{click.style(name.ljust(9), bold=True)} {value}")


def _moment(time_ns: int) -> str:
    moment = datetime.fromtimestamp(time_ns // 1_000_000_000, UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{time_ns % 1_000_000_000 // 1000:06d} UTC"


def _echo_links(links: list[Link]) -> None:
    rows = [
        (
            str(link.id),
            str(link.adapter),
            f"0x{link.handle:04x}",
            link.transport or "?",
            link.role or "",
            link.peer_address or "",
            _address_kind(link),
            brief(link.peer_name),
            brief(link.peer_manufacturer),
            _encryption(link),
            "before" if link.opened is None else str(link.opened),
            "open" if link.closed is None else str(link.closed),
            link.close_reason or "",
            "" if link.reason_code is None else error_name(link.reason_code),
        )
        for link in links
    ]
    titles = (
        "link", "hci", "handle", "kind", "role", "peer", "address", "name", "made by", "encrypted", "opened", "closed",
        "ended by", "reason",
    )  # fmt: skip
    echo_table(titles, rows, frozenset((3, 4, 5, 6, 7, 8, 9, 12, 13)))


def _encryption(link: Link) -> str:
    """At the end, with the size of the key where that is known."""
    if not link.encrypted:
        return "no"
    return "yes" if link.key_size is None else f"{link.key_size} bytes"


def _address_kind(link: Link) -> str:
    """The kind of the peer's address, and its identity where that is another one."""
    kind = link.peer_address_kind or ""
    return kind if link.peer_identity in (None, link.peer_address) else f"{kind} of {link.peer_identity}"
