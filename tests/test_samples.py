"""The samples in captures/ are what their generator makes, and hold what their truths say."""

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import pytest

from tests.independent_reading import Reading, read, sdus

CAPTURES = Path(__file__).resolve().parent.parent / "captures"
NAMES = (
    *("healthy", "starved", "starved_peer", "two_channels", "refused", "link_lost", "small_fragments", "att_only"),
    *("forum_chat", "forum_chat_faults", "image_stream", "audio_stream", "ots", "ots_faults"),
    *("smp_mcumgr", "smp_mcumgr_faults"),
)
CLASSIC = ("classic_serial", "classic_audio", "classic_input", "classic_network")
ALL = NAMES + CLASSIC


def truth(name: str) -> dict[str, Any]:
    """The truth of one sample."""
    content: dict[str, Any] = json.loads((CAPTURES / f"{name}.truth.json").read_text())
    return content


def reading(name: str) -> Reading:
    """The independent reading of one sample."""
    return read(CAPTURES / f"{name}.btsnoop")


def directions(channel: dict[str, Any]) -> tuple[tuple[bool, int, dict[str, Any]], ...]:
    """(sent, CID on the K-frames, truth) of a channel's two directions."""
    return (True, channel["remote_cid"], channel["tx"]), (False, channel["local_cid"], channel["rx"])


def test_generator_makes_the_same_bytes(tmp_path: Path) -> None:
    """Running the generator again gives exactly the files in captures/."""
    bumble = pytest.importorskip("bumble", reason="the samples are made by Bumble, which is not installed")
    made_with = truth("healthy")["made_with"]
    if made_with != f"bumble {bumble.__version__}":
        pytest.skip(f"the samples were made with {made_with}; this is bumble {bumble.__version__}")
    from tests.generate.samples import write_samples  # needs bumble

    assert {sample.name for sample in write_samples(tmp_path)} == set(ALL)
    for made in tmp_path.iterdir():
        assert made.read_bytes() == (CAPTURES / made.name).read_bytes(), made.name


def test_samples_are_small() -> None:
    """The samples are part of every installation: 80 kB each and 400 kB together are the limit."""
    sizes = [path.stat().st_size for path in CAPTURES.glob("*.btsnoop")]
    assert len(sizes) == len(ALL)
    assert max(sizes) < 80_000
    assert sum(sizes) < 400_000


@pytest.mark.parametrize("name", ALL)
def test_readme_has_a_row_for_the_sample(name: str) -> None:
    """The table in captures/README.md names every sample with its number of packets."""
    rows = [row for row in (CAPTURES / "README.md").read_text().splitlines() if row.startswith(f"| `{name}`")]
    assert len(rows) == 1
    assert f"| {truth(name)['packets']} |" in rows[0]


@pytest.mark.parametrize("name", ALL)
def test_packets_and_disconnections(name: str) -> None:
    """The truth counts the packets of the file and says how each link ended."""
    expected, found = truth(name), reading(name)
    assert found.packets == expected["packets"]
    assert found.disconnections == [(link["handle"], link["reason"]) for link in expected["links"]]


@pytest.mark.parametrize("name", NAMES)
def test_k_frames_and_sdus(name: str) -> None:
    """Each direction holds as many K-frames, and the very SDUs, that the stack sent or received."""
    found = reading(name)
    for channel in truth(name)["channels"]:
        for sent, cid, expected in directions(channel):
            k_frames = found.payloads(channel["handle"], sent, cid)
            complete, begun = sdus(k_frames)
            assert len(k_frames) == expected["kframes"]
            assert complete == [(sdu["length"], sdu["sha256"]) for sdu in expected["sdus"]]
            assert begun == bool(expected["incomplete_sdus"])
            assert max(map(len, k_frames), default=0) <= expected["mps"]


