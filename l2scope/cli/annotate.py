"""`l2scope annotate`."""

from pathlib import Path

import click

from l2scope.cli.decoding import decoding_options
from l2scope.cli.hints import hint_option
from l2scope.cli.reading import capture_argument, capture_of
from l2scope.text import printable

EPILOG = """\b
Examples:
  l2scope annotate capture.btsnoop annotated.pcapng
  wireshark annotated.pcapng -Y frame.comment
"""


@click.command(epilog=EPILOG)
@capture_argument
@decoding_options
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@hint_option
@click.option(
    "--severity", type=click.Choice(["info", "warning", "error"]), default="info", show_default=True,
    help="Only findings as bad as this, or worse.",
)  # fmt: skip
def command(file: Path, out: Path, severity: str) -> None:
    """Write the findings as packet comments into a pcapng file, which Wireshark shows."""
    from l2scope.analysis.findings import comments_of
    from l2scope.writing.convert import Edits, convert

    capture = capture_of(file)
    comments = comments_of(capture.findings(severity))
    written = convert(capture, out, "pcapng", edits=Edits(comments))
    click.echo(
        f"l2scope: {written.packets:,} packets in {printable(str(out))}, {len(comments):,} of them with comments",
        err=True,
    )
