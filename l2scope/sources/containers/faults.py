"""What is wrong with the wrapping of a capture."""

from dataclasses import dataclass, field
from typing import Final

from l2scope.sources.damage import RULES

# A hostile archive may be wrong everywhere. The first places tell enough.
MOST_FAULTS: Final = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """A row of capture quality to be: offset is a byte of the wrapping, count bytes that are missing or left over."""

    rule: str
    message: str
    offset: int
    count: int = 1


@dataclass(slots=True)
class Faults:
    """Those of all layers around a capture."""

    met: list[Fault] = field(default_factory=list)

    def note(self, rule: str, message: str, offset: int, count: int = 1) -> None:
        if len(self.met) < MOST_FAULTS:
            self.met.append(Fault(rule, message, offset, count))

    @property
    def problem(self) -> str:
        """Why the capture is not whole, "" where it is."""
        return next((fault.message for fault in self.met if RULES[fault.rule].loses), "")