@pytest.mark.parametrize("name", CLASSIC)
def test_frames_of_classic_channels(name: str) -> None:
    """Each frame of a channel, which has its CID to itself while it is open, is an SDU that the stack sent."""
    found, expected = reading(name), truth(name)["channels"]
    for sent, own in ((True, "remote_cid"), (False, "local_cid")):
        way = "tx" if sent else "rx"
        for cid in {channel[own] for channel in expected}:
            payloads = found.payloads(expected[0]["handle"], sent, cid)
            told = [sdu for channel in expected if channel[own] == cid for sdu in channel[way]["sdus"]]
            assert [(len(one), hashlib.sha256(one).hexdigest()) for one in payloads] == [
                (sdu["length"], sdu["sha256"]) for sdu in told
            ]


@pytest.mark.parametrize("name", NAMES)
def test_credits_granted(name: str) -> None:
    """Credits are granted by the receiver, with its own CID in the indication, and K-frames never exceed them."""
    indications = list(reading(name).commands(0x16))
    for channel in truth(name)["channels"]:
        for sent, cid, expected in directions(channel):
            granted = [struct.unpack("<HH", data) for _, by_captured, _, data in indications if by_captured != sent]
            assert sum(credits for own_cid, credits in granted if own_cid == cid) == expected["credits_granted"]
            assert expected["kframes"] <= expected["initial_credits"] + expected["credits_granted"]


@pytest.mark.parametrize("name", NAMES)
def test_opening_parameters(name: str) -> None:
    """MTU, MPS and initial credits are those of the connection request and its response."""
    found = reading(name)
    requests = {(sent, identifier): data for _, sent, identifier, data in found.commands(0x14)}
    opened, refused = [], []
    for _, sent, identifier, data in found.commands(0x15):
        psm, source, *theirs = struct.unpack("<HHHHH", requests[not sent, identifier])
        destination, *ours, result = struct.unpack("<HHHHH", data)
        if result:
            refused.append({"psm": psm, "result": result})
        else:
            ends = (source, destination, ours, theirs) if not sent else (destination, source, theirs, ours)
            opened.append((psm, "remote" if sent else "local", *ends))
    expected = truth(name)
    assert refused == expected["refused"]
    assert opened == [opening(channel) for channel in expected["channels"]]


def opening(channel: dict[str, Any]) -> tuple[Any, ...]:
    """What the truth says about a channel's opening."""
    limits = [[channel[way][what] for what in ("mtu", "mps", "initial_credits")] for way in ("tx", "rx")]
    return (channel["psm"], channel["initiator"], channel["local_cid"], channel["remote_cid"], *limits)


@pytest.mark.parametrize("name", NAMES)
def test_att_pdus(name: str) -> None:
    """ATT PDUs in both directions are those the stack counted."""
    found, expected = reading(name), truth(name)
    handle = expected["links"][0]["handle"]
    for sent, way in ((True, "tx"), (False, "rx")):
        assert len(found.payloads(handle, sent, 0x0004)) == sum(expected["att"][way].values())


def test_directions_can_be_told_apart() -> None:
    """CIDs differ between the two ends of every channel, so that mistakes show; two_channels crosses them."""
    for name in ALL:
        assert all(channel["local_cid"] != channel["remote_cid"] for channel in truth(name)["channels"])
    first, second = truth("two_channels")["channels"]
    assert (first["local_cid"], first["remote_cid"]) == (second["remote_cid"], second["local_cid"])


def test_starved_from_both_sides() -> None:
    """The two captures of one starved run show the same SDUs, sent on one side and received on the other."""
    captured, peer = truth("starved"), truth("starved_peer")
    assert captured["channels"][0]["tx"] == peer["channels"][0]["rx"]
    assert captured["starvation"]["zero_credit_waits"] == 17
    assert captured["starvation"]["mid_sdu_waits"] == 12


def test_link_lost_in_mid_sdu() -> None:
    """The link goes by supervision timeout while an SDU is under way in both directions and credits are left."""
    lost = truth("link_lost")
    channel = lost["channels"][0]
    assert lost["links"][0]["reason"] == 0x08
    assert channel["close"] == "link-lost"
    for way in ("tx", "rx"):
        assert channel[way]["incomplete_sdus"] == 1
        assert channel[way]["kframes"] < channel[way]["initial_credits"] + channel[way]["credits_granted"]
