"""Writes btsnoop (RFC 1761; BlueZ doc/btsnoop.txt)."""

import struct
from typing import IO, Final

from l2scope.engine.words import COMMAND, EVENT
from l2scope.sources.btsnoop import COMMAND_OR_EVENT, EPOCH_US, H4, MAGIC, MONITOR, MOST_DROPS
from l2scope.writing.records import Record

VERSION: Final = 1
# Original length, included length, flags, cumulative drops, microseconds since the year 0.
HEADER: Final = struct.Struct(">IIIIq")
MOST_DROPS_OF_A_FILE: Final = 0xFFFFFFFF


class BtsnoopWriter:
    """Datalink 2001 (Linux monitor) or 1002 (HCI H4, of one adapter).

    Times are cut to microseconds; comments have no place. A gap counts as one lost packet: there is no other way to say
    that something may be missing. Readers take a count that leaps for garbage, so no more is told at once than they
    believe.
    """

    def __init__(self, file: IO[bytes], monitor: bool) -> None:
        self._file = file
        self._monitor = monitor
        self._drops = 0
        file.write(MAGIC + struct.pack(">II", VERSION, MONITOR if monitor else H4))

    def write(self, record: Record) -> None:
        self._drops = min(self._drops + min(record.lost + record.gap, MOST_DROPS), MOST_DROPS_OF_A_FILE)
        if self._monitor:
            data, original, flags = record.data, record.original, record.adapter << 16 | record.opcode
        else:
            data, original, flags = record.h4, record.h4_original, record.direction
            if record.kind in (COMMAND, EVENT):
                flags |= COMMAND_OR_EVENT
        stamp = record.time_ns // 1000 + EPOCH_US
        self._file.write(HEADER.pack(original, len(data), flags, self._drops, stamp) + data)

    def finish(self, lost: int, gap: bool) -> bool:
        """Nothing follows but what was lost at the end. False: the format has no place for that."""
        return not lost and not gap
