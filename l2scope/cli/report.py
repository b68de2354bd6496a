"""`l2scope report`."""

from pathlib import Path

import click

from l2scope.cli.decoding import decoding_options
from l2scope.cli.hints import hint_option
from l2scope.cli.reading import capture_argument, capture_of
from l2scope.text import printable

EPILOG = """\b
Examples:
  l2scope report capture.btsnoop -o report.html
  l2scope report after.btsnoop --before before.btsnoop -o changes.html

\b
The page holds all it needs, and opens without a network. Its templates are Jinja2's: pip install 'l2scope[report]'.
"""


@click.command(epilog=EPILOG)
@capture_argument
@decoding_options
@hint_option
@click.option("-o", "out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The page to write.")
@click.option("--before", type=click.Path(path_type=Path, dir_okay=False), help="Say what changed since this capture.")
def command(file: Path, out: Path, before: Path | None) -> None:
    """Write what a capture holds and what is wrong as one page of HTML."""
    from l2scope.report.page import report
    from l2scope.writing.replacing import replacing

    page = report(capture_of(file), None if before is None else capture_of(before))
    with replacing(out) as written:
        written.write(page.encode("utf-8", "replace"))
    click.echo(f"l2scope: {printable(str(out))}, {len(page):,} characters", err=True)
