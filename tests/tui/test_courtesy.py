"""The reading thread stands back while a key is answered."""

import pytest

from l2scope.capture import Loading
from l2scope.tui import courtesy
from l2scope.tui.app import ScopeApp
from l2scope.tui.courtesy import LONGEST_SECONDS, Courtesy
from tests.tui.driving import SMALL, asynchronous, sample


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the reading was held up, each time; the clock stands still but for that."""
    naps: list[float] = []
    monkeypatch.setattr(courtesy, "perf_counter", lambda: sum(naps))
    monkeypatch.setattr(courtesy, "sleep", naps.append)
    return naps


def test_a_key_holds_the_reading_up_for_a_moment(slept: list[float]) -> None:
    """It does so once."""
    shared = Courtesy()
    shared.ask()
    shared.give_way()
    shared.give_way()
    assert slept == [LONGEST_SECONDS, 0.0]


def test_keys_without_end_do_not_stop_the_reading(slept: list[float]) -> None:
    """Between two steps it waits no longer than for one key."""
    shared = Courtesy()
    for _ in range(3):
        shared.ask()
        shared.ask()
        shared.give_way()
    assert slept == pytest.approx([LONGEST_SECONDS] * 3)


def test_reading_waits_for_nobody(slept: list[float]) -> None:
    """Where no key came it goes on at once."""
    shared = Courtesy()
    slept.append(1.0)  # the clock of a machine that has run for a while
    shared.give_way()
    assert slept == [1.0, 0.0]


def test_what_takes_long_waits_for_a_rest(slept: list[float]) -> None:
    """A key that has just come is likely to be followed by others."""
    shared = Courtesy()
    slept.append(1.0)
    assert shared.rested
    shared.ask()
    assert not shared.rested
    slept.append(courtesy.REST_SECONDS + 2 * LONGEST_SECONDS)
    assert shared.rested


@asynchronous
async def test_a_key_in_the_screens_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is pressed asks the reading thread to stand back; looking at the screen does not."""
    asked: list[None] = []
    monkeypatch.setattr(Courtesy, "ask", lambda _: asked.append(None))
    app = ScopeApp(Loading(sample("starved")))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert not asked
        await pilot.press("j")
        assert asked
