"""The values that a field has in a capture, so that a filter for one can be completed."""

from collections import Counter
from collections.abc import Callable

import numpy as np

from l2scope.capture import Capture
from l2scope.filter import FilterError, Stopped
from l2scope.filter.field import Cost
from l2scope.filter.kinds import BOOLEAN, BYTES, PROTOCOL
from l2scope.filter.known_fields import KNOWN
from l2scope.filter.packets import Packets
from l2scope.sources.errors import CaptureError
from l2scope.text import printable
from l2scope.tui.field_texts import literal

MOST_VALUES = 40
LONGEST_VALUE = 60
MOST_DISSECTED = 4_096
"""Of fields that take a dissection the values in so many packets are taken."""


def seen_values(capture: Capture, name: str, stopped: Callable[[], bool]) -> list[str]:
    """The values of a field as filters write them, the most frequent first. Bytes, among which are keys, are left out;
    so is what has a name."""
    field = KNOWN[name]
    if field.kind is BOOLEAN:
        return ["true", "false"]
    if field.kind in (BYTES, PROTOCOL) or (field.names and field.kind.numeric):
        return []
    packets = Packets(capture, stopped)
    mask = packets.all()
    if field.cost is Cost.DISSECTED:
        mask[MOST_DISSECTED:] = False
    try:
        data = field.values(packets, mask).data
    except (FilterError, Stopped, CaptureError):
        return []
    if data.dtype != object:
        values, counts = np.unique(data, return_counts=True)
        best = np.argsort(-counts, kind="stable")[:MOST_VALUES]
        return [literal(field, int(value)) for value in values[best].tolist()]
    common = [value for value, _ in Counter(data.tolist()).most_common(MOST_VALUES)]
    return [text for value in common if printable(text := literal(field, value), LONGEST_VALUE) == text]
