"""Which dissector shows what. A dissector file is a Python file with a list DISSECTORS; l2scope/dissection/loading.py
finds them."""

import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from l2scope import decoding
from l2scope.analysis.findings import CONTENT_RULES
from l2scope.analysis.rules.rule import Rule, Severity
from l2scope.dissection.conversation import ContentRule
from l2scope.dissection.dissector import MOST_OVERRUNS, Binding, ContentBinding, Dissector, describe, overruns
from l2scope.dissection.field_values import declared_fields
from l2scope.dissection.loading import (
    Found,
    Place,
    found_in,
    found_in_packages,
    quiet_scapy,
    shipped_folder,
    user_folder,
)
from l2scope.text import printable

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
RULE_ID: Final = re.compile(r"USR[0-9]{3}")
FIRST_OF_OTHERS: Final = "USR500"
OURS: Final = "l2scope"
PLAIN_BYTES: Final = "bytes"
"""Not a dissector: what is to be shown as bytes."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A dissector, the file or entry point it is from, and what that is part of."""

    dissector: Dissector
    file: str
    origin: str


class Registry:
    """The dissectors that are loaded, and `problems`: a line for everything that could not be. has_uuids: any of them
    is for values of characteristics."""

    def __init__(self) -> None:
        self.loaded: dict[str, Loaded] = {}
        self.problems: list[str] = []
        self.rules: dict[str, Rule] = {}
        self.has_uuids = False
        self._bound: dict[Binding, Dissector] = {}
        self._by_content: list[tuple[ContentBinding, Dissector]] = []

    @property
    def dissectors(self) -> list[Dissector]:
        return [loaded.dissector for loaded in self.loaded.values()]

    @property
    def notices(self) -> list[str]:
        """What the user should know: what could not be loaded, and what was switched off."""
        off = [printable(name) for name, times in overruns.items() if times >= MOST_OVERRUNS]
        return self.problems + [f"{name} is switched off: it took too long, several times" for name in off]

    def load(self, folder: Path, origin: str) -> None:
        """Loads every dissector file of a folder, by name in order. A broken file is left out and reported.

        Of two dissectors for the same thing the one loaded first is used.
        """
        self.take(found_in(Place(folder, origin)))

    def take(self, found: Iterable[Found]) -> None:
        """Takes in what files or packages gave."""
        for one in found:
            try:
                if one.fault is not None:
                    raise one.fault
                for dissector in _declared(one.content):
                    self._add(Loaded(dissector, one.name, one.origin))
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                where = "" if one.origin == OURS else f" ({printable(one.origin)})"
                self.problems.append(f"{printable(one.name)}{where} is left out: {describe(error)}")

    def _add(self, loaded: Loaded) -> None:
        dissector = loaded.dissector
        if dissector.name in self.loaded:
            first = self.loaded[dissector.name]
            self.problems.append(
                f"{printable(loaded.file)}: {dissector.name} is left out, {printable(first.file)} "
                f"({printable(first.origin)}) has that name"
            )
            return
        _check_bindings(dissector)
        self._add_rules(loaded)
        self.problems += [f"{printable(loaded.file)}: {remark}" for remark in _odd_names(dissector)]
        self.loaded[dissector.name] = loaded
        for binding in dissector.on:
            if isinstance(binding, ContentBinding):
                self._by_content.append((binding, dissector))
            else:
                self._bound.setdefault(binding, dissector)
                self.has_uuids = self.has_uuids or binding.kind == "uuid"
        self._by_content.sort(key=lambda one: -one[0].priority)

    def _add_rules(self, loaded: Loaded) -> None:
        """Raises ValueError for a rule whose id is no id or is taken, or whose severity is none."""
        own: dict[str, Rule] = {}
        for rule in loaded.dissector.rules:
            if RULE_ID.fullmatch(rule.id) is None:
                raise ValueError(f"the rule {rule.id!r} is not called USR and three digits")
            if loaded.origin != OURS and rule.id < FIRST_OF_OTHERS:
                raise ValueError(f"the rule {rule.id} is one of l2scope's own; yours begin with {FIRST_OF_OTHERS}")
            if rule.id in self.rules or rule.id in own:
                raise ValueError(f"there is a rule {rule.id} already")
            own[rule.id] = _as_rule(rule)
        self.rules.update(own)

    def named(self, name: str) -> Dissector | None:
        """The dissector of a name."""
        loaded = self.loaded.get(name)
        return None if loaded is None else loaded.dissector

    def for_kind(self, kind: int) -> Dissector | None:
        """The dissector of a kind of packets."""
        return self._bound.get(Binding("kind", kind))

    def for_cid(self, cid: int) -> Dissector | None:
        """The dissector of a fixed channel."""
        return self._bound.get(Binding("cid", cid))

    def for_frame(self, form: int) -> Dissector | None:
        """The dissector of a form of control fields."""
        return self._bound.get(Binding("frame", form))

    def for_psm(self, psm: int) -> Dissector | None:
        """The dissector of the channels of a PSM or SPSM."""
        return self._bound.get(Binding("psm", psm))

    def for_uuid(self, uuid: int) -> Dissector | None:
        """The dissector of the values of a characteristic, by the 128 bits of its type."""
        return self._bound.get(Binding("uuid", uuid))

    @property
    def guesses(self) -> list[tuple[ContentBinding, Dissector]]:
        """Those that know their protocol by its content, in the order in which they are asked."""
        return self._by_content


