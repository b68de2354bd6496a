"""A GATT database as far as discovery told it, by handle (Vol 3 Part G 2.6, 3).

A Service Changed indication, and a discovery that contradicts what was known, begin a new version of a database.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from l2scope.analysis.gatt.facts import (
    AttributeFound,
    CharacteristicFound,
    Fact,
    IncludeFound,
    RangeChanged,
    ServiceFound,
)
from l2scope.analysis.gatt.uuid import (
    CHARACTERISTIC,
    INCLUDE,
    PRIMARY_SERVICE,
    SECONDARY_SERVICE,
    SERVICE_CHANGED,
    Uuid,
)

# A hostile capture may change its database in every packet: beyond so many versions the last one is kept.
MOST_VERSIONS: Final = 64


@dataclass(slots=True)
class Database:
    """One version, in force from the packet since on. Each dict goes by the handle of the attribute, values by that of
    a characteristic's value."""

    since: int
    services: dict[int, ServiceFound] = field(default_factory=dict)
    includes: dict[int, IncludeFound] = field(default_factory=dict)
    characteristics: dict[int, CharacteristicFound] = field(default_factory=dict)
    values: dict[int, CharacteristicFound] = field(default_factory=dict)
    types: dict[int, AttributeFound] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)
    _starts: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        """How many attributes are known."""
        return len({*self.services, *self.includes, *self.characteristics, *self.values, *self.types})

    def contradicts(self, fact: Fact) -> bool:
        """The fact cannot be true of this version."""
        if isinstance(fact, ServiceFound):
            known = self.services.get(fact.handle)
            return known is not None and replace(known, packet=fact.packet) != fact
        if isinstance(fact, CharacteristicFound):
            told = self.characteristics.get(fact.handle)
            return told is not None and replace(told, packet=fact.packet) != fact
        if isinstance(fact, AttributeFound):
            kind = self.type_of(fact.handle)
            return kind is not None and kind != fact.uuid
        return False

    def take(self, fact: Fact) -> None:
        """Adds what is true of this version; the first to tell of something counts."""
        if isinstance(fact, ServiceFound):
            self.services.setdefault(fact.handle, fact)
        elif isinstance(fact, IncludeFound):
            self.includes.setdefault(fact.handle, fact)
        elif isinstance(fact, CharacteristicFound):
            self.characteristics.setdefault(fact.handle, fact)
            self.values.setdefault(fact.value_handle, fact)
        elif isinstance(fact, AttributeFound):
            self.types.setdefault(fact.handle, fact)
        self._names.clear()
        self._starts.clear()

    def after(self, change: RangeChanged) -> Database:
        """What is left of it after a change."""
        rest = Database(change.packet)
        for found in (self.services, self.includes, self.characteristics, self.types):
            for handle, fact in found.items():
                if not change.handle <= handle <= change.end:
                    rest.take(fact)
        return rest

    def type_of(self, handle: int) -> Uuid | None:
        """The type of an attribute, None where it is not known: for a characteristic's value its UUID."""
        if handle in self.values:
            return self.values[handle].uuid
        if handle in self.types:
            return self.types[handle].uuid
        if handle in self.characteristics:
            return CHARACTERISTIC
        if handle in self.includes:
            return INCLUDE
        service = self.services.get(handle)
        return None if service is None else PRIMARY_SERVICE if service.primary else SECONDARY_SERVICE

    def characteristic_of(self, handle: int) -> CharacteristicFound | None:
        """The characteristic that an attribute is the declaration, the value or a descriptor of."""
        if not self._starts:
            self._starts.extend(sorted({*self.characteristics, *self.services}))
        place = bisect_right(self._starts, handle) - 1
        return self.characteristics.get(self._starts[place]) if place >= 0 else None

    def name(self, handle: int) -> str:
        """What an attribute is called, "" where nothing is known of it."""
        if handle not in self._names:
            self._names[handle] = self._name(handle)
        return self._names[handle]

    def _name(self, handle: int) -> str:
        if handle in self.values:
            return self.values[handle].uuid.brief
        if handle in self.services:
            return f"{self.services[handle].uuid.brief} service"
        kind = self.type_of(handle)
        if kind is None:
            return ""
        characteristic = self.characteristic_of(handle)
        if characteristic is None or kind == INCLUDE:
            return kind.brief
        if handle == characteristic.handle:
            return f"{characteristic.uuid.brief} declaration"
        return f"{characteristic.uuid.brief} · {kind.brief}"


class Versions:
    """A database over time; at least one version."""

    def __init__(self) -> None:
        self.all = [Database(0)]
        self.changes: list[RangeChanged] = []
        self._told: dict[int, list[Fact]] = {}

    @property
    def latest(self) -> Database:
        return self.all[-1]

    def take(self, facts: Iterable[tuple[int, Fact]]) -> None:
        """Adds facts with the links on which they were told, in order of their packets."""
        for link, fact in facts:
            if isinstance(fact, RangeChanged):
                self._change(fact)
                continue
            if self.latest.contradicts(fact) and len(self.all) < MOST_VERSIONS:
                self.all.append(self._anew(link, fact))
            self.latest.take(fact)
            self._told.setdefault(link, []).append(fact)

    def _anew(self, link: int, fact: Fact) -> Database:
        """The version that a contradiction begins: it holds what was told on the same link before, if that fits."""
        told = [before for before in self._told.get(link, ()) if before.packet > self.latest.since]
        version = Database(min((before.packet for before in told), default=fact.packet))
        for before in told:
            version.take(before)
        if len(self.all) > 1 and version.since <= self.latest.since:
            return Database(fact.packet)
        return Database(fact.packet) if version.contradicts(fact) else version

    def _change(self, fact: RangeChanged) -> None:
        if self.latest.type_of(fact.by) == SERVICE_CHANGED and fact.handle <= fact.end:
            self.changes.append(fact)
            self._told.clear()
            if len(self.all) < MOST_VERSIONS:
                self.all.append(self.latest.after(fact))

    def at(self, packet: int) -> Database:
        """The version in force at a packet."""
        if len(self.all) == 1:
            return self.all[0]
        return self.all[max(0, bisect_right([version.since for version in self.all], packet) - 1)]
