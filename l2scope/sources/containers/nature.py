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

ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04")
TAR_MAGIC: Final = b"ustar"
TAR_MAGIC_AT: Final = 257


class Nature(IntEnum):
    """In the order in which members of an archive are preferred. BUG_REPORT is a text with a btsnooz block, which takes
    more than a beginning to tell; OTHER is taken where the user names it; WRAPPED is an archive that may hold what the
    user named."""

    CAPTURE = 0
    BUG_REPORT = 1
    ARCHIVE = 2
    OTHER = 3
    WRAPPED = 4


def nature_of(beginning: bytes) -> Nature:
    """Looks through compression, as far as the beginning reaches."""
    beginning = _unpacked(beginning)
    if _is_capture(beginning):
        return Nature.CAPTURE
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


def _is_capture(beginning: bytes) -> bool:
    """A parser takes it, and finds HCI in it as far as it goes."""
    try:
        parser_of(beginning)(Engine()).feed(beginning)
    except CaptureError:
        return False
    return True
