"""The records of the HCI monitor, as btsnoop (datalink 2001) writes them."""

import struct
from dataclasses import dataclass
from typing import Final

from l2scope.sources.btsnoop import EPOCH_US, MAGIC, MONITOR

VERSION: Final = 1
FILE_HEADER: Final = MAGIC + struct.pack(">II", VERSION, MONITOR)

# Original length, included length, flags (adapter and opcode), cumulative drops, microseconds since the year 0.
RECORD_HEADER: Final = struct.Struct(">IIIIq")
# Opcode, adapter, length: what stands before the payload on the socket.
SOCKET_HEADER: Final = struct.Struct("<HHH")

NEW_INDEX: Final = 0
DELETE_INDEX: Final = 1
OPEN_INDEX: Final = 8
CLOSE_INDEX: Final = 9
USER_LOGGING: Final = 13
NO_ADAPTER: Final = 0xFFFF

# A user logging record: priority as of syslog, the length of the name, the name and the text, both with a NUL.
WARNING: Final = 4
INFORMATION: Final = 6
OWN_NAME: Final = b"l2scope\0"

HAPPENINGS: Final = {
    NEW_INDEX: "hci{} came",
    DELETE_INDEX: "hci{} went away: its links and channels are closed",
    OPEN_INDEX: "hci{} was switched on",
    CLOSE_INDEX: "hci{} was switched off: its links and channels are closed",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the user should hear of while it happens: a line, and when it was (Unix nanoseconds)."""

    time_ns: int
    text: str


def packed(stamp_us: int, record: bytes, drops: int) -> bytes:
    """The btsnoop record of one that came from the socket. drops are the records lost so far."""
    opcode, adapter, length = SOCKET_HEADER.unpack_from(record)
    size = len(record) - SOCKET_HEADER.size
    header = RECORD_HEADER.pack(max(size, length), size, adapter << 16 | opcode, drops, stamp_us + EPOCH_US)
    return header + record[SOCKET_HEADER.size :]


def closing_note(stamp_us: int, drops: int) -> bytes:
    """A record of our own that ends a file: without it nobody could tell how long nothing happened at the end, or that
    the last records were lost."""
    text = f"the recording ends; {drops} packets were lost" if drops else "the recording ends"
    payload = bytes((WARNING if drops else INFORMATION, len(OWN_NAME))) + OWN_NAME + text.encode() + b"\0"
    flags = NO_ADAPTER << 16 | USER_LOGGING
    return RECORD_HEADER.pack(len(payload), len(payload), flags, drops, stamp_us + EPOCH_US) + payload


def happening(stamp_us: int, record: bytes) -> Notice | None:
    """What a record says about an adapter that comes, goes or is switched, None for any other record."""
    opcode, adapter, _ = SOCKET_HEADER.unpack_from(record)
    text = HAPPENINGS.get(opcode)
    return None if text is None else Notice(stamp_us * 1000, text.format(adapter))
