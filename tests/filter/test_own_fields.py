"""Fields of our own against the tables and views that they are made of."""

from collections.abc import Callable

import pytest

import l2scope
from l2scope import Capture
from l2scope.capture import SDU_STATES
from l2scope.filter.fields import FIELDS
from tests.corpus import SAMPLES

Packets = set[int]


def of_channel(capture: Capture, number: int) -> Packets:
    """Packets with a part of the channel's PDUs, those that change its balances, open or close it; one by one."""
    tables = capture.tables
    found = set()
    for row, packet in enumerate(tables.packets.tolist(), 1):
        pdu = packet[5]
        if pdu >= 0 and tables.pdus["channel"][pdu] == number:
            found.add(row)
    found |= {packet for packet, flow, _, _ in tables.credits.tolist() if flow // 2 == number}
    if number >= len(capture.channels):
        return found
    channel = capture.channels[number]
    return found | {end for end in (channel.opened, channel.closed) if end is not None}


def rows(capture: Capture, fits: Callable[[tuple[int, ...]], bool]) -> Packets:
    return {row for row, packet in enumerate(capture.tables.packets.tolist(), 1) if fits(packet)}


EXPECTED: dict[str, tuple[str, Callable[[Capture], Packets]]] = {
    "l2scope.adapter": ("l2scope.adapter == 0", lambda c: rows(c, lambda p: p[6] == 0)),
    "l2scope.direction": ("l2scope.direction == tx", lambda c: rows(c, lambda p: p[8] == 0)),
    "l2scope.link": ("l2scope.link == 0", lambda c: rows(c, lambda p: p[4] == 0)),
    "l2scope.remark": ("l2scope.remark", lambda c: rows(c, lambda p: p[9] != 0)),
    "l2scope.peer.address": (
        "l2scope.peer.address == {address}",
        lambda c: rows(c, lambda p: p[4] >= 0 and c.links[p[4]].peer_address == c.links[0].peer_address),
    ),
    "l2scope.peer.name": (
        "l2scope.peer.name",
        lambda c: rows(c, lambda p: p[4] >= 0 and c.links[p[4]].peer_name is not None),
    ),
    "l2scope.channel": ("l2scope.channel == 0", lambda c: of_channel(c, 0)),
    "l2scope.channel.psm": (
        "l2scope.channel.psm == {psm}",
        lambda c: set().union(*(of_channel(c, v.id) for v in c.channels if v.psm == c.channels[0].psm)),
    ),
    "l2scope.channel.mode": (
        'l2scope.channel.mode == "le-credit"',
        lambda c: set().union(*(of_channel(c, v.id) for v in c.channels if v.mode == "le-credit")),
    ),
    "l2scope.credits.balance": (
        "l2scope.credits.balance < 2",
        lambda c: {packet for packet, _, _, balance in c.tables.credits.tolist() if balance < 2},
    ),
    "l2scope.credits.change": (
        "l2scope.credits.change > 0",
        lambda c: {packet for packet, _, change, _ in c.tables.credits.tolist() if change > 0},
    ),
    "l2scope.sdu": ("l2scope.sdu", lambda c: {sdu.last_packet for sdu in c.sdus()}),
    "l2scope.sdu.length": (
        "l2scope.sdu.length > 400",
        lambda c: {sdu.last_packet for sdu in c.sdus() if sdu.length > 400},
    ),
    "l2scope.sdu.state": (
        'l2scope.sdu.state == "complete"',
        lambda c: {sdu.last_packet for sdu in c.sdus() if sdu.state == SDU_STATES[1]},
    ),
    "l2scope.sdu.first_packet": (
        "l2scope.sdu.first_packet > 60",
        lambda c: {sdu.last_packet for sdu in c.sdus() if sdu.first_packet > 60},
    ),
    "l2scope.stall": (
        "l2scope.stall > 100ms",
        lambda c: {n for s in c.stalls() if s.duration_ns > 100_000_000 for n in (s.start_packet, s.end_packet) if n},
    ),
    "l2scope.stall.owed": (
        "l2scope.stall.owed > 0",
        lambda c: {n for s in c.stalls() if s.sdu_bytes_owed > 0 for n in (s.start_packet, s.end_packet) if n},
    ),
    "l2scope.wait": (
        "l2scope.wait",
        lambda c: {n for s in c.stalls(all=True) for n in (s.start_packet, s.end_packet) if n},
    ),
    "l2scope.wait.class": (
        "l2scope.wait.class == certain",
        lambda c: {n for s in c.stalls(all=True) if s.class_ == "certain" for n in (s.start_packet, s.end_packet) if n},
    ),
    "l2scope.finding": (
        'l2scope.finding matches "^COC"',
        lambda c: {n for f in c.findings() if f.rule.startswith("COC") for n in f.packets},
    ),
    "l2scope.finding.severity": (
        "l2scope.finding.severity == warning",
        lambda c: {n for f in c.findings() if f.severity.value == "warning" for n in f.packets},
    ),
    "l2scope.att.latency": (
        "l2scope.att.latency >= 30ms",
        lambda c: {
            row["packet"]
            for row in c.tables.att
            if row["request"] >= 0
            and c.tables.packets["time"][row["packet"] - 1]
            - c.tables.packets["time"][c.tables.att["packet"][row["request"]] - 1]
            >= 30_000_000
        },
    ),
    "l2scope.protocol": ("l2scope.protocol == ATT", lambda c: set(c.tables.att["packet"].tolist())),
    "l2scope.info": (
        'l2scope.info contains "Write Request"',
        lambda c: {row["packet"] for row in c.tables.att if row["opcode"] == 0x12},
    ),
}


@pytest.mark.parametrize("name", [name for name in FIELDS if name.startswith("l2scope.")])
@pytest.mark.parametrize("sample", ["starved", "two_channels", "att_only", "link_lost"])
def test_own_field(name: str, sample: str) -> None:
    """Each field of ours lets pass the packets that the tables have it for."""
    filter, expected = EXPECTED[name]
    with l2scope.open(SAMPLES / f"{sample}.btsnoop") as capture:
        if not capture.channels and "{psm}" in filter:
            return
        words = {"psm": capture.channels[0].psm if capture.channels else 0, "address": capture.links[0].peer_address}
        assert set(capture.where(filter.format(**words) if "{" in filter else filter)) == expected(capture)


def test_sdu_bytes() -> None:
    """The bytes of an SDU can be asked for where it ends."""
    capture = l2scope.open(SAMPLES / "starved.btsnoop")
    sdu = capture.sdus()[3]
    head = capture.sdu_bytes(sdu.row)[:6].hex(":")
    assert sdu.last_packet in capture.where(f"l2scope.sdu[0:6] == {head} && l2scope.sdu contains {head}")
