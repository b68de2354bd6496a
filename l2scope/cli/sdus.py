"""`l2scope sdus`."""

import hashlib
import json
from pathlib import Path

import click

from l2scope.capture import Capture, Sdu
from l2scope.cli.columns import echo_table
from l2scope.cli.hints import chosen_channel
from l2scope.cli.reading import capture_argument, capture_of

EPILOG = """\b
Examples:
  l2scope sdus capture.btsnoop
  l2scope sdus capture.btsnoop --channel 0 --json
  l2scope sdus capture.btsnoop --channel 0 --extract sdus/
"""

TITLES = ("channel", "dir", "index", "packets", "start", "lasted ms", "length", "state")


@click.command(epilog=EPILOG)
@capture_argument
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each SDU, with its SHA-256.")
@click.option(
    "--channel",
    "wanted",
    multiple=True,
    metavar="ID or HINT",
    help="Only the SDUs of this channel (its # in `l2scope channels`); or what is known of a channel from before the "
    "capture, such as handle=1,local=0x40,mtu=512.",
)
@click.option(
    "--extract",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write every SDU to a file in DIR, which is made if it is not there.",
)
@click.pass_context
def command(ctx: click.Context, file: Path, as_json: bool, wanted: tuple[str, ...], extract: Path | None) -> None:
    """List the SDUs that the channels carried, in the order in which they ended."""
    channel = chosen_channel(ctx, wanted)
    capture = capture_of(file)
    if channel is not None and not 0 <= channel < len(capture.channels):
        raise click.BadParameter(f"the capture has {len(capture.channels)} channels, from 0 on", param_hint="--channel")
    sdus = capture.sdus(channel)
    if extract is not None:
        _extract(capture, sdus, extract)
    if as_json:
        for sdu in sdus:
            click.echo(json.dumps(sdu_json(capture, sdu)))
    elif sdus:
        first_ns = int(capture.tables.packets["time"][0])
        echo_table(TITLES, [_row(sdu, first_ns) for sdu in sdus], frozenset((1, 7)))
    else:
        click.echo("No SDU was carried by a credit-based channel in this capture.", err=True)


def sdu_json(capture: Capture, sdu: Sdu) -> dict[str, object]:
    """The line of `sdus --json`. sha256 is that of the bytes the capture holds."""
    return {**sdu.as_json(), "sha256": hashlib.sha256(capture.sdu_bytes(sdu.row)).hexdigest()}


def _row(sdu: Sdu, first_ns: int) -> tuple[str, ...]:
    packets = str(sdu.first_packet) if sdu.first_packet == sdu.last_packet else f"{sdu.first_packet}-{sdu.last_packet}"
    return (
        f"#{sdu.channel}",
        sdu.direction,
        str(sdu.index),
        packets,
        f"{(sdu.start_ns - first_ns) / 1e9:.6f}",
        f"{(sdu.end_ns - sdu.start_ns) / 1e6:.3f}",
        f"{sdu.length:,}",
        sdu.state,
    )


def _extract(capture: Capture, sdus: list[Sdu], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for sdu in sdus:
            suffix = "" if sdu.state == "complete" else f".{sdu.state}"
            name = f"channel{sdu.channel}-{sdu.direction}-{sdu.index:06d}{suffix}.bin"
            (folder / name).write_bytes(capture.sdu_bytes(sdu.row))
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from error
    click.echo(f"{len(sdus):,} SDUs written to {folder}", err=True)
