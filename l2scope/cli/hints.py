"""`--channel handle=..,local=..`: what the user knows of a channel whose opening is not in the capture."""

from typing import Final

import click

from l2scope.engine.hints import ChannelHint
from l2scope.engine.modes import MODES

META: Final = "l2scope.hints"
HELP: Final = (
    "A channel from before the capture: handle=1,local=0x40,remote=0x40,psm=0x80,mode=le-credit,mps=247,mtu=512."
)


def parse_hint(value: str) -> ChannelHint:
    """The hint that is written as name=number,... Raises BadParameter."""
    words = dict(part.partition("=")[::2] for part in value.replace(" ", "").split(","))
    try:
        hint = ChannelHint(int(words.pop("handle"), 0))
        hint.mode = MODES.index(words.pop("mode", MODES[0]))
        for name, number in words.items():
            if name not in ("local", "remote", "psm", "mps", "mtu"):
                raise ValueError
            setattr(hint, name, int(number, 0))
    except (KeyError, ValueError):
        raise click.BadParameter(f"{value!r}: write it like handle=1,local=0x40,remote=0x40,psm=0x80,mtu=512") from None
    if not all(0 <= number <= 0xFFFF for number in (hint.handle, *(int(n, 0) for n in words.values()))):
        raise click.BadParameter(f"{value!r}: all numbers are from 0 to 65535")
    return hint


def keep_hint(ctx: click.Context, value: str) -> None:
    """Notes a hint for the reading that follows."""
    ctx.meta.setdefault(META, []).append(parse_hint(value))


def kept_hints() -> list[ChannelHint]:
    """The hints of the command that runs."""
    hints: list[ChannelHint] = click.get_current_context().meta.get(META, [])
    return hints


def _keep_all(ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> None:
    for value in values:
        keep_hint(ctx, value)


def chosen_channel(ctx: click.Context, wanted: tuple[str, ...]) -> int | None:
    """The number among the words of a --channel that takes both, if there is one; the others are hints, and kept."""
    chosen = None
    for word in wanted:
        if word.isascii() and word.isdecimal():
            chosen = int(word)
        else:
            keep_hint(ctx, word)
    return chosen


hint_option = click.option(
    "--channel", multiple=True, metavar="HINT", expose_value=False, callback=_keep_all, help=HELP
)
