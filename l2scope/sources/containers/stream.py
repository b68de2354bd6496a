"""Bytes that come in order, once."""

import re
from typing import Final, Protocol

from l2scope.sources.containers.limits import Unpacking


class Stream(Protocol):
    """What a layer of wrapping reads from the one around it."""

    def read(self, size: int) -> bytes:
        """The next bytes, at most size; b"" when there are no more. It may wait. Raises CaptureError or OSError."""


class Beginning:
    """A stream whose first bytes can be looked at before they are read."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._ahead = b""
        self._over = False

    def peek(self, size: int) -> bytes:
        """The first bytes that are not read yet: as many, or all where there are fewer."""
        while len(self._ahead) < size and not self._over:
            piece = self._stream.read(size - len(self._ahead))
            self._over = not piece
            self._ahead += piece
        return self._ahead[:size]

    @property
    def is_ahead(self) -> bool:
        """Something was looked at and not read."""
        return bool(self._ahead)

    def unread(self, data: bytes) -> None:
        """Gives back what was read too far."""
        self._ahead = data + self._ahead

    def read(self, size: int) -> bytes:
        if self._ahead:
            piece, self._ahead = self._ahead[:size], self._ahead[size:]
            return piece
        return self._stream.read(size)


class Allowance:
    """What may still be unpacked. what: the beginning of what is said when more comes."""

    def __init__(self, unpacking: Unpacking, what: str) -> None:
        self._unpacking = unpacking
        self._what = what
        self._left = unpacking.max_size

    def take(self, size: int) -> None:
        """Raises CaptureError where that is too much."""
        self._left -= size
        if self._left < 0:
            raise self._unpacking.too_large(self._what)


class Bounded:
    """A stream that gives no more than an allowance, which it may share with others."""

    def __init__(self, stream: Stream, allowance: Allowance) -> None:
        self._stream = stream
        self._allowance = allowance

    def read(self, size: int) -> bytes:
        piece = self._stream.read(size)
        self._allowance.take(len(piece))
        return piece


class Slice:
    """So many of the next bytes of a stream. missing: how many of them it turned out not to have."""

    def __init__(self, stream: Stream, size: int) -> None:
        self._stream = stream
        self._left = size
        self.missing = 0

    def read(self, size: int) -> bytes:
        piece = self._stream.read(min(size, self._left)) if self._left else b""
        self._left -= len(piece)
        if not piece:
            self.missing = self._left
        return piece


CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def is_text(beginning: bytes) -> bool:
    """Bytes that a text may begin with: none of them steers a device, but for white space and escapes."""
    return bool(beginning) and CONTROL.search(beginning) is None
