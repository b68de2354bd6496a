"""A piece of a capture holds what is needed to understand it, and nothing else."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import l2scope
from l2scope.channels import Channel
from l2scope.engine.words import ACL
from l2scope.writing.convert import convert
from l2scope.writing.selection import of_channel, of_link, of_packets
from tests.corpus import CORPUS, SAMPLES, needs_corpus, read_json
from tests.wire import acl, btsnoop, le_connection_complete, pdu, signal

KERNEL = CORPUS / "kernel"


def channel_piece(source: Path, number: int, out: Path) -> l2scope.Capture:
    """The capture of one channel, as it is read again."""
    with l2scope.open(source) as capture:
        convert(capture, out, out.suffix.removeprefix("."), of_channel(capture, capture.channels[number]))
    return l2scope.open(out)


# What depends on where packets stand, and on what others keep the controller busy with.
ELSEWHERE = frozenset(
    ("id", "link", "twin", "opened", "closed", "packet", "packets", "longest_stall_packet", "start_packet", "busy")
)


def figures(channel: Channel) -> dict[str, Any]:
    """The figures of a channel that do not depend on what else is in the capture."""
    return {name: figure for name, figure in without_places(channel.as_json()).items() if name != "spsm_source"}


def without_places(figure: Any) -> Any:
    """The same without what names packets, however deep."""
    if isinstance(figure, dict):
        return {name: without_places(value) for name, value in figure.items() if name not in ELSEWHERE}
    return [without_places(value) for value in figure] if isinstance(figure, list) else figure


@pytest.mark.parametrize("number", [0, 1])
def test_a_channel_of_two(number: int, tmp_path: Path) -> None:
    """It is alone, its figures are those of the truth, its SDUs have the same bytes."""
    truth = read_json(SAMPLES / "two_channels.truth.json")["channels"][number]
    piece = channel_piece(SAMPLES / "two_channels.btsnoop", number, tmp_path / "out.pcapng")
    (channel,) = piece.channels
    assert channel.ledger == "exact"
    for name in ("tx", "rx"):
        direction = channel.direction(name)
        for figure in ("mtu", "mps", "initial_credits", "credits_granted", "kframes"):
            assert getattr(direction, figure) == truth[name][figure]
        assert [sdu.length for sdu in piece.sdus(channel, name)] == [sdu["length"] for sdu in truth[name]["sdus"]]
    assert piece.quality.conclusive


@needs_corpus
@pytest.mark.parametrize(
    "name",
    ["lecoc_3chan_ch0stalls_k6.12", "ecred_5chan_1req_ch0stalls_reconf_k6.12", "lecoc_receiver_killed_midway_k6.12"],
)
def test_every_channel_of_real_captures(name: str, tmp_path: Path) -> None:
    """The figures of each are as in the whole capture: limits, credits, SDUs, stalls, how it ended."""
    whole = l2scope.open(KERNEL / f"{name}.btsnoop").channels
    for channel in whole:
        piece = channel_piece(KERNEL / f"{name}.btsnoop", channel.id, tmp_path / f"{channel.id}.btsnoop")
        found = [figures(other) for other in piece.channels if other.local_cid == channel.local_cid]
        assert found == [figures(channel)]
        assert [other.tx.kframes + other.rx.kframes for other in piece.channels if other.psm != channel.psm] == []
        carried = piece.tables.pdus["channel"]
        assert len(np.unique(carried[carried >= 0])) == 1


@needs_corpus
def test_a_link_of_several(tmp_path: Path) -> None:
    """Its channels and what ended it are all there; the other links are not."""
    source = CORPUS / "bumble" / "big_small.btsnoop"
    with l2scope.open(source) as whole:
        convert(whole, tmp_path / "out.pcapng", "pcapng", of_link(whole, 1))
        expected = [figures(channel) for channel in whole.channels if channel.link == 1]
        handle, opened_ns, closed_ns = (getattr(whole.links[1], name) for name in ("handle", "opened_ns", "closed_ns"))
    piece = l2scope.open(tmp_path / "out.pcapng")
    (link,) = piece.links
    assert (link.handle, link.opened_ns, link.closed_ns) == (handle, opened_ns, closed_ns)
    assert [figures(channel) for channel in piece.channels] == expected


def test_events_about_buffers_come_with_the_link(tmp_path: Path) -> None:
    """Which buffers the controller has, and which of the link's are free again: else it would seem to be stuck."""
    with l2scope.open(SAMPLES / "starved.btsnoop") as whole:
        mask = of_link(whole, 0)
        kept = [whole.raw(int(number)) for number in np.flatnonzero(mask & (whole.tables.packets["kind"] != ACL)) + 1]
        events = [whole.raw(number) for number in range(1, whole.count + 1)]
    handle = (0x0040).to_bytes(2, "little")
    completed = [event for event in events if event[0] == 0x13 and event[3:5] == handle]
    assert len(completed) == 20
    assert [event for event in kept if event[0] == 0x13] == completed
    assert [event[3:5] for event in kept if event[0] == 0x0E] == [
        event[3:5] for event in events if event[0] == 0x0E and event[3:5] in (b"\x05\x10", b"\x02\x20", b"\x60\x20")
    ]


