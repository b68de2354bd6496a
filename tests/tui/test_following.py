"""The screens over a file that is still written."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from l2scope.capture import Loading
from l2scope.tui.app import ScopeApp
from l2scope.tui.following_session import FollowingSession
from l2scope.tui.screens.packets import PacketsScreen
from tests.sources.containers.wrapping import ENDS, LATEST_SECONDS, PATIENCE, STARVED
from tests.tui.driving import asynchronous, press


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.002)


def following(path: Path, packets: int, to_the_end: bool) -> ScopeApp:
    """The UI on a file that has so many packets by now."""
    path.write_bytes(STARVED[: ENDS[packets - 1]])
    loading = Loading(path, follow=True)
    loading.step()
    return ScopeApp(FollowingSession(loading, to_the_end))


@asynchronous
async def test_packets_are_in_the_list_within_200_ms(tmp_path: Path) -> None:
    """From the write to the row under the cursor, in the median of ten."""
    path = tmp_path / "growing"
    app = following(path, 10, to_the_end=True)
    waited = []
    async with app.run_test(size=(120, 34)):
        screen = app.screen
        assert isinstance(screen, PacketsScreen)
        await until(lambda: screen.number == 10)
        with path.open("ab", buffering=0) as file:
            for number in range(10, 20):
                file.write(STARVED[ENDS[number - 1] : ENDS[number]])
                written = time.monotonic()
                await until(lambda number=number: screen.number == number + 1)  # type: ignore[misc]
                waited.append(time.monotonic() - written)
    app.capture.close()
    assert median(waited) < LATEST_SECONDS


@asynchronous
async def test_the_cursor_stays_where_the_user_is(tmp_path: Path) -> None:
    """As when a capture is piped in without --follow: nobody is taken to the end, but what comes is judged."""
    path = tmp_path / "growing"
    app = following(path, 10, to_the_end=False)
    async with app.run_test(size=(120, 34)) as pilot:
        screen = app.screen
        assert isinstance(screen, PacketsScreen)
        await until(lambda: screen.number == 1)
        with path.open("ab", buffering=0) as file:
            file.write(STARVED[ENDS[9] :])
        await until(lambda: screen.table.count == len(ENDS))
        await until(lambda: len(app.overview.channels) == 1)
        assert (screen.number, app.reading) == (1, "following")
        await press(pilot, "G")
        assert screen.number == len(ENDS)
        app.session.loading.stop()
        await until(lambda: app.complete)
        assert app.reading == ""
    app.capture.close()
