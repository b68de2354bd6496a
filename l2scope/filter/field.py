"""A field that filters may ask for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from l2scope.filter.kinds import Kind
from l2scope.filter.packets import Packets
from l2scope.filter.values import Mask, Values

Source = Callable[[Packets, Mask], Values]


class Cost(IntEnum):
    """What it takes to learn the values of a field, cheapest first."""

    TABLE = 0
    BYTES = 1
    JUDGED = 2
    DISSECTED = 3


@dataclass(frozen=True, slots=True)
class FilterField:
    """values gives what the field is in the packets of a mask; it may give those of others too. presence, where there
    is one, says at less cost which packets have the field."""

    name: str
    kind: Kind
    help: str
    values: Source
    names: Mapping[int, str] = field(default_factory=dict)
    cost: Cost = Cost.TABLE
    presence: Callable[[Packets], Mask] | None = None

    @property
    def protocol(self) -> str:
        """What the name begins with."""
        return self.name.partition(".")[0]

    def as_json(self) -> dict[str, object]:
        """The object of `l2scope fields --json`."""
        return {
            "name": self.name,
            "type": self.kind.word,
            "description": self.help,
            "dissected": self.cost is Cost.DISSECTED,
            "names": {str(number): name for number, name in self.names.items()},
        }
