"""Converts captures and reads what comes out."""

from functools import partial
from pathlib import Path

import numpy as np

import l2scope
from l2scope.engine.tables import PacketTable
from l2scope.sources.formats import BEGINNING, parser_for
from l2scope.writing.convert import Written, convert
from tests.corpus import ROOT, SAMPLES, corpus_files
from tests.tables_of import tables_of

# Captures of every format and origin that l2scope reads.
SOURCES = [
    *sorted(SAMPLES.glob("*.btsnoop")),
    *sorted(path for path in (ROOT / "tests" / "samples").iterdir() if path.suffix != ".txt"),
    *(path for path in corpus_files("*/*") if path.suffix not in (".json", ".md")),
]


def is_read(path: Path) -> bool:
    try:
        l2scope.open(path).close()
    except l2scope.CaptureError:
        return False
    return True


def written(source: Path, to: Path, within: slice | list[int] | None = None) -> Written:
    """Converts a capture to the format that the name of the other file says; only these rows of it, if given."""
    with l2scope.open(source) as capture:
        mask = None
        if within is not None:
            mask = np.zeros(capture.count, dtype=bool)
            mask[within] = True
        return convert(capture, to, to.suffix.removeprefix("."), within=mask)


def tables(path: Path) -> dict[str, bytes]:
    """All tables of a capture, but for the places of its packets in the file."""
    content = path.read_bytes()
    found = tables_of([content], partial(parser_for, content[:BEGINNING]))
    packets = np.frombuffer(found["packets"], PacketTable.dtype).copy()
    packets["offset"] = 0
    return {**found, "packets": packets.tobytes()}


def payloads(path: Path) -> list[bytes]:
    """The bytes of every packet, without an H4 indicator."""
    with l2scope.open(path) as capture:
        return [capture.raw(number) for number in range(1, capture.count + 1)]