def test_ranges_of_packets() -> None:
    """First and last are included; the end may be open, or behind the end of the capture."""
    with l2scope.open(SAMPLES / "refused.btsnoop") as capture:
        mask = of_packets(capture, [(1, 2), (5, 5), (85, 200)])
        assert (np.flatnonzero(mask) + 1).tolist() == [1, 2, 5, 85, 86, 87, 88, 89]
        assert of_packets(capture, [(88, None)]).sum() == 2
        assert of_packets(capture, [(90, None)]).sum() == 0


@pytest.mark.parametrize("to", ["btsnoop", "pcapng"])
def test_a_capture_that_has_grown(to: str, tmp_path: Path) -> None:
    """A piece that was chosen before more packets came is what it was."""
    out = tmp_path / "out"
    with l2scope.open(SAMPLES / "refused.btsnoop") as capture:
        assert convert(capture, out, to, np.ones(50, dtype=bool)).packets == 50
        with l2scope.open(out) as written:
            assert list(written.raws(np.arange(1, 51))) == list(capture.raws(np.arange(1, 51)))


def sent(payload: bytes) -> tuple[int, bytes]:
    """A record of an ACL packet from the host."""
    return 0, b"\x02" + acl(payload)


def received(payload: bytes) -> tuple[int, bytes]:
    return 1, b"\x02" + acl(payload)


def life(identifier: int, spsm: int) -> list[tuple[int, bytes]]:
    """A channel with the CIDs 0x40 and 0x50 that is opened, carries an SDU of two bytes and is closed."""
    return [
        sent(signal(0x14, identifier, spsm, 0x40, 100, 50, 3)),
        received(signal(0x15, identifier, 0x50, 100, 50, 3, 0)),
        sent(pdu(0x50, b"\x02\x00ab")),
        received(signal(0x16, identifier + 1, 0x50, 1)),
        sent(signal(0x06, identifier, 0x50, 0x40)),
        received(signal(0x07, identifier, 0x50, 0x40)),
    ]


@pytest.mark.parametrize(("number", "spsm", "packets"), [(0, 0x80, range(2, 8)), (1, 0x81, range(8, 14))])
def test_a_channel_whose_cids_were_used_before(number: int, spsm: int, packets: range, tmp_path: Path) -> None:
    """The signalling of the other life of the same CIDs stays out."""
    source = tmp_path / "lives.btsnoop"
    source.write_bytes(btsnoop([(1, b"\x04" + le_connection_complete()), *life(1, 0x80), *life(11, 0x81)]))
    with l2scope.open(source) as capture:
        mask = of_channel(capture, capture.channels[number])
        assert (np.flatnonzero(mask) + 1).tolist() == [1, *packets]
    (channel,) = channel_piece(source, number, tmp_path / "out.btsnoop").channels
    assert (channel.psm, channel.tx.sdus, channel.tx.credits_granted) == (spsm, 1, 1)
