"""Where Wireshark and l2scope differ for a reason that is known.

Each entry says in which fields, in which packets (a display filter), and how both differ; it is as narrow as the
reason allows, so that what is new is seen.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

MALFORMED: Final = "_ws.malformed"
"""The field by which Wireshark says that it gave up on a packet."""

Value = int | bytes | str


@dataclass(frozen=True, slots=True)
class Difference:
    """The values of a field in a packet, and how often each is there; malformed: Wireshark gave up on the packet."""

    field: str
    ours: Counter[Value]
    theirs: Counter[Value]
    malformed: bool


How = Callable[[Difference], bool]


@dataclass(frozen=True, slots=True)
class Known:
    """A difference with its reason. fields are names or patterns of names."""

    fields: tuple[str, ...]
    where: str
    how: How
    reason: str

    def fits(self, difference: Difference) -> bool:
        """As far as it can be told without the packet."""
        return any(fnmatchcase(difference.field, pattern) for pattern in self.fields) and self.how(difference)


def theirs_alone(difference: Difference) -> bool:
    """We have none."""
    return not difference.ours


def ours_alone(difference: Difference) -> bool:
    """Wireshark has none."""
    return not difference.theirs


def theirs_more(difference: Difference) -> bool:
    """Wireshark has all of ours and more."""
    return difference.ours < difference.theirs


def ours_more(difference: Difference) -> bool:
    """We have all of Wireshark's and more."""
    return difference.theirs < difference.ours


def given_up(difference: Difference) -> bool:
    """Wireshark takes the packet for malformed, and has fewer."""
    return difference.malformed and difference.theirs <= difference.ours


def decoded(difference: Difference) -> bool:
    """Wireshark has none, or only the ends of ours."""
    ends = [theirs for theirs in difference.theirs if isinstance(theirs, bytes)]
    ours = [value for value in difference.ours if isinstance(value, bytes)]
    return len(ends) <= len(ours) and all(any(value.endswith(end) for value in ours) for end in ends)


KNOWN: Final[tuple[Known, ...]] = ()
