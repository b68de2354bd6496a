"""What channels made of their air time, by hand. The packets of a capture are a millisecond apart."""

import json
import struct
from pathlib import Path

import pytest

import l2scope
from l2scope.analysis.data_length import data_lengths
from l2scope.analysis.efficiency import Efficiency, InFlight, Overhead, efficiencies, in_flight
from l2scope.analysis.gatt_cost import GattCost, bulk_gatt, gatt_cost
from l2scope.analysis.latency import Latency, latency_of
from l2scope.framing import Fit
from tests.cli.runner import l2scope as run_l2scope
from tests.corpus import SAMPLES
from tests.wire import ATT, HANDLE, acl, btsnoop, event, fragments, kframes, le_connection_complete, pdu, signal

SENT, RECEIVED, EVENT = 0, 1, 3
MS = 1_000_000
Records = list[tuple[int, bytes]]


def data_length_change(tx: int, rx: int) -> tuple[int, bytes]:
    return (EVENT, b"\x04" + event(0x3E, struct.pack("<BHHHHH", 7, HANDLE, tx, 2120, rx, 2120)))


def sent(payload: bytes) -> tuple[int, bytes]:
    return (SENT, b"\x02" + acl(payload))


def received(payload: bytes) -> tuple[int, bytes]:
    return (RECEIVED, b"\x02" + acl(payload))


def opened(mps: int, credits: int = 3) -> Records:
    """A link of 27 bytes, and a channel that the captured host opened."""
    return [
        (EVENT, b"\x04" + le_connection_complete()),
        sent(signal(0x14, 1, 0x80, 0x40, 2000, mps, credits)),
        received(signal(0x15, 1, 0x50, 2000, mps, credits, 0)),
    ]


def capture_of(folder: Path, records: Records) -> l2scope.Capture:
    path = folder / "made.btsnoop"
    path.write_bytes(btsnoop(records))
    return l2scope.open(path)


def efficiency(folder: Path, records: Records) -> Efficiency:
    with capture_of(folder, records) as capture:
        (found,) = efficiencies(capture)
    return found


def test_an_mps_of_251_costs_a_second_packet(tmp_path: Path) -> None:
    """498 bytes and the length field are K-frames of 251 and 249, so PDUs of 255 and 253: two packets of 251 each."""
    records = [*opened(251), data_length_change(251, 251)]
    records += [sent(pdu(0x50, frame)) for frame in kframes(bytes(498), 251)]
    found = efficiency(tmp_path, [*records, received(signal(0x16, 9, 0x50, 2))])
    assert (found.kframes, found.kframe_bytes, found.link_layer_packets) == (2, 500, 4)
    assert (found.link_layer_packets_a_kframe, found.kframe_fill) == (2.0, round(500 / 502, 4))
    assert found.fit == Fit(251, octets_seen=True, packets_a_full_kframe=2, bytes_in_last=4, best_mps=247)
    # 2 headers and a length field; one indication; 2 ACL headers; 5 link-layer packets of 10 bytes more.
    assert found.overhead == Overhead(l2cap=10, credits=12, hci=8, link_layer=50)
    assert found.payload_share == round(498 / (500 + 8 + 12 + 50), 4)
    assert found.goodput_bps == 498 * 8 / 0.001


def test_an_mps_of_247_fills_the_packet(tmp_path: Path) -> None:
    """492 bytes and the length field are two full K-frames of 247, each a PDU of 251."""
    records = [*opened(247), data_length_change(251, 251)]
    found = efficiency(tmp_path, records + [sent(pdu(0x50, frame)) for frame in kframes(bytes(492), 247)])
    assert (found.link_layer_packets, found.kframe_fill) == (2, 1.0)
    assert found.fit == Fit(251, octets_seen=True, packets_a_full_kframe=1, bytes_in_last=251, best_mps=247)


def test_the_data_length_in_force_counts(tmp_path: Path) -> None:
    """A PDU of 104 bytes takes 4 packets of 27, and after the change one of 251: 5 for two K-frames."""
    records = opened(100)
    first, second = (sent(pdu(0x50, frame)) for frame in kframes(bytes(198), 100))
    assert efficiency(tmp_path, [*records, first, data_length_change(251, 27), second]).link_layer_packets == 5


def test_credits_in_flight_and_latencies(tmp_path: Path) -> None:
    """Of 3 credits 2 are left for 1 ms and 1 for 1 ms, then 2 come; the SDU takes 1 ms, the answer 1 ms."""
    records = opened(100) + [sent(pdu(0x50, frame)) for frame in kframes(bytes(198), 100)]
    with capture_of(tmp_path, [*records, received(signal(0x16, 9, 0x50, 2))]) as capture:
        (found,) = efficiencies(capture)
        channel = capture.channels[0]
        times, balances = in_flight(capture, channel, channel.tx)
    assert (balances.tolist(), (times - times[0]).tolist()) == ([2, 1, 3], [0, MS, 2 * MS])
    assert found.credits_in_flight == InFlight(min=1, mean=1.5, max=3)
    assert found.sdu_latency == found.credit_latency == Latency(1, MS, MS, MS, MS)
    assert found.att_latency is None


