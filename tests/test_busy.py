"""Where the busy time of real channels went: the parts add up, and agree with a second reading of the capture."""

from pathlib import Path

import pytest

import l2scope
from l2scope.reading import read_figures
from tests.busy_by_moments import shares_by_moments
from tests.cli.runner import l2scope as run_l2scope
from tests.corpus import CORPUS, SAMPLES, corpus_files, name_of, needs_corpus

CAPTURES = corpus_files("kernel/*.btsnoop") + corpus_files("bumble/*.btsnoop") + sorted(SAMPLES.glob("*.btsnoop"))
# Their set-up is there, nothing is missing, and no controller holds more packets than it has buffers.
WHOLE = [
    *(CORPUS / "kernel" / f"{name}.btsnoop" for name in (
        "lecoc_bulk_500x500_k6.1", "ecred_bulk_300x500_k6.1", "lecoc_slowread_50ms_rcvbuf4k_k6.12",
        "lecoc_recv_stalls_4s_k6.1", "lecoc_3chan_ch0stalls_k6.12",
    )),
    *(CORPUS / "bumble" / f"{name}.btsnoop" for name in (
        "gatt_then_coc.peer", "starved.peer", "two_channels_bidir", "two_channels_bidir.peer", "ecred", "ecred.peer",
    )),
    *(SAMPLES / f"{name}.btsnoop" for name in ("link_lost", "small_fragments", "starved", "two_channels")),
]  # fmt: skip


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_the_shares_add_up_to_the_busy_time(path: Path) -> None:
    """Exactly, in every direction of every channel; none is negative, and a receiver claims no more than credits."""
    for channel in read_figures(path).channels:
        for direction in (channel.tx, channel.rx):
            busy = direction.busy
            parts = (busy.credits_ns, busy.controller_ns, busy.host_ns, busy.sending_ns, busy.unknown_ns)
            assert sum(parts) == direction.busy_ns
            assert min(parts) >= 0
            assert (busy.unknown_because is None) == (busy.unknown_ns == 0)
        assert (channel.rx.busy.controller_ns, channel.rx.busy.host_ns, channel.rx.busy.sending_ns) == (0, 0, 0)


@pytest.mark.parametrize("path", WHOLE, ids=name_of)
def test_the_shares_equal_a_reading_moment_by_moment(path: Path) -> None:
    """Of what every channel of a whole capture sent."""
    if not path.exists():
        pytest.skip("the large corpus is not on this machine")
    capture = l2scope.open(path)
    for channel in capture.channels:
        expected = shares_by_moments(capture, channel)
        assert {name: getattr(channel.tx.busy, f"{name}_ns") for name in expected} == expected


@needs_corpus
def test_a_starved_sender_waits_for_credits_and_its_neighbours_do_not() -> None:
    """lecoc_3chan: the sender of CID 0x40 waits 3.7 s for credits, the other two less than 50 ms."""
    for channel in read_figures(CORPUS / "kernel/lecoc_3chan_ch0stalls_k6.12.btsnoop").channels.where(adapter=0):
        waited = channel.tx.busy.credits_ns
        assert 3.65e9 < waited < 3.8e9 if channel.local_cid == 0x40 else waited < 50e6


def test_a_sender_with_small_buffers_waits_for_its_controller() -> None:
    """small_fragments: 16 buffers of 27 bytes, and a radio that takes a packet each connection event."""
    busy = read_figures(SAMPLES / "small_fragments.btsnoop").channels[0].tx.busy
    assert (busy.buffers, busy.buffer_size) == (16, 27)
    assert busy.share("controller") > 0.9
    assert busy.longest_controller_wait is not None


def test_the_channels_command_shows_the_shares_and_the_policy() -> None:
    """The sample's sender waits for credits all the time, and its receiver gives them when none is left."""
    lines = [line.split() for line in run_l2scope("channels", SAMPLES / "starved.btsnoop").stdout.splitlines()]
    assert ["0", "tx", "5.610", "s", "100.0%", "-", "0.0%", "0.0%", "-"] in lines
    assert [
        "0",
        "tx",
        "burst",
        "certain",
        "100%",
        *["grants", "7", "only", "when", "all", "credits", "are", "spent"],
    ] in lines


@needs_corpus
def test_a_receivers_view_points_to_the_senders() -> None:
    """Where the other end is in the same capture, what is unknown at the receiver is known there."""
    text = run_l2scope("channels", CORPUS / "kernel/lecoc_bulk_500x500_k6.1.btsnoop").stdout
    assert "captured at the receiver; #1 tx is the sender's end" in text
