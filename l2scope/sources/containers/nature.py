"""What a stream is, by how it begins."""

import io
from enum import IntEnum
from typing import Final

from l2scope.engine.engine import Engine
from l2scope.sources.containers.compression import Unpacked, packing_of
from l2scope.sources.containers.faults import Faults
from l2scope.sources.containers.limits import DEEPEST
from l2scope.sources.containers.stream import Beginning
from l2scope.sources.errors import CaptureError
from l2scope.sources.formats import BEGINNING, parser_of

# zstd unpacks whole blocks of up to 128 KiB (RFC 8878 section 3.1.1.2.4); the others need less for a beginning.
PACKED_BEGINNING: Final = 160 * 1024
ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04")
TAR_MAGIC: Final = b"ustar"
TAR_MAGIC_AT: Final = 257


class Nature(IntEnum):
    """In the order in which members of an archive are preferred. BUG_REPORT is a text with a btsnooz block, which takes
    more than a beginning to tell; EMPTY is a capture without packets, as phones leave them; OTHER is taken where the
    user names it; WRAPPED is an archive that may hold what the user named."""

    CAPTURE = 0
    BUG_REPORT = 1
    EMPTY = 2
    ARCHIVE = 3
    OTHER = 4
    WRAPPED = 5


def nature_of(beginning: bytes) -> Nature:
    """Looks through compression, as far as the beginning reaches."""
    beginning = _unpacked(beginning)
    packets = _packets_in(beginning)
    if packets is not None:
        return Nature.CAPTURE if packets or len(beginning) >= BEGINNING else Nature.EMPTY
    return Nature.ARCHIVE if is_zip(beginning) or is_tar(beginning) else Nature.OTHER


def is_zip(beginning: bytes) -> bool:
    return beginning.startswith(ZIP)


def is_tar(beginning: bytes) -> bool:
    return beginning.startswith(TAR_MAGIC, TAR_MAGIC_AT)


def _unpacked(beginning: bytes) -> bytes:
    for _ in range(DEEPEST):
        packing = packing_of(beginning)
        if packing is None:
            break
        beginning = Beginning(Unpacked(io.BytesIO(beginning), packing, Faults())).peek(BEGINNING)
    return beginning


def _packets_in(beginning: bytes) -> int | None:
    """How many packets a parser finds in it; None where it is no capture of HCI."""
    engine = Engine()
    try:
        parser_of(beginning)(engine).feed(beginning)
    except CaptureError:
        return None
    return int(engine.packets)
