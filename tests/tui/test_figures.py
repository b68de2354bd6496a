"""Figures and small pictures as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2scope.tui import figures
from l2scope.tui.blocks import bar, gauge, shares


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(0, "0.000 000"), (1_003_102_000, "1.003 102"), (-14_000, "-0.000 014"), (1_234_567_890_123, "1234.567 890")],
)
def test_seconds(nanoseconds: int, text: str) -> None:
    """Six decimals in two groups."""
    assert figures.seconds(nanoseconds) == text


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0 ns"),
        (999, "999 ns"),
        (840_000, "840 µs"),
        (51_240_000, "51.2 ms"),
        (3_989_000_000, "3.99 s"),
        (59_960_000_000, "60.0 s"),
        (124_000_000_000, "2:04 min"),
        (3_725_000_000_000, "1:02 h"),
        (-2_000_000, "-2.00 ms"),
    ],
)
def test_duration(nanoseconds: int, text: str) -> None:
    """Three digits and a unit; never longer than eight characters for anything under ten hours."""
    assert figures.duration(nanoseconds) == text


@given(st.integers(0, 36_000_000_000_000))
def test_durations_fit_their_columns(nanoseconds: int) -> None:
    """Tables leave eight characters."""
    assert len(figures.duration(nanoseconds)) <= 8


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(0, 5, "0 %"), (1, 1000, "<1 %"), (89, 100, "89 %"), (9, 4, "100 %"), (1, 0, "0 %")]
)
def test_share(part: int, whole: int, text: str) -> None:
    """A share is never more than all and never vanishes."""
    assert figures.share(part, whole) == text


def test_rates_and_counts() -> None:
    """Thousands are separated, one thing is in the singular."""
    assert [figures.rate(value) for value in (0, 950, 7_100, 71_300, 2_500_000)] == [
        "0 B/s", "950 B/s", "7.10 kB/s", "71.3 kB/s", "2.50 MB/s",
    ]  # fmt: skip
    assert figures.counted(1, "packet") == "1 packet"
    assert figures.counted(1681, "packet") == "1,681 packets"


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=5), st.integers(5, 60))
def test_shares_fill_the_width(parts: list[int], width: int) -> None:
    """The parts fill the width together, and none that is not zero is invisible."""
    cells = shares(parts, width)
    assert sum(cells) == (width if any(parts) else 0)
    assert all(cell > 0 for cell, part in zip(cells, parts, strict=True) if part)
    assert all(cell == 0 for cell, part in zip(cells, parts, strict=True) if not part)


@given(st.integers(0, 70_000), st.integers(1, 65_535))
def test_what_is_not_nothing_is_seen(value: int, full: int) -> None:
    """Neither a gauge nor a bar shows nothing for something, nor something for nothing."""
    assert (gauge(value, full) == " ") == (value == 0)
    assert (bar(value, full, 8) == "") == (value == 0)
    assert len(bar(value, full, 8)) <= 8
