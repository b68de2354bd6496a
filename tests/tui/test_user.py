"""What the program keeps between runs."""

import json
from pathlib import Path

import pytest

from l2scope.sources.containers.limits import Unpacking
from l2scope.tui.of_files import OfFile
from l2scope.tui.session import Asked
from l2scope.tui.stored import Stored, write_whole
from l2scope.tui.user import MOST_RECENT, User, this_user
from tests.tui.driving import asynchronous, sample
from tests.tui.tabbed import tabbed, until


def listed(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_values_are_kept(tmp_path: Path) -> None:
    """In a file with a version, for its owner alone, and no other file is left beside it."""
    path = tmp_path / "deep" / "layout.json"
    Stored(path).change(lambda values: values.update(panes=[1, 2]))
    assert Stored(path).get("panes") == [1, 2]
    assert json.loads(path.read_text()) == {"version": 1, "panes": [1, 2]}
    assert path.stat().st_mode & 0o077 == 0
    assert listed(path.parent) == ["layout.json"]


def test_two_programs_keep_what_the_other_wrote(tmp_path: Path) -> None:
    """What was written since this one read it is not lost."""
    one, other = Stored(tmp_path / "state.json"), Stored(tmp_path / "state.json")
    one.change(lambda values: values.update(one=1))
    other.change(lambda values: values.update(other=2))
    assert Stored(tmp_path / "state.json").values == {"one": 1, "other": 2}


def test_a_write_that_fails_leaves_what_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old file is whole, and nothing half written lies beside it."""
    path = tmp_path / "state.json"
    write_whole(path, "old")

    def fails(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fails)
    stored = Stored(path)
    stored.change(lambda values: values.update(a=1))
    assert path.read_text() == "old"
    assert listed(tmp_path) == ["state.json"]
    assert "No space left on device" in stored.problem


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (b"{", "it is no JSON"),
        (b"\xff\xfe", "it is no JSON"),
        (b"[" * 100_000, "it is no JSON"),
        (b"[1]", "it has no version"),
        (b'{"a": 1}', "it has no version"),
        (b" " * (1 << 20) + b"  ", "it is too large"),
    ],
)
def test_broken_files_are_named(written: bytes, problem: str, tmp_path: Path) -> None:
    """They are as none, and the next one that is written takes their place."""
    path = tmp_path / "state.json"
    path.write_bytes(written)
    stored = Stored(path)
    assert stored.values == {}
    assert str(path) in stored.problem
    assert problem in stored.problem
    stored.change(lambda values: values.update(a=1))
    assert Stored(path).values == {"a": 1}


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    """It is named, not used, and not written over; what is kept lasts as long as the program."""
    path = tmp_path / "state.json"
    path.write_text('{"version": 7, "a": "later"}')
    stored = Stored(path)
    stored.change(lambda values: values.update(a="now"))
    assert stored.get("a") == "now"
    assert "it has version 7, this l2scope writes 1" in stored.problem
    assert path.read_text() == '{"version": 7, "a": "later"}'


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """It is named, and that is all."""
    (tmp_path / "file").write_text("")
    user = User(state=tmp_path / "file" / "l2scope")
    user.remember(Asked(Path("/a")))
    assert [one.path for one in user.recent] == [Path("/a")]
    assert "cannot be written" in next(user.problems) or "is not used" in next(user.problems)


def test_folders_must_be_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that depends on where the program was started is none (XDG Base Directory Specification)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", "config")
    monkeypatch.setenv("XDG_STATE_HOME", "state")
    user = this_user()
    user.remember(Asked(Path("/a")))
    user.layout.change(lambda values: values.update(a=1))
    assert listed(tmp_path) == []


def test_the_folders_are_those_of_the_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and layout lie in the one for configuration, what was opened in that for state."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    user = this_user()
    user.remember(Asked(Path("/a")))
    user.layout.change(lambda values: values.update(a=1))
    assert (tmp_path / "config" / "l2scope" / "layout.json").is_file()
    assert (tmp_path / "state" / "l2scope" / "state.json").is_file()


def test_recent_files(tmp_path: Path) -> None:
    """The last one first, each once, with the member of an archive, and not more than there is room for."""
    user = User(state=tmp_path)
    for name in ("a", "b", "a"):
        user.remember(Asked(Path("/", name)))
    user.remember(Asked(Path("/z.zip"), Unpacking("log")))
    again = User(state=tmp_path).recent
    assert [(one.path, one.member) for one in again] == [
        (Path("/z.zip"), "log"), (Path("/a"), None), (Path("/b"), None),
    ]  # fmt: skip
    assert again[0].asked == Asked(Path("/z.zip"), Unpacking("log"))
    user.forget(again[1])
    assert [one.path for one in User(state=tmp_path).recent] == [Path("/z.zip"), Path("/b")]
    for number in range(MOST_RECENT + 5):
        user.remember(Asked(Path("/", str(number))))
    assert len(User(state=tmp_path).recent) == MOST_RECENT


def test_rows_that_are_no_files_are_passed_over(tmp_path: Path) -> None:
    """Whatever stands in the file, what is left of it is a list of files."""
    rows = [
        1, None, {}, {"path": 3}, {"path": "relative"}, {"path": "/nul\0"}, {"path": "/a", "member": 3},
        {"path": "/a", "opened": "x"}, {"path": "/good", "opened": 1e300},
    ]  # fmt: skip
    (tmp_path / "state.json").write_text(json.dumps({"version": 1, "recent": rows}))
    assert [str(one.path) for one in User(state=tmp_path).recent] == ["/good"]
    (tmp_path / "state.json").write_text(json.dumps({"version": 1, "recent": "x"}))
    assert User(state=tmp_path).recent == []


@asynchronous
async def test_what_is_opened_is_remembered(tmp_path: Path) -> None:
    """From the command line, and in the program; the first one of several stands first."""
    async with tabbed(sample("starved"), sample("healthy"), user=User(state=tmp_path)) as session:
        session.app.open(Asked(sample("refused")))
        await until(session, lambda: len(session.app.sessions) == 3)
    assert [one.path.name for one in User(state=tmp_path).recent] == [
        "refused.btsnoop", "starved.btsnoop", "healthy.btsnoop",
    ]  # fmt: skip


@asynchronous
async def test_the_tour_is_shown_once(tmp_path: Path) -> None:
    """Any key takes it away and does what it does below; the palette shows it again."""
    async with tabbed(sample("starved"), size=(100, 30), user=User(state=tmp_path)) as session:
        await until(session, lambda: "Welcome to l2scope" in session.text)
        assert "? " in session.text
        await session.press("f")
        await until(session, lambda: "Welcome" not in session.text and "What it means" in session.text)
    async with tabbed(sample("starved"), size=(100, 30), user=User(state=tmp_path)) as session:
        await session.pilot.pause(0.3)
        assert "Welcome" not in session.text
        await session.press("ctrl+p")
        await session.write("tour")
        await session.pilot.pause(0.5)
        await session.press("down", "enter")
        await until(session, lambda: "Welcome to l2scope" in session.text)
        await session.pilot.click(offset=(5, 5))
        await until(session, lambda: "Welcome" not in session.text)


@asynchronous
async def test_broken_state_ends_nothing(tmp_path: Path) -> None:
    """The program says so and goes on."""
    (tmp_path / "state.json").write_text("{")
    async with tabbed(sample("starved"), size=(120, 34), user=User(state=tmp_path)) as session:
        await session.press("x")
        await until(session, lambda: "is not used: it is no JSON" in session.text)


def test_what_is_said_of_one_file(tmp_path: Path) -> None:
    """A member of an archive is a file of its own; rows that are none and names that are no rule's are left out."""
    user = User(None, tmp_path)
    file, member = Asked(Path("/a.zip")), Asked(Path("/a.zip"), Unpacking("b"))
    user.of_files.keep(file, OfFile(frozenset({"COC025", "USR001"}), {"a": 7}))
    user.of_files.keep(member, OfFile(frozenset({"COC001"})))
    assert User(None, tmp_path).of_files.of(file) == OfFile(frozenset({"COC025", "USR001"}), {"a": 7})
    assert User(None, tmp_path).of_files.of(member) == OfFile(frozenset({"COC001"}), {})
    user.of_files.keep(file, OfFile())
    assert not User(None, tmp_path).of_files.of(file)
    hostile = {"muted": ["\x1b[31m001", 3, "COC002"], "marks": {"a": -1, "bb": 2, "c": "3", "d": 4}}
    rows = [7, {"path": "/a.zip", "member": None, **hostile}, {"path": 1, "muted": []}]
    user.state.change(lambda values: values.update(files=rows))
    assert User(None, tmp_path).of_files.of(file) == OfFile(frozenset({"COC002"}), {"d": 4})
