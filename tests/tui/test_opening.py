"""The start without a file, and asking for one."""

from pathlib import Path

import pytest

from l2scope.tui.paths import Candidate, candidates, common
from l2scope.tui.screens.start import StartScreen
from l2scope.tui.session import Asked
from l2scope.tui.user import User
from tests.tui.driving import SMALL, Session, asynchronous, sample
from tests.tui.tabbed import names, tabbed, until
from tests.tui.test_hostile import assert_harmless

HOSTILE = ["\x1b]0;owned\x07[red]x", "\u202egpj", "a\nb", "[nope]", "名前"]


def somebody(folder: Path, *paths: Path) -> User:
    """Who has seen the tour and opened these, the first one last."""
    user = User(state=folder)
    user.has_seen_the_tour()
    for path in reversed(paths):
        user.remember(Asked(path))
    return user


@asynchronous
async def test_the_start(tmp_path: Path) -> None:
    """It lists what was opened last; Enter opens; the file stands in the palette too."""
    user = somebody(tmp_path, sample("starved"), sample("healthy"))
    async with tabbed(user=user, size=(120, 34)) as session:
        assert isinstance(session.app.screen, StartScreen)
        assert ["starved" in session.lines[3], "healthy" in session.lines[4]] == [True, True]
        await session.press("ctrl+p")
        await session.write("open starved")
        await until(session, lambda: "Open starved.btsnoop" in session.text)
        await session.press("escape", "j", "enter")
        await until(session, lambda: names(session) == ["[healthy.btsnoop]"])


@asynchronous
async def test_the_start_knows_nothing(tmp_path: Path) -> None:
    """It says how to open a file, has its keys in the help, and q ends the program."""
    async with tabbed(user=somebody(tmp_path), size=SMALL) as session:
        assert "Nothing was opened yet." in session.text
        assert "Ctrl+O asks for a file" in session.text
        await session.press("enter", "delete", "?")
        assert "take this file off the list" in session.text
        await session.press("escape", "q")
        assert session.app._exit


@asynchronous
async def test_a_file_is_forgotten(tmp_path: Path) -> None:
    """It is on the list no more, and the cursor is on the next one."""
    user = somebody(tmp_path, Path("/gone/away.btsnoop"), sample("healthy"))
    async with tabbed(user=user, size=SMALL) as session:
        await session.press("enter")
        await until(session, lambda: "not opened" in session.text)
        await session.press("delete")
        assert "away.btsnoop" not in session.text.split("not opened")[0]
        await session.press("enter")
        await until(session, lambda: names(session) == ["[healthy.btsnoop]"])


async def typed(session: Session, text: str) -> None:
    """Types a path into the prompt."""
    await session.write(text)
    await session.press()


@asynchronous
async def test_a_path_is_completed(tmp_path: Path) -> None:
    """Tab writes what is certain, folders end in a slash, Enter opens what is meant."""
    folder = tmp_path / "captures"
    folder.mkdir()
    for name in ("starved", "starving"):
        (folder / name).write_bytes(sample("starved").read_bytes())
    async with tabbed(sample("healthy"), user=somebody(tmp_path / "state")) as session:
        await session.press("ctrl+o")
        await typed(session, f"{tmp_path}/cap")
        await session.press("tab")
        await until(session, lambda: f"{tmp_path}/captures/" in session.text and "starving" in session.text)
        await session.press("s", "tab")
        await until(session, lambda: f"{tmp_path}/captures/starv" in session.text)
        await session.press("down", "down", "enter")
        await until(session, lambda: names(session) == ["healthy.btsnoop", "[starving]"])


