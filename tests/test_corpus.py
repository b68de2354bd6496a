"""Real captures: what the engine says of them agrees with independent readings and with what was done."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

import l2scope
from l2scope.reading import read_figures
from tests.corpus import CORPUS, corpus_files, name_of, needs_corpus, read_json

pytestmark = needs_corpus

READINGS = corpus_files("*/*.channels.json")
KERNEL = CORPUS / "kernel"
BUMBLE = CORPUS / "bumble"


def capture_of(reading: Path) -> Path:
    return reading.with_name(reading.name.replace(".channels.json", ".btsnoop"))


def renumbered(channels: list[dict[str, object]]) -> list[dict[str, object]]:
    """As if there were no other channels."""
    numbers = {channel["id"]: number for number, channel in enumerate(channels)}
    return [c | {"id": numbers[c["id"]], "twin": numbers.get(c["twin"])} for c in channels]


@pytest.mark.parametrize("reading", READINGS, ids=name_of)
def test_channels_equal_an_independent_reading(reading: Path) -> None:
    """Every field that the independent reading has, of every credit-based channel: it knows no others."""
    channels = renumbered([c.as_json() for c in read_figures(capture_of(reading)).channels if c.credit_based])
    expected = read_json(reading)
    assert len(channels) == len(expected)
    for channel, wanted in zip(channels, expected, strict=True):
        found: dict[str, Any] = {name: channel[name] for name in wanted}
        for name in ("tx", "rx"):
            figures: Any = channel[name]
            found[name] = {field: figures[field] for field in wanted[name] if field != "sha256"}
            wanted[name].pop("sha256")
        assert found == wanted


@pytest.mark.parametrize("reading", READINGS, ids=name_of)
def test_sdus_equal_an_independent_reading(reading: Path) -> None:
    """SHA-256 over length and bytes of each complete SDU, in order, of every direction."""
    capture = l2scope.open(capture_of(reading))
    channels = [channel for channel in capture.channels if channel.credit_based]
    for channel, wanted in zip(channels, read_json(reading), strict=True):
        for name in ("tx", "rx"):
            digest = hashlib.sha256()
            for sdu in capture.sdus(channel, name):
                if sdu.state == "complete":
                    content = capture.sdu_bytes(sdu.row)
                    digest.update(len(content).to_bytes(4, "little") + content)
            assert digest.hexdigest() == wanted[name]["sha256"]


def test_big_small_field_by_field() -> None:
    """The generator's own books: credits, K-frames, SDUs and every zero interval of 18 directions."""
    truth = read_json(BUMBLE / "big_small.truth.json")
    capture = l2scope.open(BUMBLE / "big_small.btsnoop")
    assert capture.count == truth["packets"]
    for number, expected in enumerate(truth["channels"]):
        channel = capture.channels[number // 2]
        direction = channel.direction("tx" if expected["direction"] == "phone->peer" else "rx")
        assert (channel.handle, channel.psm) == (expected["handle"], expected["psm"])
        same = ("mtu", "mps", "initial_credits", "credits_granted", "kframes", "min_balance", "sdus", "zero_intervals")
        assert {name: getattr(direction, name) for name in same} == {name: expected[name] for name in same}
        assert (direction.cid, direction.credit_packets) == (expected["frame_cid"], expected["credit_frames"])
        assert (direction.balance, direction.sdu_bytes) == (expected["credits_left"], expected["bytes"])
        assert direction.zero_ns == expected["zero_us"] * 1000
        assert direction.certain_intervals == expected["zero_mid_sdu"]
        assert direction.certain_ns == expected["zero_mid_sdu_us"] * 1000
        t0 = truth["t0_unix_us"]
        assert [
            [z.start_ns // 1000 - t0, z.end_ns // 1000 - t0, z.start_packet, z.end_packet, z.class_ == "certain"]
            for z in direction.zeros()
        ] == [interval[:5] for interval in expected["zeros"]]


@pytest.mark.parametrize("name", ["gatt_then_coc", "starved", "two_channels_bidir"])
@pytest.mark.parametrize("side", ["phone", "gadget"])
def test_totals_of_the_stack(name: str, side: str) -> None:
    """What each side's stack sent and received, from its own capture: SDUs with their SHA-256 in order."""
    truth = read_json(BUMBLE / f"{name}.truth.json")
    suffix = ".btsnoop" if side == "phone" else ".peer.btsnoop"
    capture = l2scope.open(BUMBLE / (name + suffix))
    mine = [channel for channel in truth["channels"] if channel["role"] == side]
    theirs = [channel for channel in truth["channels"] if channel["role"] != side]
    assert len(capture.channels) == len(mine)
    for expected in mine:
        channel = capture.channels.one(psm=expected["psm"])
        (peer,) = [other for other in theirs if other["psm"] == expected["psm"]]
        assert (channel.tx.kframes, channel.rx.kframes) == (expected["kframes_tx"], expected["kframes_rx"])
        assert (channel.rx.mtu, channel.tx.mps) == (expected["rx_mtu"], expected["tx_mps"])
        assert sdu_digests(capture, channel, "tx") == [sdu["sha256"] for sdu in expected["sent"]]
        assert sdu_digests(capture, channel, "rx") == [sdu["sha256"] for sdu in peer["sent"]]


def sdu_digests(capture: l2scope.Capture, channel: l2scope.Channel, direction: str) -> list[str]:
    complete = [sdu for sdu in capture.sdus(channel, direction) if sdu.state == "complete"]
    return [hashlib.sha256(capture.sdu_bytes(sdu.row)).hexdigest() for sdu in complete]


@pytest.mark.parametrize(
    ("name", "sdus", "size"),
    [
        ("lecoc_bulk_500x500_k6.1", 500, 500),
        ("lecoc_recv_stalls_4s_k6.1", 100, 500),
        ("lecoc_bidir_200x500_k6.12", 200, 504),
        ("lecoc_slowread_50ms_rcvbuf4k_k6.12", 120, 500),
    ],
)
def test_kernel_captures_hold_what_was_sent(name: str, sdus: int, size: int) -> None:
    """Adapter 0 sends to adapter 1: both see all SDUs of one size."""
    capture = l2scope.open(KERNEL / f"{name}.btsnoop")
    for adapter, direction in ((0, "tx"), (1, "rx")):
        found = capture.sdus(capture.channels.one(adapter=adapter), direction)
        assert [(sdu.length, sdu.state) for sdu in found] == [(size, "complete")] * sdus


# Which direction of which file stalls how often, and for how long (nanoseconds, from and to). The senders are on
# adapter 0, the receivers on adapter 1; in a .peer file the gadget sends.
STALLS = [
    ("kernel/lecoc_recv_stalls_4s_k6.1", (1, 1), 3_980_000_000, 3_995_000_000),
    ("kernel/lecoc_slowread_50ms_rcvbuf4k_k6.12", (57, 58), 39_000_000, 55_000_000),
    ("bumble/starved", (19, 19), 290_000_000, 335_000_000),
    ("bumble/starved.peer", (19, 19), 290_000_000, 335_000_000),
    ("bumble/gatt_then_coc.peer", (1, 1), 23_500_000, 24_500_000),
]
HEALTHY = [
    "kernel/lecoc_bulk_500x500_k6.1",
    "kernel/lecoc_bidir_200x500_k6.12",
    "kernel/ecred_bulk_300x500_k6.1",
    "bumble/gatt_then_coc",
]


@pytest.mark.parametrize(("name", "count", "shortest", "longest"), STALLS)
def test_stalls_from_both_vantages(name: str, count: tuple[int, int], shortest: int, longest: int) -> None:
    """Every direction that carried data has this many stalls, each about this long."""
    for channel in read_figures(CORPUS / f"{name}.btsnoop").channels:
        for direction in (channel.tx, channel.rx):
            if direction.kframes:
                assert count[0] <= direction.stall_count <= count[1]
                assert all(shortest <= stall.duration_ns <= longest for stall in direction.stalls())


@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_captures_have_no_stall(name: str) -> None:
    """However much of their time they spend at zero credits."""
    figures = read_figures(CORPUS / f"{name}.btsnoop")
    assert [d.stall_count for channel in figures.channels for d in (channel.tx, channel.rx)] == [0] * 2 * len(
        figures.channels
    )


def test_one_of_three_channels_stalls() -> None:
    """In lecoc_3chan CID 0x40 is starved for 3.67 s, the two others flow; seen from both adapters."""
    for channel in read_figures(KERNEL / "lecoc_3chan_ch0stalls_k6.12.btsnoop").channels:
        active = channel.tx if channel.adapter == 0 else channel.rx
        lengths = [round(stall.duration_ns / 1e9, 2) for stall in active.stalls()]
        assert lengths == ([3.67] if channel.local_cid == 0x40 else [])


def test_links_that_end_with_their_adapter_are_closed() -> None:
    """BlueZ's tester runs 33 connections whose adapters close; no channel outlives its link."""
    figures = read_figures(KERNEL / "l2cap-tester_all_k6.12.btsnoop")
    assert sum(link.close_reason in ("adapter-gone", "reset", "handle-reused") for link in figures.links) == 33
    assert [channel.id for channel in figures.channels if channel.closed is None] == []
    assert [link.id for link in figures.links if link.closed is None] == []


def test_the_adapters_go_in_mid_stream() -> None:
    """Every channel and link of lecoc_lateattach ends with its adapter."""
    figures = read_figures(KERNEL / "lecoc_lateattach_poweroff_unplug_k6.12.btsnoop")
    assert {link.close_reason for link in figures.links} <= {
        "adapter-gone",
        "reset",
        "disconnect-local",
        "disconnect-peer",
    }
    assert all(link.closed for link in figures.links)


@pytest.mark.parametrize("name", ["cut_mid_record", "cut_mid_header"])
def test_a_cut_capture_keeps_everything_before_the_cut(name: str) -> None:
    """The same packets as the whole capture, up to the cut."""
    cut = l2scope.open(BUMBLE / f"{name}.btsnoop")
    whole = l2scope.open(BUMBLE / "gatt_then_coc.btsnoop")
    assert cut.quality.truncated
    assert 0 < cut.count < whole.count
    same = ("time", "length", "kind", "direction", "pdu", "link", "flags")
    for name_of_column in same:
        assert (cut.tables.packets[name_of_column] == whole.tables.packets[name_of_column][: cut.count]).all()


def test_cut_payloads_do_not_lose_an_sdu() -> None:
    """A capture of 64 bytes a packet has the same channel, its SDUs counted by the lengths on the wire."""
    cut, whole = (read_figures(BUMBLE / f"{name}.btsnoop").channels.one() for name in ("snaplen64", "gatt_then_coc"))
    assert cut.as_json() == whole.as_json()


def test_garbage_behind_a_good_header_is_refused() -> None:
    """The first record claims 3.2 GB."""
    (path,) = CORPUS.glob("public/sardark1*")
    with pytest.raises(l2scope.CaptureError, match="first record claims"):
        l2scope.open(path)


def test_rows_cost_at_most_100_bytes_a_packet() -> None:
    """All tables together, on a capture that is dense with K-frames and credits."""
    tables = l2scope.open(BUMBLE / "big_small.btsnoop").tables
    names = ("packets", "pdus", "signals", "credits", "sdus", "zeros", "att")
    assert sum(getattr(tables, name).nbytes for name in names) / len(tables.packets) < 100


@pytest.mark.parametrize("path", corpus_files("public/*btsnoop*") + corpus_files("public/*snoop"), ids=name_of)
def test_public_captures_hold_no_credit_based_channels(path: Path) -> None:
    """None of them has one: what looks like one must not be taken for it."""
    if "sardark1" in path.name:
        pytest.skip("no capture")
    assert [channel for channel in read_figures(path).channels if channel.credit_based] == []
