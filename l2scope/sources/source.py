"""What a capture needs of the place that its packets come from."""

from pathlib import Path
from typing import Protocol

from l2scope.sources.damage import DamageLog


class Source(Protocol):
    """Feeds an engine, piece by piece. The packets' bytes stay in the file of fileno()."""

    path: Path

    @property
    def format(self) -> str:
        """The format's name, for people."""

    @property
    def wrapping(self) -> tuple[str, ...]:
        """What the capture was unwrapped from, the outermost first."""

    @property
    def indicator_length(self) -> int:
        """Bytes of every record that stand before the HCI packet."""

    def indicator_of(self, adapter: int) -> int:
        """The same for the packets of one adapter, where a capture mixes several kinds."""

    def mark_of(self, adapter: int) -> tuple[int, int]:
        """Where the number stands that says what a packet of this adapter is: how many bytes before the packet, and of
        how many bytes. (0, 0) where there is none."""

    @property
    def comments(self) -> dict[int, list[str]]:
        """The comments that the file has on packets, by their numbers."""

    @property
    def damage(self) -> DamageLog:
        """What is wrong with the capture's file."""

    @property
    def problem(self) -> str:
        """Why the capture is not whole, "" where it is."""

    @property
    def read(self) -> int:
        """Bytes fed so far."""

    @property
    def size(self) -> int:
        """Bytes that there are to feed, as far as is known; 0 where it is not."""

    @property
    def seen_until(self) -> int:
        """A live source has fed everything that happened before this time (Unix ns). 0 where there is no now."""

    def fileno(self) -> int:
        """The descriptor of the file in which every packet that was fed stands at its offset."""

    def fetch(self) -> None:
        """Gets what step() feeds next, and waits a moment for that if need be. Raises CaptureError."""

    def step(self) -> bool:
        """Feeds the next piece. False when all is fed, and the engine has been told. Raises CaptureError."""

    def stop(self) -> None:
        """Asks for an end of what would go on. Any thread may call it."""

    def close(self) -> None:
        """Lets go of the file."""
