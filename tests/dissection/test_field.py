"""Leaves for bytes that no field names."""

from hypothesis import given
from hypothesis import strategies as st

from l2scope.dissection.field import Field, filled, hex_text
from tests.dissection.fields import check_coverage

SPANS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted), max_size=8)


@given(SPANS)
def test_filling_leaves_no_gap(spans: list[list[int]]) -> None:
    """Whatever the children are, overlapping and out of order, with the added leaves every byte is covered."""
    children = [Field("child", "", 0, start, stop) for start, stop in spans]
    data = bytes(range(20))
    result = filled(children, data, 0, 0, 20)
    check_coverage(result, 0, 20)
    assert [field for field in result if field.name == "child"] == children


def test_gaps_are_named_in_place() -> None:
    """A gap becomes a leaf called Bytes between its neighbours."""
    children = [Field("a", "", 0, 0, 1), Field("elsewhere", "", 1, 0, 9), Field("b", "", 0, 3, 4)]
    result = filled(children, bytes(range(6)), 0, 0, 6)
    assert [(field.name, field.start, field.stop) for field in result] == [
        ("a", 0, 1),
        ("elsewhere", 0, 9),
        ("Bytes", 1, 3),
        ("b", 3, 4),
        ("Bytes", 4, 6),
    ]
    assert result[2].value == "01 02"


def test_long_bytes_say_their_length() -> None:
    """More than a line of bytes is cut, with the whole length behind."""
    assert hex_text(bytes(3)) == "00 00 00"
    assert hex_text(bytes(1000)).endswith("00 … (1,000 bytes)")
