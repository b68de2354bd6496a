"""What a user writes into settings.toml."""

import re
from pathlib import Path

import pytest
from textual.theme import Theme

from l2scope.tui.key_map import KeyMap, parse_key
from l2scope.tui.keys import ACTIONS
from l2scope.tui.screens.findings import FindingsScreen
from l2scope.tui.settings import Settings, read_settings
from l2scope.tui.sixteen import DARK_16, LIGHT_16
from l2scope.tui.theme import Ground, Palette, Tone, choose_theme
from l2scope.tui.user import User
from l2scope.tui.widgets.prompt import Prompt
from tests.analysis.gatt.captures import capture_of
from tests.tui.driving import SMALL, WIDE, asynchronous, sample
from tests.tui.tabbed import tabbed, until


def user(folder: Path, settings: str) -> User:
    """Somebody with these settings."""
    (folder / "settings.toml").write_text(settings)
    return User(folder)


def read(folder: Path, settings: str) -> Settings:
    return user(folder, settings).settings


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("/", "/"), ("G", "G"), ("Ctrl+D", "ctrl+d"), ("PgDn", "pagedown"), ("Shift+↓", "shift+down"), ("F5", "f5"),
        ("esc", "escape"), ("Alt+Left", "alt+left"), ("+", "+"), ("Ctrl++", "ctrl++"), (",", ","), ("shift+x", "X"),
        ("shift+ctrl+up", "ctrl+shift+up"), ("space", "space"), ("é", "é"),
    ],
)  # fmt: skip
def test_keys_are_written_as_the_help_shows_them(written: str, key: str) -> None:
    """In any case, with the names that the help has for them."""
    assert parse_key(written) == key


@pytest.mark.parametrize("written", ["", "nokey", "ctrl+", "hyper+x", "\x1b", "ab", " "])
def test_what_is_no_key(written: str) -> None:
    """It is refused."""
    with pytest.raises(ValueError, match="there is no key"):
        parse_key(written)


def test_the_registry_is_written_like_that() -> None:
    """Each key of the registry is what it is read as."""
    keys = [key for action in ACTIONS for key in action.keys]
    assert [parse_key(key) for key in keys] == keys


def test_all_settings(tmp_path: Path) -> None:
    """Keys in either way of TOML, one or several."""
    settings = read(tmp_path, 'theme = "light"\nascii = true\n[keys]\n"packets.find" = ["F7", "/"]\nlist.copy = "F8"')
    assert settings.problems == ()
    assert (settings.theme, settings.ascii) == ("l2scope-light", True)
    assert settings.keys.changed == {"packets.find": ("f7", "/"), "list.copy": ("f8",)}


def test_no_settings(tmp_path: Path) -> None:
    """Everything is as it comes."""
    settings = read_settings(tmp_path / "settings.toml")
    assert (settings.theme, settings.ascii, settings.keys.changed, settings.problems) == ("", None, {}, ())


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("theme = [", "settings.toml is not used"),
        ("\udcff", "settings.toml is not used"),
        ("flavour = 1", "there is no setting flavour"),
        ("theme = 3", "theme must be a name"),
        ('ascii = "yes"', "ascii must be true, false"),
        ("keys = 1", "keys must be a table"),
        ('[keys]\n"packets.fly" = "x"', "there is no action packets.fly"),
        ('[keys]\n"packets.find" = 7', "packets.find must be a key or a list of keys"),
        ('[keys]\n"packets.find" = "hyper+x"', "packets.find: there is no key hyper+x"),
        ('[keys]\n"prompt.cancel" = ["escape", "x"]', "prompt.cancel: x could no longer be typed there"),
        ('[keys]\n"filter.answer" = "space"', "filter.answer: Space could no longer be typed there"),
        ('[keys]\n"filter.later" = "ctrl+a"', "filter.later: Ctrl+A edits the text there"),
        ('[keys]\n"filter.later" = "up"', "↑ would be both filter.later and filter.earlier"),
        ('[keys]\n"packets.find" = "n"', "n would be both packets.find and packets.find_next"),
        ('[keys]\n"packets.find" = "j"', "j would be both packets.find and list.down"),
        ('[keys]\n"packets.find" = "q"', "q would be both packets.find and app.leave"),
        ('[keys]\n"list.copy" = "]"', "] would be both list.copy and packets.next_of_channel"),
    ],
)
def test_what_is_wrong_is_said(written: str, problem: str, tmp_path: Path) -> None:
    """In a line that names it; nothing else changes."""
    (tmp_path / "settings.toml").write_bytes(written.encode("utf-8", "surrogateescape"))
    settings = read_settings(tmp_path / "settings.toml")
    assert len(settings.problems) == 1
    assert problem in settings.problems[0]
    assert settings.keys.changed == {}


