"""No byte of a capture reaches the screen unescaped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2scope.text import LONGEST_TEXT, printable


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("AirPods Pro", "AirPods Pro"),
        (b"caf\xc3\xa9", "café"),
        ("名前", "名前"),
        ("a\x1b[31mb", "a�[31mb"),
        ("tab\tnew\nline", "tab�new�line"),
        ("right\u202eto left", "right�to left"),
        ("zero\u200bwidth", "zero�width"),
        (b"\xff\xfe", "��"),
        ("\ud800", "�"),
        ("zalgo" + "\u0301" * 5, "zalgo\u0301\u0301���"),
        ("\u0301 \u0301", "� �"),
        ("नमस्ते", "नमस्ते"),
        ("Việt Nam", "Việt Nam"),
        ("\x9b31m", "�31m"),
        ("", ""),
    ],
)
def test_what_steers_a_terminal_is_replaced(value: str | bytes, expected: str) -> None:
    """Letters of all languages stay, controls, bidirectional marks and broken bytes do not."""
    assert printable(value) == expected


@given(st.one_of(st.text(), st.binary()))
def test_the_result_is_always_harmless(value: str | bytes) -> None:
    """It is printable, encodable and short."""
    text = printable(value)
    assert text.isprintable() or "�" in text
    assert all(character.isprintable() for character in text)
    text.encode()
    assert len(text) <= LONGEST_TEXT


def test_a_long_name_is_cut() -> None:
    """With an ellipsis, also where the bytes are cut within a character."""
    assert printable(b"\xe5\x90\x8d" * 10_000, longest=10) == "名" * 9 + "…"
    assert len(printable("x" * 10_000)) == LONGEST_TEXT
