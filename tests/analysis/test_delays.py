"""How long answers took, against the packets of the file, one by one."""

from pathlib import Path

import numpy as np
import pytest

from l2scope.analysis.delays import ATT, BOUNDS, HCI, SIGNALLING, WAITS, Delays, delays
from l2scope.analysis.transactions import transactions
from l2scope.capture import open_capture
from tests.analysis.test_traffic import records
from tests.corpus import CORPUS, SAMPLES, needs_corpus

COMMAND, EVENT = 1, 4
COMPLETE, STATUS = 0x0E, 0x0F
NAMES = {0x0C03: "Reset", 0x2001: "LE Set Event Mask", 0x0406: "Disconnect"}


def of(name: str, family: str) -> dict[str, Delays]:
    """The delays of a family in a sample, by their names."""
    with open_capture(SAMPLES / f"{name}.btsnoop") as capture:
        return {kind.name: kind for kind in delays(capture) if kind.family == family}


@pytest.mark.parametrize("name", ["starved", "att_only", "two_channels"])
def test_commands(name: str) -> None:
    """From each HCI command to the event that answers it, as a walk through the file finds them."""
    waiting: dict[int, tuple[int, int]] = {}
    expected: dict[int, list[tuple[int, int]]] = {}
    for number, (time, _, _, packet) in enumerate(records(SAMPLES / f"{name}.btsnoop"), 1):
        if packet[0] == COMMAND:
            waiting[int.from_bytes(packet[1:3], "little")] = number, time
        elif packet[0] == EVENT and packet[1] in (COMPLETE, STATUS):
            at = 4 if packet[1] == COMPLETE else 5
            opcode = int.from_bytes(packet[at : at + 2], "little")
            if opcode in waiting:
                asked, since = waiting.pop(opcode)
                expected.setdefault(opcode, []).append((asked, time - since))
    found = of(name, HCI)
    assert sorted(kind.packets.tolist() for kind in found.values()) == sorted(
        [asked for asked, _ in pairs] for pairs in expected.values()
    )
    for opcode, name_of_it in NAMES.items():
        if opcode in expected:
            kind = found[name_of_it]
            told = list(zip(kind.packets.tolist(), kind.durations.tolist(), strict=True))
            assert told == expected[opcode]


def test_att() -> None:
    """ATT requests are the answered transactions, by their opcode."""
    with open_capture(SAMPLES / "att_only.btsnoop") as capture:
        told = [one for one in transactions(capture) if one.duration_ns is not None]
    found = of("att_only", ATT)
    assert sum(len(kind.durations) for kind in found.values()) == len(told) > 0
    for name, kind in found.items():
        assert kind.durations.tolist() == [one.duration_ns for one in told if one.name == name]
        assert kind.packets.tolist() == [one.request_packet for one in told if one.name == name]


def test_signalling_and_waits() -> None:
    """A connection request is answered once; the waits for credits are the zero intervals that something waited in."""
    found = of("starved", SIGNALLING)
    assert len(found["LE Credit Based Connection Request"].durations) == 1
    with open_capture(SAMPLES / "starved.btsnoop") as capture:
        told = [one for one in capture.stalls(all=True) if one.class_ in ("certain", "likely")]
    waits = of("starved", WAITS)
    assert sorted(np.concatenate([kind.durations for kind in waits.values()]).tolist()) == sorted(
        one.duration_ns for one in told
    )


@needs_corpus
def test_a_command_that_was_never_answered() -> None:
    """Of a capture that begins in mid-connection no answer has a time from before its question."""
    with open_capture(CORPUS / "kernel" / "lecoc_lateattach_poweroff_unplug_k6.12.btsnoop") as capture:
        for kind in delays(capture):
            assert (kind.durations >= 0).all()
            assert len(kind.durations) == len(kind.packets) > 0


def test_buckets_and_percentiles() -> None:
    """A duration is in the bucket that begins at or below it; percentiles are by nearest rank."""
    durations = np.array([999, 1_000, 1_999, 2_000, 10**11, 5 * 10**11], np.int64)
    kind = Delays(HCI, "x", durations, np.arange(1, 7))
    assert kind.buckets[:3].tolist() == [1, 2, 1]
    assert int(kind.buckets[-1]) == 2
    assert len(kind.buckets) == len(BOUNDS) + 1
    assert [kind.percentile(percent) for percent in (1, 50, 90, 100)] == [999, 1_999, 5 * 10**11, 5 * 10**11]
    assert (kind.slowest_packet, kind.first_in(1), kind.first_in(5)) == (6, 2, None)


def test_events_that_end_too_early(tmp_path: Path) -> None:
    """An answer that is cut before its opcode answers nothing, and is not read beyond its end."""
    data = (SAMPLES / "starved.btsnoop").read_bytes()[:16]
    for direction, packet in ((2, bytes((COMMAND, 3, 12, 0))), (3, bytes((EVENT, COMPLETE, 2, 1, 3)))):
        header = (len(packet), len(packet), direction, 0)
        data += (
            b"".join(value.to_bytes(4, "big") for value in header) + (0x00E00000_00000000).to_bytes(8, "big") + packet
        )
    path = tmp_path / "cut.btsnoop"
    path.write_bytes(data)
    with open_capture(path) as capture:
        assert capture.count == 2
        assert delays(capture) == []
