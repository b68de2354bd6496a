"""The option --filter, and what it chooses."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from l2scope.capture import Capture
    from l2scope.filter import Filter, FilterError, Selection


def compiled(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> "Filter | None":
    """The filter, before anything is read. Raises UsageError with a caret under what is wrong."""
    if value is None:
        return None
    from l2scope.filter import Filter, FilterError

    try:
        return Filter(value)
    except FilterError as error:
        raise _explained(error, value) from None


filter_option = click.option(
    "-Y",
    "--filter",
    "filter",
    metavar="FILTER",
    callback=compiled,
    help="Only packets that pass a display filter, in Wireshark's language (`l2scope fields`).",
)


def selected(capture: "Capture", filter: "Filter") -> "Selection":
    """The packets that pass. Raises UsageError for a pattern that takes too long."""
    from l2scope.filter import FilterError

    try:
        return filter.select(capture)
    except FilterError as error:
        raise _explained(error, filter.expression) from None


def _explained(error: "FilterError", expression: str) -> click.UsageError:
    from l2scope.text import printable

    lines = [printable(line) for line in error.pointed(expression).split("\n")]
    return click.UsageError("\n".join((f"filter: {printable(str(error), longest=300)}", *lines)))
