"""Opens a capture in the UI without a terminal, and presses keys."""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot

from l2scope.capture import Loading
from l2scope.tui.app import ScopeApp
from l2scope.tui.places import PACKETS
from l2scope.tui.screens.channels import ChannelsScreen
from l2scope.tui.screens.packets import PacketsScreen
from l2scope.tui.session import Asked
from l2scope.tui.session import Session as CaptureSession
from l2scope.tui.user import User
from tests.corpus import SAMPLES

SMALL = (80, 24)
MEDIUM = (120, 34)
WIDE = (160, 50)
LARGE = (200, 60)
HOPS = 3
"""A key goes from the application to its screen and to a pane; what the pane says goes back to the screen."""


def asynchronous(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that awaits, as a plain function."""

    @functools.wraps(test)
    def run(*arguments: object, **fixtures: object) -> None:
        asyncio.run(test(*arguments, **fixtures))

    return run


async def press(pilot: Pilot[None], *keys: str) -> None:
    """As Pilot.press, without its waiting for an idle processor after each key."""
    driver = pilot.app._driver
    assert driver is not None
    for key in keys:
        character = key if len(key) == 1 else None
        driver.send_message(Key(_character_to_key(key) if character else key, character))
        for _ in range(HOPS):
            await pilot.pause(0)


def sample(name: str) -> Path:
    """A capture of captures/."""
    return SAMPLES / f"{name}.btsnoop"


class Session:
    """A running UI."""

    def __init__(self, app: ScopeApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Presses keys and waits until all that they started is done."""
        for key in keys:
            await press(self.pilot, key)
            await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    async def write(self, text: str) -> None:
        """Types a text."""
        await self.press(*text)

    @property
    def packets(self) -> PacketsScreen:
        """The screen of packets, which must be the one that is seen."""
        assert isinstance(self.app.screen, PacketsScreen)
        return self.app.screen

    @property
    def channels(self) -> ChannelsScreen:
        """The screen of channels, which must be the one that is seen."""
        assert isinstance(self.app.screen, ChannelsScreen)
        return self.app.screen

    @property
    def lines(self) -> list[str]:
        """The screen as it reads."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        """The screen as it reads, in one string."""
        return "\n".join(self.lines)


@asynccontextmanager
async def opened(
    path: Path, size: tuple[int, int] = WIDE, first: str = PACKETS, user: User | None = None
) -> AsyncIterator[Session]:
    """The UI on a capture, when all of it has been read and judged; it opens with the screen `first`, for nobody in
    particular unless a user is given."""
    loading = Loading(path)
    loading.step()
    app = ScopeApp(loading if user is None else CaptureSession(loading, Asked(path)), user=user)
    app.first_screen = first
    try:
        async with app.run_test(size=size) as pilot:
            while not app.complete:
                await pilot.pause(0.01)
            await app.workers.wait_for_complete()
            await pilot.pause()
            yield Session(app, pilot)
    finally:
        loading.capture.close()
