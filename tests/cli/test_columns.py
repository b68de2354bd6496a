"""Tables of text: columns line up on a terminal."""

import pytest

from l2scope.cli.columns import brief, echo_table


def test_wide_characters_take_two_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """East Asian names and emoji do not push what follows them aside."""
    echo_table(("name", "n"), [("灯", "1"), ("🔑 Y", "22"), ("Lamp", "333")], frozenset((0,)))
    assert capsys.readouterr().out.splitlines() == ["name    n", "灯      1", "🔑 Y   22", "Lamp  333"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [(None, ""), ("Lamp", "Lamp"), ("x" * 30, "x" * 23 + "…"), ("\x1b[2J", "\N{REPLACEMENT CHARACTER}[2J")],
)
def test_names_are_kept_short(name: str | None, shown: str) -> None:
    """So that a table stays a table, and one line."""
    assert brief(name) == shown
