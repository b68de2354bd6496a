"""tar (POSIX.1-2024 pax, with GNU's long names), read in one pass from a stream.

Python's tarfile judges each header. It is not given the whole archive because it takes memory without bound for long
headers and many members, and ends in silence where a header is damaged.
"""

from collections.abc import Iterator
from tarfile import BLOCKSIZE, GNUTYPE_LONGNAME, XHDTYPE, HeaderError, TarInfo
from typing import Final

from l2scope.sources.containers.archive import Member
from l2scope.sources.containers.faults import Faults
from l2scope.sources.containers.stream import Slice, Stream
from l2scope.sources.damage import CUT_PACKED, DAMAGED_ARCHIVE

# A longer name, or more of pax records, than any system has.
LONGEST_RECORDS: Final = 64 * 1024
PIECE: Final = 64 * 1024


class TarArchive:
    """faults are those of the archive itself."""

    kind = "tar"

    def __init__(self, stream: Stream, faults: Faults) -> None:
        self._stream = stream
        self._faults = faults
        self._at = 0

    def members(self) -> Iterator[Member]:
        name, size = "", -1
        while (header := self._next_header()) is not None:
            length = header.size if size < 0 else size
            body = _Body(self, length)
            if header.type == XHDTYPE and length <= LONGEST_RECORDS:
                name, size = _pax(body.whole(), name)
            elif header.type == GNUTYPE_LONGNAME and length <= LONGEST_RECORDS:
                name = _text(body.whole())
            else:
                if header.isreg():
                    yield Member(name or header.name, length, body.open)
                name, size = "", -1
            body.skip()

    def read(self, size: int) -> bytes:
        """The next bytes of the archive."""
        piece = self._stream.read(size)
        self._at += len(piece)
        return piece

    @property
    def position(self) -> int:
        """How many bytes of the archive were read."""
        return self._at

    def _next_header(self) -> TarInfo | None:
        """The next header that is whole, None at the end. Blocks that are none are noted once and passed over."""
        lost_at = -1
        while block := self._block():
            if not any(block):
                return None
            try:
                header = TarInfo.frombuf(block, "utf-8", "surrogateescape")
                if header.size >= 0:
                    return header
            except (HeaderError, ValueError):
                pass
            if lost_at < 0:
                lost_at = self._at - len(block)
                self._faults.note(DAMAGED_ARCHIVE, f"the tar is damaged at byte {lost_at}: no member is there", lost_at)
        self._faults.note(DAMAGED_ARCHIVE, f"the tar ends after {self._at} bytes without its end", self._at)
        return None

    def _block(self) -> bytes:
        block = b""
        while len(block) < BLOCKSIZE and (piece := self.read(BLOCKSIZE - len(block))):
            block += piece
        return block


class _Body:
    """What stands behind a header."""

    def __init__(self, archive: TarArchive, size: int) -> None:
        self._archive = archive
        self._size = size
        self._padding = -size % BLOCKSIZE
        self._slice = Slice(archive, size)

    def open(self, faults: Faults) -> Stream:
        return _Watched(self._slice, self._archive, faults)

    def whole(self) -> bytes:
        """For the few bytes of an extended header."""
        parts = []
        while piece := self._slice.read(PIECE):
            parts.append(piece)
        return b"".join(parts)

    def skip(self) -> None:
        """Passes over what was not read, and the padding."""
        for rest in (self._slice, Slice(self._archive, self._padding)):
            while rest.read(PIECE):
                pass


class _Watched:
    """A member whose end is noted if it is missing."""

    def __init__(self, content: Slice, archive: TarArchive, faults: Faults) -> None:
        self._content = content
        self._archive = archive
        self._faults = faults

    def read(self, size: int) -> bytes:
        piece = self._content.read(size)
        missing = self._content.missing
        if not piece and missing:
            at = self._archive.position
            self._faults.note(CUT_PACKED, f"the tar ends at byte {at}: {missing} bytes of the capture are missing", at)
            self._content.missing = 0
        return piece


def _pax(records: bytes, name: str) -> tuple[str, int]:
    """Name and size that pax records give the next member; name as it was and -1 where they say nothing of it."""
    size = -1
    at = 0
    while at < len(records):
        length_text, _, _ = records[at : at + 20].partition(b" ")
        if not length_text.isdigit() or int(length_text) <= len(length_text):
            break
        record = records[at + len(length_text) + 1 : at + int(length_text)]
        key, _, value = record.removesuffix(b"\n").partition(b"=")
        if key == b"path":
            name = _text(value)
        elif key == b"size" and value.isdigit() and len(value) < 20:
            size = int(value)
        at += int(length_text)
    return name, size


def _text(name: bytes) -> str:
    return name.rstrip(b"\0").decode("utf-8", "surrogateescape")
