"""Packets that the user marked with a letter, and those that times are counted from."""

from bisect import bisect_right, insort
from collections.abc import Mapping

LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


class Marks:
    """A letter stands for one packet; a packet may have several letters."""

    def __init__(self) -> None:
        self.packets: dict[str, int] = {}
        self._letters: dict[int, str] = {}

    def toggle(self, letter: str, packet: int) -> bool:
        """Puts a mark on a packet, or takes it away where it is there already; True where the packet has it now."""
        put = self.packets.get(letter) != packet
        self.drop(letter)
        if put:
            self.packets[letter] = packet
            self._read()
        return put

    def take(self, packets: Mapping[str, int]) -> None:
        """These marks and no others."""
        self.packets = dict(packets)
        self._read()

    def drop(self, letter: str) -> None:
        """Takes a mark away."""
        self.packets.pop(letter, None)
        self._read()

    def _read(self) -> None:
        self._letters = {packet: letter for letter, packet in sorted(self.packets.items(), reverse=True)}

    def letter(self, packet: int) -> str:
        """The first letter of a packet, nothing where it has none."""
        return self._letters.get(packet, "")

    @property
    def in_order(self) -> list[tuple[str, int]]:
        """Letters and packets in order of the packets."""
        return sorted(self.packets.items(), key=lambda mark: (mark[1], mark[0]))


class TimeReferences:
    """Packets that times are counted from: each for those from it up to the next one, as in Wireshark."""

    def __init__(self) -> None:
        self.packets: list[int] = []

    def toggle(self, packet: int) -> bool:
        """Makes a packet a reference, or makes it none; True where it is one now."""
        if packet in self.packets:
            self.packets.remove(packet)
            return False
        insort(self.packets, packet)
        return True

    def of(self, packet: int) -> int | None:
        """The packet that the time of a packet is counted from; None where that is the first one."""
        at = bisect_right(self.packets, packet)
        return self.packets[at - 1] if at else None
