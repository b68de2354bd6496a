"""How often something was met. On the path of a packet, hence a module of its own that is compiled."""

from typing import final

from mypy_extensions import i64


@final
class Occurrences:
    """packet and offset are where it was met first."""

    def __init__(self) -> None:
        self.count: i64 = 0
        self.packet: i64 = 0
        self.offset: i64 = 0

    def add(self, packet: i64, offset: i64) -> None:
        if self.count == 0:
            self.packet = packet
            self.offset = offset
        self.count += 1
