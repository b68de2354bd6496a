"""zip (PKWARE's APPNOTE.TXT), with its directory or, where that is missing, by the headers before the members."""

import mmap
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from l2scope.sources.containers.archive import Member
from l2scope.sources.containers.compression import DEFLATE, Unpacked
from l2scope.sources.containers.faults import Faults
from l2scope.sources.containers.stream import Slice, Stream
from l2scope.sources.damage import CUT_PACKED, DAMAGED_ARCHIVE, WRONG_CHECKSUM
from l2scope.sources.errors import CaptureError
from l2scope.text import printable

LOCAL_HEADER: Final = struct.Struct("<4sHHHHHIIIHH")
LOCAL: Final = b"PK\x03\x04"
END: Final = struct.Struct("<4sHHHHIIH")
END_SIGNATURE: Final = b"PK\x05\x06"
LONGEST_COMMENT: Final = 0xFFFF
# Python keeps about twelve times as much of a directory. That of a bug report has 600 kB.
LARGEST_DIRECTORY: Final = 16 << 20

# How often the bytes of a zip may be read: each member once, with some room.
READS: Final = 2
SPARE: Final = 1 << 20

ENCRYPTED: Final = 1
SIZES_BEHIND: Final = 8
UNKNOWN: Final = 0xFFFFFFFF
LATEST_VERSION: Final = 63


@dataclass(frozen=True, slots=True)
class Entry:
    """offset is that of the header before the member. crc and size are None where only the bytes behind it tell."""

    name: str
    offset: int
    packed_size: int
    size: int | None
    crc: int | None
    method: int
    flags: int


class ZipArchive:
    """faults are those of the archive itself."""

    kind = "zip"

    def __init__(self, file: BinaryIO, faults: Faults) -> None:
        self._file = file
        self._faults = faults
        self._size = file.seek(0, 2)
        self._left = READS * self._size + SPARE

    def members(self) -> Iterator[Member]:
        for entry in self._entries():
            if not entry.name.endswith("/"):
                size = entry.packed_size if entry.size is None else entry.size
                yield Member(entry.name, size, partial(self._content, entry))

    def read(self, size: int) -> bytes:
        """The next bytes of the file, for a member. Members that do not overlap cannot exhaust what may be read."""
        piece = self._file.read(size)
        self._left -= len(piece)
        if self._left < 0:
            raise CaptureError("the members of this zip overlap: it was made to do harm")
        return piece

    def _entries(self) -> Iterator[Entry]:
        _refuse_absurd_directory(self._file)
        try:
            with ZipFile(self._file) as archive:
                infos = archive.infolist()
        # zipfile lets some errors of its own reading through.
        except (BadZipFile, NotImplementedError, struct.error, ValueError, EOFError, OverflowError) as error:
            self._faults.note(
                DAMAGED_ARCHIVE, f"the zip has no whole directory ({error}): its members were looked for one by one", 0
            )
            yield from _found_entries(self._file)
            return
        for info in infos:
            yield Entry(
                info.filename, info.header_offset, info.compress_size, info.file_size, info.CRC, info.compress_type,
                info.flag_bits,
            )  # fmt: skip

    def _content(self, entry: Entry, faults: Faults) -> Stream:
        name = printable(entry.name)
        if entry.flags & ENCRYPTED:
            raise CaptureError(f"{name} is encrypted: unpack it with its password first")
        header = b""
        if 0 <= entry.offset < self._size:
            self._file.seek(entry.offset)
            header = self._file.read(LOCAL_HEADER.size)
        if len(header) < LOCAL_HEADER.size or not header.startswith(LOCAL):
            raise CaptureError(f"{name} is not where the zip says it is: the zip is damaged")
        *_, name_length, extra_length = LOCAL_HEADER.unpack(header)
        self._file.seek(name_length + extra_length, 1)
        packed = Slice(self, entry.packed_size)
        if entry.method == ZIP_STORED:
            content: Stream = packed
        elif entry.method == ZIP_DEFLATED:
            content = Unpacked(packed, DEFLATE, faults)
        else:
            raise CaptureError(f"{name} is compressed by method {entry.method}, not by deflate: unpack it first")
        return _Checked(content, entry, faults)


class _Checked:
    """A member whose length and checksum are compared at its end."""

    def __init__(self, content: Stream, entry: Entry, faults: Faults) -> None:
        self._content = content
        self._entry = entry
        self._faults = faults
        self._crc = 0
        self._size = 0
        self._over = False

    def read(self, size: int) -> bytes:
        piece = self._content.read(size)
        self._crc = zlib.crc32(piece, self._crc)
        self._size += len(piece)
        if not piece and not self._over:
            self._over = True
            self._compare()
        return piece

    def _compare(self) -> None:
        name, offset = printable(self._entry.name), self._entry.offset
        if self._faults.met:
            return
        if self._entry.size is not None and self._size < self._entry.size:
            missing = self._entry.size - self._size
            self._faults.note(CUT_PACKED, f"the zip lacks {missing} bytes of {name}", offset, missing)
        elif self._entry.crc not in (None, self._crc):
            self._faults.note(WRONG_CHECKSUM, f"the checksum of {name} is wrong: its bytes were changed", offset)


def _refuse_absurd_directory(file: BinaryIO) -> None:
    """Python would read all of it into memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END.size - LONGEST_COMMENT))
    tail = file.read(END.size + LONGEST_COMMENT)
    at = tail.rfind(END_SIGNATURE)
    if at >= 0 and len(tail) - at >= END.size:
        length = END.unpack_from(tail, at)[5]
        if LARGEST_DIRECTORY < length < UNKNOWN or (length == UNKNOWN and size > LARGEST_DIRECTORY):
            raise CaptureError(f"the directory of this zip claims {length:,} bytes, more than any archive of captures")


def _found_entries(file: BinaryIO) -> Iterator[Entry]:
    """The members whose headers still stand there."""
    if file.seek(0, 2) == 0:
        return
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = data.find(LOCAL)
        while at >= 0:
            follower = data.find(LOCAL, at + len(LOCAL))
            entry = _entry_at(data, at, follower if follower >= 0 else len(data))
            if entry is not None:
                yield entry
                if entry.size is not None:
                    follower = data.find(LOCAL, at + LOCAL_HEADER.size + entry.packed_size)
            at = follower


def _entry_at(data: mmap.mmap, at: int, follower: int) -> Entry | None:
    """The header at this place, None where it cannot be one. follower is the next place that looks like one."""
    if len(data) - at < LOCAL_HEADER.size:
        return None
    _, version, flags, method, _, _, crc, packed, size, name_length, extra = LOCAL_HEADER.unpack_from(data, at)
    start = at + LOCAL_HEADER.size + name_length + extra
    name = data[at + LOCAL_HEADER.size : at + LOCAL_HEADER.size + name_length]
    if version > LATEST_VERSION or not name or b"\0" in name:
        return None
    known = not flags & SIZES_BEHIND and packed != UNKNOWN
    # Deflate knows its own end, wherever the next header is.
    left = (follower if method == ZIP_STORED else len(data)) - start
    return Entry(
        name=name.decode("utf-8", "surrogateescape"),
        offset=at,
        packed_size=packed if known else max(0, left),
        size=size if known else None,
        crc=crc if known else None,
        method=method,
        flags=flags,
    )
