"""What the user knows of a channel that was opened before the capture began."""

from typing import final

from mypy_extensions import i64

from l2scope.engine.flow import Limits
from l2scope.engine.modes import LE_CREDIT
from l2scope.engine.words import NONE


@final
class ChannelHint:
    """A channel on every link of a handle whose connection is not in the capture. NONE is what the user did not say;
    mtu and mps then hold for both directions.
    """

    def __init__(self, handle: i64) -> None:
        self.handle = handle
        self.local: i64 = NONE
        self.remote: i64 = NONE
        self.psm: i64 = NONE
        self.mode: i64 = LE_CREDIT
        self.mtu: i64 = NONE
        self.mps: i64 = NONE

    def limits(self) -> Limits:
        return Limits(self.mtu, self.mps, NONE)
