"""Which items of two sequences are the same ones, where either may begin, end or miss some at other places."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# Each level works through a gap once: more would let hostile sequences take quadratic time.
MOST_LEVELS: Final = 12


@dataclass(frozen=True, slots=True)
class Gap:
    """Items left to right of one sequence against low to high of the other. A closed end is the same moment in both:
    items are missing there only if they were lost."""

    left: int
    right: int
    low: int
    high: int
    closed_before: bool
    closed_after: bool
    level: int = 0


def align(
    ours: Sequence[int], theirs: Sequence[int], same_start: bool = False, same_end: bool = False
) -> list[tuple[int, int]]:
    """Pairs of indices of equal items, both ascending. same_start, same_end: nothing but losses explains a difference
    there.

    Items that occur once in both are anchors; between two anchors the rest is compared from both ends. What could be
    one of several equal items stays without a partner: a missing pair does less harm than a wrong one.
    """
    pairs: list[tuple[int, int]] = []
    gaps = [Gap(0, len(ours), 0, len(theirs), same_start, same_end)]
    while gaps:
        gap = gaps.pop()
        if gap.left == gap.right or gap.low == gap.high or gap.level > MOST_LEVELS:
            continue
        rest = _ends(ours, theirs, gap, pairs) if gap.closed_before and gap.closed_after else gap
        anchors = _anchors(ours, theirs, rest)
        if anchors:
            pairs.extend(anchors)
            gaps.extend(_between(rest, anchors))
        elif gap.closed_before != gap.closed_after:
            _outwards(ours, theirs, gap, pairs)
    return sorted(pairs)


def _anchors(ours: Sequence[int], theirs: Sequence[int], gap: Gap) -> list[tuple[int, int]]:
    """Items that occur once on either side of a gap: the longest row of them that has one order on both sides."""
    own, other = ours[gap.left : gap.right], theirs[gap.low : gap.high]
    counts, other_counts = Counter(own), Counter(other)
    places = {item: index for index, item in enumerate(other, gap.low) if other_counts[item] == 1}
    once = [(index, places[item]) for index, item in enumerate(own, gap.left) if counts[item] == 1 and item in places]
    return _ascending(once)


def _ascending(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of pairs, ascending by their first, that ascends by their second as well."""
    ends: list[int] = []  # of the best row of each length, the place of its last pair
    values: list[int] = []
    before: list[int] = []
    for place, (_, value) in enumerate(pairs):
        length = bisect_left(values, value)
        before.append(ends[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        values[length : length + 1] = [value]
    best = []
    place = ends[-1] if ends else -1
    while place >= 0:
        best.append(pairs[place])
        place = before[place]
    return best[::-1]


def _between(gap: Gap, anchors: list[tuple[int, int]]) -> list[Gap]:
    gaps = []
    left, low, closed = gap.left, gap.low, gap.closed_before
    for index, place in anchors:
        gaps.append(Gap(left, index, low, place, closed, True, gap.level + 1))
        left, low, closed = index + 1, place + 1, True
    gaps.append(Gap(left, gap.right, low, gap.high, closed, gap.closed_after, gap.level + 1))
    return gaps


def _ends(ours: Sequence[int], theirs: Sequence[int], gap: Gap, pairs: list[tuple[int, int]]) -> Gap:
    """Pairs equal items from both ends of a gap inwards, and returns what is left of it.

    Where both walks meet the same items of the shorter side, either could be right: these stay alone, unless nothing
    is missing at all.
    """
    size, other_size = gap.right - gap.left, gap.high - gap.low
    shorter = min(size, other_size)
    head = 0
    while head < shorter and ours[gap.left + head] == theirs[gap.low + head]:
        head += 1
    tail = 0
    if head < shorter or size != other_size:
        while tail < shorter and ours[gap.right - 1 - tail] == theirs[gap.high - 1 - tail]:
            tail += 1
    head, tail = min(head, shorter - tail), min(tail, shorter - head)
    pairs.extend((gap.left + step, gap.low + step) for step in range(head))
    pairs.extend((gap.right - step, gap.high - step) for step in range(1, tail + 1))
    return Gap(gap.left + head, gap.right - tail, gap.low + head, gap.high - tail, True, True, gap.level)


def _outwards(ours: Sequence[int], theirs: Sequence[int], gap: Gap, pairs: list[tuple[int, int]]) -> None:
    """Pairs items from the closed end of a gap on, as long as they are equal and change from one to the next: a loss
    among items that are all alike would not be seen."""
    step = 1 if gap.closed_before else -1
    index, place = (gap.left, gap.low) if step > 0 else (gap.right - 1, gap.high - 1)
    former = None
    while gap.left <= index < gap.right and gap.low <= place < gap.high:
        item = ours[index]
        if item != theirs[place] or item == former:
            return
        pairs.append((index, place))
        former = item
        index += step
        place += step
