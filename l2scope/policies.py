"""When a receiver gives credits back: its habit, told from the Flow Control Credit Inds. Plain objects, no numpy.

Stacks differ much in this (Vol 3 Part A 10.1 leaves it open), and it decides whether a stream flows: a receiver that
waits for a whole SDU, or for the last credit, makes its sender stand still for a round trip each time.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from statistics import median_low
from typing import Final

from l2scope.engine.grants import GrantSamples

WHOLE_SDU: Final = "whole-sdu"
WATERMARK: Final = "watermark"
HALF_WINDOW: Final = "half-window"
ONE_A_FRAME: Final = "one-a-frame"
BURST: Final = "burst"
IRREGULAR: Final = "irregular"

# A habit is what so large a share of the indications follow; one that all but a few follow is certain.
HABIT: Final = 0.75
FIRM: Final = 0.95
FEWEST: Final = 2
ENOUGH: Final = 10
# Of the grants of a receiver that waits for whole SDUs so many at least end where an SDU is known to end.
ENOUGH_HITS: Final = 0.25
SHOWN_PACKETS: Final = 5

_ROW: Final = struct.Struct("<iiiiii")
assert _ROW.size == GrantSamples.size


@dataclass(frozen=True, slots=True)
class Grant:
    """One Flow Control Credit Ind. before is the sender's balance; kframes are those so far, boundary those up to the
    end of the latest SDU, sdus the whole SDUs so far."""

    packet: int
    credits: int
    before: int
    kframes: int
    boundary: int
    sdus: int


@dataclass(frozen=True, slots=True)
class CreditPolicy:
    """A receiver's habit. credits is the usual size of a grant, before the usual balance of the sender when one came
    (medians); least and most are the smallest and largest grant. followed is the share, 0 to 1, of the grants looked
    at that follow the habit; also names one that would explain them as well; packets are the first of them.
    """

    name: str
    certainty: str
    window: int | None
    credits: int
    least: int
    most: int
    before: int
    grants: int
    followed: float
    also: str | None
    packets: list[int]

    @property
    def in_words(self) -> str:
        """What the receiver does, to follow "the receiver"."""
        amount = f"{self.least:,}" if self.least == self.most else f"{self.least:,} to {self.most:,}"
        if self.name == WHOLE_SDU:
            return f"grants {amount} after each whole SDU"
        if self.name == ONE_A_FRAME:
            return "grants 1 for each K-frame"
        if self.name == HALF_WINDOW:
            return f"grants {self.credits:,} when half of its {self.window:,} credits are used"
        if self.name == BURST:
            return f"grants {self.credits:,} only when all credits are spent"
        if self.name == WATERMARK:
            left = (
                ""
                if self.window is None
                else f" when {max(0, self.window - self.credits):,} of {self.window:,} are left"
            )
            return f"grants {self.credits:,} at a time{left}"
        return f"grants {amount}, at no regular moment"

    def as_json(self) -> dict[str, object]:
        """The object under "policy" of `channels --json`."""
        return {**asdict(self), "in_words": self.in_words}


def policy_of(samples: bytes, initial: int | None, exact: bool) -> CreditPolicy | None:
    """The habit behind these rows of GrantSamples; None where there are too few to tell. initial are the credits at
    the opening, None where that was not seen; exact: balances are known, not only what they are at least."""
    grants = [Grant(*row) for row in _ROW.iter_unpack(samples)]
    if len(grants) < FEWEST:
        return None
    scores = _scores(grants, initial)
    name, also = _choice(scores, grants)
    followed = scores.get(name, 0.0)
    credits = [grant.credits for grant in grants]
    return CreditPolicy(
        name=name,
        certainty=_certainty(followed, len(grants), exact and also is None),
        window=initial,
        credits=median_low(credits),
        least=min(credits),
        most=max(credits),
        before=median_low([grant.before for grant in grants]),
        grants=len(grants),
        followed=round(followed, 3),
        also=also,
        packets=[grant.packet for grant in grants[:SHOWN_PACKETS]],
    )


def _scores(grants: Sequence[Grant], initial: int | None) -> dict[str, float]:
    """The share of the grants that follow each habit. The last may be cut short by the end of the data."""
    total = len(grants)
    usual, times = Counter(grant.credits for grant in grants).most_common(1)[0]
    half = () if initial is None or initial < 2 * FEWEST else (initial // 2, initial - initial // 2)
    return {
        ONE_A_FRAME: sum(grant.credits == 1 for grant in grants) / total,
        WHOLE_SDU: _after_whole_sdus(grants, initial),
        HALF_WINDOW: sum(grant.credits in half for grant in grants) / total,
        BURST: sum(grant.before <= 0 and grant.credits == usual > 1 for grant in grants) / total,
        WATERMARK: times / total,
    }


def _after_whole_sdus(grants: Sequence[Grant], initial: int | None) -> float:
    """How far each grant gives back the K-frames of one SDU. There are about as many grants as SDUs; all that was given
    back ends where an SDU ends, or else each grant is as large as the SDU that has just ended."""
    sdus = grants[-1].sdus - grants[0].sdus + 1
    if not HABIT <= sdus / len(grants) <= 1 / HABIT:
        return 0.0
    pairs = pairwise(grants)
    step_by_step = sum(now.credits == now.boundary - last.boundary for last, now in pairs) / (len(grants) - 1)
    return max(step_by_step, 0.0 if initial is None else _up_to_ends(grants, initial))


def _up_to_ends(grants: Sequence[Grant], initial: int) -> float:
    """Of the grants that can be judged, the share up to which all that was given back ends where an SDU ends. Where
    several SDUs have ended since the grant before, only the end of the last is known."""
    ends = {grant.boundary for grant in grants}
    hits = misses = 0
    for grant in grants:
        given_back = grant.before + grant.kframes - initial + grant.credits  # as balance = initial + given - K-frames
        hits += given_back in ends
        misses += given_back > grant.boundary
    return hits / (hits + misses) if hits >= ENOUGH_HITS * len(grants) else 0.0


def _choice(scores: dict[str, float], grants: Sequence[Grant]) -> tuple[str, str | None]:
    """The habit, and one that explains the same as well."""
    fitting = [name for name, score in scores.items() if score >= HABIT]
    if not fitting:
        return IRREGULAR, None
    if ONE_A_FRAME in fitting:
        return ONE_A_FRAME, None
    if WHOLE_SDU in fitting and HALF_WINDOW in fitting and scores[HALF_WINDOW] >= scores[WHOLE_SDU]:
        return HALF_WINDOW, WHOLE_SDU
    constant = len({grant.credits for grant in grants}) == 1
    if WHOLE_SDU in fitting:
        return WHOLE_SDU, BURST if BURST in fitting and constant else None
    return fitting[0], None


def _certainty(followed: float, grants: int, plain: bool) -> str:
    if followed >= FIRM and grants >= ENOUGH and plain:
        return "certain"
    return "likely" if followed >= HABIT and grants >= ENOUGH // 2 else "weak"
