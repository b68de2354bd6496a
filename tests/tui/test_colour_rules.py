"""The user's own rules that colour packets."""

from pathlib import Path

import pytest

from l2scope.capture import Capture
from l2scope.filter.packets import Packets
from l2scope.filter.patterns import Pattern
from l2scope.tui.colour_rules import MOST_RULES, TONES, ColourRules, colour_rules
from l2scope.tui.settings import read_settings
from l2scope.tui.theme import DARK, Ground, Palette, Tone
from l2scope.tui.user import User
from tests.analysis.gatt.captures import HCI, capture_of
from tests.tui.driving import MEDIUM, SMALL, Session, asynchronous, opened, sample
from tests.tui.tabbed import tabbed, until
from tests.tui.test_columns import filled

RULES = """
[[colour]]
filter = "frame.number == 3"
tone = "bad"
[[colour]]
filter = "frame.number <= 4 || frame.number == 150"
tone = "good"
"""


def user(folder: Path, settings: str) -> User:
    (folder / "settings.toml").write_text(settings)
    return User(folder)


def rules(*written: tuple[str, str]) -> ColourRules:
    found, problems = colour_rules([{"filter": expression, "tone": tone} for expression, tone in written])
    assert problems == []
    return found


def reset(folder: Path, times: int) -> Capture:
    """A capture of so many HCI Reset commands."""
    return capture_of(folder, *[(HCI, b"\x01\x03\x0c\x00")] * times)


def tones(session: Session, row: int) -> set[Tone]:
    """The tones of all texts of a row."""
    return {tone for cell in session.packets.rows.cells(row) for text, tone in cell if text}


def painted(session: Session, line: int) -> set[str]:
    """The colours of all texts of a line of the screen, without its gutter."""
    strip = session.app.screen._compositor.render_strips()[line].crop(2)
    styles = [segment.style for segment in strip if segment.text.strip()]
    return {style.color.name for style in styles if style is not None and style.color is not None}


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("colour = 1", "colour must be tables: [[colour]]"),
        ("colour = [1]", "colour 1: it must be a table"),
        ('[[colour]]\nfilter = "frame"\ntone = "mauve"', "colour 1: tone must be one of look, soft-look"),
        ('[[colour]]\nfilter = "frame"', "colour 1: tone must be one of look, soft-look"),
        ('[[colour]]\nfilter = "frame"\ntone = ["look"]', "colour 1: tone must be one of look, soft-look"),
        ('[[colour]]\ntone = "look"', "colour 1: filter must be a display filter as a text"),
        ('[[colour]]\nfilter = 1\ntone = "look"', "colour 1: filter must be a display filter as a text"),
        ('[[colour]]\nfilter = "frame"\ntone = "look"\n"b\\u001b" = 1', "colour 1: there is no b"),
    ],
)
def test_what_is_no_rule(written: str, problem: str, tmp_path: Path) -> None:
    """It is told which rule it is, and what is missing."""
    settings = user(tmp_path, written).settings
    assert len(settings.problems) == 1
    assert settings.problems[0].startswith(f"settings.toml: {problem}")
    assert "\x1b" not in settings.problems[0]
    assert settings.colours.rules == ()


def test_the_rest_holds(tmp_path: Path) -> None:
    """A rule that is none leaves the others in their order, and the other settings as they are."""
    wrong = '[[colour]]\nfilter = "frame"\ntone = "mauve"\n'
    settings = user(tmp_path, f'theme = "light"\n{wrong}{RULES}').settings
    assert settings.theme == "l2scope-light"
    assert [(rule.place, rule.tone) for rule in settings.colours.rules] == [(2, Tone.BAD), (3, Tone.GOOD)]


def test_filters_are_judged_later(tmp_path: Path) -> None:
    """A filter that is none is a problem with its reason once it is compiled; the others colour packets."""
    settings = user(tmp_path, '[[colour]]\nfilter = "frame.nmber"\ntone = "bad"\n' + RULES).settings
    assert settings.problems == ()
    settings.colours.compile()
    assert len(settings.problems) == 1
    assert settings.problems[0].startswith("settings.toml: colour 1: there is no field frame.nmber")
    with reset(tmp_path, 4) as capture:
        assert settings.colours.tones(Packets(capture), [2, 3]) == {2: Tone.BAD, 3: Tone.GOOD}


def test_too_many_rules(tmp_path: Path) -> None:
    """The first 32 hold, and it is said that the others do not."""
    (tmp_path / "settings.toml").write_text('[[colour]]\nfilter = "frame"\ntone = "look"\n' * 33)
    settings = read_settings(tmp_path / "settings.toml")
    assert len(settings.colours.rules) == MOST_RULES == 32
    assert settings.problems == ("settings.toml: colour: the first 32 rules hold, of 33",)