def test_keys_change_places(tmp_path: Path) -> None:
    """Two actions may have each other's keys; a key that one gave up is free for another."""
    settings = read(tmp_path, '[keys]\n"packets.next_stall" = "n"\n"packets.find_next" = "s"\n"packets.find" = []')
    assert settings.problems == ()
    assert KeyMap(settings.keys.changed).bound["packets.find"] == "no_key"


def test_keys_of_different_screens_do_not_meet(tmp_path: Path) -> None:
    """The same key may mean one thing on the ladder and another in the fields of a packet."""
    assert read(tmp_path, '[keys]\n"ladder.channel" = "e"\n"help.down" = "c"').problems == ()


@asynchronous
async def test_remapped_keys_work_and_are_shown(tmp_path: Path) -> None:
    """The new key does it, the old one does not; title, key line, help and palette show the new one."""
    tmp_path.joinpath("settings.toml").write_text(
        '[keys]\n"app.show_findings" = "F9"\n"app.show_help" = "F12"\n"list.copy" = []\n"packets.find" = ";"'
    )
    async with tabbed(sample("starved"), size=(200, 40), user=User(tmp_path)) as session:
        await session.press("2")
        assert "F9 Findings" in session.lines[0]
        assert "F9 findings" in session.lines[-1]
        assert "; find" in session.lines[-1]
        await session.press("f", "4", "y", "?")
        assert session.packets
        await session.press(";")
        assert "find text" in session.lines[-1]
        await session.press("escape", "f12")
        assert "any of ? q Esc Enter F1 closes" in session.text
        await session.press("pagedown")
        assert "  F9  " in session.text
        await session.press("escape", "f9")
        assert isinstance(session.app.screen, FindingsScreen)
        await session.press("ctrl+p")
        await session.write("findings")
        await until(session, lambda: "Findings  (F9)" in session.text)


@asynchronous
async def test_keys_of_lines(tmp_path: Path) -> None:
    """While one types the keys are the user's: named where one types and in the help, and the old ones do nothing."""
    written = '[keys]\n"prompt.answer" = "F5"\n"prompt.next_question" = "ctrl+n"\n"filter.cancel" = "F6"'
    async with tabbed(sample("starved"), size=(160, 40), user=user(tmp_path, written)) as session:
        await session.press("2", "/")
        assert "Ctrl+N: by filter, by bytes  F5 answer   Esc cancel" in session.lines[-1]
        await session.press("enter")
        assert "find text" in session.lines[-1]
        await session.press("ctrl+n")
        assert "find by filter" in session.lines[-1]
        await session.write("frame.number == 7")
        await session.press("f5")
        assert not session.packets.query_one(Prompt).is_open
        assert session.packets.number == 7
        await session.press("&")
        assert "F6 cancel" in session.lines[-1]
        assert "channels" not in session.lines[-1]
        await session.write("frame.number == 5")
        assert session.packets.table.count == 1
        await session.press("f6")
        assert not session.packets.bar.is_open
        assert session.packets.table.count == session.app.capture.count
        await session.press("?")
        shown = ""
        for _ in range(8):
            shown += session.text
            await session.press("pagedown")
        assert re.search(r"F5 +this is the answer", shown)
        assert re.search(r"F6 +back to the filter that was in force", shown)


