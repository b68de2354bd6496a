"""The keys as this user has them: those of the registry, but for what the settings change."""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from textual.binding import Binding
from textual.events import Key
from textual.keys import Keys
from textual.widget import Widget

from l2scope.near import near
from l2scope.text import printable
from l2scope.tui.keys import ACTIONS, DIALOGS, EVERYWHERE, KEY_NAMES, PANES, TYPING, Action, Scope, bindable, key_name
from l2scope.tui.theme import ThemedApp
from l2scope.tui.widgets.typed_line import EDITING, types

BY_ID: Final = {action.id: action for action in ACTIONS}
MODIFIERS: Final = ("alt", "ctrl", "shift")
ACTION_IN_TEXT: Final = re.compile(r"\{([a-z_]+\.[a-z_]+)\}")
NO_KEY: Final = "no_key"
"""What Textual binds where an action has no key: no terminal sends it."""
_KNOWN: Final = frozenset(key.value for key in Keys)
_BY_NAME: Final = {name.lower(): key for key, name in KEY_NAMES.items()}
_ALIASES: Final = {"return": "enter", "pgdown": "pagedown", "del": "delete", "comma": ","}


class KeyMap:
    """Which keys an action has, for bindings, the key line, the help and the palette alike."""

    def __init__(self, changed: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> None:
        self.changed = dict(changed)

    def keys(self, action: Action) -> tuple[str, ...]:
        """Its keys, the one that is shown first; none where the user took them away."""
        return self.changed.get(action.id, action.keys)

    def first(self, id: str) -> str:
        """The first key of an action as people write it, "" where it has none."""
        keys = self.keys(BY_ID[id])
        return key_name(keys[0]) if keys else ""

    def shortest(self, id: str) -> str:
        """The shortest of its keys as people write it, a digit where there is one; "" where it has none."""
        names = map(key_name, self.keys(BY_ID[id]))
        return min(names, key=lambda name: (len(name), not name.isdigit()), default="")

    def named(self, text: str) -> str:
        """A text with keys for the actions in it: `{list.open} opens` is `Enter opens`."""
        return ACTION_IN_TEXT.sub(lambda found: self._named(found[1]) or found[0], text)

    def _named(self, id: str) -> str:
        """A key that does it, else the palette's with what to look for there, "" for what is no action."""
        if id not in BY_ID:
            return ""
        return self.shortest(id) or f"{self.shortest('app.command_palette')} {BY_ID[id].label}"

    def shown(self, action: Action) -> str:
        """All keys of an action as people write them."""
        return " ".join(key_name(key) for key in self.keys(action))

    @property
    def bound(self) -> dict[str, str]:
        """What Textual is to bind instead, by the ids of the bindings."""
        return {id: bindable(keys) or NO_KEY for id, keys in self.changed.items()}


def parse_key(text: str) -> str:
    """A key as the registry writes it, from what people write: `Ctrl+D`, `PgDn`, `?`. Raises ValueError."""
    text = text.strip() or text
    *modifiers, last = [part.strip() for part in text.split("+")] if len(text) > 1 and text[-1] != "+" else [text]
    if text.endswith("++"):
        *modifiers, last = [*text[:-2].split("+"), "+"]
    modifiers = [modifier.lower() for modifier in modifiers]
    last = last if len(last) == 1 else last.lower()
    last = _ALIASES.get(last, _BY_NAME.get(last, last))
    is_character = len(last) == 1 and last.isprintable() and last != " "
    if not (is_character or last in _KNOWN) or not set(modifiers) <= set(MODIFIERS):
        raise ValueError(f"there is no key {printable(text, 40)}")
    if is_character and modifiers == ["shift"]:
        return last.upper()
    return "+".join([*sorted(modifiers), last.lower() if modifiers else last])


def key_map(wanted: Mapping[str, Iterable[str]]) -> tuple[KeyMap, list[str]]:
    """The keys with these changes, and what cannot be done of them: it is left as it was."""
    problems: list[str] = []
    changed: dict[str, tuple[str, ...]] = {}
    for id, texts in wanted.items():
        if id not in BY_ID:
            problems.append(f"keys: there is no action {printable(id, 60)}{near(id, BY_ID)}; `l2scope keys` lists them")
            continue
        try:
            changed[id] = tuple(dict.fromkeys(_usable(BY_ID[id].scope, parse_key(text)) for text in texts))
        except ValueError as error:
            problems.append(f"keys: {id}: {error}")
    while (clash := next(_clashes(KeyMap(changed)), None)) is not None:
        mine, other, key = clash
        problems.append(f"keys: {key_name(key)} would be both {mine.id} and {other.id}; {mine.id} stays as it was")
        del changed[mine.id]
    return KeyMap(changed), problems


def _usable(scope: Scope, key: str) -> str:
    """The key. Raises ValueError where a line needs it for its text."""
    if scope in TYPING and types(key):
        raise ValueError(f"{key_name(key)} could no longer be typed there")
    if scope in TYPING and key in EDITING:
        raise ValueError(f"{key_name(key)} edits the text there")
    return key


def _clashes(keys: KeyMap) -> Iterator[tuple[Action, Action, str]]:
    """A changed action, another one whose key it took, and the key."""
    for id in reversed(keys.changed):
        mine = BY_ID[id]
        for other in ACTIONS:
            if other.id == id or not meet(mine.scope, other.scope):
                continue
            if shared := (set(keys.keys(mine)) & set(keys.keys(other))) - (set(mine.keys) & set(other.keys)):
                yield mine, other, min(shared)


def meet(one: Scope, other: Scope) -> bool:
    """The keys of both work at the same time."""
    if one is other:
        return True
    if {one, other} & {*DIALOGS, *TYPING}:
        return False
    if one in EVERYWHERE or other in EVERYWHERE:
        return True
    return other in PANES.get(one, ()) or one in PANES.get(other, ())


class KeyedApp(ThemedApp):
    """An application whose keys a user may have changed."""

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self.keys = KeyMap()

    def use_keys(self, keys: KeyMap) -> None:
        """These are the keys from now on."""
        self.keys = keys
        self.set_keymap(keys.bound)

    def send_key(self, key: str) -> None:
        """Does what a key does, by the name that the registry has for it; a terminal's key has Textual's name."""
        binding = next(iter(Binding.make_bindings([Binding(bindable([key]), "")])))
        self.post_message(Key(binding.key, key if len(key) == 1 else None))


def keys_of(widget: Widget) -> KeyMap:
    """The keys of the application a widget is shown in."""
    return keyed_app(widget).keys


def keyed_app(widget: Widget) -> KeyedApp:
    """The application a widget is shown in."""
    app = widget.app
    if not isinstance(app, KeyedApp):
        raise TypeError("the widgets of l2scope need an application with keys")
    return app
