"""Every field that a filter may ask for: our own, and those of the dissectors, which are loaded when one is wanted."""

from collections.abc import Iterator, Mapping
from typing import Final

from l2scope.dissection.registry import loaded_already, registry
from l2scope.filter.field import FilterField
from l2scope.filter.fields import FIELDS
from l2scope.filter.fields.contents import content_fields

PROTOCOLS: Final = frozenset(field.protocol for field in FIELDS.values())


class KnownFields(Mapping[str, FilterField]):
    """Fields by their names. Going through them leaves the dissectors out as long as these are not loaded."""

    def __getitem__(self, name: str) -> FilterField:
        if name in FIELDS:
            return FIELDS[name]
        if name.partition(".")[0] in PROTOCOLS or not name[:1].islower():
            raise KeyError(name)
        return content_fields(registry())[name]

    def __iter__(self) -> Iterator[str]:
        yield from FIELDS
        loaded = loaded_already()
        if loaded is not None:
            yield from (name for name in content_fields(loaded) if name not in FIELDS)

    def __len__(self) -> int:
        return sum(1 for _ in self)


KNOWN: Final = KnownFields()
