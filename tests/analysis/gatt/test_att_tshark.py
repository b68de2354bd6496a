"""ATT PDUs of all bearers (the fixed channel, EATT, dynamic channels of BR/EDR) beside tshark's."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

import l2scope
from l2scope.engine.att import ERROR_RESPONSE, HANDLE, SHAPES
from tests.corpus import corpus_files, name_of
from tests.test_tshark import NOT_VENDOR, is_read, tshark

pytestmark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")

CAPTURES = [path for path in corpus_files("public/*") if is_read(path)]
RANGES = (0x04, 0x06, 0x08, 0x10)

Figures = Counter[tuple[str, int, int]]


def theirs(path: Path) -> Figures:
    """Opcodes, handles by opcode, errors by the opcode that they name: how often each."""
    fields = ("btatt.opcode", "btatt.handle", "btatt.starting_handle", "btatt.error_code", "btatt.req_opcode_in_error")
    found: Figures = Counter()
    for row in tshark(path, *fields, only=f"btatt.opcode && {NOT_VENDOR}"):
        opcode, handle, start, error, request = (int(text.split(",")[0] or "0", 16) for text in row)
        found["opcode", opcode, 0] += 1
        if opcode == ERROR_RESPONSE:
            found["handle", opcode, handle] += 1
            found["error", request, error] += 1
        elif SHAPES[opcode] & HANDLE:
            found["handle", opcode, start if opcode in RANGES else handle] += 1
    return found


def ours(path: Path) -> Figures:
    found: Figures = Counter()
    with l2scope.open(path) as capture:
        gatt = capture.gatt
        for row, att in enumerate(capture.tables.att):
            opcode = int(att["opcode"])
            found["opcode", opcode, 0] += 1
            if opcode == ERROR_RESPONSE:
                found["error", gatt.pdus.read(row)[1], int(att["error"])] += 1
            if SHAPES[opcode] & HANDLE or opcode == ERROR_RESPONSE:
                found["handle", opcode, int(att["handle"])] += 1
    return found


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_opcodes_handles_and_errors(path: Path) -> None:
    """The same numbers of each, over all bearers."""
    assert ours(path) == theirs(path)


def test_there_is_something_to_compare() -> None:
    """ATT over LE and over BR/EDR."""
    if not CAPTURES:
        pytest.skip("the large corpus is not on this machine")
    opened = [l2scope.open(path) for path in CAPTURES]
    assert sum(len(capture.tables.att) for capture in opened) > 20_000
    transports = {
        capture.links[bearer.link].transport for capture in opened for bearer in capture.engine.host.registry.bearers
    }
    assert transports == {"le", "br-edr"}
