"""`l2scope dissectors`."""

import json

import click

from l2scope.analysis.gatt.uuid import Uuid
from l2scope.cli.columns import echo_table
from l2scope.cli.decoding import dissectors_option, warn_of_dissectors
from l2scope.cli.reading import json_option
from l2scope.dissection.dissector import Binding, ContentBinding, Dissector
from l2scope.dissection.loading import user_folder
from l2scope.dissection.registry import Loaded, registry
from l2scope.names import hci, l2cap
from l2scope.text import printable

EPILOG = """\b
Examples:
  l2scope dissectors
  l2scope dissectors --dissectors my_dissectors/
  l2scope dissectors --json | jq '.[] | select(.origin != "l2scope")'
"""

FORMS = ("standard", "enhanced", "extended")


@click.command(epilog=EPILOG)
@dissectors_option
@json_option
def command(as_json: bool) -> None:
    """List the dissectors that are loaded: what they are for, and where they are from.

    Of two for the same thing the one that stands first is used. Your own lie in the folder that the last line names.
    """
    loaded = registry()
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in loaded.loaded.values()], indent=2))
    else:
        rows = [
            (one.dissector.name, one.dissector.shown_title, _bindings(one.dissector), _abilities(one.dissector),
             f"{printable(one.file)} ({printable(one.origin)})")
            for one in loaded.loaded.values()
        ]  # fmt: skip
        echo_table(("name", "protocol", "for", "also", "from"), rows, frozenset(range(5)))
        own = user_folder()
        if own is not None:
            click.echo(f"your own: {printable(str(own))}{'' if own.is_dir() else ' (not there yet)'}", err=True)
    warn_of_dissectors()


def _as_json(one: Loaded) -> dict[str, object]:
    dissector = one.dissector
    return {
        "name": dissector.name,
        "protocol": dissector.shown_title,
        "for": [_binding(binding) for binding in dissector.on],
        "joins": dissector.join is not None,
        "exports": dissector.export is not None,
        "rules": [rule.id for rule in dissector.rules],
        "file": one.file,
        "origin": one.origin,
    }


def _bindings(dissector: Dissector) -> str:
    return ", ".join(_binding(binding) for binding in dissector.on) or "--decode-as alone"


def _binding(binding: Binding | ContentBinding) -> str:
    """What a dissector is for, as people write it."""
    if isinstance(binding, ContentBinding):
        return f"content, priority {binding.priority}"
    value = binding.value
    if binding.kind == "kind":
        return hci.kind_name(value)
    if binding.kind == "frame":
        return f"{FORMS[value]} control field" if value < len(FORMS) else f"control field {value}"
    if binding.kind == "uuid":
        return f"characteristic {Uuid(value)}"
    name = l2cap.cid_name(value) if binding.kind == "cid" else l2cap.psm_name(value)
    return f"{binding.kind.upper()} 0x{value:04X} {name}".rstrip()


def _abilities(dissector: Dissector) -> str:
    told = [
        ("joins", dissector.join is not None),
        ("exports", dissector.export is not None),
        (", ".join(rule.id for rule in dissector.rules), bool(dissector.rules)),
    ]
    return ", ".join(word for word, able in told if able)
