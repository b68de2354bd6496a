"""No ATT traffic makes the databases fail, or slow."""

import json
import tempfile
import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from l2scope.analysis.gatt.report import server_json
from l2scope.analysis.summary import PacketSummaries
from l2scope.capture import Capture
from l2scope.dissection import dissect
from l2scope.engine.words import ACL
from l2scope.tui.gatt_outline import outline
from tests.analysis.gatt.captures import capture_of, linked
from tests.wire import ATT, acl, pdu

OPCODES = (*range(0x01, 0x1F), 0x20, 0x21, 0x23, 0x52, 0xD2)
SMALL = st.sampled_from([0, 1, 2, 3, 0x10, 0xFFFF])

# Opcodes that exist, handles that meet, and anything behind them.
ATT_PDUS = st.builds(
    lambda opcode, first, second, rest: (
        bytes((opcode,)) + first.to_bytes(2, "little") + second.to_bytes(2, "little") + rest
    ),
    st.sampled_from(OPCODES),
    SMALL,
    SMALL,
    st.one_of(
        st.sampled_from([b"\x00\x28", b"\x03\x28", b"\x02\x28", b"\x02\x29", b"\x05\x2a", b""]), st.binary(max_size=40)
    ),
)


def record(direction: int, data: bytes) -> tuple[int, bytes]:
    return direction, bytes((ACL,)) + acl(pdu(ATT, data))


def look_at_all(capture: Capture) -> None:
    """Everything that a user may ask for."""
    for server in capture.gatt.servers:
        json.dumps(server_json(capture, server))
        for handle in server.handles:
            assert len(server.history(handle)) == server.count(handle)
    assert all(line.text.isprintable() for line in outline(capture))
    summaries = PacketSummaries(capture)
    for number in range(1, capture.count + 1):
        assert summaries.of(number).summary.isprintable()
        dissect(capture, number)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 1), st.one_of(ATT_PDUS, st.binary(max_size=30))), max_size=30))
def test_no_traffic_makes_them_fail(conversation: list[tuple[int, bytes]]) -> None:
    """Any PDUs in any order, of either side."""
    with tempfile.TemporaryDirectory() as folder:
        records = [record(direction, data) for direction, data in conversation]
        with capture_of(Path(folder), linked(), *records) as capture:
            look_at_all(capture)


def test_a_full_database(tmp_path: Path) -> None:
    """Services at every fourth handle of all 65,535, each from there to the end, and a characteristic in each."""
    records = [linked()]
    for start in range(1, 0xFFF0, 4 * 30):
        handles = range(start, start + 4 * 30, 4)
        groups = b"".join(at.to_bytes(2, "little") + b"\xff\xff\x0f\x18" for at in handles)
        values = b"".join(
            (at + 1).to_bytes(2, "little") + b"\x02" + (at + 2).to_bytes(2, "little") + b"\x19\x2a" for at in handles
        )
        records += [record(0, bytes.fromhex("100100ffff0028")), record(1, b"\x11\x06" + groups)]
        records += [record(0, bytes.fromhex("080100ffff0328")), record(1, b"\x09\x07" + values)]
    with capture_of(tmp_path, *records) as capture:
        began = time.process_time()
        (server,) = capture.gatt.servers
        assert len(server.services) > 16_000
        assert all(len(service.characteristics) == 1 for service in server.services[:-1])
        assert time.process_time() - began < 30
