"""How the clock of one capture stands against that of another, from packets that went between them both ways.

No packet arrives before it was sent, so the fastest packets of both directions bound the offset from both sides; it is
put where they are equally fast, as in NTP (RFC 5905, 8).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

# Crystals differ by up to 100 ppm or so, and a system that sets its clock gently slews it by up to 500 ppm.
LARGEST_DRIFT: Final = 500e-6
# A drift is told only if it explains this share of the fastest round trip, and if parts of the packets tell it too.
TELLING_SHARE: Final = 0.01
PARTS: Final = 5
FEWEST_A_PART: Final = 5
STEPS: Final = 60


class ContradictionError(Exception):
    """However the clocks stand, some packets arrive before they were sent."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Packets in one direction: when they left and arrived, in ns of the clocks at either end, and the shortest time in
    ns that their bytes need on the way."""

    sent: Integers
    received: Integers
    shortest: Integers


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of B against that of A: B - A is offset_ns at the moment since_ns of A, and grows by drift_ppm.

    The offset may be wrong by uncertainty_ns either way if packets are slower in one direction than in the other. A
    drift from drift_low_ppm to drift_high_ppm explains the packets about as well.
    """

    since_ns: int = 0
    offset_ns: int = 0
    drift_ppm: float = 0.0
    drift_low_ppm: float = 0.0
    drift_high_ppm: float = 0.0
    uncertainty_ns: int = 0

    def shift(self, times: Integers) -> Integers:
        """Moments of B in A's clock."""
        shifted = times - np.int64(self.offset_ns)
        drift = self.drift_ppm * 1e-6
        # What the drift adds is small enough for a float, a moment is not.
        gained: Integers = np.rint((shifted - np.int64(self.since_ns)) * (drift / (1 + drift))).astype(np.int64)
        return shifted - gained

    def moment(self, time: int) -> int:
        """One moment of B in A's clock."""
        return int(self.shift(np.array([time], dtype=np.int64))[0])

    def as_json(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def clock_of(forth: Crossing, back: Crossing, patience_ns: int) -> Clock:
    """The clock of B from packets A to B and B to A, of which neither may be empty.

    Raises ContradictionError where packets would have to travel back in time by more than patience_ns.
    """
    since = int(min(forth.sent[0], back.received[0]))
    base = int(forth.received[0] - forth.sent[0])
    fit = _Fit(
        forth_at=(forth.sent - since).astype(np.float64),
        forth=(forth.received - forth.sent - base - forth.shortest).astype(np.float64),
        back_at=(back.received - since).astype(np.float64),
        back=(back.received - back.sent + base - back.shortest).astype(np.float64),
    )
    drift, low, high = fit.drifts()
    offset, spare = fit.at(drift)
    if spare < -2 * patience_ns:
        raise ContradictionError
    return Clock(
        since_ns=since,
        offset_ns=base + round(offset),
        drift_ppm=drift * 1e6,
        drift_low_ppm=low * 1e6,
        drift_high_ppm=high * 1e6,
        uncertainty_ns=max(0, round(spare / 2)),
    )


@dataclass(frozen=True, slots=True)
class _Fit:
    """forth is offset + drift * forth_at + a delay, back is -offset - drift * back_at + a delay; all in ns."""

    forth_at: npt.NDArray[np.float64]
    forth: npt.NDArray[np.float64]
    back_at: npt.NDArray[np.float64]
    back: npt.NDArray[np.float64]

    def at(self, drift: float) -> tuple[float, float]:
        """The offset that makes the fastest packets of both directions equally fast, and the sum of their delays."""
        fastest = float((self.forth - drift * self.forth_at).min())
        fastest_back = float((self.back + drift * self.back_at).min())
        return (fastest - fastest_back) / 2, fastest + fastest_back

    def drifts(self) -> tuple[float, float, float]:
        """The drift, and the least and the largest one that explain the packets about as well.

        The sum of the fastest delays is a concave function of the drift, and largest near the true one. How much of
        that is chance is seen by leaving most of the packets out.
        """
        best = self._best()
        largest = self.at(best)[1]
        enough = largest - TELLING_SHARE * abs(largest)
        parts = self._parts()
        bests = [part._best() for part in parts] if parts else [-LARGEST_DRIFT, LARGEST_DRIFT]
        chance = max(bests) - min(bests)
        low = max(-LARGEST_DRIFT, min(self._edge(best, -LARGEST_DRIFT, enough), min(bests) - chance))
        high = min(LARGEST_DRIFT, max(self._edge(best, LARGEST_DRIFT, enough), max(bests) + chance))
        return (0.0 if low <= 0 <= high else best), low, high

    def _parts(self) -> list["_Fit"]:
        """Each of them every so many packets; none where there are too few."""
        if min(len(self.forth), len(self.back)) < FEWEST_A_PART * PARTS:
            return []
        columns = (self.forth_at, self.forth, self.back_at, self.back)
        return [_Fit(*(column[first::PARTS] for column in columns)) for first in range(PARTS)]

    def _best(self) -> float:
        low, high = -LARGEST_DRIFT, LARGEST_DRIFT
        for _ in range(STEPS):
            third = (high - low) / 3
            if self.at(low + third)[1] < self.at(high - third)[1]:
                low += third
            else:
                high -= third
        return (low + high) / 2

    def _edge(self, inside: float, outside: float, enough: float) -> float:
        """Where between the two the sum of the fastest delays falls below enough."""
        if self.at(outside)[1] >= enough:
            return outside
        for _ in range(STEPS):
            middle = (inside + outside) / 2
            if self.at(middle)[1] >= enough:
                inside = middle
            else:
                outside = middle
        return inside
