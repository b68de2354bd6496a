"""Garbage is collected where no key waits for it."""

import gc
import weakref

from tests.tui.driving import MEDIUM, asynchronous, opened, sample


class Cycle:
    """Refers to itself: only a collection frees it."""

    def __init__(self) -> None:
        self.itself = self


@asynchronous
async def test_no_full_collection_comes_by_itself() -> None:
    """It would hold up whatever key is being answered; afterwards the interpreter collects as it did."""
    usual = gc.get_threshold()
    async with opened(sample("healthy"), MEDIUM):
        assert gc.isenabled()
        young, middle, old = gc.get_threshold()
        assert (young, middle) == usual[:2]
        assert old > 1_000_000
    assert gc.get_threshold() == usual


@asynchronous
async def test_garbage_goes_in_a_rest() -> None:
    """What screens have dropped is freed once no key has come for a while."""
    async with opened(sample("healthy"), MEDIUM) as session:
        dropped = [Cycle()]
        gc.collect()  # it is old by now
        gone = weakref.ref(dropped.pop())
        session.app.courtesy.ask()
        session.app._tidy()
        assert gone() is not None
        session.app.courtesy._until = 0.0
        session.app._tidy()
        assert gone() is None
