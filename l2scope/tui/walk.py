"""A walk along packets that belong together, such as those that prove a finding."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Walk:
    """Packets, at least one, and which of them one is at. `title` says what they are."""

    title: str
    packets: tuple[int, ...]
    at: int = 0

    @property
    def packet(self) -> int:
        """Where the walk is."""
        return self.packets[self.at]

    def step(self, by: int) -> "Walk":
        """Onwards; from the last packet to the first."""
        return replace(self, at=(self.at + by) % len(self.packets))

    def __str__(self) -> str:
        more = " · {packets.find_next}: next" if len(self.packets) > 1 else ""
        return f"{self.title}: {self.at + 1} of {len(self.packets)}{more}"
