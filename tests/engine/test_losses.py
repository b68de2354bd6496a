"""What a capture that lost packets still tells: SDUs that are whole, and none that only seem so."""

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import l2scope
from l2scope.engine.engine import Engine
from l2scope.engine.tables import PduTable, SduTable
from l2scope.engine.words import ACL, SDU_COMPLETE
from tests.corpus import CORPUS, SAMPLES, needs_corpus, read_json

Frames = tuple[int, ...]
"""The indices of the K-frames of an SDU among the packets of a capture."""


@dataclass(frozen=True)
class Whole:
    """A packet with its PDU in one piece; flow is 2 * channel + direction of a K-frame, else -1."""

    time: int
    direction: int
    kind: int
    data: bytes
    flow: int
    grant: bool


def packets_of(path: Path) -> list[Whole]:
    capture = l2scope.open(path)
    pdus = capture.tables.pdus
    last_of = {int(pdu["last"]): row for row, pdu in enumerate(pdus) if pdu["last"] > 0}
    grants = {int(row["packet"]) for row in capture.tables.signals if row["code"] == 0x16}
    found = []
    for number, packet in enumerate(capture.tables.packets, 1):
        data, flow = capture.raw(number), -1
        if packet["kind"] == ACL:
            if number not in last_of:
                continue
            row = last_of[number]
            whole = capture.pdu_bytes(row)
            data = struct.pack("<HH", struct.unpack_from("<H", data)[0] & 0xFFF, len(whole)) + whole
            channel = int(pdus[row]["channel"])
            flow = channel * 2 + int(pdus[row]["direction"]) if channel >= 0 else -1
        shape = (int(packet["time"]), int(packet["direction"]), int(packet["kind"]))
        found.append(Whole(*shape, data, flow, number in grants))
    return found


def complete_sdus(packets: list[Whole], removed: set[int], counted: bool) -> set[Frames]:
    """The SDUs that the engine calls complete without the removed packets; counted: the capture says how many."""
    engine = Engine()
    index: list[int] = []
    missing = 0
    for number, packet in enumerate(packets):
        if number in removed:
            missing += 1
            continue
        if counted and missing:
            engine.lose(missing)
        missing = 0
        size = len(packet.data)
        engine.packet(packet.time, packet.direction, packet.kind, 0, packet.data, 0, size, 0, size)
        index.append(number)
    engine.finish()
    pdus = np.frombuffer(engine.tables.pdus.rows.getvalue(), PduTable.dtype)
    flows = pdus["channel"] * 2 + pdus["direction"]
    return {
        tuple(
            index[int(pdus[row]["first"]) - 1]
            for row in range(int(sdu["first"]), int(sdu["last"]) + 1)
            if flows[row] == sdu["channel"] * 2 + sdu["direction"] and pdus[row]["channel"] >= 0
        )
        for sdu in np.frombuffer(engine.tables.sdus.rows.getvalue(), SduTable.dtype)
        if sdu["state"] == SDU_COMPLETE
    }


def contradicting_flows(packets: list[Whole], removed: set[int]) -> set[int]:
    """The flows whose frames that are left do not fit. In the others nothing tells of a loss: a run that takes the end
    of one SDU and the beginning of another may leave what looks like one SDU to the last byte."""
    missing: dict[int, int] = {}
    longest: dict[int, int] = {}
    found = set()
    for number, packet in enumerate(packets):
        flow = packet.flow
        if flow < 0:
            continue
        size = len(packet.data) - 8
        longest[flow] = max(longest.get(flow, 0), size)
        if number in removed or flow in found:
            continue
        if missing.get(flow, 0) == 0:
            missing[flow] = struct.unpack_from("<H", packet.data, 8)[0] + 2 if size >= 2 else 0
        if size != min(missing[flow], longest[flow]):
            found.add(flow)
        missing[flow] -= size
    return found


def check(packets: list[Whole], removed: set[int], counted: bool) -> None:
    before = complete_sdus(packets, set(), counted=False)
    after = complete_sdus(packets, removed, counted)
    telling = contradicting_flows(packets, removed)
    wrong = {frames for frames in after - before if packets[frames[0]].flow in telling}
    assert wrong == set(), "an SDU that is not whole was called complete"
    untouched = {frames for frames in before if not removed.intersection(frames)}
    assert len(untouched & after) >= 0.95 * len(untouched)


FILES = [
    SAMPLES / "two_channels.btsnoop",
    SAMPLES / "healthy.btsnoop",
    CORPUS / "bumble" / "two_channels_bidir.btsnoop",
]
LOADED = {path.stem: packets_of(path) for path in FILES if path.exists()}


