"""Keys that come in one burst, as over a slow line, and keys that nothing is bound to."""

from pathlib import Path

import pytest
from textual import events
from textual.keys import _character_to_key

from l2scope.tui.key_map import key_map
from l2scope.tui.screens.columns import ColumnsScreen
from l2scope.tui.screens.packets import PacketsScreen
from l2scope.tui.stand_ins import in_ascii
from l2scope.tui.user import User
from tests.tui.driving import MEDIUM, SMALL, Session, asynchronous, opened, sample


async def burst(session: Session, *keys: str) -> None:
    """All at once, before the first one has done its work."""
    for key in keys:
        name = _character_to_key(key) if len(key) == 1 else key
        session.app.post_message(events.Key(name, key if len(key) == 1 else None))
    await session.press()


@pytest.mark.parametrize("keys", ["Yjj", "MTT", "mst", "mzz", "'ab", "'''", "Dff"])
@asynchronous
async def test_a_menu_ends_once(keys: str) -> None:
    """A second letter finds a menu that is ending: it is left alone, and so is what lies below."""
    async with opened(sample("starved"), MEDIUM) as session:
        await session.press("s", "m", "a")
        await burst(session, *keys)
        await session.press("escape", "2")
        assert isinstance(session.app.screen, PacketsScreen)


@asynchronous
async def test_the_filter_line_opens_at_its_end() -> None:
    """Ctrl+U takes all of it away, wherever the cursor was before."""
    async with opened(sample("starved"), MEDIUM) as session:
        await session.press("&", *"frame.len > 20", "enter", "&", "ctrl+u", *"ab", "escape", "&")
        assert session.packets.bar.line.cursor_position == len("frame.len > 20")
        await session.press("ctrl+u", "enter")
        assert session.packets.table.count == session.app.capture.count


@asynchronous
async def test_a_key_that_was_taken_off_a_line_does_nothing_there(tmp_path: Path) -> None:
    """Escape and Tab, moved elsewhere by the user, do not lead away from what one types; the new keys do their work."""
    (tmp_path / "settings.toml").write_text(
        '[keys]\n"filter.cancel" = "f9"\n"filter.complete" = "f5"\n"prompt.cancel" = "f9"\n'
    )
    async with opened(sample("starved"), MEDIUM, user=User(tmp_path)) as session:
        await session.press("1", "2", "&", "escape", "tab", *"abc")
        assert isinstance(session.app.screen, PacketsScreen)
        assert session.packets.bar.line.value == "abc"
        await session.press("f9", "C", "a", "tab", "escape", *"len")
        columns = session.app.screen
        assert isinstance(columns, ColumnsScreen)
        assert columns.adding
        await session.press("f9")
        assert isinstance(session.app.screen, ColumnsScreen)
        assert not columns.adding


@asynchronous
async def test_back_and_forth() -> None:
    """'' goes to the packet before the last jump, and back again, and leaves the screen of packets never."""
    async with opened(sample("starved"), MEDIUM) as session:
        await session.press("1", "2", ":", *"42", "enter", "m", "a", ":", *"99", "enter", "'", "a")
        assert session.packets.number == 42
        for wanted in (99, 42, 99):
            await session.press("'", "'")
            assert isinstance(session.app.screen, PacketsScreen)
            assert session.packets.number == wanted


@asynchronous
async def test_tab_while_a_pane_is_alone() -> None:
    """The next pane, alone too; that it is alone is said."""
    async with opened(sample("starved"), SMALL) as session:
        await session.press("z")
        assert "z: all panes again" in session.lines[-1]
        await session.press("tab")
        fields = session.packets.query_one("#fields")
        assert fields.has_focus
        assert fields.region.height > 15
        assert not session.packets.table.region.height
        await session.press("z")
        assert "all panes" not in session.lines[-1]


@asynchronous
async def test_heads_after_the_terminal_grew() -> None:
    """Statistics of a small terminal name the tables that are not seen; of a larger one each table its own."""
    async with opened(sample("two_channels"), SMALL) as session:
        await session.press("9")
        assert "How long answers took" in next(line for line in session.lines if "Protocols" in line)
        await session.pilot.resize_terminal(160, 50)
        await session.press()
        assert "How long" not in next(line for line in session.lines if "Protocols" in line)


def test_blank_braille_is_blank() -> None:
    """An empty cell of a chart is one in ASCII too."""
    assert in_ascii("\u2800\u2801\u28ff") == " ::"


def test_near_names_of_settings() -> None:
    """A name that is misspelt brings the one that was meant."""
    _, problems = key_map({"packet.find": ["x"]})
    assert "did you mean packets.find" in problems[0]
