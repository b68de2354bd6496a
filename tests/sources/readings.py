"""What a parser makes of bytes."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import strategies as st

from l2scope.engine.engine import Engine
from l2scope.engine.tables import PacketTable
from l2scope.sources.formats import BEGINNING, parser_for
from l2scope.sources.push import PushParser
from tests.corpus import ROOT, SAMPLES
from tests.generate.containers import packets_of, pcap, pcapng
from tests.tables_of import rows_of


def samples() -> dict[str, bytes]:
    """One capture of each format, of the same traffic."""
    packets = list(packets_of((SAMPLES / "refused.btsnoop").read_bytes()))
    folder = ROOT / "tests" / "samples"
    return {
        **{path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix != ".txt"},
        "refused.btsnoop": (SAMPLES / "refused.btsnoop").read_bytes(),
        "big_endian.pcap": pcap(packets, order=">", nanoseconds=True),
        "big_endian.pcapng": pcapng(packets, order=">"),
        "h4.pcapng": pcapng(packets, link=187),
    }


def parsed(data: bytes, pieces: Iterable[bytes] | None = None) -> PushParser:
    """The parser that the format asks for, fed with all of it, or with these pieces. Raises CaptureError."""
    parser = parser_for(data[:BEGINNING], Engine())
    for piece in [data] if pieces is None else pieces:
        parser.feed(piece)
    parser.end()
    return parser


def packets(parser: PushParser) -> np.ndarray:
    """The rows of the packets."""
    return np.frombuffer(parser.engine.tables.packets.rows.getvalue(), PacketTable.dtype)


def rules(parser: PushParser) -> list[str]:
    return [row.rule for row in parser.damage.rows()]


def everything(parser: PushParser) -> tuple[Any, ...]:
    """All that can be seen of a reading, to compare."""
    parser.engine.finish()
    return (
        rows_of(parser.engine.tables), parser.damage.rows(), parser.problem, parser.format, parser.comments,
        parser.engine.lost,
    )  # fmt: skip


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    return [data[start:stop] for start, stop in pairwise(edges)]


@st.composite
def mutations(draw: st.DrawFn, data: bytes) -> bytes:
    """A capture with a few places overwritten, cut out, doubled or filled with garbage."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        size = draw(st.sampled_from([1, 2, 3, 4, 8, 16, 33, 200]))
        garbage = draw(st.sampled_from([bytes(size), b"\xff" * size, draw(st.binary(min_size=size, max_size=size))]))
        data = draw(
            st.sampled_from(
                [
                    data[:at] + garbage + data[at + size :],
                    data[:at] + garbage + data[at:],
                    data[:at] + data[at + size :],
                    data[:at] + data[max(0, at - size) :],
                    data[:at],
                ]
            )
        )
    return data
