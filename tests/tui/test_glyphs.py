"""Terminals without Unicode, and what must not reach any terminal."""

import ast
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

import l2scope.tui
from l2scope.tui.app import ScopeApp
from l2scope.tui.glyphs import Glyphs
from l2scope.tui.keys import ALT_DIGITS
from l2scope.tui.stand_ins import STAND_INS, in_ascii, locale_lacks_unicode
from tests.tui.driving import SMALL, Session, asynchronous, sample
from tests.tui.tabbed import until

KEYS = ("2", "s", "enter", "tab", "c", "tab", "+", "5", "f", "6", "7", "?", "escape", "1", "ctrl+o", "escape", "ctrl+p")


def test_stand_ins_are_as_wide() -> None:
    """Each is a character of ASCII in place of one that takes one cell."""
    for glyph, stand_in in STAND_INS.items():
        assert (len(stand_in), cell_len(chr(glyph)), stand_in.isascii()) == (1, 1, True), chr(glyph)


def test_all_glyphs_of_the_program_have_one() -> None:
    """What stands in a string of the UI is not turned into a question mark."""
    lacking = set()
    for path in Path(l2scope.tui.__path__[0]).rglob("*.py"):
        if path.name == "stand_ins.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                lacking |= {sign for sign in node.value if "?" in in_ascii(sign).replace(sign, "") and sign != "?"}
    assert lacking - set(ALT_DIGITS) == set()


def test_other_characters_keep_their_width() -> None:
    """A wide one becomes two question marks."""
    assert in_ascii("名é⣿▆") == "???:="


@asynchronous
async def test_every_screen_is_ascii() -> None:
    """No key shows anything else, and every line is as wide as the screen."""
    from l2scope.tui.session import Asked
    from l2scope.tui.tabs import begun

    app = ScopeApp(begun(Asked(sample("starved"))), begun(Asked(sample("healthy"))))
    app.ascii_alone = True
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        session = Session(app, pilot)
        await until(session, lambda: all(one.complete for one in app.sessions))
        for key in KEYS:
            await session.press(key)
            await pilot.pause(0.05)
            assert session.text.isascii(), (key, {sign for sign in session.text if not sign.isascii()})
            assert {len(line) for line in session.lines} == {80}
    for one in app.sessions:
        one.capture.close()


def test_what_steers_a_terminal_goes_no_further() -> None:
    """Escapes, line ends and marks of direction are taken out of any line, whatever wrote it."""
    segments = [Segment("a\x1b[2Jb\u202ec\u200bd\n"), Segment("plain")]
    shown = Glyphs(False).apply(segments, Color(0, 0, 0))
    assert "".join(segment.text for segment in shown) == "a[2Jbcdplain"
    assert shown[1] is segments[1]


@pytest.mark.parametrize(
    ("environment", "lacks"),
    [
        ({}, False),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "de_DE.utf8"}, False),
        ({"LANG": "C"}, True),
        ({"LANG": "de_DE.ISO-8859-1"}, True),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "POSIX"}, True),
        ({"LANG": "en_US.UTF-8", "LC_CTYPE": "C"}, True),
        ({"LANG": "C", "LC_CTYPE": "en_US.UTF-8"}, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),
    ],
)
def test_locales(environment: dict[str, str], lacks: bool) -> None:
    """LC_ALL before LC_CTYPE before LANG (POSIX 8.2); the last case is what Python makes of LANG=C (PEP 538)."""
    assert locale_lacks_unicode(environment) is lacks
