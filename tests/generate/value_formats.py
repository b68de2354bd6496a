"""`python -m tests.generate.value_formats DATE`: writes l2scope/names/value_formats.py and appearances.py anew.

It reads the GATT Specification Supplement and the assigned numbers as the Bluetooth SIG publishes them as YAML
(bitbucket.org/bluetooth-SIG/public), which the package bluetooth-sig (MIT) carries along. That package and PyYAML are
needed for this alone: `pip install bluetooth-sig pyyaml`. DATE is the day on which they were read.
"""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.corpus import ROOT

NAMES = ROOT / "l2scope" / "names"
PREFIX = "org.bluetooth.characteristic."

HEAD = '''"""{what}

Made by `python -m tests.generate.value_formats` from bluetooth-sig {version}, read on {date}; do not edit.
"""

from typing import Final

'''
FORMATS = """The values of characteristics, by their 16-bit UUIDs (GATT Specification Supplement).

l2scope/names/core_formats.py says what a field holds."""

UNITS = {
    "acceleration.metres_per_seconds_squared": "m/s²",
    "angular_velocity.revolution_per_minute": "/min",
    "density.kilogram_per_cubic_meter": "kg/m³",
    "electric_current.ampere": "A",
    "electric_potential_difference.volt": "V",
    "electric_resistance.ohm": "Ω",
    "energy.joule": "J",
    "energy.kilogram_calorie": "kcal",
    "energy.kilowatt_hour": "kWh",
    "force.newton": "N",
    "hertz": "Hz",
    "illuminance.lux": "lx",
    "length.meter": "m",
    "length.metre": "m",
    "logarithmic_radio_quantity.decibel": "dB",
    "magnetic_flux_density.tesla": "T",
    "mass.kilogram": "kg",
    "metabolic_equivalent": "MET",
    "moment_of_force.newton_metre": "N m",
    "percentage": "%",
    "period.beats_per_minute": "/min",
    "plane_angle.degree": "°",
    "power.watt": "W",
    "ppb": "ppb",
    "ppm": "ppm",
    "pressure.millimetre_of_mercury": "mmHg",
    "pressure.pascal": "Pa",
    "rotational_speed.revolutions_per_minute": "/min",
    "standard_acceleration_due_to_gravity": "g",
    "step_per_minute": "steps/min",
    "stroke_per_minute": "strokes/min",
    "thermodynamic_temperature.degree_celsius": "°C",
    "thermodynamic_temperature.degree_fahrenheit": "°F",
    "thermodynamic_temperature.kelvin": "K",
    "time.day": "d",
    "time.hour": "h",
    "time.minute": "min",
    "time.second": "s",
    "unitless": "",
    "velocity.kilometre_per_hour": "km/h",
    "velocity.metres_per_second": "m/s",
    "volume.litre": "l",
}
UNIT = re.compile(r"org\.bluetooth\.unit\.([a-z0-9_.]+[a-z0-9])")
SCALE = re.compile(r"M\s*=\s*(-?\s*\d+),\s*d\s*=\s*(-?\s*\d+),?\s*(?:and\s+)?b\s*=\s*(-?\s*\d+)")
PRESENCE = re.compile(r"Present if bit (\d+) of (?:the )?[\w ]*[Ff]lags field is set to ([01])")
SPECIAL = re.compile(r"value of (0x[0-9A-Fa-f]+|\d+)\s+represents:? ?[\"“”']?([^\"“”'.\n]+)")
REFERENCE = re.compile(r"autoref\{sec:org\.bluetooth\.characteristic\.([a-z0-9_]+)\}")
NUMBERED = re.compile(r"^(0x[0-9A-Fa-f]+|\d+)(?: ?[:–-] ?)(?!\d)(.+)$", re.MULTILINE)
INTEGER = re.compile(r"0x[0-9A-Fa-f]+|\d+")
KINDS = re.compile(r"[us]int(8|16|24|32|40|48|64)|medfloat(16|32)|float32|boolean\[\d+\]|utf8s|gatt_uuid")
LONGEST_MEANING = 60
# Units and factors that stand in prose alone.
SAID_IN_TEXT = {"RR-interval": ("s", "1,0,-10")}

Row = tuple[str, str, str, str, str, dict[int, str]]


class UnclearError(Exception):
    """A structure that a row of fields cannot say."""


def folder() -> Path:
    """Where the package keeps the SIG's files."""
    found = find_spec("bluetooth_sig")
    if found is None or found.origin is None:
        raise SystemExit("pip install bluetooth-sig")
    return Path(found.origin).parent / "bluetooth_sig"


def formats(source: Path) -> Iterator[tuple[int, list[Row]]]:
    import yaml

    listed = yaml.safe_load((source / "assigned_numbers/uuids/characteristic_uuids.yaml").read_text())["uuids"]
    uuids = {
        entry["id"]: int(str(entry["uuid"]), 0) if isinstance(entry["uuid"], str) else entry["uuid"] for entry in listed
    }
    for path in sorted((source / "gss").glob("*characteristic*.yaml")):
        characteristic = yaml.safe_load(path.read_text())["characteristic"]
        uuid = uuids.get(characteristic["identifier"])
        if uuid is None:
            continue
        try:
            yield uuid, list(rows_of(characteristic, uuids))
        except UnclearError:
            continue


