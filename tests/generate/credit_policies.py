"""When a receiver gives credits back: the knob that makes a stream flow or starve."""

import asyncio
from typing import Protocol


class Granting(Protocol):
    """What a policy sees of the channel that receives."""

    def grant(self, credits: int) -> None:
        """Send a Flow Control Credit Ind for so many credits."""


class CreditPolicy(Protocol):
    """Decides about credits; one object serves one channel."""

    def on_k_frame(self, channel: Granting) -> None:
        """Called for every K-frame received."""


class ReturnAtHalf:
    """Gives back what was used as soon as that is half of the window, which keeps a healthy stream going."""

    def __init__(self, window: int) -> None:
        self.batch = max(1, window // 2)
        self.used = 0

    def on_k_frame(self, channel: Granting) -> None:
        """Grant a batch when it is full."""
        self.used += 1
        if self.used == self.batch:
            self.used = 0
            channel.grant(self.batch)


class ReturnLate:
    """Gives the whole window back only when it is used up, and `seconds` later: a reader that is too slow."""

    def __init__(self, window: int, seconds: float) -> None:
        self.window = window
        self.seconds = seconds
        self.used = 0

    def on_k_frame(self, channel: Granting) -> None:
        """Start the wait when the last credit is gone."""
        self.used += 1
        if self.used == self.window:
            self.used = 0
            asyncio.get_running_loop().call_later(self.seconds, channel.grant, self.window)
