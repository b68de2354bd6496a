"""`l2scope keys`."""

import json

import click

from l2scope.cli.columns import echo_table
from l2scope.cli.reading import json_option

EPILOG = """\b
Examples:
  l2scope keys                (all of them)
  l2scope keys packets.       (those whose names begin so)
  l2scope keys prompt --json
"""


@click.command(epilog=EPILOG)
@click.argument("prefix", default="")
@json_option
def command(prefix: str, as_json: bool) -> None:
    """List the actions of the terminal UI: name, keys as you have them, what it does. PREFIX: only those whose names
    begin so.

    The names are those of [keys] in settings.toml.
    """
    from l2scope.near import near
    from l2scope.tui.key_map import BY_ID
    from l2scope.tui.user import this_user

    keys = this_user().settings.keys
    found = [action for action in BY_ID.values() if action.id.startswith(prefix)]
    if not found:
        raise click.UsageError(f"no action begins with {prefix}{near(prefix, BY_ID)}")
    if as_json:
        rows = [{"action": one.id, "keys": list(keys.keys(one)), "help": one.help} for one in found]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    lines = ((one.id, keys.shown(one), one.help) for one in found)
    echo_table(("action", "keys", "what it does"), lines, left=frozenset((0, 1, 2)))