def _check_bindings(dissector: Dissector) -> None:
    """Raises TypeError for what is no binding: it is easily forgotten what makes one."""
    on: object = dissector.on
    if not isinstance(on, tuple) or not all(isinstance(one, Binding | ContentBinding) for one in on):
        raise TypeError(
            f"on={on!r}: write on_psm(0x80), on_uuid(...), on_cid(...), by_content(...), or several added up"
        )


def _odd_names(dissector: Dissector) -> Iterator[str]:
    """Fields that nobody can ask a packet for, since its class has something else of that name."""
    for layer, field in declared_fields(dissector):
        bases = layer.__mro__ if isinstance(layer, type) else ()
        base = next((one for one in bases if one.__name__ == "Packet" and one.__module__ == "scapy.packet"), None)
        if base is not None and hasattr(base, field.name):
            name = printable(field.name)
            yield f"a field called {name}: packet.{name} is something of scapy's own, so give it another name"


def _declared(content: object) -> Iterator[Dissector]:
    """The dissectors of a module, a list or one by itself. Raises TypeError and ValueError for anything else."""
    if isinstance(content, Dissector):
        content = (content,)
    elif not isinstance(content, list | tuple):
        if not hasattr(content, "DISSECTORS"):
            raise ValueError("there is no list DISSECTORS in it")
        content = content.DISSECTORS
    for dissector in content if isinstance(content, Iterable) else (content,):
        if not isinstance(dissector, Dissector):
            raise TypeError("DISSECTORS holds something that is no Dissector")
        if NAME.fullmatch(dissector.name) is None or dissector.name == PLAIN_BYTES:
            raise ValueError(f"{dissector.name!r} is no name for a dissector: small letters, digits and _")
        yield dissector


_lock = threading.Lock()
_registries: dict[tuple[Path, ...], Registry] = {}
_in_force: list[tuple[Path, ...]] = []
"""The folders whose rules `explain` knows."""


def registry() -> Registry:
    """All dissectors, as the user wants them. The first call loads them and scapy, about 0.3 s; any thread may make
    it."""
    folders = decoding.current().folders
    with _lock:
        if folders not in _registries:
            _registries[folders] = _load(folders)
        loaded = _registries[folders]
        if _in_force != [folders]:
            _in_force[:] = [folders]
            CONTENT_RULES.clear()
            CONTENT_RULES.update(loaded.rules)
        return loaded


def loaded_already() -> Registry | None:
    """The registry if it is loaded: for whoever may not wait for it."""
    return _registries.get(decoding.current().folders)


def _load(folders: tuple[Path, ...]) -> Registry:
    quiet_scapy()
    loaded = Registry()
    for folder in folders:
        loaded.load(folder, printable(str(folder)))
    own = user_folder()
    if own is not None and own.is_dir():
        loaded.load(own, "your own")
    loaded.take(found_in_packages())
    loaded.load(shipped_folder(), OURS)
    return loaded


def _severity(rule: ContentRule) -> Severity:
    if rule.severity not in list(Severity):
        raise ValueError(f"the rule {rule.id} is of severity {rule.severity!r}, which is none of {', '.join(Severity)}")
    return Severity(rule.severity)


def _as_rule(rule: ContentRule) -> Rule:
    """As all other rules are. It is judged by its dissector, so it finds nothing in the figures."""
    return Rule(
        id=rule.id,
        title=printable(rule.title),
        severity=_severity(rule),
        spec=printable(rule.spec),
        meaning=printable(rule.meaning, 2000),
        harm=printable(rule.harm, 2000),
        sender="",
        receiver="",
        find=lambda _facts: (),
        remedy=printable(rule.remedy, 2000),
    )
