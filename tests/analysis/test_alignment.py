"""Which items of two sequences are the same ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2scope.analysis.alignment import align


def matched(ours: str, theirs: str, same_start: bool = False, same_end: bool = False) -> list[tuple[int, int]]:
    return align([ord(item) for item in ours], [ord(item) for item in theirs], same_start, same_end)


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ("abc", "abc", [(0, 0), (1, 1), (2, 2)]),
        ("abcd", "cdef", [(2, 0), (3, 1)]),
        ("abcd", "abd", [(0, 0), (1, 1), (3, 2)]),
        ("axxxb", "axxxb", [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]),
        # One of three is lost: which, nobody knows.
        ("axxxb", "axxb", [(0, 0), (4, 3)]),
        # The lost one is among the second pair, as the first pair has a neighbour that changes.
        ("axxyxxb", "axxyxb", [(0, 0), (1, 1), (2, 2), (3, 3), (6, 5)]),
        # Before the first anchor a row of equal items may have begun anywhere.
        ("xxxab", "xxab", [(2, 1), (3, 2), (4, 3)]),
        ("abxyxy", "abxyx", [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]),
        # An item that comes at another place belongs to another time.
        ("abcdz", "zabcd", [(0, 1), (1, 2), (2, 3), (3, 4)]),
        ("xx", "xx", []),
        ("", "abc", []),
    ],
)
def test_pairs(ours: str, theirs: str, expected: list[tuple[int, int]]) -> None:
    """Rather no pair than a wrong one."""
    assert matched(ours, theirs) == expected
    assert [(index, place) for place, index in matched(theirs, ours)] == expected


def test_a_start_that_is_the_same_moment() -> None:
    """Nothing but a loss explains a difference then: without one, equal items pair as they come."""
    assert matched("xx", "xx", same_start=True, same_end=True) == [(0, 0), (1, 1)]
    assert matched("xx", "x", same_start=True, same_end=True) == []


@given(st.lists(st.integers(0, 10_000), unique=True, max_size=60), st.data())
def test_distinct_items_are_all_found(items: list[int], data: st.DataObject) -> None:
    """Whatever either side lacks, each item that both have is paired with itself."""
    kept = [data.draw(st.lists(st.booleans(), min_size=len(items), max_size=len(items))) for _ in range(2)]
    ours, theirs = ([item for item, keep in zip(items, side, strict=True) if keep] for side in kept)
    pairs = align(ours, theirs)
    assert [ours[index] for index, _ in pairs] == [item for item in ours if item in theirs]
    assert all(ours[index] == theirs[place] for index, place in pairs)


@given(st.lists(st.integers(0, 3), max_size=40), st.lists(st.integers(0, 3), max_size=40), st.booleans(), st.booleans())
def test_pairs_are_equal_and_in_order(ours: list[int], theirs: list[int], same_start: bool, same_end: bool) -> None:
    """Both indices ascend, no item is used twice, and no two items that differ are paired."""
    pairs = align(ours, theirs, same_start, same_end)
    assert all(ours[index] == theirs[place] for index, place in pairs)
    for column in (0, 1):
        indices = [pair[column] for pair in pairs]
        assert indices == sorted(set(indices))


@given(st.lists(st.integers(0, 2), max_size=30), st.data())
def test_one_run_of_losses_makes_no_wrong_pair(items: list[int], data: st.DataObject) -> None:
    """Between two known items, a run that one side lacks leaves every pair right."""
    start = data.draw(st.integers(0, len(items)))
    stop = data.draw(st.integers(start, len(items)))
    ours = [100, *items, 101]
    theirs = [100, *items[:start], *items[stop:], 101]
    place_of = [0, *range(1, start + 1), *range(stop + 1, len(items) + 2)]
    pairs = align(ours, theirs)
    assert {(0, 0), (len(ours) - 1, len(theirs) - 1)} <= set(pairs)
    without_choice = [(index, place) for index, place in pairs if place_of[place] != index]
    assert without_choice == []


def test_long_sequences_take_no_quadratic_time() -> None:
    """200,000 items, half of them alike, with a loss now and then."""
    items = [number if number % 2 else 0 for number in range(200_000)]
    theirs = [item for number, item in enumerate(items) if number % 997]
    pairs = align(items, theirs)
    assert len(pairs) > 199_000
