"""Tables that grow while a capture is read."""

import struct

import numpy as np

from l2scope.tables import FIRST_CAPACITY, LARGEST_GROWTH, GrowingTable

NUMBERS = [("number", "<i4")]


def rows(first: int, count: int) -> bytes:
    """Rows that count on from `first`."""
    return struct.pack(f"<{count}i", *range(first, first + count))


def test_room_for_the_rest_of_the_file_is_taken_at_once() -> None:
    """With a tenth of the file read nine more tenths fit without moving a row; the rows stay in their order."""
    table = GrowingTable(NUMBERS)
    table.append(rows(0, FIRST_CAPACITY), 0.1)
    beginning = table.rows.__array_interface__["data"]
    for tenth in range(1, 10):
        table.append(rows(tenth * FIRST_CAPACITY, FIRST_CAPACITY), (tenth + 1) / 10)
    assert table.rows.__array_interface__["data"] == beginning
    assert np.array_equal(table.rows["number"], np.arange(10 * FIRST_CAPACITY))


def test_a_file_that_begins_with_many_rows_does_not_claim_all_memory() -> None:
    """A first piece of a huge file says little of the rest: the table is made so many times larger, and no more."""
    table = GrowingTable(NUMBERS)
    table.append(rows(0, FIRST_CAPACITY), 1e-9)
    assert table.rows.base is not None
    assert len(table.rows.base) == LARGEST_GROWTH * FIRST_CAPACITY


def test_rows_come_before_a_byte_is_counted() -> None:
    """Nothing is known of the rest where nothing was read."""
    table = GrowingTable(NUMBERS)
    table.append(rows(0, 1), 0.0)
    assert len(table.rows) == 1
