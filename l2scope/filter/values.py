"""The values that a field has in the packets of a capture. A packet may have none, one or several."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
Data = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Values:
    """data[i] belongs to the packet in row rows[i] of the table of packets; where rows is None, to that in row i.

    Numbers and times (ns) are integers; bytes and texts are objects.
    """

    rows: Rows | None
    data: Data

    def positions(self) -> Rows:
        """The row of each value."""
        return np.arange(len(self.data)) if self.rows is None else self.rows

    def of(self, kept: npt.NDArray[Any]) -> "Values":
        """Those that a mask or an index keeps."""
        return Values(self.positions()[kept], self.data[kept])

    def with_data(self, data: Data) -> "Values":
        """Other data in the same packets."""
        return Values(self.rows, data)

    def mask(self, hits: Mask, count: int) -> Mask:
        """Of `count` packets those that have a value that is hit."""
        if self.rows is None:
            return hits[:count]
        found = np.zeros(count, dtype=np.bool_)
        rows = self.rows[hits]
        if len(rows) and int(rows.max()) >= count:
            rows = rows[rows < count]
        found[rows] = True
        return found

    def present(self, count: int) -> Mask:
        """Of `count` packets those that have a value at all."""
        return self.mask(np.ones(len(self.data), dtype=np.bool_), count)


def objects(values: list[Any]) -> Data:
    """Bytes or texts as an array, which numpy would else make of one width."""
    data = np.empty(len(values), dtype=object)
    data[:] = values
    return data


def joined(*parts: Values) -> Values:
    """Several together."""
    return Values(
        np.concatenate([part.positions() for part in parts]),
        np.concatenate([part.data.astype(np.int64) for part in parts]),
    )


def paired(left: Values, right: Values) -> tuple[Values, Data]:
    """Every value on the left with every value on the right of the same packet."""
    if left.rows is None and right.rows is None:
        shortest = min(len(left.data), len(right.data))
        return Values(None, left.data[:shortest]), right.data[:shortest]
    order = np.argsort(right.positions(), kind="stable")
    others = right.positions()[order]
    rows = left.positions()
    first = np.searchsorted(others, rows, "left")
    counts = np.searchsorted(others, rows, "right") - first
    which = np.repeat(np.arange(len(rows)), counts)
    within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    chosen = order[np.repeat(first, counts) + within]
    return Values(rows[which], left.data[which]), right.data[chosen]
