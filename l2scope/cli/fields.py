"""`l2scope fields`."""

import json

import click

from l2scope.cli.columns import echo_table
from l2scope.cli.decoding import dissectors_option
from l2scope.cli.reading import json_option

EPILOG = """\b
Examples:
  l2scope fields                 (all of them)
  l2scope fields l2scope.        (those whose names begin so)
  l2scope fields btatt --json
"""


@click.command(epilog=EPILOG)
@click.argument("prefix", default="")
@dissectors_option
@json_option
def command(prefix: str, as_json: bool) -> None:
    """List the fields that filters know: name, type, description. PREFIX: only those whose names begin so.

    With --json also what the values of a field are called, and whether packets must be dissected to learn them.
    """
    from l2scope.dissection.registry import registry
    from l2scope.filter.known_fields import KNOWN

    registry()

    found = [field for field in KNOWN.values() if field.name.startswith(prefix)]
    if not found:
        from l2scope.near import near

        raise click.UsageError(f"no field begins with {prefix}{near(prefix, KNOWN)}")
    if as_json:
        click.echo(json.dumps([field.as_json() for field in found], indent=2))
        return
    rows = ((field.name, field.kind.word, field.help) for field in found)
    echo_table(("field", "type", "description"), rows, left=frozenset((0, 1, 2)))
