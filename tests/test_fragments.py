"""However a controller cuts PDUs into ACL packets, channels, credits, SDUs and ATT come out the same."""

import struct
from collections.abc import Iterator
from itertools import cycle, repeat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import l2scope
from l2scope.engine.tables import Tables
from l2scope.engine.words import ACL
from tests.corpus import SAMPLES
from tests.tables_of import tables_of
from tests.wire import btsnoop, fragments

Whole = tuple[int, int, bytes]
"""(flags of the btsnoop record, handle, L2CAP PDU), or the record as it was with handle -1."""


def whole_pdus(path: Path) -> Iterator[Whole]:
    """The records of a capture with each PDU in one piece, at the place of its last fragment."""
    capture = l2scope.open(path)
    data = path.read_bytes()
    last_of = {int(pdu["last"]): row for row, pdu in enumerate(capture.tables.pdus) if pdu["last"] > 0}
    for number, packet in enumerate(capture.tables.packets, 1):
        offset = int(packet["offset"])
        (flags,) = struct.unpack_from(">I", data, offset - 1 - 24 + 8)
        if packet["kind"] != ACL:
            yield flags, -1, data[offset - 1 : offset + int(packet["length"])]
        elif number in last_of:
            handle = struct.unpack_from("<H", data, offset)[0] & 0xFFF
            yield flags, handle, capture.pdu_bytes(last_of[number])


def cut_at(records: list[Whole], places: Iterator[list[int]]) -> bytes:
    """The same records with every PDU cut at its places."""
    cut: list[tuple[int, bytes]] = []
    for flags, handle, content in records:
        if handle < 0:
            cut.append((flags, content))
        else:
            own = [min(place, len(content)) for place in next(places)]
            cut.extend((flags, b"\x02" + packet) for packet in fragments(content, own, handle))
    return btsnoop(cut)


@pytest.mark.parametrize("name", ["two_channels", "refused", "att_only", "small_fragments"])
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_any_split_into_fragments_gives_the_same_protocol(name: str, data: st.DataObject) -> None:
    """Balances, SDU lengths and states, signalling and ATT, without the packet numbers, which differ."""
    records = list(whole_pdus(SAMPLES / f"{name}.btsnoop"))
    drawn = data.draw(st.lists(st.lists(st.integers(0, 300), max_size=3), min_size=1, max_size=40))
    assert protocol(cut_at(records, cycle(drawn))) == protocol(cut_at(records, repeat([])))


def protocol(capture: bytes) -> dict[str, list[object]]:
    columns = {
        "credits": ["flow", "change", "balance"],
        "sdus": ["channel", "direction", "length", "state"],
        "signals": ["request", "result", "code", "identifier", "direction"],
        "att": ["request", "handle", "opcode", "error", "value_offset", "value_length"],
        "pdus": ["length", "cid", "direction", "state"],
    }
    rows = tables_of([capture])
    tables = {name: np.frombuffer(rows[name], getattr(Tables(), name).dtype)[columns[name]] for name in columns}
    return {name: sorted(table.tolist()) if name == "pdus" else table.tolist() for name, table in tables.items()}
