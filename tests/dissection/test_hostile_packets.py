"""Real packets with bytes changed, cut and added: no tree raises, and no byte is lost."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from l2scope.capture import open_capture
from l2scope.dissection import dissect
from tests.corpus import SAMPLES
from tests.dissection.captures import capture_of
from tests.dissection.fields import check_tree

MOST = 400


def real_packets() -> list[tuple[int, int, bytes]]:
    """Packets of every sample: direction, kind, data."""
    found = []
    for path in sorted(SAMPLES.glob("*.btsnoop")):
        capture = open_capture(path)
        for number in range(1, min(capture.count, MOST) + 1):
            row = capture.tables.packets[number - 1]
            found.append((int(row["direction"]), int(row["kind"]), capture.raw(number)))
    return found


REAL = real_packets()


def mutated(chance: random.Random, data: bytes) -> bytes:
    """The same packet with a few faults."""
    changed = bytearray(data)
    for _ in range(chance.randrange(4)):
        fault = chance.randrange(4)
        at = chance.randrange(len(changed) + 1)
        if fault == 0 and at < len(changed):
            changed[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        elif fault == 1:
            del changed[at:]
        elif fault == 2:
            changed[at:at] = chance.randbytes(chance.randrange(1, 9))
        else:
            del changed[at : at + chance.randrange(1, 4)]
    return bytes(changed)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, len(REAL) - 1))
def test_mutated_traffic(seed: int, start: int) -> None:
    """Thirty packets in a row of a real capture, with faults: each has a tree that holds together."""
    chance = random.Random(seed)
    packets = [(way, kind, mutated(chance, data)) for way, kind, data in REAL[start : start + 30]]
    capture = capture_of(packets)
    for number in range(1, capture.count + 1):
        check_tree(dissect(capture, number))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6), st.binary(max_size=80)), min_size=1, max_size=8))
def test_any_bytes_of_any_kind(packets: list[tuple[int, int, bytes]]) -> None:
    """Bytes that are no Bluetooth at all have trees too."""
    capture = capture_of(packets)
    for number in range(1, capture.count + 1):
        check_tree(dissect(capture, number))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([0x0E, 0x0F, 0x13, 0x22, 0x2F, 0x3E, 0x3E, 0x3E]),
    st.integers(0, 0x40),
    st.binary(max_size=120),
)
def test_events_with_lists(code: int, first: int, rest: bytes) -> None:
    """Counts and lengths inside events do not lead outside of them."""
    parameters = bytes((first,)) + rest
    capture = capture_of([(1, 4, bytes((code, len(parameters))) + parameters)])
    check_tree(dissect(capture, 1))
