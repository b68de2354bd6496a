"""`l2scope monitor`."""

import sys
from pathlib import Path

import click

from l2scope.cli.decoding import decoding_options
from l2scope.cli.listening import adapter_index, duration, file_type
from l2scope.cli.open import ascii_option

EPILOG = """\b
Examples:
  l2scope monitor
  l2scope monitor hci0 -w out.btsnoop
  l2scope monitor hci0 --headless --for 60s --fail-on error | jq .

\b
Exit codes with --headless: 1 a finding at or above --fail-on stands at the end, else 3 packets were lost, else 0;
2 it is not possible to listen here, and the line on stderr says what to do.
"""


@click.command(epilog=EPILOG)
@click.argument("adapter", callback=adapter_index, default="all")
@click.option("-w", "--write", "path", type=file_type, metavar="FILE", help="Write the packets to FILE (btsnoop) too.")
@click.option("--headless", is_flag=True, help="No screens: print a line of JSON for each stall and each finding.")
@click.option("--for", "for_ns", callback=duration, metavar="TIME", help="End after this time, such as 60s or 500ms.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="error",
    show_default=True,
    help="With --headless: exit with 1 if a finding of this severity or worse stands at the end.",
)
@ascii_option
@click.option("--allow-truncated", is_flag=True, help="With --headless: exit with 0 also where packets were lost.")
@decoding_options
@click.pass_context
def command(
    ctx: click.Context, adapter: int | None, path: Path | None, headless: bool, for_ns: int | None, fail_on: str,
    ascii_alone: bool, allow_truncated: bool,
) -> None:  # fmt: skip
    """Look at what an adapter of this machine sends and receives while it does: hci0, hci1, or all.

    It needs Linux and the right to listen. Where stdin or stdout is no terminal, it runs as with --headless: it prints
    a line for a stall that lasts and when it is over, for a finding that is found, has changed or is withdrawn, for
    each finding that stands at the end ("final"), and a last one ("end") with the totals.
    """
    if headless or not (sys.stdin.isatty() and sys.stdout.isatty()):
        from l2scope.cli.headless import watch

        ctx.exit(watch(adapter, path, for_ns, fail_on, allow_truncated))
    from l2scope.live import open_live
    from l2scope.tui import run_live

    live = open_live(adapter, path, for_ns)
    try:
        run_live(live, ascii_alone)
    finally:
        live.close()
