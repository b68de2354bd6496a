"""Where among the records the lost ones are missing."""

from collections import deque


class Losses:
    """The kernel says only how many records it has thrown away so far, and nothing about when.

    But a loss that one look at its count finds happened after the look before. So the first record whose time is past
    that earlier look is the first that carries the new count: no sooner than one look, and never behind the gap.
    """

    def __init__(self) -> None:
        self._marks: deque[tuple[int, int]] = deque()
        self._looked_us = 0
        self._told = 0
        self.count = 0

    def look(self, now_us: int, count: int) -> None:
        """Takes the kernel's count at this time."""
        if count != self.count:
            self._marks.append((self._looked_us, count))
            self.count = count
        self._looked_us = now_us

    def before(self, stamp_us: int) -> int:
        """How many were lost before the record of this time. To be asked once for each record, in order."""
        while self._marks and self._marks[0][0] <= stamp_us:
            self._told = self._marks.popleft()[1]
        return self._told

    def caught_up(self) -> None:
        """Every record that came so far was asked for: what was lost by now is missing before the next one."""
        if self._marks:
            self._marks = deque([(0, self._marks[-1][1])])
