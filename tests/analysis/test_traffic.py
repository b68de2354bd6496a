"""How much went each way when, against the records of the file itself."""

from pathlib import Path

import numpy as np
import pytest

from l2scope.analysis import traffic as module
from l2scope.analysis.traffic import SECOND, Traffic, link_total
from l2scope.capture import open_capture
from l2scope.engine.words import RX, TX
from tests.corpus import SAMPLES

HEADER, RECORD_HEADER = 16, 24
UNIX_EPOCH_US = 0x00DCDDB30F2F8000
"""What btsnoop's clock shows at the beginning of 1970."""
H4_INDICATOR = 1
ACL = 2

Record = tuple[int, int, int, bytes]
"""Unix ns, direction, length without the indicator, bytes."""


def records(path: Path) -> list[Record]:
    """The records of a btsnoop file of H4 packets."""
    data, found, at = path.read_bytes(), [], HEADER
    while at < len(data):
        original, included, flags, _ = (int.from_bytes(data[at + 4 * i : at + 4 * i + 4], "big") for i in range(4))
        time_us = int.from_bytes(data[at + 16 : at + 24], "big") - UNIX_EPOCH_US
        packet = data[at + RECORD_HEADER : at + RECORD_HEADER + included]
        found.append((time_us * 1000, RX if flags & 1 else TX, original - H4_INDICATOR, packet))
        at += RECORD_HEADER + included
    return found


@pytest.mark.parametrize("exact", [True, False], ids=["packet by packet", "by stretches"])
def test_the_rates_are_those_of_the_records(monkeypatch: pytest.MonkeyPatch, exact: bool) -> None:
    """Each column has the packets and bytes that the file has in its time; what is read off the stretches differs by no
    more than those at the edges."""
    monkeypatch.setattr(module, "EXACT_ROWS", 1 << 18 if exact else -1)
    told = records(SAMPLES / "two_channels.btsnoop")
    with open_capture(SAMPLES / "two_channels.btsnoop") as capture:
        traffic = Traffic(capture)
        rates = traffic.rates(traffic.start, traffic.end, 25)
    assert rates.edges[0] == told[0][0]
    assert rates.edges[-1] > told[-1][0]
    seconds = np.diff(rates.edges) / SECOND
    for way in (TX, RX):
        for column, (start, end) in enumerate(zip(rates.edges[:-1], rates.edges[1:], strict=True)):
            own = [length for time, direction, length, _ in told if direction == way and start <= time < end]
            slack = 1e-6 if exact else 1.0
            assert abs(rates.packets[way, column] * seconds[column] - len(own)) <= slack
            if exact:
                assert rates.bytes[way, column] * seconds[column] == pytest.approx(sum(own))
        assert (rates.packets[way] * seconds).sum() == pytest.approx(sum(record[1] == way for record in told))


@pytest.mark.parametrize("name", ["two_channels", "starved", "att_only"])
def test_what_went_over_a_link(name: str) -> None:
    """The ACL packets of the only link are the file's, each way, and the events about it are beside them."""
    told = records(SAMPLES / f"{name}.btsnoop")
    with open_capture(SAMPLES / f"{name}.btsnoop") as capture:
        sent, sent_bytes, received, _ = link_total(Traffic(capture), 0)
    acl = [record for record in told if record[3][0] == ACL]
    assert sent == sum(way == TX for _, way, _, _ in acl)
    assert sent_bytes == sum(length for _, way, length, _ in acl if way == TX)
    assert received >= sum(way == RX for _, way, _, _ in acl)


def test_the_first_packet_of_a_moment() -> None:
    """From a packet's own time on it is the first; behind the last there is none but the last."""
    told = records(SAMPLES / "starved.btsnoop")
    with open_capture(SAMPLES / "starved.btsnoop") as capture:
        traffic = Traffic(capture)
        for number in (1, 50, 203):
            first = next(at for at, record in enumerate(told, 1) if record[0] >= told[number - 1][0])
            assert traffic.packet_from(told[number - 1][0]) == first
        assert traffic.packet_from(traffic.end + SECOND) == len(told)


def test_a_link_that_came_later() -> None:
    """A link that traffic does not know yet has none."""
    with open_capture(SAMPLES / "starved.btsnoop") as capture:
        assert link_total(Traffic(capture), 7) == (0, 0, 0, 0)


def test_no_packets(tmp_path: Path) -> None:
    """A capture without packets has no rates, and no first packet."""
    empty = tmp_path / "empty.btsnoop"
    empty.write_bytes((SAMPLES / "starved.btsnoop").read_bytes()[:HEADER])
    with open_capture(empty) as capture:
        traffic = Traffic(capture)
        assert traffic.packet_from(0) is None
        assert not traffic.rates(0, SECOND, 5).packets.any()
