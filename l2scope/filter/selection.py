"""What came out of a filter: packet numbers, and the same as a mask over the table of packets."""

from collections.abc import Iterator

import numpy as np

from l2scope.filter.values import Mask, Rows


class Selection:
    """The packets that pass a filter, in order: iterable, and indexable as a sequence of packet numbers.

    mask[i] says whether the packet in row i of tables.packets is among them. Selections of one capture can be combined
    with &, | and ~.
    """

    def __init__(self, mask: Mask, first_number: int) -> None:
        self.mask = mask
        self.first_number = first_number

    @property
    def numbers(self) -> Rows:
        """The packet numbers in ascending order."""
        return np.flatnonzero(self.mask) + self.first_number

    def __len__(self) -> int:
        return int(np.count_nonzero(self.mask))

    def __iter__(self) -> Iterator[int]:
        return iter(self.numbers.tolist())

    def __getitem__(self, index: int) -> int:
        return int(self.numbers[index])

    def __contains__(self, number: object) -> bool:
        row = number - self.first_number if isinstance(number, int) else -1
        return 0 <= row < len(self.mask) and bool(self.mask[row])

    def __and__(self, other: "Selection") -> "Selection":
        return Selection(self.mask & other.mask, self.first_number)

    def __or__(self, other: "Selection") -> "Selection":
        return Selection(self.mask | other.mask, self.first_number)

    def __invert__(self) -> "Selection":
        return Selection(~self.mask, self.first_number)

    def __repr__(self) -> str:
        return f"<{len(self):,} of {len(self.mask):,} packets>"
