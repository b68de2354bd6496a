"""What a capture says it has lost: shared by all that must know whether they have seen everything."""

from typing import final

from mypy_extensions import i64


@final
class Loss:
    """How many packets the capture says it has lost so far."""

    def __init__(self) -> None:
        self.count: i64 = 0
