"""`l2scope open`."""

import sys
from pathlib import Path

import click

from l2scope.cli.decoding import decoding_options
from l2scope.cli.reading import capture_of
from l2scope.cli.unpacking import follow_option, kept_unpacking, unpacking_options
from l2scope.sources.containers.origin import STANDARD_INPUT
from l2scope.tui.stand_ins import locale_lacks_unicode

EPILOG = """\b
Examples:
  l2scope open capture.btsnoop
  l2scope open central.btsnoop peripheral.btsnoop          (a tab for each)
  l2scope open                                             (what was opened last)
  l2scope open bugreport.zip --member btsnoop_hci.log.last
  l2scope open --follow growing.btsnoop
  l2scope open --plain capture.btsnoop                     (line by line, for screen readers)
  ssh box tshark -i bluetooth-monitor -w - | l2scope open -
  l2scope open capture.btsnoop | less       (without a terminal: the packet list)
"""

ascii_option = click.option(
    "--ascii", "ascii_alone", is_flag=True, help="No Unicode; so it is too where the locale is not UTF-8."
)


@click.command(epilog=EPILOG)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@unpacking_options
@decoding_options
@follow_option
@click.option("--show-keys", is_flag=True, help="Show the values of keys from the start; Ctrl+K hides them.")
@ascii_option
@click.option("--served", is_flag=True, hidden=True, help="The terminal is a browser's: see `l2scope serve`.")
@click.option("--plain", is_flag=True, help="Text line by line and commands, such as for screen readers.")
def command(
    files: tuple[Path, ...], follow: bool, show_keys: bool, ascii_alone: bool, served: bool, plain: bool
) -> None:
    """Look at captures in the terminal UI, a tab for each. Press ? there for the keys.

    Where there is no terminal, the packet list is printed instead.
    """
    if plain:
        from l2scope.cli.plain import talk

        talk(_only(files, "--plain"), show_keys, ascii_alone or locale_lacks_unicode())
    elif served or _has_screen(files):
        from l2scope.tui import run

        run(files, kept_unpacking(), follow, show_keys, ascii_alone)
    elif follow:
        from l2scope.cli.packets import print_followed

        print_followed(_only(files, "--follow without a terminal"), as_json=False)
    else:
        from l2scope.cli.packets import print_packets

        print_packets(capture_of(_only(files, "open without a terminal")), as_json=False)


def _only(files: tuple[Path, ...], what: str) -> Path:
    """The one file that is meant where there cannot be several."""
    if len(files) != 1:
        raise click.UsageError(f"{what} needs one FILE")
    return files[0]


def _has_screen(files: tuple[Path, ...]) -> bool:
    """There is a terminal for the screens and for the keys, which cannot come the way that a capture comes."""
    if STANDARD_INPUT not in files:
        return sys.stdin.isatty() and sys.stdout.isatty()
    from l2scope.tui.keyboard import has_terminal

    return sys.stdout.isatty() and has_terminal()
