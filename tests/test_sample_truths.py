"""The engine reads from each sample what the stack behind it did."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

import l2scope
from tests.corpus import SAMPLES, name_of, read_json

TRUTHS = sorted(SAMPLES.glob("*.truth.json"))


@pytest.fixture(params=TRUTHS, ids=name_of)
def sample(request: pytest.FixtureRequest) -> tuple[dict[str, Any], l2scope.Capture]:
    truth_path: Path = request.param
    return read_json(truth_path), l2scope.open(truth_path.with_name(truth_path.name.replace(".truth.json", ".btsnoop")))


def test_channels_are_those_that_opened(sample: tuple[dict[str, Any], l2scope.Capture]) -> None:
    """Ends, initiator and closing of each channel in order."""
    truth, capture = sample
    assert capture.count == truth["packets"]
    assert [
        (c.psm, c.local_cid, c.remote_cid, c.handle, c.initiator, c.close_reason) for c in capture.channels
    ] == [
        (c["psm"], c["local_cid"], c["remote_cid"], c["handle"], c["initiator"], c["close"]) for c in truth["channels"]
    ]  # fmt: skip


def test_figures_of_both_directions(sample: tuple[dict[str, Any], l2scope.Capture]) -> None:
    """Limits, credits, K-frames and SDUs as the stack counted them."""
    truth, capture = sample
    for channel, expected in zip(capture.channels, truth["channels"], strict=True):
        for direction in ("tx", "rx"):
            figures = wanted(expected[direction])
            assert {name: getattr(channel.direction(direction), name) for name in figures} == figures


def wanted(truth: dict[str, Any]) -> dict[str, int]:
    """What the truth has of a direction; BR/EDR knows no credits."""
    lengths = [sdu["length"] for sdu in truth["sdus"]]
    names = truth.keys() - {"sdus"}
    return {**{name: truth[name] for name in names}, "sdus": len(lengths), "sdu_bytes": sum(lengths)}


def test_every_sdu_is_rebuilt_byte_for_byte(sample: tuple[dict[str, Any], l2scope.Capture]) -> None:
    """Length and SHA-256 of each complete SDU, in order."""
    truth, capture = sample
    for channel, expected in zip(capture.channels, truth["channels"], strict=True):
        for name in ("tx", "rx"):
            complete = [sdu for sdu in capture.sdus(channel, name) if sdu.state == "complete"]
            found = [(sdu.length, hashlib.sha256(capture.sdu_bytes(sdu.row)).hexdigest()) for sdu in complete]
            assert found == [(sdu["length"], sdu["sha256"]) for sdu in expected[name]["sdus"]]


def test_refusals_and_links(sample: tuple[dict[str, Any], l2scope.Capture]) -> None:
    """Who was refused what, and how each link ended."""
    truth, capture = sample
    assert [(attempt.psm, attempt.result) for attempt in capture.refused] == [
        (attempt["psm"], attempt["result"]) for attempt in truth["refused"]
    ]
    assert [(link.handle, link.close_reason) for link in capture.links] == [
        (link["handle"], link["close"]) for link in truth["links"]
    ]


def test_the_starved_sender_waited_as_often_as_its_stack_says() -> None:
    """Certain and likely intervals, at the sender and at the receiver, against the stack's own count."""
    for name, direction in (("starved", "tx"), ("starved_peer", "rx")):
        truth = read_json(SAMPLES / f"{name}.truth.json")["starvation"]
        figures = l2scope.open(SAMPLES / f"{name}.btsnoop").channels.one().direction(direction)
        assert figures.certain_intervals + figures.likely_intervals == truth["zero_credit_waits"]
        assert figures.certain_intervals == truth["mid_sdu_waits"]
        assert figures.stall_count == truth["zero_credit_waits"]


def test_the_healthy_stream_has_no_stall() -> None:
    """Credits came back in time."""
    capture = l2scope.open(SAMPLES / "healthy.btsnoop")
    assert capture.stalls() == []