@asynchronous
async def test_the_palette_answers(tmp_path: Path) -> None:
    """An action of the line that one types into does there what its key does."""
    async with tabbed(sample("starved"), user=user(tmp_path, '[keys]\n"filter.answer" = []')) as session:
        await session.press("2", "&")
        await session.write("frame.number == 5")
        await session.press("ctrl+p")
        await session.write("filter")
        await session.pilot.pause(0.5)
        await session.press("down", "enter")
        await until(session, lambda: not session.packets.bar.is_open)
        assert session.packets.table.count == 1


@asynchronous
async def test_texts_name_the_keys_of_the_user(tmp_path: Path) -> None:
    """What an empty screen says to press is the user's key; where there is none, what to look for in the palette."""
    written = (
        '[keys]\n"app.show_packets" = "F7"\n"packets.filter" = ["F8", "&"]\n"app.show_channels" = []\n'
        '"app.leave" = "X"\n"both_ends.all_waits" = "F9"\n"channels.all_waits" = "F9"'
    )
    async with tabbed(sample("starved"), size=WIDE, user=user(tmp_path, written)) as session:
        await session.press("f7", "&")
        await session.write("frame.number == 999999")
        await session.press("enter")
        assert "Press & to change it; empty, it lets all pass." in session.text
        assert "Ctrl+P channels" not in session.text
        await session.press("6")
        assert "F7 shows the packets, Ctrl+P channels the channels." in session.text
        await session.press("7")
        assert "F7 shows the packets, Ctrl+P channels the channels." in session.text
    with capture_of(tmp_path) as capture:
        path = capture.path
    async with tabbed(path, size=WIDE, user=User(tmp_path)) as session:
        await session.press("f7")
        assert "Press X to leave." in session.text
        await session.press("5")
        assert "F7 shows the packets." in session.text


@asynchronous
async def test_the_banner_names_the_key_of_the_user(tmp_path: Path) -> None:
    """And a click on it goes there, whatever the key is."""
    async with tabbed(sample("starved"), size=WIDE, user=user(tmp_path, '[keys]\n"app.go_to_stall" = "F7"')) as session:
        await session.press("2")
        session.packets.show_alarm("no credits for a while")
        await session.press()
        assert "no credits for a while" in session.lines[1]
        assert "F7 go there" in session.lines[1]
        await session.pilot.click("Banner")
        await session.press()
        assert "!" in session.packets.rows.gutter(session.packets.table.row)[0]
        assert session.packets.number > 1


def test_texts_with_actions() -> None:
    """Digits stand for screens as in the title; braces of other texts stay as they are."""
    keys = KeyMap({"app.show_packets": ("f7",)})
    assert keys.named("{app.show_packets} or {app.show_channels}, {list.open}") == "F7 or 3, Enter"
    assert keys.named("{nothing.such} {} {0} {app}") == "{nothing.such} {} {0} {app}"


@asynchronous
async def test_a_click_is_the_key_of_the_user(tmp_path: Path) -> None:
    """A comma, which separates keys for the toolkit, and signs of which it has names: a click is what the key is."""
    written = '[keys]\n"packets.previous_column" = []\n"packets.find" = [",", "F7"]'
    async with tabbed(sample("starved"), size=(160, 40), user=user(tmp_path, written)) as session:
        await session.press("2")
        for label in (", find", "& filter", "} finding"):
            assert label in session.lines[-1]
        await session.pilot.click("KeyLine", offset=(session.lines[-1].index(", find"), 0))
        await session.press()
        assert session.packets.query_one(Prompt).is_open
        await session.press("escape", ",")
        assert session.packets.query_one(Prompt).is_open
        await session.press("escape")
        await session.pilot.click("KeyLine", offset=(session.lines[-1].index("& filter"), 0))
        await session.press()
        assert session.packets.bar.is_open
        await session.write("frame.number == 5")
        await session.pilot.click("KeyLine", offset=(session.lines[-1].index("Enter filter"), 0))
        await session.press()
        assert not session.packets.bar.is_open
        assert session.packets.table.count == 1


