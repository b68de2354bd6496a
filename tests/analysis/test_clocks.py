"""The clock of one capture against that of another."""

import numpy as np
import numpy.typing as npt
import pytest

from l2scope.analysis.clocks import Clock, ContradictionError, Crossing, clock_of

MS = 1_000_000
SECOND = 1_000 * MS


def crossing(sent: npt.ArrayLike, received: npt.ArrayLike, shortest: npt.ArrayLike = 0) -> Crossing:
    left = np.asarray(sent, dtype=np.int64)
    arrived = np.asarray(received, dtype=np.int64)
    return Crossing(left, arrived, np.broadcast_to(np.asarray(shortest, dtype=np.int64), left.shape))


def test_the_fastest_packets_are_equally_fast() -> None:
    """B is 5 s ahead; 3 and 8 ms there, 3 and 20 ms back: the offset is 5 s, give or take the 3 ms."""
    forth = crossing([0, 10 * MS], [5 * SECOND + 8 * MS, 5 * SECOND + 13 * MS])
    back = crossing([5 * SECOND + 20 * MS, 5 * SECOND + 40 * MS], [23 * MS, 60 * MS])
    clock = clock_of(forth, back, 2 * MS)
    assert (clock.offset_ns, clock.uncertainty_ns, clock.drift_ppm) == (5 * SECOND, 3 * MS, 0.0)


def test_the_time_that_bytes_take_is_no_asymmetry() -> None:
    """Only long packets one way and short ones the other: 10 ms of the 13 are their bytes'."""
    clock = clock_of(crossing([0], [13 * MS], 10 * MS), crossing([20 * MS], [24 * MS], 1 * MS), 2 * MS)
    assert (clock.offset_ns, clock.uncertainty_ns) == (0, 3 * MS)


def test_no_packet_travels_back_in_time() -> None:
    """If A had to send before it was asked, these are not two ends of one link."""
    with pytest.raises(ContradictionError):
        clock_of(crossing([0, 1000 * MS], [10 * MS, 900 * MS]), crossing([20 * MS], [30 * MS]), 2 * MS)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("drift_ppm", [0.0, 40.0, -120.0])
def test_offset_and_drift_of_ten_minutes(drift_ppm: float, seed: int) -> None:
    """Delays of 0.5 to 30.5 ms and jams beyond: the drift within 2 ppm, the offset within 0.5 ms at either end."""
    random = np.random.default_rng(seed)
    ways = []
    for count in (5000, 2000):
        sent = np.sort(random.uniform(0, 600 * SECOND, count))
        delay = MS / 2 + random.uniform(0, 30 * MS, count) + (random.random(count) < 0.3) * random.exponential(20 * MS)
        ways.append((sent, sent + delay))
    (sent, arrived), (peer_sent, back) = ways
    there = (1 + drift_ppm * 1e-6) * np.array([arrived, np.resize(peer_sent, arrived.shape)]) - 7 * SECOND
    clock = clock_of(crossing(sent, there[0]), crossing(there[1][: len(back)], back), 2 * MS)
    assert clock.drift_ppm == pytest.approx(drift_ppm, abs=2)
    assert clock.drift_low_ppm <= drift_ppm <= clock.drift_high_ppm
    for moment in (0, 600 * SECOND):
        seen = clock.offset_ns + (moment - clock.since_ns) * clock.drift_ppm * 1e-6
        assert seen == pytest.approx(drift_ppm * 1e-6 * moment - 7 * SECOND, abs=MS / 2)


@pytest.mark.parametrize("seed", range(20))
def test_a_few_seconds_tell_no_drift(seed: int) -> None:
    """Where few packets are fast, a drift would explain chance: none is told."""
    random = np.random.default_rng(seed)
    sent, peer_sent = (np.sort(random.uniform(0, 5 * SECOND, count)) for count in (60, 20))
    forth = crossing(sent, sent + random.uniform(MS, 30 * MS, 60))
    back = crossing(peer_sent, peer_sent + random.uniform(MS, 30 * MS, 20))
    clock = clock_of(forth, back, 2 * MS)
    assert clock.drift_ppm == 0.0
    assert abs(clock.offset_ns) <= clock.uncertainty_ns


def test_moments_of_b_in_the_clock_of_a() -> None:
    """At 1000 s of A, B showed 1002 s, and gained 100 us a second since."""
    clock = Clock(since_ns=1000 * SECOND, offset_ns=2 * SECOND, drift_ppm=100.0)
    assert clock.moment(1002 * SECOND) == 1000 * SECOND
    assert clock.moment(1012 * SECOND + MS) == 1010 * SECOND
    assert clock.shift(np.array([1_700_000_000_123_456_789])).tolist() == [clock.moment(1_700_000_000_123_456_789)]


def test_a_clock_without_offset_changes_nothing() -> None:
    """Not a nanosecond, though a moment has more digits than a float."""
    assert Clock().moment(1_700_000_000_123_456_789) == 1_700_000_000_123_456_789
