"""`l2scope serve`."""

import ipaddress
import sys
from pathlib import Path

import click

from l2scope.cli.open import ascii_option

DEFAULT_PORT = 8000

EPILOG = """\b
Examples:
  l2scope serve capture.btsnoop
  l2scope serve --port 9000 capture.btsnoop
"""


@click.command(epilog=EPILOG)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option("--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(1, 65535), help="On which port.")
@ascii_option
def command(files: tuple[Path, ...], host: str, port: int, ascii_alone: bool) -> None:
    """Show the terminal UI in a browser, on this machine alone unless --host says otherwise. Ctrl-C ends it.

    Each browser window is a process of its own, which may open any file that you may read.
    """
    try:
        from l2scope.tui.serving import serve
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"the browser needs the package {error.name}: pip install 'l2scope[serve]'"
        ) from error
    if not _is_loopback(host):
        click.echo(
            f"l2scope: warning: whoever reaches {host}:{port} can read every file that you can; there is no password "
            "and no encryption",
            err=True,
        )
    arguments = [sys.executable, "-m", "l2scope", "open", "--served", *(["--ascii"] if ascii_alone else [])]
    try:
        serve([*arguments, "--", *(str(file.absolute()) for file in files)], host, port)
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}") from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
