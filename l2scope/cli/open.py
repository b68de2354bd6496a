"""`l2scope open`."""

import sys
from pathlib import Path

import click

from l2scope.cli.decoding import decoding_options
from l2scope.cli.reading import capture_argument, capture_of
from l2scope.cli.unpacking import follow_option, kept_unpacking
from l2scope.sources.containers.origin import STANDARD_INPUT

EPILOG = """\b
Examples:
  l2scope open capture.btsnoop
  l2scope open bugreport.zip --member btsnoop_hci.log.last
  l2scope open --follow growing.btsnoop
  ssh box tshark -i bluetooth-monitor -w - | l2scope open -
  l2scope open capture.btsnoop | less       (without a terminal: the packet list)
"""


@click.command(epilog=EPILOG)
@capture_argument
@decoding_options
@follow_option
@click.option("--show-keys", is_flag=True, help="Show the values of keys from the start; Ctrl+K hides them.")
def command(file: Path, follow: bool, show_keys: bool) -> None:
    """Look at a capture in the terminal UI. Press ? there for the keys.

    Where there is no terminal, the packet list is printed instead.
    """
    if _has_screen(file):
        from l2scope.tui import run

        run(file, kept_unpacking(), follow, show_keys)
        return
    from l2scope.cli.packets import print_followed, print_packets

    if follow:
        print_followed(file, as_json=False)
    else:
        print_packets(capture_of(file), as_json=False)


def _has_screen(file: Path) -> bool:
    """There is a terminal for the screens and for the keys, which cannot come the way that the capture comes."""
    if file != STANDARD_INPUT:
        return sys.stdin.isatty() and sys.stdout.isatty()
    from l2scope.tui.keyboard import has_terminal

    return sys.stdout.isatty() and has_terminal()
