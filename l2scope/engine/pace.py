"""How fast a link can answer: its connection interval and latency, and the waits that follow from them."""

from typing import Final, final

from mypy_extensions import i64

UNKNOWN_INTERVAL_NS: Final = 50_000_000
SHORTEST_WINDOW_NS: Final = 20_000_000
INTERVAL_UNIT_NS: Final = 1_250_000


@final
class Pace:
    """interval in nanoseconds, 0 where it is not known; latency in connection events the peripheral may skip.

    window: a K-frame that follows a grant within it (ns) had been waiting for the grant.
    patience: a wait up to it (microseconds) is what the link's own timing explains.
    """

    def __init__(self) -> None:
        self.interval: i64 = 0
        self.latency: i64 = 0
        self.window: i64 = SHORTEST_WINDOW_NS
        self.patience: i64 = 0
        self.update(0, 0)

    def update(self, interval_units: i64, latency: i64) -> None:
        """Takes an interval in units of 1.25 ms, as HCI has it (Vol 4 Part E 7.7.65.1); 0 means unknown."""
        self.interval = interval_units * INTERVAL_UNIT_NS
        self.latency = latency
        interval = self.interval if self.interval > 0 else UNKNOWN_INTERVAL_NS
        self.window = 2 * interval if 2 * interval > SHORTEST_WINDOW_NS else SHORTEST_WINDOW_NS
        self.patience = 2 * interval * (1 + latency) // 1000
