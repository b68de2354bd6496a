"""For each rule a capture that fires it, and one beside it that nearly does: how the tests of a family say so."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.wire import Conversation

Made = Conversation | bytes
Maker = Callable[[], tuple[Made, Made]]


@dataclass(frozen=True)
class Pair:
    """Two captures; why tells the difference in a sentence. without is a package that is to be missing."""

    rule: str
    why: str
    make: Maker
    without: str

    def fires(self) -> bytes:
        return _bytes(self.make()[0])

    def does_not(self) -> bytes:
        return _bytes(self.make()[1])


PAIRS: list[Pair] = []


def pair(rule: str, without: str = "") -> Callable[[Maker], Maker]:
    """Says that a function makes the pair of a rule: what fires it first, then what nearly does."""

    def declare(make: Maker) -> Maker:
        PAIRS.append(Pair(rule, (make.__doc__ or "").strip(), make, without))
        return make

    return declare


def _bytes(made: Made) -> bytes:
    return made if isinstance(made, bytes) else made.capture()
