"""Real captures that were damaged: nothing raises, nothing hangs, and work and memory stay linear in the input."""

import sys
import tracemalloc
from contextlib import suppress
from types import FrameType

import pytest
from hypothesis import HealthCheck, given, settings

from l2scope.build import engine_build
from l2scope.engine.engine import Engine
from l2scope.sources.errors import CaptureError
from l2scope.sources.formats import BEGINNING, parser_for
from tests.fuzz.targets import judge, line_of
from tests.mutants import mutants

PIECE = 4096
# What a byte of input may cost. Whole captures take 1.3 calls at most, garbage some at each byte.
MOST_CALLS = 24
MOST_MEMORY = 64
# What a reading needs whatever the input is.
FIRST_CALLS = 5_000
FIRST_MEMORY = 256 << 10


def read(data: bytes) -> Engine:
    """Feeds all of it as a file is fed. Raises CaptureError."""
    engine = Engine()
    parser = parser_for(data[:BEGINNING], engine)
    for at in range(0, len(data), PIECE):
        parser.feed(data[at : at + PIECE])
    parser.end()
    engine.finish()
    judge(engine, len(data), parser)
    return engine


class Calls:
    """Counts the calls of Python functions while it is entered."""

    def __enter__(self) -> "Calls":
        self.count = 0
        sys.setprofile(self._called)
        return self

    def __exit__(self, *_error: object) -> None:
        sys.setprofile(None)

    def _called(self, _frame: FrameType, event: str, _argument: object) -> None:
        self.count += event == "call"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutants())
def test_mutants_are_read_or_refused(data: bytes) -> None:
    """Whatever happened to a capture, all figures and findings can be had of what is left of it; rows are few."""
    try:
        read(data)
    except CaptureError as error:
        line_of(error)


@pytest.mark.skipif(engine_build() == "compiled", reason="calls of compiled functions cannot be counted")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutants())
def test_work_is_linear_in_mutants(data: bytes) -> None:
    """So many calls a byte, whatever the bytes say: no damage makes the reading hang."""
    with Calls() as calls, suppress(CaptureError):
        read(data)
    assert calls.count <= FIRST_CALLS + MOST_CALLS * len(data)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutants())
def test_memory_is_linear_in_mutants(data: bytes) -> None:
    """So many bytes at the peak for a byte of input, figures and findings included."""
    tracemalloc.start()
    try:
        with suppress(CaptureError):
            read(data)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak <= FIRST_MEMORY + MOST_MEMORY * len(data)
