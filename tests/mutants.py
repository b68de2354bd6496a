"""Real captures, damaged: bits flipped, cut, spliced with another, stretches doubled or removed, lengths changed."""

import struct
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

import l2scope
from tests.corpus import ROOT, SAMPLES, corpus_files

LARGEST = 100_000
MOST_MUTATIONS = 6
# Lengths that a hostile file may claim, besides those that are nearly right.
LENGTHS = (0, 1, 3, 4, 0xFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)

CAPTURES = [
    path
    for path in (
        *sorted(SAMPLES.glob("*.btsnoop")),
        *sorted(path for path in (ROOT / "tests" / "samples").iterdir() if path.suffix != ".txt"),
        *(path for path in corpus_files("*/*") if path.suffix not in (".json", ".md")),
    )
    if path.stat().st_size <= LARGEST
]


@cache
def content(path: Path) -> bytes:
    return path.read_bytes()


@cache
def places(path: Path) -> list[int]:
    """Where the packets of a capture stand; of a file that is none, anywhere."""
    try:
        with l2scope.open(path) as capture:
            return [int(offset) for offset in capture.tables.packets["offset"]]
    except l2scope.CaptureError:
        return list(range(0, path.stat().st_size, 50))


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """A capture with a few of these damages, at its packets and anywhere else."""
    path = draw(st.sampled_from(CAPTURES))
    data = content(path)
    for _ in range(draw(st.integers(1, MOST_MUTATIONS))):
        at = draw(st.sampled_from(places(path))) + draw(st.integers(-24, 24))
        at = min(max(at, 0), len(data))
        data = draw(st.sampled_from((flipped, cut, spliced, doubled, removed, another_length)))(draw, data, at)
    return data


def flipped(draw: st.DrawFn, data: bytes, at: int) -> bytes:
    """Some bits of some bytes from there on."""
    mask = draw(st.binary(min_size=1, max_size=8))
    return data[:at] + bytes(one ^ other for one, other in zip(data[at:], mask, strict=False)) + data[at + len(mask) :]


def cut(draw: st.DrawFn, data: bytes, at: int) -> bytes:
    """Nothing from there on, or nothing up to there but the file header."""
    return data[:at] if draw(st.booleans()) else data[:16] + data[at:]


def spliced(draw: st.DrawFn, data: bytes, at: int) -> bytes:
    """From there on another capture, of whatever format."""
    other = draw(st.sampled_from(CAPTURES))
    return data[:at] + content(other)[draw(st.sampled_from(places(other))) :]


def doubled(draw: st.DrawFn, data: bytes, at: int) -> bytes:
    """A stretch once more, or a few times."""
    size = draw(st.sampled_from((1, 7, 24, 300, 5000)))
    return data[:at] + data[at : at + size] * draw(st.integers(1, 3)) + data[at:]


def removed(draw: st.DrawFn, data: bytes, at: int) -> bytes:
    """A stretch is missing."""
    return data[:at] + data[at + draw(st.sampled_from((1, 7, 24, 300, 5000))) :]


def another_length(draw: st.DrawFn, data: bytes, at: int) -> bytes:
    """A field of two or four bytes, of either byte order, says something else."""
    value = draw(st.one_of(st.sampled_from(LENGTHS), st.integers(0, 300)))
    form = draw(st.sampled_from(("<I", ">I", "<H", ">H")))
    field = struct.pack(form, value & (0xFFFF if form[1] == "H" else 0xFFFFFFFF))
    return data[:at] + field + data[at + len(field) :]