def test_hci_headers_count_fragments(tmp_path: Path) -> None:
    """A K-frame in three ACL packets has three headers of 4 bytes."""
    pieces = [(SENT, b"\x02" + piece) for piece in fragments(pdu(0x50, kframes(bytes(90), 100)[0]), [27, 54])]
    assert efficiency(tmp_path, opened(100) + pieces).overhead.hci == 12


def test_the_same_bytes_as_notifications(tmp_path: Path) -> None:
    """498 bytes at the default ATT_MTU of 23 are 24 values of 20 and one of 18, 7 bytes of headers each."""
    records = opened(251) + [sent(pdu(0x50, frame)) for frame in kframes(bytes(498), 251)]
    assert efficiency(tmp_path, records).as_gatt == GattCost(23, False, 25, 175, 25, 250)
    exchange = [sent(pdu(ATT, b"\x02\xf7\x00")), received(pdu(ATT, b"\x03\xf7\x00"))]
    # With 247: 244 + 244 + 10 bytes, which over packets of 27 take 10 + 10 + 1.
    assert efficiency(tmp_path, exchange_after(records, exchange)).as_gatt == GattCost(247, True, 3, 21, 21, 210)


def test_full_and_empty_notifications(tmp_path: Path) -> None:
    """40 bytes are two full values of 20 and no third; an SDU of no bytes is a value of none."""
    with capture_of(tmp_path, opened(100)) as capture:
        cost = gatt_cost(capture, 0, [40, 0], octets=27, each=10)
    assert (cost.notifications, cost.overhead, cost.link_layer_packets) == (3, 21, 3)


def exchange_after(records: Records, exchange: Records) -> Records:
    return [records[0], *exchange, *records[1:]]


@pytest.mark.parametrize(("values", "found"), [(50, 1), (49, 0)])
def test_bulk_notifications_as_a_channel(tmp_path: Path, values: int, found: int) -> None:
    """50 values of 20 bytes: 350 bytes of headers, 50 packets. As a channel of MPS 23: 4 SDUs of 228 bytes and one of
    88 are 44 K-frames, 44 * 4 + 5 * (2 + 12) bytes, and 44 + 5 packets. 49 are not bulk."""
    notification = received(pdu(ATT, b"\x1b\x2a\x00" + bytes(20)))
    with capture_of(tmp_path, [(EVENT, b"\x04" + le_connection_complete())] + [notification] * values) as capture:
        bulk = list(bulk_gatt(capture, data_lengths(capture)))
    assert len(bulk) == found
    for item in bulk:
        assert (item.handle, item.direction, item.first_packet, item.value_bytes) == (0x2A, "rx", 2, 1000)
        assert (item.overhead, item.link_layer_packets) == (350, 50)
        assert (item.mps, item.channel_kframes, item.channel_overhead) == (23, 44, 246)
        assert item.channel_link_layer_packets == 49


def test_latencies_by_nearest_rank() -> None:
    """Of 1 to 100 the median is the 50th and the 99th percentile the 99th; less than no time is no time."""
    assert latency_of(range(100, 0, -1)) == Latency(100, 1, 50, 99, 100)
    assert latency_of([-5]) == Latency(1, 0, 0, 0, 0)
    assert latency_of([]) is None


def test_the_sample_that_starves(tmp_path: Path) -> None:
    """As its truth says: 40 SDUs of 700 bytes in 3 K-frames each (247, 247, 208), answers 300 ms after the seventh."""
    with l2scope.open(SAMPLES / "starved_peer.btsnoop") as capture:
        (found,) = efficiencies(capture)
    assert (found.kframes, found.kframe_bytes, found.sdu_bytes) == (120, 40 * 702, 28_000)
    assert found.kframe_fill == round(702 / (3 * 247), 4)
    # PDUs of 251, 251 and 212 bytes over packets of 27.
    assert found.link_layer_packets == 40 * (10 + 10 + 8)
    assert found.credit_latency is not None
    assert (found.credit_latency.count, found.credit_latency.median_ns) == (17, 300 * MS)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.btsnoop")), ids=lambda path: path.stem)
def test_the_engines_own_sums_agree(path: Path) -> None:
    """What `channels --json` says of framing without any rows is what the rows add up to."""
    with l2scope.open(path) as capture:
        for found in efficiencies(capture):
            framing = capture.channels[found.channel].direction(found.direction).framing
            assert framing is not None
            assert (framing.kframe_bytes, framing.kframe_fill) == (found.kframe_bytes, found.kframe_fill)
            assert framing.l2cap_overhead == found.overhead.l2cap
            assert framing.credit_overhead == found.overhead.credits


def test_the_command() -> None:
    """A page for each direction, the latencies below; the same as JSON, of one channel if one is asked for."""
    text = run_l2scope("efficiency", SAMPLES / "healthy.btsnoop").stdout
    assert "160 notifications (ATT_MTU 247)" in text
    assert "an MPS of 239 would take one less" in text
    shown = json.loads(run_l2scope("efficiency", SAMPLES / "healthy.btsnoop", "--json").stdout)
    assert [(item["channel"], item["direction"]) for item in shown["channels"]] == [(0, "tx"), (0, "rx")]
    assert shown["att"][0]["count"] == 7
    result = run_l2scope("efficiency", SAMPLES / "healthy.btsnoop", "--channel", "1")
    assert (result.returncode, "1 channels" in result.stderr) == (2, True)
