"""Reads the numbers of a packet one after the other, little-endian."""

from l2scope.text import printable


class CutShortError(Exception):
    """The packet ends inside the value that was asked for."""


class Reader:
    """Bytes with a position. Every method raises CutShortError where the bytes end."""

    __slots__ = ("data", "position")

    def __init__(self, data: bytes, position: int = 0) -> None:
        self.data = data
        self.position = position

    @property
    def left(self) -> int:
        return len(self.data) - self.position

    def take(self, length: int) -> bytes:
        start = self.position
        if length < 0 or start + length > len(self.data):
            raise CutShortError
        self.position = start + length
        return self.data[start : start + length]

    def rest(self) -> bytes:
        return self.take(self.left)

    def u8(self) -> int:
        return self.take(1)[0]

    def i8(self) -> int:
        value = self.u8()
        return value - 256 if value > 127 else value

    def u16(self) -> int:
        return int.from_bytes(self.take(2), "little")

    def u32(self) -> int:
        return int.from_bytes(self.take(4), "little")

    def address(self) -> str:
        """A device address as 00:AA:01:02:03:04."""
        return self.take(6)[::-1].hex(":").upper()

    def text(self, length: int) -> str:
        """UTF-8 up to the first zero byte, fit to be shown."""
        return printable(self.take(min(length, self.left)).split(b"\0", 1)[0], 64)