@asynchronous
async def test_an_action_without_a_key_is_in_the_palette(tmp_path: Path) -> None:
    """It can be found by its name there, and does what it did."""
    async with tabbed(sample("starved"), user=user(tmp_path, '[keys]\n"app.show_findings" = []')) as session:
        await session.press("ctrl+p")
        await session.write("findings")
        await session.pilot.pause(0.5)
        await session.press("down", "enter")
        await until(session, lambda: isinstance(session.app.screen, FindingsScreen))


@asynchronous
async def test_problems_are_notices(tmp_path: Path) -> None:
    """The program starts, says what is wrong as it is written, and works."""
    wrong = 'theme = "[red]mauve"\n[keys]\n"[/nope]" = "x"'
    async with tabbed(sample("starved"), size=(120, 34), user=user(tmp_path, wrong)) as session:
        await until(session, lambda: "there is no action [/nope]" in session.text)
        assert "there is no theme [red]mauve" in session.text
        await session.press("2", "j")
        assert session.packets.number == 2


@asynchronous
async def test_the_theme_of_the_settings(tmp_path: Path) -> None:
    """It holds from the start; one that is chosen in the program is remembered where the settings name none."""
    async with tabbed(sample("starved"), size=SMALL, user=user(tmp_path, 'theme = "light"')) as session:
        assert session.app.theme == "l2scope-light"
    somebody = user(tmp_path, "")
    async with tabbed(sample("starved"), size=SMALL, user=somebody) as session:
        session.app.theme = "nord"
        await until(session, lambda: somebody.layout.get("theme") == "nord")
    async with tabbed(sample("starved"), size=SMALL, user=User(tmp_path)) as session:
        assert session.app.theme == "nord"
    async with tabbed(sample("starved"), size=SMALL, user=user(tmp_path, 'theme = "dark"')) as session:
        assert session.app.theme == "l2scope-dark"


@pytest.mark.parametrize(
    ("colours", "fgbg", "theme"),
    [
        ("truecolor", "", "l2scope-dark"),
        ("256", "0;15", "l2scope-light"),
        ("truecolor", "0;default;7", "l2scope-light"),
        ("256", "15;0", "l2scope-dark"),
        ("standard", "", "l2scope-16"),
        ("standard", "0;15", "l2scope-16-light"),
        (None, "", "l2scope-dark"),
    ],
)
def test_the_theme_suits_the_terminal(colours: str | None, fgbg: str, theme: str) -> None:
    """COLORFGBG tells a light one, as rxvt and Konsole set it; terminals of 16 colours have themes of their own."""
    assert choose_theme(colours, {"COLORFGBG": fgbg}) == theme


XTERM = (
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
)  # fmt: skip
VGA = (
    (0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170), (170, 170, 170),
    (85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85), (85, 85, 255), (255, 85, 255), (85, 255, 255),
    (255, 255, 255),
)  # fmt: skip
LARGE_TEXT = 3.0
"""WCAG 2.1, 1.4.3: what is large or bold; of 16 colours few pairs reach more."""


def luminance(colour: tuple[int, int, int]) -> float:
    """WCAG 2.1, relative luminance."""
    red, green, blue = (
        value / 255 / 12.92 if value / 255 <= 0.03928 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colours", [XTERM, VGA], ids=["xterm", "vga"])
@pytest.mark.parametrize("theme", [DARK_16, LIGHT_16], ids=lambda theme: theme.name)
def test_sixteen_colours_can_be_read(theme: Theme, colours: tuple[tuple[int, int, int], ...]) -> None:
    """Every tone of a text stands out from every ground; lines and areas need not."""
    palette = Palette(theme.variables, coloured=True)
    faults = []
    for ground in Ground:
        for tone in set(Tone) - {Tone.FAINT, Tone.SHADE, Tone.AREA}:
            style = palette.style(tone, ground)
            assert style.color is not None
            assert style.bgcolor is not None
            text, back = (luminance(colours[colour.number or 0]) for colour in (style.color, style.bgcolor))
            contrast = (max(text, back) + 0.05) / (min(text, back) + 0.05)
            if contrast < LARGE_TEXT:
                faults.append((tone.value, ground.value, style.color.name, style.bgcolor.name, round(contrast, 1)))
    assert faults == []
