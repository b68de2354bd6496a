"""Inputs that once broke something do so no more."""

from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS

FINDS = sorted(path for path in (Path(__file__).parent / "finds").iterdir() if path.suffix != ".md")


@pytest.mark.parametrize("path", FINDS, ids=lambda path: path.name)
def test_a_find_is_harmless(path: Path) -> None:
    """The target that its name begins with takes it."""
    TARGETS[path.name.partition("-")[0]].run(path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_are_read(name: str) -> None:
    """Whole captures pass every target, and so do their halves: fuzzing begins at what works."""
    seeds = list(TARGETS[name].seeds())
    assert seeds
    for seed in seeds:
        TARGETS[name].run(seed)
        TARGETS[name].run(seed[: len(seed) // 2])


@pytest.mark.parametrize("name", TARGETS)
def test_the_shortest_inputs(name: str) -> None:
    """Nothing, and each single byte."""
    TARGETS[name].run(b"")
    for byte in range(256):
        TARGETS[name].run(bytes((byte,)))
