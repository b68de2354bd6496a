"""gzip (RFC 1952), xz, zstd (RFC 8878) and bare deflate (RFC 1951), unpacked as they are read.

What could be unpacked before a cut or a fault is handed on; the cut or fault is noted.
"""

import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from l2scope.sources.containers.faults import Faults
from l2scope.sources.containers.stream import Beginning, Stream
from l2scope.sources.damage import BEHIND_PACKED, CUT_PACKED

# Small pieces go in: what a decompressor has not looked at is copied each time it hands out a part, and what stands
# behind a stream each time another begins.
PIECE: Final = 4096
# The dictionary of `xz -9` needs 64 MiB. What needs much more was made to exhaust memory. zstd has such a limit itself.
XZ_MEMORY: Final = 256 << 20
GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS
BARE_WINDOW: Final = -zlib.MAX_WBITS


class Decompressor(Protocol):
    """What the decompressors of Python's lzma and zstd have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


# A decompressor, and what it raises.
Made = tuple[Decompressor, type[Exception]]


@dataclass(frozen=True, slots=True)
class Packing:
    """signatures: how its streams begin; make: a decompressor for one stream; step: the most bytes to take out at once,
    because a fault in their midst costs all of them."""

    name: str
    signatures: tuple[bytes, ...]
    make: Callable[[], Made]
    step: int


class Inflate:
    """zlib's decompressor in the manner of the others. Before it fails it hands out all that came before the fault."""

    def __init__(self, window: int) -> None:
        self._inflate = zlib.decompressobj(window)
        self._failure: zlib.error | None = None

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def needs_input(self) -> bool:
        return not self._inflate.unconsumed_tail and self._failure is None

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Raises zlib.error."""
        if self._failure is not None:
            raise self._failure
        waiting = self._inflate.unconsumed_tail + data
        before = self._inflate.copy()
        try:
            return self._inflate.decompress(waiting, max_length)
        except zlib.error as failure:
            self._failure = failure
            return _up_to_the_fault(before, waiting)


def _up_to_the_fault(inflate: "zlib._Decompress", waiting: bytes) -> bytes:
    """zlib keeps to itself what one call unpacked before a fault. Byte by byte, in and out, that is nothing."""
    unpacked = bytearray()
    try:
        for at in range(len(waiting)):
            piece = inflate.decompress(waiting[at : at + 1], 1)
            while piece:
                unpacked += piece
                piece = inflate.decompress(inflate.unconsumed_tail, 1)
    except zlib.error:
        pass
    return bytes(unpacked)


def _gzip() -> Made:
    return Inflate(GZIP_WINDOW), zlib.error


def _deflate() -> Made:
    return Inflate(BARE_WINDOW), zlib.error


def _xz() -> Made:
    import lzma

    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY), lzma.LZMAError


def _zstd() -> Made:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd.ZstdDecompressor(), zstd.ZstdError


ZSTD_SKIPPABLE: Final = tuple(bytes((first,)) + b"\x2a\x4d\x18" for first in range(0x50, 0x60))
PACKINGS: Final = (
    Packing("gzip", (b"\x1f\x8b\x08",), _gzip, 64 * 1024),
    Packing("xz", (b"\xfd7zXZ\0",), _xz, 512),
    Packing("zstd", (b"\x28\xb5\x2f\xfd", *ZSTD_SKIPPABLE), _zstd, 16 * 1024),
)
DEFLATE: Final = Packing("zip", (), _deflate, 64 * 1024)


def packing_of(beginning: bytes) -> Packing | None:
    """How a stream that begins so is compressed, None where it is not."""
    return next((packing for packing in PACKINGS if beginning.startswith(packing.signatures)), None)


class Unpacked:
    """What a compressed stream holds; of several that follow each other, as gzip and the others allow, all."""

    def __init__(self, packed: Stream, packing: Packing, faults: Faults) -> None:
        self._packed = Beginning(packed)
        self._packing = packing
        self._faults = faults
        self._decompressor, self._error = packing.make()
        self._taken = 0
        self._over = False

    def read(self, size: int) -> bytes:
        while not self._over:
            piece = self._step(min(size, self._packing.step))
            if piece:
                return piece
        return b""

    def _step(self, size: int) -> bytes:
        """What the decompressor gives next, b"" where it needs more or all is over."""
        if self._decompressor.eof:
            self._next_stream(self._decompressor.unused_data)
            return b""
        data = self._take() if self._decompressor.needs_input else b""
        if self._over:
            return b""
        try:
            return self._decompressor.decompress(data, size)
        except self._error as error:
            self._fail(f"is damaged near byte {self._taken - len(data)} ({error}): nothing behind that was unpacked")
            return b""

    def _take(self) -> bytes:
        data = self._packed.read(PIECE)
        self._taken += len(data)
        if not data:
            self._fail(f"ends after {self._taken} bytes without its end: the rest is missing")
        return data

    def _fail(self, what: str) -> None:
        self._over = True
        self._faults.note(CUT_PACKED, f"the {self._packing.name} data {what}", self._taken)

    def _next_stream(self, rest: bytes) -> None:
        """Goes on with another stream behind the one that is over. Zeros in between are padding."""
        longest = max(map(len, self._packing.signatures), default=0)
        while len(rest := rest.lstrip(b"\0")) < longest and (more := self._packed.read(PIECE)):
            self._taken += len(more)
            rest += more
        if not rest or not self._packing.signatures:
            self._over = True
        elif rest.startswith(self._packing.signatures):
            self._decompressor, self._error = self._packing.make()
            self._packed.unread(rest)
            self._taken -= len(rest)
        else:
            self._over = True
            at = self._taken - len(rest)
            message = f"behind the {self._packing.name} data, at byte {at}, are bytes that do not belong to it"
            self._faults.note(BEHIND_PACKED, message, at)
