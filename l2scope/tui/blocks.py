"""Small pictures of numbers in block characters."""

from collections.abc import Sequence

UPWARD = " ▁▂▃▄▅▆▇█"


def eighths(value: float, full: float) -> int:
    """How many eighths of `full` a value fills; anything above zero fills at least one."""
    if value <= 0 or full <= 0:
        return 0
    return min(8, max(1, int(8 * float(value) / full + 0.5)))


def gauge(value: float, full: float) -> str:
    """One character whose height is the value; it leaves a gap to the line above."""
    return UPWARD[min(7, eighths(value, full))]


def bar(value: float, full: float, width: int) -> str:
    """A thin bar of at most `width` characters, in halves of a character; what is not nothing is seen."""
    if value <= 0 or full <= 0:
        return ""
    halves = min(width * 2, max(1, int(value * width * 2 / full + 0.5)))
    return "━" * (halves // 2) + "╸" * (halves % 2)


def shares(parts: Sequence[int], width: int) -> list[int]:
    """Splits `width` cells in proportion to `parts`, of which those that are not zero get one each to begin with."""
    total = sum(parts)
    if total <= 0:
        return [0] * len(parts)
    cells = [min(1, part) for part in parts]
    spare = width - sum(cells)
    for index, part in enumerate(parts):
        cells[index] += spare * part // total
    cells[max(range(len(parts)), key=lambda index: parts[index])] += width - sum(cells)
    return cells
