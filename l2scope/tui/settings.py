"""`settings.toml`: what a user writes. What is wrong in it is said, and the rest of it holds."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from l2scope.near import near
from l2scope.text import printable
from l2scope.tui.colour_rules import ColourRules, colour_rules
from l2scope.tui.key_map import KeyMap, key_map

NAME: Final = "settings.toml"
KNOWN: Final = ("theme", "ascii", "keys", "colour")
MOST_BYTES: Final = 1 << 20
THEMES: Final = {
    "auto": "",
    "dark": "l2scope-dark",
    "light": "l2scope-light",
    "16": "l2scope-16",
    "high-contrast": "l2scope-high-contrast",
    "high-contrast-light": "l2scope-high-contrast-light",
}
"""The names that the settings have for our own themes; any other name is one of Textual's."""


@dataclass(frozen=True, slots=True)
class Settings:
    """theme is "" where the program chooses; ascii is None where the locale says it."""

    theme: str = ""
    ascii: bool | None = None
    keys: KeyMap = field(default_factory=KeyMap)
    told: tuple[str, ...] = ()
    colours: ColourRules = field(default_factory=ColourRules)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong in the file, as far as that is known by now: filters are understood later than the rest."""
        return (*self.told, *(f"{NAME}: {problem}" for problem in self.colours.problems))


def read_settings(path: Path) -> Settings:
    """What stands in the file; the usual where there is none."""
    try:
        with path.open("rb") as file:
            written = tomllib.loads(file.read(MOST_BYTES).decode())
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, RecursionError) as error:
        return Settings(told=(f"{NAME} is not used: {printable(str(error))}",))
    return _checked(written)


def _checked(written: dict[str, Any]) -> Settings:
    problems = [
        f"there is no setting {printable(name, 60)}{near(name, KNOWN)}" for name in written if name not in KNOWN
    ]
    theme = written.get("theme", "auto")
    if not isinstance(theme, str):
        problems.append('theme must be a name, such as "auto", "dark" or "light"')
        theme = "auto"
    ascii_alone = written.get("ascii", "auto")
    if not isinstance(ascii_alone, bool) and ascii_alone != "auto":
        problems.append('ascii must be true, false or "auto"')
        ascii_alone = "auto"
    keys, wrong_keys = _keys(written.get("keys", {}))
    colours, wrong_colours = colour_rules(written.get("colour", []))
    told = tuple(f"{NAME}: {problem}" for problem in (*problems, *wrong_keys, *wrong_colours))
    ascii_only = None if ascii_alone == "auto" else bool(ascii_alone)
    return Settings(THEMES.get(theme, theme), ascii_only, keys, told, colours)


def _keys(table: object) -> tuple[KeyMap, list[str]]:
    if not isinstance(table, dict):
        return KeyMap(), ["keys must be a table"]
    wanted: dict[str, list[str]] = {}
    problems = []
    for id, keys in _flat(table):
        if isinstance(keys, str):
            wanted[id] = [keys]
        elif isinstance(keys, list) and all(isinstance(key, str) for key in keys):
            wanted[id] = keys
        else:
            problems.append(f"keys: {printable(id, 60)} must be a key or a list of keys")
    keys_then, wrong = key_map(wanted)
    return keys_then, problems + wrong


def _flat(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """`packets.find = "/"` without quotes is a table in a table."""
    for name, value in table.items():
        if isinstance(value, dict) and not prefix:
            yield from _flat(value, f"{name}.")
        else:
            yield prefix + name, value