def rows_of(characteristic: dict[str, Any], uuids: dict[str, int]) -> Iterator[Row]:
    details = {field["name"].lower(): field for field in characteristic.get("fields") or ()}
    for field in characteristic["structure"]:
        detail = details.get(field["field"].lower(), {})
        parts = [value for value in detail.get("values") or () if "field" in value]
        presence = presence_of(field["description"])
        if not parts:
            yield row_of(
                field["field"], str(field["type"]), str(field["size"]), field["description"], presence, detail, uuids
            )
        for part in parts:
            kind = str(part.get("data_type") or part.get("type"))
            yield row_of(part["field"], kind, str(part["size"]), str(part["description"]), presence, {}, uuids)


def row_of(
    name: str, kind: str, size: str, description: str, presence: str, detail: dict[str, Any], uuids: dict[str, int]
) -> Row:
    kind = kind_of(kind, size, description, uuids)
    if size.startswith("0 ") and not presence:
        kind += "?"
    unit = UNIT.search(description)
    scale = SCALE.search(description)
    factors = "" if scale is None else ",".join(number.replace(" ", "") for number in scale.groups())
    symbol = "" if unit is None else UNITS.get(unit[1], unit[1].rpartition(".")[2].replace("_", " "))
    if name in SAID_IN_TEXT:
        symbol, factors = SAID_IN_TEXT[name]
    return (
        plain(name),
        kind,
        symbol,
        "" if factors == "1,0,0" else factors,
        presence,
        meanings(description, detail, kind),
    )


def kind_of(kind: str, size: str, description: str, uuids: dict[str, int]) -> str:
    """A type as it stands, @ and a UUID for the value of another characteristic, else bytes of a known size."""
    if kind == "struct":
        other = REFERENCE.search(description)
        uuid = uuids.get(PREFIX + other[1]) if other is not None else None
        if uuid is not None:
            return f"@{uuid:04X}"
    kind = re.sub(r"utf8s.*", "utf8s", kind.replace("int16", "sint16") if kind == "int16" else kind)
    repeated = re.fullmatch(r"(.int\d+)\s*\[.*\]", kind)
    if repeated is not None:
        return f"{repeated[1]}*"
    if KINDS.fullmatch(kind):
        return kind
    number = re.fullmatch(r"(?:0 or )?(\d+)", size)
    if kind == "struct" and number is not None:
        return f"bytes{number[1]}"
    if kind == "struct":
        return "bytes*"
    raise UnclearError


def presence_of(description: str) -> str:
    """bit=value of the flags that a field depends on."""
    found = PRESENCE.search(description)
    return "" if found is None else f"{found[1]}={found[2]}"


def meanings(description: str, detail: dict[str, Any], kind: str) -> dict[int, str]:
    """What single values mean or, of flags, what their bits do."""
    found: dict[int, str] = {}
    for entry in detail.get("values") or ():
        key = str(entry.get("bit", entry.get("value", "")))
        if INTEGER.fullmatch(key):
            found[int(key, 0)] = first_line(str(entry.get("description", "")))
    if not kind.startswith("boolean"):
        for pattern in (NUMBERED, SPECIAL):
            for number, text in pattern.findall(description):
                found.setdefault(int(number, 0), first_line(text))
    return {
        number: text
        for number, text in found.items()
        if text and len(text) <= LONGEST_MEANING and not text.startswith("Reserved for")
    }


def first_line(text: str) -> str:
    return plain(text.strip().split("\n")[0]).rstrip(".:;").strip()


def plain(text: str) -> str:
    """Without the marks of LaTeX."""
    return " ".join(re.sub(r"\\[a-z]+\{([^}]*)\}", r"\1", text).replace("\\%", "%").split())


def appearances(source: Path) -> Iterator[tuple[int, str]]:
    """Category << 6 | subcategory."""
    import yaml

    for category in yaml.safe_load((source / "assigned_numbers/core/appearance_values.yaml").read_text())[
        "appearance_values"
    ]:
        yield category["category"] << 6, plain(category["name"])
        for sub in category.get("subcategory") or ():
            yield category["category"] << 6 | sub["value"], plain(f"{category['name']}: {sub['name']}")


def main(date: str) -> None:
    source = folder()
    said = {"version": version("bluetooth-sig"), "date": date}
    lines = [HEAD.format(what=FORMATS, **said), "Row = tuple[str, str, str, str, str, dict[int, str]]\n\n"]
    lines.append("FORMATS: Final[dict[int, tuple[Row, ...]]] = {\n")
    for uuid, rows in sorted(formats(source)):
        lines.append(f"    0x{uuid:04X}: (\n")
        lines += [f"        {row!r},\n" for row in rows]
        lines.append("    ),\n")
    (NAMES / "value_formats.py").write_text("".join((*lines, "}\n")), "utf-8")
    head = HEAD.format(what="What a device looks like: values of Appearance (Bluetooth Assigned Numbers 2.6).", **said)
    named = [f"    0x{value:04X}: {name!r},\n" for value, name in sorted(appearances(source))]
    (NAMES / "appearances.py").write_text("".join((head, "APPEARANCES: Final = {\n", *named, "}\n")), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