@asynchronous
async def test_enter_goes_into_a_folder(tmp_path: Path) -> None:
    """A folder that was typed is listed; what begins a name is taken for the first that fits; Escape opens nothing."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "starved").write_bytes(sample("starved").read_bytes())
    async with tabbed(sample("healthy"), user=somebody(tmp_path / "state")) as session:
        await session.press("ctrl+o")
        await typed(session, f"{tmp_path}/folder")
        await session.press("enter")
        await until(session, lambda: "starved" in session.text)
        await session.press("escape")
        assert names(session) == ["[healthy.btsnoop]"]
        await session.press("ctrl+o")
        await typed(session, f"{tmp_path}/folder/st")
        await session.press("enter")
        await until(session, lambda: names(session) == ["healthy.btsnoop", "[starved]"])


@asynchronous
async def test_the_last_files_are_listed_first(tmp_path: Path) -> None:
    """Enter in the empty prompt opens the last one; the arrows choose another one; so does the mouse."""
    user = somebody(tmp_path, sample("starved"), sample("refused"))
    async with tabbed(user=user, size=(120, 34)) as session:
        await session.press("ctrl+o", "down", "down", "enter")
        await until(session, lambda: names(session) == ["[refused.btsnoop]"])
        await session.press("ctrl+o")
        row = next(number for number, line in enumerate(session.lines) if "starved.btsnoop" in line and "│" in line)
        await session.pilot.click(offset=(40, row), times=2)
        await until(session, lambda: names(session) == ["refused.btsnoop", "[starved.btsnoop]"])


@pytest.mark.parametrize("name", HOSTILE)
@asynchronous
async def test_hostile_names(name: str, tmp_path: Path) -> None:
    """They are listed, completed and opened, and reach the terminal harmless: in list, prompt, tab, start, palette."""
    folder = tmp_path / "captures"
    folder.mkdir()
    (folder / name).write_bytes(sample("starved").read_bytes())
    user = somebody(tmp_path / "state", folder / name)
    async with tabbed(user=user, size=(100, 30)) as session:
        assert_harmless(session, 100)
        await session.press("ctrl+p")
        await session.pilot.pause(0.3)
        assert_harmless(session, 100)
        await session.press("escape", "ctrl+o")
        await typed(session, f"{folder}/")
        await session.press("tab", "tab")
        assert_harmless(session, 100)
        await session.press("down", "tab", "enter")
        await until(session, lambda: len(session.app.sessions) == 1)
        session.app.open(Asked(sample("healthy")))
        await until(session, lambda: len(session.app.sessions) == 2)
        await session.press("alt+1")
        assert_harmless(session, 100)
        await session.press("alt+2", "i")
        assert_harmless(session, 100)


@asynchronous
async def test_what_is_pasted(tmp_path: Path) -> None:
    """Characters that steer a terminal are not shown where text is pasted into a prompt."""
    from textual.events import Paste

    async with tabbed(user=somebody(tmp_path), size=SMALL) as session:
        await session.press("ctrl+o")
        session.app.screen.post_message(Paste("/a\x1b[2Jb\u202ec"))
        await session.press()
        assert "/a" in session.text
        assert_harmless(session, 80)


def test_candidates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders first, in any case, hidden ones where asked for; relative paths and ~ stay as they are typed."""
    for name in ("b.log", "Bcd.log", ".hidden", "other"):
        (tmp_path / name).write_text("x")
    (tmp_path / "bees").mkdir()
    assert [one.text for one in candidates(f"{tmp_path}/b")] == [
        f"{tmp_path}/bees/", f"{tmp_path}/b.log", f"{tmp_path}/Bcd.log",
    ]  # fmt: skip
    assert [one.path.name for one in candidates(f"{tmp_path}/.h")] == [".hidden"]
    assert candidates(f"{tmp_path}/none/") == []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert [one.text for one in candidates("ot")] == ["other"]
    assert [one.text for one in candidates("~/ot")] == ["~/other"]
    assert candidates("~nobody-of-that-name/") == []


def test_what_is_certain() -> None:
    """As much as all have in common, and never less than was typed."""
    assert common("/x", []) == "/x"
    found = [Candidate(Path(name), name, False) for name in ("a/starved", "a/starving", "a/stair")]
    assert [common("a/", found), common("a/star", found[:2]), common("a/stb", found)] == ["a/sta", "a/starv", "a/stb"]
    assert common("a", [Candidate(Path("a\x1b"), "a\x1b", False)]) == "a"
