"""`--dissectors` and `--decode-as`: what the user says of dissectors."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from l2scope.decoding import DecodeAs, decode, parse_decode_as
from l2scope.text import printable

Command = Callable[..., Any]


def _keep_folders(_ctx: click.Context, _parameter: click.Parameter, folders: tuple[Path, ...]) -> None:
    decode(folder.resolve() for folder in folders)


def _keep_overrides(ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> None:
    """Raises BadParameter, before anything is read, also for a dissector that does not exist."""
    if not values:
        return
    try:
        overrides = [parse_decode_as(value) for value in values]
    except ValueError as error:
        raise click.BadParameter(printable(str(error))) from None
    from l2scope.decoding import current

    decode(current().folders, overrides)
    _check(overrides)


def _check(overrides: list[DecodeAs]) -> None:
    from l2scope.dissection.registry import PLAIN_BYTES, registry

    known = registry().loaded
    for override in overrides:
        if override.dissector not in known and override.dissector != PLAIN_BYTES:
            name = printable(override.dissector)
            raise click.BadParameter(f"there is no dissector {name}; `l2scope dissectors` lists them")


dissectors_option = click.option(
    "--dissectors",
    "folders",
    multiple=True,
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    expose_value=False,
    is_eager=True,
    callback=_keep_folders,
    help="Also load the dissectors in this folder; they run as programs do.",
)
_decode_as = click.option(
    "--decode-as",
    multiple=True,
    metavar="WHAT:NAME",
    expose_value=False,
    callback=_keep_overrides,
    help="Another dissector for something: psm=0x80:forum_chat, channel=3:bytes, uuid=2a37:NAME, cid=0x3a:NAME.",
)


def decoding_options(function: Command) -> Command:
    """Gives a command both options. What they say is kept in l2scope.decoding."""
    return dissectors_option(_decode_as(function))


def warn_of_dissectors() -> None:
    """Says on stderr which dissectors could not be loaded, or were switched off."""
    from l2scope.dissection.registry import loaded_already

    loaded = loaded_already()
    for notice in [] if loaded is None else loaded.notices:
        click.echo(f"l2scope: warning: dissector {notice}", err=True)