@pytest.mark.parametrize("name", [name for name in LOADED if name != "two_channels"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_lost_kframes_never_make_a_wrong_sdu(name: str, data: st.DataObject) -> None:
    """Any K-frame or run of them, with and without a count of what was lost; nearly all other SDUs are there."""
    packets = LOADED[name]
    kframes = [number for number, packet in enumerate(packets) if packet.flow >= 0]
    first = data.draw(st.integers(0, len(kframes) - 1))
    run = data.draw(st.integers(1, 12))
    check(packets, set(kframes[first : first + run]), data.draw(st.booleans()))


@needs_corpus
@pytest.mark.parametrize(
    ("first", "run", "counted"),
    [
        pytest.param(467, 7, False, id="full frames of a later SDU make one whole, and it shows only at the closing"),
        pytest.param(353, 7, True, id="bytes within an SDU of 65,535 read like the start of one that ends there"),
    ],
)
def test_what_seems_whole_by_chance_is_not_believed(first: int, run: int, counted: bool) -> None:
    """Runs of lost frames behind which full frames happen to fit."""
    packets = LOADED["two_channels_bidir"]
    kframes = [number for number, packet in enumerate(packets) if packet.flow >= 0]
    check(packets, set(kframes[first : first + run]), counted)


@pytest.mark.parametrize("name", LOADED)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_lost_grant_loses_no_sdu(name: str, data: st.DataObject) -> None:
    """Credits that are missing change ledgers, never SDUs."""
    packets = LOADED[name]
    grants = [number for number, packet in enumerate(packets) if packet.grant]
    removed = {data.draw(st.sampled_from(grants))}
    assert complete_sdus(packets, removed, counted=False) == complete_sdus(packets, set(), counted=False)


@pytest.mark.parametrize("name", [name for name in LOADED if name != "two_channels"])
def test_every_single_kframe_can_be_lost(name: str) -> None:
    """Exhaustively, every seventh: no wrong SDU, and nearly all others."""
    packets = LOADED[name]
    kframes = [number for number, packet in enumerate(packets) if packet.flow >= 0]
    for number in kframes[::7]:
        check(packets, {number}, counted=False)


@needs_corpus
def test_big_small_survives_runs_of_losses() -> None:
    """18 flows of random sizes: runs of one to five K-frames taken out at twelve places, one at a time."""
    packets = packets_of(CORPUS / "bumble" / "big_small.btsnoop")
    kframes = [number for number, packet in enumerate(packets) if packet.flow >= 0]
    for place, run in zip(range(100, len(kframes), 500), (1, 2, 3, 5) * 3, strict=False):
        check(packets, set(kframes[place : place + run]), counted=bool(place % 1000))


@needs_corpus
def test_lossy_gives_every_sdu_that_lost_no_byte() -> None:
    """20 packets were removed from gatt_then_coc: its other SDUs are all there, and nothing else."""
    bumble = CORPUS / "bumble"
    dropped = read_json(bumble / "lossy.truth.json")["dropped_frame_numbers_of_gatt_then_coc"]
    whole, lossy = l2scope.open(bumble / "gatt_then_coc.btsnoop"), l2scope.open(bumble / "lossy.btsnoop")
    wanted = [
        whole.sdu_bytes(sdu.row)
        for sdu in whole.sdus()
        if not any(sdu.first_packet <= number <= sdu.last_packet for number in dropped)
    ]
    found = [lossy.sdu_bytes(sdu.row) for sdu in lossy.sdus() if sdu.state == "complete"]
    assert found == wanted
    assert lossy.channels.one().ledger == "relative"


def test_a_sender_that_leaves_frames_part_filled_is_taken_at_its_word() -> None:
    """Irregular frames in a capture that lost nothing lose no SDU."""
    engine = Engine()
    capture = [packet for packet in LOADED["two_channels"] if packet.flow < 0][:60]
    sdu = struct.pack("<H", 300) + bytes(range(250)) + bytes(50)
    cuts = [(0, 40, 90, 200, 302), (0, 100, 120, 302), (0, 7, 302), (0, 150, 302), (0, 33, 66, 302)] * 4
    opened = next(n for n, packet in enumerate(capture) if packet.data[8:9] == b"\x15")
    for packet in capture[: opened + 1]:
        engine.packet(
            packet.time, packet.direction, packet.kind, 0, packet.data, 0, len(packet.data), 0, len(packet.data)
        )
    (channel,) = engine.host.registry.channels
    handle = engine.host.links[0].handle
    for edges in cuts:
        for start, stop in pairwise(edges):
            part = struct.pack("<HHHH", handle, stop - start + 4, stop - start, channel.tx.cid) + sdu[start:stop]
            engine.packet(capture[opened].time, 0, ACL, 0, part, 0, len(part), 0, len(part))
    assert (channel.tx.sdus.complete, channel.tx.sdus.incomplete) == (len(cuts), 0)
