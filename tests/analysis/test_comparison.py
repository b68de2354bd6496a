"""What changed between two captures, and what of it is worse."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import l2scope as api
from l2scope.analysis.comparison import Comparison, compare
from l2scope.analysis.latency import Latency
from l2scope.channels import Channel, Channels
from tests.check.stalled import stalled_capture
from tests.cli.runner import l2scope
from tests.corpus import SAMPLES, read_json

STARVED, HEALTHY = SAMPLES / "starved.btsnoop", SAMPLES / "healthy.btsnoop"


def with_tx(channel: Channel, **figures: Any) -> Channel:
    """A channel whose captured host sent with other figures."""
    return replace(channel, tx=replace(channel.tx, **figures))


def starved_channel() -> Channel:
    return api.open(STARVED).channels.one()


def compared(before: Channel, after: Channel) -> Comparison:
    return compare(Channels([before]), Channels([after]), [], [])


def test_a_capture_is_like_itself() -> None:
    """Nothing is new, nothing is gone, nothing changed."""
    capture = api.open(STARVED)
    same = compare(capture.channels, capture.channels, capture.findings(), capture.findings())
    assert [same.channels_gone, same.channels_new, same.findings_gone, same.findings_new] == [[], [], [], []]
    changes = {change.change for way in same.directions for change in way.changes if change.before is not None}
    assert changes == {0.0}
    assert same.regressions(0.0) == []


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        ({"goodput_bps": 1000.0}, {"goodput_bps": 899.0}, True),
        ({"goodput_bps": 1000.0}, {"goodput_bps": 901.0}, False),
        ({"goodput_bps": 1000.0}, {"goodput_bps": 2000.0}, False),
        ({"goodput_bps": 1000.0}, {"goodput_bps": None}, False),
        ({"stall_ns": 10, "busy_ns": 100}, {"stall_ns": 21, "busy_ns": 100}, True),
        ({"stall_ns": 10, "busy_ns": 100}, {"stall_ns": 19, "busy_ns": 100}, False),
        ({"longest_stall_ns": 10}, {"longest_stall_ns": 1000}, False),
    ],
)
def test_a_regression_of_ten_percent(before: dict[str, Any], after: dict[str, Any], worse: bool) -> None:
    """Goodput counts by its parts, the stalled share by its points, what is only noted not at all."""
    channel = starved_channel()
    found = compared(with_tx(channel, **before), with_tx(channel, **after))
    assert bool(found.regressions(0.1)) is worse


def test_latencies_are_compared() -> None:
    """A median of twice as long is a regression; the 99th percentile, which a single SDU may make, is only noted."""
    channel = starved_channel()
    alone = Channels([channel])
    quick = {(channel.id, "tx"): Latency(40, 100, 1000, 5000, 5000)}
    slow = {(channel.id, "tx"): Latency(40, 100, 2000, 5000, 5000)}
    rarely_slow = {(channel.id, "tx"): Latency(40, 100, 1000, 9000, 9000)}
    (line,) = compare(alone, alone, [], [], quick, slow).regressions(0.5)
    assert line == f"#{channel.id} tx: sdu_latency_median_ns 1000 -> 2000"
    assert compare(alone, alone, [], [], slow, quick).regressions(0.5) == []
    assert compare(alone, alone, [], [], quick, rarely_slow).regressions(0.5) == []


def test_channels_are_paired_by_what_they_are_for() -> None:
    """By SPSM, mode and initiator in order of opening; of another adapter where there is none of this one."""
    channel = starved_channel()
    before = [replace(channel, id=0, psm=0x81), replace(channel, id=1, psm=0x80), replace(channel, id=2, psm=0x80)]
    after = [
        replace(channel, id=0, psm=0x80, adapter=1),
        replace(channel, id=1, psm=0x80),
        replace(channel, id=2, psm=0x90),
    ]
    found = compare(Channels(before), Channels(after), [], [])
    assert {(way.before.id, way.after.id) for way in found.directions} == {(1, 1), (2, 0)}
    assert [channel.id for channel in found.channels_gone] == [0]
    assert [channel.id for channel in found.channels_new] == [2]


def test_an_error_that_was_not_there_is_a_regression() -> None:
    """Findings are the same by rule and place; the numbers in their words do not count."""
    capture = api.open(STARVED)
    (starvation,) = capture.findings("error")
    again = replace(starvation, message="in other words")
    channels = capture.channels
    assert compare(channels, channels, [starvation], [again]).findings_new == []
    (line,) = compare(channels, channels, [], [starvation]).regressions(1.0)
    assert line.startswith("COC001")
    assert compare(channels, channels, [starvation], []).findings_gone == [starvation]


def test_the_command() -> None:
    """Figures of both truths as JSON; the exit code is 1 only where it was asked for."""
    result = l2scope("compare", HEALTHY, STARVED, "--json", "--fail-on-regression", "10%")
    document = json.loads(result.stdout)
    ways = {way["direction"]: way["figures"] for way in document["directions"]}
    for name, path in (("before", HEALTHY), ("after", STARVED)):
        truth = read_json(path.with_suffix(".truth.json"))["channels"][0]["tx"]["sdus"]
        assert ways["tx"]["sdus"][name] == len(truth)
    assert [finding["rule"] for finding in document["findings_new"] if finding["severity"] == "error"] == ["COC001"]
    assert result.returncode == 1
    assert any("stalled_share 0.0 -> 0.99" in line for line in document["regressions"])
    assert l2scope("compare", HEALTHY, STARVED).returncode == 0
    assert l2scope("compare", STARVED, STARVED, "--fail-on-regression", "0%").returncode == 0
    assert "is no percentage" in l2scope("compare", STARVED, STARVED, "--fail-on-regression", "ten").stderr


def test_text_for_people(tmp_path: Path) -> None:
    """Of a capture whose figures were added up by hand: three stalls, the longest of 300 ms, in 603 ms."""
    captures = stalled_capture(tmp_path / "a.btsnoop"), stalled_capture(tmp_path / "b.btsnoop")
    lines = [line.split() for line in l2scope("compare", *captures).stdout.splitlines()]
    assert ["longest", "stall", "300.0", "ms", "300.0", "ms", "+0%"] in lines
    assert ["stalls", "3", "3", "+0%"] in lines
    assert ["SDUs", "3", "3", "+0%"] in lines
