"""Receivers to try: when each gives how many credits back, by the K-frames that arrive."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from l2scope.analysis.arrivals import Frame
from l2scope.policies import BURST, HALF_WINDOW, ONE_A_FRAME, WATERMARK, WHOLE_SDU

NAMES: Final = (WHOLE_SDU, WATERMARK, HALF_WINDOW, ONE_A_FRAME, BURST)


@dataclass(slots=True)
class Receiver:
    """A policy of NAMES with its window, the initial credits. left is how few credits a sender must have for a
    watermark to give the others back."""

    name: str
    window: int
    left: int = 0
    used: int = field(default=0, init=False)

    @property
    def batch(self) -> int:
        """How many used K-frames make it give credits; of WHOLE_SDU at the latest, or it would wait for ever."""
        if self.name == ONE_A_FRAME:
            return 1
        if self.name == HALF_WINDOW:
            return max(1, self.window // 2)
        if self.name == WATERMARK:
            return max(1, self.window - self.left)
        return max(1, self.window)

    def arrived(self, frame: Frame) -> int:
        """A K-frame is there: the credits that it gives for it, 0 for none yet."""
        self.used += 1
        if self.used < self.batch and not (self.name == WHOLE_SDU and frame.owed <= 0):
            return 0
        given, self.used = self.used, 0
        return given
