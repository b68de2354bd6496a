"""btsnooz: the recent HCI traffic that Android puts into the text of a bug report, compressed.

Between two lines of dashes stands base64 of a header of 9 bytes (version, time of the last packet in microseconds,
little-endian) and a zlib stream of records (system/btif/src/btif_debug_btsnoop.cc of Android). Each record tells how
much time passed since the one before it; ACL data is cut after 14 bytes, except signalling.
"""

import base64
import binascii
import struct
import zlib
from collections.abc import Iterator
from typing import Final

from l2scope.engine.words import ACL, COMMAND, EVENT, ISO, OTHER, SCO
from l2scope.sources.btsnoop import EPOCH_US, H4, LAST_US, MAGIC
from l2scope.sources.containers.stream import Stream
from l2scope.sources.errors import CaptureError

BEGIN: Final = b"--- BEGIN:BTSNOOP_LOG_SUMMARY"
END: Final = b"--- END:BTSNOOP_LOG_SUMMARY"

HEADER: Final = struct.Struct("<BQ")
# Version 1: length, time passed, type. Version 2 has the length on the wire as well. Lengths count the type.
RECORDS: Final = {1: struct.Struct("<HIB"), 2: struct.Struct("<HHIB")}
# Android keeps 256 KiB. What is much more is no btsnooz.
LARGEST: Final = 8 << 20
LONGEST_TEXT: Final = 32 << 20
PIECE: Final = 64 * 1024

# The type of a record: the direction in the upper half, and the H4 indicator it stands for.
RECEIVED: Final = 0x10
INDICATORS: Final = {
    0x10: EVENT, 0x11: ACL, 0x12: SCO, 0x17: ISO,
    0x20: COMMAND, 0x21: ACL, 0x22: SCO, 0x2D: ISO,
}  # fmt: skip
COMMAND_OR_EVENT: Final = 2

FILE_HEADER: Final = MAGIC + struct.pack(">II", 1, H4)
RECORD_HEADER: Final = struct.Struct(">IIIIq")
# What no btsnoop record begins with: whoever reads on tells that something is missing.
NO_RECORD: Final = b"\xff" * RECORD_HEADER.size


def btsnooz_to_btsnoop(text: bytes) -> bytes:
    """The first btsnooz block of a bug report as a btsnoop file (datalink 1002). What a block that was cut or damaged
    still has is there, followed by bytes that are no record. Raises CaptureError where there is nothing."""
    packed = _packed(text)
    if len(packed) <= HEADER.size:
        raise CaptureError("the bug report's btsnooz block is empty")
    version, last_us = HEADER.unpack_from(packed)
    if version not in RECORDS:
        raise CaptureError(f"btsnooz version {version} is not supported, only 1 and 2")
    data, whole = _inflated(packed[HEADER.size :])
    records = list(_records(data, version))
    if not records:
        raise CaptureError("the bug report's btsnooz block holds no packet")
    parts = [FILE_HEADER]
    time = min(last_us, LAST_US) + EPOCH_US - sum(passed for _, _, passed, _, _ in records)
    for start, original, passed, kind, stop in records:
        time += passed
        parts.append(_btsnoop_record(data[start:stop], original, kind, time))
    if not whole or records[-1][-1] != len(data):
        parts.append(NO_RECORD)
    return b"".join(parts)


def find_block(stream: Stream) -> bytes | None:
    """The first btsnooz block of a text, from its line of dashes on, as far as it goes; None where there is none."""
    text = b""
    while (begin := text.find(BEGIN)) < 0:
        piece = stream.read(PIECE)
        if not piece:
            return None
        text = text[-len(BEGIN) :] + piece
    parts = [text[begin:]]
    size = len(parts[0])
    last = b""
    while size < LONGEST_TEXT and END not in last + parts[-1] and (piece := stream.read(PIECE)):
        last = (last + parts[-1])[-len(END) :]
        parts.append(piece)
        size += len(piece)
    return b"".join(parts)


def _packed(text: bytes) -> bytes:
    """The bytes behind the base64 of the first block; of a block without an end, as many as there are."""
    begin = text.find(BEGIN)
    if begin < 0:
        raise CaptureError("the text holds no btsnooz block (BTSNOOP_LOG_SUMMARY)")
    line_end = text.find(b"\n", begin)
    end = text.find(END, begin)
    body = text[line_end if line_end >= 0 else len(text) : end if end >= 0 else len(text)]
    letters = b"".join(body.split())
    try:
        return base64.b64decode(letters[: len(letters) // 4 * 4])
    except binascii.Error as error:
        raise CaptureError(f"the bug report's btsnooz block is no base64: {error}") from error


def _inflated(stream: bytes) -> tuple[bytes, bool]:
    """What can be unpacked, and whether that is all."""
    unpack = zlib.decompressobj()
    parts = []
    size = 0
    try:
        for at in range(0, len(stream), 1024):
            parts.append(unpack.decompress(stream[at : at + 1024], LARGEST - size))
            size += len(parts[-1])
            if unpack.eof or unpack.unconsumed_tail or size >= LARGEST:
                break
    except zlib.error:
        return b"".join(parts), False
    return b"".join(parts), unpack.eof


def _records(data: bytes, version: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Start of the packet, length on the wire, time passed, type and end of each whole record."""
    header = RECORDS[version]
    at = 0
    while len(data) - at >= header.size:
        length, *original, passed, kind = header.unpack_from(data, at)
        start = at + header.size
        at = start + length - 1
        if length < 1 or at > len(data):
            return
        yield start, original[0] if original else length, passed, kind, at


def _btsnoop_record(packet: bytes, original: int, kind: int, time: int) -> bytes:
    indicator = INDICATORS.get(kind, OTHER)
    flags = 1 if kind & 0xF0 == RECEIVED else 0
    if indicator in (COMMAND, EVENT):
        flags |= COMMAND_OR_EVENT
    size = len(packet) + 1
    return RECORD_HEADER.pack(max(original, size), size, flags, 0, time) + bytes((indicator,)) + packet
