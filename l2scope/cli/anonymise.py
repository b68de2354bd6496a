"""`l2scope anonymise`."""

from pathlib import Path

import click

from l2scope.cli.hints import hint_option
from l2scope.cli.reading import capture_argument, capture_of, progress
from l2scope.text import printable

EPILOG = """\b
Examples:
  l2scope anonymise capture.btsnoop attachment.pcapng
  l2scope anonymise capture.btsnoop attachment.btsnoop --keep-payloads

\b
Addresses, names and keys are replaced, the same by the same, with other pseudonyms in each run. Payloads, vendor
packets, log texts and comments are zero or gone. Lengths, times, credits, CIDs, PSMs, handles and UUIDs stay, so the
channels, stalls and findings are those of the original. Look at the result before you publish it.
"""


@click.command(epilog=EPILOG)
@capture_argument
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@hint_option
@click.option("--to", type=click.Choice(["btsnoop", "pcapng"]), help="The format, where OUT's name does not say it.")
@click.option("--keep-payloads", is_flag=True, help="Leave what PDUs carry, but for addresses, names and keys in it.")
def command(file: Path, out: Path, to: str | None, keep_payloads: bool) -> None:
    """Write a capture without what tells whose devices are in it, for a bug report."""
    from l2scope.anonymising.anonymise import anonymise
    from l2scope.writing.convert import format_of

    format = to or format_of(out)
    if format is None:
        raise click.UsageError(f"{printable(str(out))}: this name says no format; name it with --to btsnoop or pcapng")
    capture = capture_of(file)
    with progress("anonymising") as advance:
        written = anonymise(capture, out, format, keep_payloads, on_progress=advance)
    click.echo(f"l2scope: {written.packets:,} packets in {printable(str(out))}", err=True)
