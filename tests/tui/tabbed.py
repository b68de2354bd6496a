"""Opens several captures in tabs, without a terminal."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from l2scope.tui.app import ScopeApp
from l2scope.tui.session import Asked
from l2scope.tui.tabs import begun
from l2scope.tui.user import User
from tests.tui.driving import WIDE, Session

PATIENCE = 20.0


@asynccontextmanager
async def tabbed(*paths: Path, size: tuple[int, int] = WIDE, user: User | None = None) -> AsyncIterator[Session]:
    """The UI with a tab for each, when all of them have been read; the first one is seen."""
    app = ScopeApp(*(begun(Asked(path)) for path in paths), user=user)
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            session = Session(app, pilot)
            await until(session, lambda: all(one.complete for one in app.sessions))
            await session.press()
            yield session
    finally:
        for one in app.sessions:
            one.capture.close()


async def until(session: Session, condition: Callable[[], bool]) -> None:
    """Waits until it holds."""
    for _ in range(int(PATIENCE / 0.02)):
        if condition():
            await session.pilot.pause()
            return
        await session.pilot.pause(0.02)
    raise AssertionError(f"waited in vain; the screen:\n{session.text}")


def names(session: Session) -> list[str]:
    """The captures that are open, the one that is seen in brackets."""
    app = session.app
    return [f"[{one.name}]" if one is app.shown else one.name for one in app.sessions]