def test_only_open_rows_are_asked(tmp_path: Path) -> None:
    """Rows that nobody asked for have no tone, nor have those that no rule fits; an empty filter fits all."""
    with reset(tmp_path, 6) as capture:
        packets = Packets(capture)
        found = rules(("frame.number in {2, 5}", "look"), ("frame.number == 4", "mark"))
        assert found.tones(packets, [0, 1, 3]) == {1: Tone.LOOK, 3: Tone.MARK}
        assert rules(("", "dim")).tones(packets, [4, 5]) == {4: Tone.DIM, 5: Tone.DIM}


def test_a_pattern_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rule is left out from then on, which is told once; the rules behind it go on."""
    monkeypatch.setattr(Pattern.__init__, "__kwdefaults__", {"seconds": -1.0})
    told: list[str] = []
    found = rules(('l2scope.info matches "Reset"', "bad"), ("frame.number == 1", "good"))
    found.on_problem = lambda: told.extend(found.problems)
    with reset(tmp_path, 1) as capture:
        packets = Packets(capture)
        assert found.tones(packets, [0]) == {0: Tone.GOOD}
        assert found.tones(packets, [0]) == {0: Tone.GOOD}
    assert len(told) == 1
    assert told[0].startswith("colour 1: the pattern takes longer than")


@pytest.mark.parametrize("theme", ["dark", "16", "high-contrast"])
@asynchronous
async def test_the_first_rule_that_passes_colours_the_row(tmp_path: Path, theme: str) -> None:
    """Packet 3 fits both rules and has the tone of the first one in all its cells; 4 has that of the second; 5 is as it
    always was. Packet 150, far below, has its tone when it is on the screen."""
    somebody = user(tmp_path, f'theme = "{theme}"\n{RULES}')
    async with opened(sample("starved"), MEDIUM, user=somebody) as session:
        await filled(session)
        assert [tones(session, row) for row in (2, 3)] == [{Tone.BAD}, {Tone.GOOD}]
        palette = session.app.palette
        wanted = [palette.style(tone).color for tone in (Tone.BAD, Tone.GOOD)]
        assert [painted(session, line) for line in (4, 5)] == [{colour.name} for colour in wanted if colour is not None]
        assert not tones(session, 4) & {Tone.BAD, Tone.GOOD}
        await session.press(":", "1", "5", "0", "enter")
        await filled(session)
        assert tones(session, 149) == {Tone.GOOD}
        assert not tones(session, 150) & {Tone.BAD, Tone.GOOD}


@asynchronous
async def test_tables_dissectors_and_other_columns(tmp_path: Path) -> None:
    """A rule may ask for a balance or for what is dissected; it colours columns of the user's too."""
    written = (
        '[[colour]]\nfilter = "l2scope.credits.balance == 0"\ntone = "look"\n'
        '[[colour]]\nfilter = "btl2cap.credits == 7"\ntone = "security"\n'
    )
    async with opened(sample("starved"), SMALL, user=user(tmp_path, written)) as session:
        session.packets.add_column("btl2cap.credits")
        await session.press("s")
        await filled(session)
        rows = session.packets.rows
        at = session.packets.table.row
        seen = {row: rows.summary(row) for row in range(at - 5, at + 5)}
        empty = [row for row, summary in seen.items() if summary.balance == 0]
        given = [row for row in seen if rows.values.of("btl2cap.credits", row) == "7"]
        assert empty
        assert given
        assert all(tones(session, row) == {Tone.LOOK} for row in empty)
        assert all(tones(session, row) == {Tone.SECURITY} for row in given)


@asynchronous
async def test_a_filter_that_is_none_is_a_notice(tmp_path: Path) -> None:
    """The program starts, says the reason, and colours by the other rules."""
    written = '[[colour]]\nfilter = "frame.number =="\ntone = "bad"\n' + RULES
    async with tabbed(sample("starved"), size=MEDIUM, user=user(tmp_path, written)) as session:
        await until(session, lambda: "colour 1: something is missing at the end" in session.text)
        await session.press("2")
        await filled(session)
        assert tones(session, 2) == {Tone.BAD}


@pytest.mark.parametrize("ground", [Ground.PAGE, Ground.CURSOR, Ground.SHADOW, Ground.CHOSEN])
@pytest.mark.parametrize("tone", TONES.values())
def test_tones_without_colours(tone: Tone, ground: Ground) -> None:
    """Where there are no colours a rule takes no text from the screen."""
    style = Palette(DARK.variables, coloured=False).style(tone, ground)
    assert style.color is None
    assert not style.conceal
