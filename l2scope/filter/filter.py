"""A compiled filter."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from l2scope.filter.packets import Packets
from l2scope.filter.selection import Selection
from l2scope.filter.values import Mask

if TYPE_CHECKING:
    from l2scope.capture import Capture


class Filter:
    """An expression that was understood. It belongs to no capture, and can be asked of any."""

    def __init__(self, expression: str) -> None:
        """Raises FilterError for what is no filter. An empty expression lets every packet pass."""
        from l2scope.filter.parser import parse  # loads lark

        self.expression = expression
        self._test = parse(expression) if expression.strip() else None

    def select(self, capture: "Capture", stopped: Callable[[], bool] | None = None) -> Selection:
        """The packets that pass, of those that the capture holds by now.

        stopped is asked now and then while packets are dissected: once it says so, Stopped is raised. Raises
        FilterError for a pattern that takes too long, CaptureError where the file has changed meanwhile.
        """
        packets = Packets(capture, stopped)
        return Selection(self.passed(packets, packets.all()), packets.first_number)

    def passed(self, packets: Packets, open_: Mask) -> Mask:
        """Which of the packets that are open pass; no other one is dissected. Raises what `select` raises."""
        if self._test is None or not packets.count:
            return open_
        return self._test.passed(packets, open_) & open_

    def __repr__(self) -> str:
        return f"Filter({self.expression!r})"
