"""`--member`, `--max-size` and `--follow`: what the user says about what a capture comes in."""

from collections.abc import Callable
from typing import Any, Final

import click

from l2scope.sources.containers.limits import DEFAULT_MAX_SIZE, Unpacking, parse_size, size_text

MEMBER: Final = "l2scope.member"
MAX_SIZE: Final = "l2scope.max_size"

Command = Callable[..., Any]


def unpacking_options(function: Command) -> Command:
    """Gives a command the two options. What they say is had from kept_unpacking()."""
    return _member(_max_size(function))


def kept_unpacking() -> Unpacking:
    """What the user of the command that runs said."""
    meta = click.get_current_context().meta
    return Unpacking(meta.get(MEMBER), meta.get(MAX_SIZE, DEFAULT_MAX_SIZE))


def _keep_member(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value:
        ctx.meta[MEMBER] = value


def _keep_max_size(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    try:
        ctx.meta[MAX_SIZE] = DEFAULT_MAX_SIZE if value is None else parse_size(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


_member = click.option(
    "--member",
    metavar="NAME",
    expose_value=False,
    callback=_keep_member,
    help="Which capture of a zip or tar: its name, or the last parts of it.",
)
_max_size = click.option(
    "--max-size",
    metavar="SIZE",
    expose_value=False,
    callback=_keep_max_size,
    help=f"The most that may be unpacked, such as 500M or 8G; {size_text(DEFAULT_MAX_SIZE)} if not given.",
)
follow_option = click.option(
    "--follow", is_flag=True, help="Go on while the file is still written, until Ctrl-C or another file has its name."
)
