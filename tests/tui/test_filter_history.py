"""Filters of former sessions, and values of the capture to complete a filter with."""

from pathlib import Path

import pytest

from l2scope.tui.filter_history import MOST_FILTERS, FilterHistory
from l2scope.tui.kept import history_file, keep_text
from l2scope.tui.widgets.filter_bar import FilterBar
from tests.tui.driving import MEDIUM, asynchronous, opened, sample


@asynchronous
async def test_the_next_session_knows_the_filters() -> None:
    """What was in force in one session comes back with the arrow in the next."""
    async with opened(sample("starved")) as session:
        await session.press("&")
        await session.write("bthci_evt")
        await session.press("enter")
    async with opened(sample("att_only")) as session:
        await session.press("&", "up")
        assert session.packets.bar.line.value == "bthci_evt"


def test_two_sessions_keep_the_filters_of_both(tmp_path: Path) -> None:
    """A session adds to what others have written since it read the file; a filter that comes again stands last."""
    path = tmp_path / "deep" / "filters.txt"
    first, second = FilterHistory(path), FilterHistory(path)
    first.add("a")
    second.add("b")
    first.add("c")
    first.add("a")
    assert path.read_text() == "b\nc\na\n"
    assert FilterHistory(path).entries == ["b", "c", "a"]


def test_the_history_is_bounded(tmp_path: Path) -> None:
    """Only the last filters are kept, no filter that is too long, and the file is the user's alone."""
    path = tmp_path / "filters.txt"
    path.write_text("".join(f"frame.number == {number}\n" for number in range(2 * MOST_FILTERS)))
    history = FilterHistory(path)
    history.add("frame.len > 0")
    history.add("x" * 10_000)
    kept = path.read_text().splitlines()
    assert len(kept) == MOST_FILTERS
    assert kept[-1] == "frame.len > 0"
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("data", [b"\xff\xfe\0", b"\x1b]0;owned\x07\nbtatt\n", b"x" * (2 << 20)])
def test_a_file_that_others_wrote(data: bytes, tmp_path: Path) -> None:
    """Nothing in it reaches the screen that cannot be typed, and a file that is no text is no history."""
    path = tmp_path / "filters.txt"
    path.write_bytes(data)
    assert FilterHistory(path).entries in ([], ["btatt"])


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is replaced as a whole or not at all, and no other file stays behind."""
    path = tmp_path / "filters.txt"
    assert keep_text(path, "old\n")

    def refuse(self: Path, target: Path) -> None:
        raise OSError("no space")

    monkeypatch.setattr(Path, "replace", refuse)
    assert not keep_text(path, "new\n")
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_no_state_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is not absolute is none."""
    monkeypatch.setattr("platformdirs.user_state_path", lambda *args, **kwargs: Path("relative"))
    assert history_file() is None
    assert not keep_text(None, "x")
    FilterHistory(None).add("btatt")


@asynchronous
async def test_values_of_the_capture() -> None:
    """Behind a comparison stand the values that the field has in the capture, the most frequent first; Tab writes
    one, a click another."""
    async with opened(sample("starved"), MEDIUM) as session:
        await session.press("&")
        await session.write('l2scope.peer.name == "')
        assert '"Gadget"' in session.lines[3]
        await session.press("tab", "enter")
        assert session.packets.filter is not None
        assert session.packets.filter.expression == 'l2scope.peer.name == "Gadget"'
        await session.press("&", "ctrl+u")
        await session.write("frame.len == ")
        words = session.lines[3].split()
        lengths = list(session.app.capture.tables.packets["original"] + 1)
        assert [int(word) for word in words[:3]] == sorted(set(lengths), key=lambda n: (-lengths.count(n), n))[:3]
        at = session.lines[3].index(f" {words[1]} ") + 1
        await session.pilot.click(FilterBar, offset=(at, 2))
        await session.press()
        assert session.packets.bar.line.value == f"frame.len == {words[1]}"
        assert session.packets.bar.line.has_focus
        await session.press("escape")
