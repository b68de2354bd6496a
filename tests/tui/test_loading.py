"""A capture is shown while it is read."""

import asyncio
import threading
from pathlib import Path

import pytest

from l2scope.capture import Loading
from l2scope.sources.errors import CaptureError
from l2scope.tui import run
from l2scope.tui.app import ScopeApp
from l2scope.tui.places import PACKETS
from l2scope.tui.screens.packets import PacketsScreen
from tests.tui.driving import SMALL, Session, asynchronous, opened, sample

LONG_ENOUGH = 20.0


class HeldLoading(Loading):
    """Reads a first piece at once and the next one when it is let go."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.gate = threading.Event()
        self.steps = 0
        self.failure: CaptureError | None = None

    def step(self) -> bool:
        self.steps += 1
        if self.steps > 1:
            assert self.gate.wait(LONG_ENOUGH)
            if self.failure is not None:
                raise self.failure
        return super().step()


async def complete(app: ScopeApp) -> None:
    async with asyncio.timeout(LONG_ENOUGH):
        while not app.complete:
            await asyncio.sleep(0.01)
    await app.workers.wait_for_complete()


@asynchronous
async def test_the_first_packets_are_there_at_once() -> None:
    """With one piece read the packets are listed, keys work, and the title is underlined as far as the file is read."""
    loading = HeldLoading(sample("starved"))
    loading.step()
    app = ScopeApp(loading)
    app.first_screen = PACKETS
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("j", "j")
        await pilot.pause()
        session = Session(app, pilot)
        assert session.packets.number == 3
        assert "HCI_CMD" in session.text
        assert not app.complete
        assert "99 %" in session.lines[0]
        title = app.screen._compositor.render_strips()[0]
        underlined = sum(len(text) for text, style, _ in title if style is not None and style.underline)
        assert underlined == int(80 * 0.99)
        await pilot.press("c")
        await pilot.pause()
        assert "No channel so far" in session.text
        loading.gate.set()
        await complete(app)
        await pilot.pause()
        assert "17 stalls of 17" in session.text
        assert app.progress == 1.0
        await pilot.press("q")
        await pilot.pause()
        assert session.packets.number == 3
    loading.capture.close()


@asynchronous
async def test_a_screen_that_was_left_meanwhile_is_up_to_date() -> None:
    """Channels looked at early and again when all is read show all of it."""
    loading = HeldLoading(sample("starved"))
    loading.step()
    app = ScopeApp(loading)
    app.first_screen = PACKETS
    async with app.run_test(size=SMALL) as pilot:
        session = Session(app, pilot)
        await pilot.press("c", "2")
        loading.gate.set()
        await complete(app)
        await pilot.pause(1.0)
        await session.press("c")
        assert "17 stalls of 17" in session.text
    loading.capture.close()


@asynchronous
async def test_a_failure_while_reading() -> None:
    """What was read before the failure stays on the screen, and the failure is said."""
    loading = HeldLoading(sample("starved"))
    loading.failure = CaptureError("the disk [red]went away")
    loading.step()
    app = ScopeApp(loading)
    app.first_screen = PACKETS
    async with app.run_test(size=(120, 34), notifications=True) as pilot:
        loading.gate.set()
        await complete(app)
        await pilot.pause(0.2)
        session = Session(app, pilot)
        assert isinstance(app.screen, PacketsScreen)
        assert "the disk [red]went away" in session.text
        assert "? 1 note" in session.lines[0]
        assert app.capture.count == 203
    loading.capture.close()


@asynchronous
async def test_a_capture_that_was_cut(tmp_path: Path) -> None:
    """Everything before the cut is shown, and a note says that there was one."""
    path = tmp_path / "cut.btsnoop"
    path.write_bytes(sample("starved").read_bytes()[:-5])
    async with opened(path, (120, 34)) as session:
        assert session.packets.rows.count == 202
        assert "? 1 note" in session.lines[0]


@asynchronous
async def test_a_capture_without_packets(tmp_path: Path) -> None:
    """A file with a header alone shows that it is empty, and no key does any harm."""
    path = tmp_path / "empty.btsnoop"
    path.write_bytes(sample("starved").read_bytes()[:16])
    async with opened(path, SMALL) as session:
        assert "No packets in this capture." in session.text
        await session.press("j", "G", "enter", "s", "o", "]", "n", "escape", ":", "5", "enter")
        await session.press("tab", "l", "b", "c", "q")
        assert session.packets.number == 0


@asynchronous
async def test_a_file_that_shrinks_while_it_is_open(tmp_path: Path) -> None:
    """Packets that are gone say so in their place; the others are shown as before."""
    path = tmp_path / "shrinking.btsnoop"
    path.write_bytes(sample("starved").read_bytes())
    async with opened(path, (120, 34)) as session:
        with path.open("r+b") as file:
            file.truncate(3000)
        await session.press("G")
        assert "has become shorter" in session.text
        assert "?  Packet" not in session.text
        await session.press("/")
        await session.write("reset")
        await session.press("enter", "n", "g", "enter", "tab")
        assert "Reset" in session.text


def test_what_is_no_capture_never_reaches_the_screen(tmp_path: Path) -> None:
    """run() raises before the terminal is touched."""
    with pytest.raises(CaptureError):
        run([tmp_path / "missing.btsnoop"])
    path = tmp_path / "text.btsnoop"
    path.write_text("no capture at all")
    with pytest.raises(CaptureError):
        run([path])
