"""What the commands that listen to adapters have in common."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from l2scope.channels import duration_ns


def adapter_index(_ctx: click.Context, _parameter: click.Parameter, value: str) -> int | None:
    """The index of hci0, hci1 and so on; None for all. Raises BadParameter."""
    if value == "all":
        return None
    number = value.removeprefix("hci")
    if not (number.isascii() and number.isdigit() and int(number) < 0xFFFF):
        raise click.BadParameter(f"{value!r} is no adapter: write hci0, hci1 and so on, or all")
    return int(number)


def duration(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    """Nanoseconds of a duration such as 60s. Raises BadParameter."""
    try:
        return None if value is None else duration_ns(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


file_type = click.Path(path_type=Path, dir_okay=False)


@contextmanager
def ended_by_signals() -> Iterator[list[int]]:
    """While it lasts, SIGINT and SIGTERM only add themselves to the list: whoever loops there ends in good order."""
    caught: list[int] = []

    def catch(number: int, _frame: FrameType | None) -> None:
        caught.append(number)

    former = {number: signal.signal(number, catch) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
