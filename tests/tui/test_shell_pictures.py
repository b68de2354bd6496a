"""What is around the screens, as it must look. Each test says what must be seen; the pictures are in pictures/."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from l2scope.tui.user import User
from tests.corpus import SAMPLES
from tests.tui.driving import asynchronous, sample
from tests.tui.pictures import check
from tests.tui.tabbed import tabbed, until
from tests.tui.test_pictures import Size, named

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 34), (200, 60)], ids=["80x24", "120x34", "200x60"])
RECENT = [
    {"path": "/home/someone/captures/central.btsnoop", "member": None, "opened": 1_750_000_000},
    {"path": "/home/someone/phone/bugreport.zip", "member": "FS/data/btsnoop_hci.log", "opened": 1_749_990_000},
    {"path": "/media/a rather long way down/to a capture/with a name that is longer than its column.pcapng",
     "member": None, "opened": 1_700_000_000},
]  # fmt: skip


@pytest.fixture(autouse=True)
def universal_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The list of files has local times."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def somebody(folder: Path, toured: bool = True) -> User:
    """Who has opened some files."""
    folder.joinpath("state.json").write_text(json.dumps({"version": 1, "toured": toured, "recent": RECENT}))
    return User(state=folder)


@SIZES
@asynchronous
async def test_tabs(size: Size) -> None:
    """Three captures: the second one is seen, its tab stands out and can be closed; behind each name how many findings
    are grave, in the colour of "look here" where one is an error. Title and screen are below the strip."""
    async with tabbed(sample("starved"), sample("two_channels"), sample("refused"), size=size) as session:
        await session.press("alt+2", "c")
        check(session, named("tabs", size))


@SIZES
@asynchronous
async def test_start(size: Size, tmp_path: Path) -> None:
    """The files that were opened last, with when and where, the member of an archive behind its name; long names are
    cut; the keys are below."""
    async with tabbed(user=somebody(tmp_path), size=size) as session:
        check(session, named("start", size))


@SIZES
@asynchronous
async def test_start_of_a_newcomer(size: Size) -> None:
    """Nothing was opened: it says so, and how to open something."""
    async with tabbed(size=size) as session:
        check(session, named("newcomer", size))


@SIZES
@asynchronous
async def test_opening(size: Size, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path is being typed; below it the files that begin like that with their sizes, the second one chosen."""
    monkeypatch.chdir(SAMPLES)
    async with tabbed(sample("starved"), user=somebody(tmp_path), size=size) as session:
        await session.press("ctrl+o")
        await session.write("t")
        await until(session, lambda: "two_channels.btsnoop" in session.text)
        await session.press("down", "down")
        check(session, named("opening", size))


@SIZES
@asynchronous
async def test_tour(size: Size, tmp_path: Path) -> None:
    """Four lines over the lower part of the overview, which can be read meanwhile."""
    async with tabbed(sample("starved"), user=somebody(tmp_path, toured=False), size=size) as session:
        await until(session, lambda: "Welcome" in session.text)
        check(session, named("tour", size))
