"""Sizes as people write them."""

import pytest

from l2scope.sources.containers.limits import Unpacking, parse_size, size_text


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1048576", 1 << 20),
        ("512B", 512),
        ("500M", 500 << 20),
        ("500m", 500 << 20),
        ("4G", 4 << 30),
        ("4 GiB", 4 << 30),
        ("1.5GiB", 3 << 29),
        ("500MB", 500_000_000),
        ("2T", 2 << 40),
        ("1kB", 1000),
    ],
)
def test_sizes(text: str, size: int) -> None:
    """As coreutils takes them: K, M, G and T are powers of 1024, KB, MB, GB and TB of 1000."""
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "M", "-1", "0", "0.1B", "4X", "1e9", "4GG", "inf", "1 2", "٤M", "9" * 400 + "K"])
def test_what_is_no_size(text: str) -> None:
    """It is refused in a line that quotes it."""
    with pytest.raises(ValueError, match=r"is no size|is too small|is too large"):
        parse_size(text)


def test_sizes_are_shown_as_they_are_taken() -> None:
    """What a message advises can be written on the command line."""
    assert [size_text(size) for size in (1, 1023, 1024, 1536, 4 << 30)] == [
        "1 bytes",
        "1023 bytes",
        "1 KiB",
        "1.5 KiB",
        "4 GiB",
    ]
    assert "--max-size 16GiB" in str(Unpacking().too_large("it unpacks to"))
    assert parse_size("16GiB") == 16 << 30
