"""Names and texts chosen by an enemy change nothing on the screen but their own cell."""

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from l2scope.channels import Channels
from tests.tui.driving import SMALL, Session, asynchronous, opened, sample
from tests.wire import btsnoop

SYSTEM_NOTE = 0xFFFF << 16 | 12
HARMLESS = b"a harmless note"

TEXTS = {
    "markup": b"[/nope] [red]x[/red] [@click=app.quit]y[/]",
    "title": b"\x1b]0;owned\x07 after",
    "colours": b"\x1b[31m\x1b[2J\x1b[H red",
    "bidi": "abc \u202e\u2066 gpj.exe".encode(),
    "c1": b"\xc2\x9b31m \xc2\x85 next",
    "invalid": b"\xff\xfe\xed\xa0\x80 end",
    "nul and newline": b"one\x00two\r\nthree\ttabs",
    "wide": "名前テスト 👩‍👩‍👧‍👦 e\u0301".encode(),
    "marks": ("a" + "\u0300" * 200).encode(),
    "long": b"L" * 10_000,
}


def capture_with(folder: Path, note: bytes) -> Path:
    """Three records of a Linux monitor, of which the middle one carries the note."""
    path = folder / "notes.btsnoop"
    records = [(SYSTEM_NOTE, HARMLESS + b"\0"), (SYSTEM_NOTE, note + b"\0"), (SYSTEM_NOTE, HARMLESS + b"\0")]
    path.write_bytes(btsnoop(records, datalink=2001))
    return path


def assert_harmless(session: Session, width: int) -> None:
    """Every line fills the screen exactly, and nothing on it steers a terminal."""
    for line in session.lines:
        assert cell_len(line) == width, line
        categories = [unicodedata.category(character) for character in line]
        assert not {"Cc", "Cf", "Cs"} & set(categories)
        assert ["Mn"] * 3 not in [categories[at : at + 3] for at in range(len(categories))], "a pile of marks"


@pytest.mark.parametrize("name", TEXTS)
@asynchronous
async def test_texts_of_packets(name: str, tmp_path: Path) -> None:
    """Whatever a packet says, its neighbours read as they did."""
    async with opened(capture_with(tmp_path, TEXTS[name]), SMALL) as session:
        assert_harmless(session, 80)
        assert [HARMLESS.decode()[:12] in line for line in session.lines[2:5]] == [True, False, True]
        await session.press("j", "l", "l", "l", "h", "y", "enter", "e", "j", "y", "tab", "j", "y", "c", "q")
        assert_harmless(session, 80)
        assert session.app.is_running


@pytest.mark.parametrize("name", TEXTS)
@asynchronous
async def test_names_of_peers(name: str) -> None:
    """A peer's name stays in its cell of the table and in its place in the head of the channel."""
    async with opened(sample("starved"), (120, 34)) as session:
        channels = session.app.overview.channels
        hostile = Channels(replace(channel, peer_name=TEXTS[name].decode("utf-8", "replace")) for channel in channels)
        session.app.overview = replace(session.app.overview, channels=hostile)
        await session.press("c", "tab", "tab")
        session.channels.refresh_capture()
        await session.press("a")
        assert_harmless(session, 120)
        assert "17 stalls" in session.text


@pytest.mark.parametrize("name", ["\x1b]0;owned\x07[red]x.btsnoop", "\u202egpj.btsnoop", "n" * 200 + ".btsnoop"])
@asynchronous
async def test_names_of_files(name: str, tmp_path: Path) -> None:
    """The file's name is cut and cleaned in the title."""
    path = tmp_path / name
    path.write_bytes(sample("healthy").read_bytes())
    async with opened(path, SMALL) as session:
        assert_harmless(session, 80)
        assert " 2 Packets " in session.lines[0]


@asynchronous
async def test_texts_that_are_typed() -> None:
    """Looking for markup finds nothing and does nothing else."""
    async with opened(sample("healthy"), SMALL) as session:
        await session.press("/")
        await session.write("[/nope]")
        assert_harmless(session, 80)
        assert "[/nope]" in session.lines[-1]
        await session.press("enter", "n")
        assert_harmless(session, 80)


@asynchronous
async def test_notes(tmp_path: Path) -> None:
    """What is said about a capture is shown as it is, not as markup."""
    path = tmp_path / "[bold]cut.btsnoop"
    path.write_bytes(sample("healthy").read_bytes()[:-7])
    async with opened(path, (120, 34)) as session:
        assert_harmless(session, 120)
        assert "? 1 note" in session.lines[0]
        assert "[bold]cut.b" in session.lines[0]
