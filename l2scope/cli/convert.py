"""`l2scope convert`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from l2scope.cli.decoding import decoding_options
from l2scope.cli.filtering import filter_option, selected
from l2scope.cli.hints import keep_hint
from l2scope.cli.listening import file_type
from l2scope.cli.ranges import packet_ranges
from l2scope.cli.reading import capture_argument, capture_of, json_option
from l2scope.text import printable

if TYPE_CHECKING:
    from l2scope.capture import Capture
    from l2scope.filter import Filter
    from l2scope.writing.convert import Written
    from l2scope.writing.selection import Mask

EPILOG = """\b
Examples:
  l2scope convert capture.btsnoop capture.pcapng
  l2scope convert capture.pcapng piece.btsnoop --packets 100-220,300-
  l2scope convert capture.btsnoop writes.pcapng -Y 'btatt.opcode == "Write Request"'
  l2scope convert capture.btsnoop channel.pcapng --channel 0
"""


@click.command(epilog=EPILOG)
@capture_argument
@decoding_options
@click.argument("out", type=file_type)
@click.option(
    "--to",
    type=click.Choice(["btsnoop", "pcapng"]),
    help="The format to write; otherwise OUT's name says it (.btsnoop, .snoop, .log, .pcapng).",
)
@click.option("--packets", "ranges", metavar="A-B[,C-D..]", callback=packet_ranges, help="Only these.")
@click.option("--link", "links", multiple=True, type=int, metavar="ID", help="Only this link (`l2scope stats`).")
@click.option(
    "--channel",
    "channels",
    multiple=True,
    metavar="ID or HINT",
    help="Only this channel with its signalling and the events of its link (its # in `l2scope channels`); or what is "
    "known of a channel from before the capture, such as handle=1,local=0x40,mtu=512.",
)
@filter_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    file: Path,
    out: Path,
    to: str | None,
    ranges: list[tuple[int, int | None]] | None,
    links: tuple[int, ...],
    channels: tuple[str, ...],
    filter: "Filter | None",
    as_json: bool,
) -> None:
    """Write a capture as btsnoop or pcapng, all of it or a piece.

    Nothing is lost that both formats can hold: times, directions, adapters, lengths, losses, comments. --link and
    --channel add up, --packets and --filter cut what they choose: packets left out in the middle count as lost in OUT.
    OUT is replaced at once when all is written.
    """
    from l2scope.writing.convert import convert, format_of
    from l2scope.writing.selection import of_packets

    format = to or format_of(out)
    if format is None:
        raise click.UsageError(f"{printable(str(out))}: this name says no format; name it with --to btsnoop or pcapng")
    numbers = [_number(ctx, word) for word in channels]
    capture = capture_of(file)
    piece = _piece(capture, links, [number for number in numbers if number is not None])
    within = None if ranges is None else of_packets(capture, ranges)
    if filter is not None:
        passed = selected(capture, filter).mask
        within = passed if within is None else within & passed
    written = convert(capture, out, format, piece, within)
    if as_json:
        click.echo(json.dumps({"file": str(out), "format": format, **asdict(written)}))
    _report(written, out)


def _number(ctx: click.Context, word: str) -> int | None:
    """The number of a channel; anything else is a hint for the reading that follows."""
    if word.isascii() and word.isdecimal():
        return int(word)
    keep_hint(ctx, word)
    return None


def _piece(capture: "Capture", links: tuple[int, ...], channels: list[int]) -> "Mask | None":
    """The packets of these links and channels together, None if there are none of either."""
    from l2scope.writing.selection import of_channel, of_link

    views = capture.channels
    for name, wanted, count in (("--link", links, len(capture.links)), ("--channel", channels, len(views))):
        if not all(0 <= number < count for number in wanted):
            what = name.removeprefix("--")
            raise click.BadParameter(f"the capture has {count} {what}s, from 0 on", param_hint=name)
    masks = [of_link(capture, link) for link in links] + [of_channel(capture, views[number]) for number in channels]
    if not masks:
        return None
    piece = masks[0]
    for mask in masks[1:]:
        piece = piece | mask
    return piece


def _report(written: "Written", out: Path) -> None:
    name = printable(str(out))
    click.echo(f"l2scope: {written.packets:,} packets in {name}", err=True)
    if written.left_out:
        click.echo(
            f"l2scope: warning: {written.left_out:,} packets are no Bluetooth packets and were left out", err=True
        )
    if not written.losses_told:
        click.echo(
            f"l2scope: warning: {name} cannot say that packets were lost at the end: btsnoop has no place", err=True
        )
