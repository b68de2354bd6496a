"""`l2scope open`."""

import sys
from pathlib import Path

import click

from l2scope.cli.reading import capture_argument, capture_of

EPILOG = """\b
Examples:
  l2scope open capture.btsnoop
  l2scope open capture.btsnoop | less       (without a terminal: the packet list)
"""


@click.command(epilog=EPILOG)
@capture_argument
def command(file: Path) -> None:
    """Look at a capture in the terminal UI. Press ? there for the keys.

    Where stdin or stdout is no terminal, the packet list is printed instead.
    """
    if sys.stdin.isatty() and sys.stdout.isatty():
        from l2scope.tui import run

        run(file)
    else:
        from l2scope.cli.packets import print_packets

        print_packets(capture_of(file), as_json=False)
