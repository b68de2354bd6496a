"""`l2scope new-dissector`."""

from keyword import iskeyword
from pathlib import Path

import click

from l2scope.dissection.loading import TEMPLATE, shipped_folder, user_folder
from l2scope.dissection.registry import NAME, registry
from l2scope.text import printable

EPILOG = """\b
Examples:
  l2scope new-dissector heart_camera              (in your own folder, where it is always loaded)
  l2scope new-dissector heart_camera --to .       (here: --dissectors . loads it)

\b
scapy's fields (scapy.fields): ByteField, XByteField, ByteEnumField(name, 0, {1: "one"}), LEShortField, LEIntField,
LELongField, ShortField and IntField (big-endian), BitField(name, 0, bits), FlagsField, StrFixedLenField(name, b"", n),
StrLenField(name, b"", length_from=lambda p: p.length), StrField (all the rest), PacketListField, ConditionalField.
"""


@click.command(epilog=EPILOG)
@click.argument("name")
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="The folder to write it to; your own if not given.")  # fmt: skip
def command(name: str, folder: Path | None) -> None:
    """Begin a dissector of your own: NAME.py with a working dissector of one small protocol, to be changed.

    NAME is what filters call it: small letters, digits and underscores.
    """
    if NAME.fullmatch(name) is None:
        raise click.BadParameter(f"{printable(name)}: small letters, digits and _, a letter first", param_hint="NAME")
    if iskeyword(name) or registry().named(name) is not None:
        why = "is a word of Python's" if iskeyword(name) else "is a dissector already; `l2scope dissectors` lists them"
        raise click.BadParameter(f"{name} {why}", param_hint="NAME")
    place = folder or user_folder()
    if place is None:
        raise click.UsageError("there is no folder for your own dissectors here; say where with --to DIR")
    path = place / f"{name}.py"
    try:
        place.mkdir(parents=True, exist_ok=True)
        with path.open("x") as file:
            file.write(_begun(name))
    except FileExistsError:
        raise click.ClickException(f"{printable(str(path))} is there already") from None
    except OSError as error:
        raise click.ClickException(f"{printable(str(error.filename))}: {error.strerror}") from error
    click.echo(str(path))
    loads = "it is loaded from now on" if folder is None else f"load it with --dissectors {printable(str(place))}"
    click.echo(f"Change its fields and the PSM it is for; {loads}; `l2scope dissectors` shows it.", err=True)


def _begun(name: str) -> str:
    """The template under another name."""
    title = name.replace("_", " ").capitalize()
    text = (shipped_folder() / TEMPLATE).read_text()
    return text.replace("telemetry", name).replace("Telemetry", title)
