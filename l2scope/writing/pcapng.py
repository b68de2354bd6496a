"""Writes pcapng (draft-ietf-opsawg-pcapng) with link types 201 and 254, as Wireshark reads them."""

import struct
from typing import IO, Final

from l2scope._version import __version__
from l2scope.sources.hci_records import LINK_H4_DIRECTION, LINK_MONITOR, PSEUDO_HEADER
from l2scope.sources.pcapng_blocks import (
    COMMENT,
    DROPS,
    ENHANCED_PACKET,
    INTERFACE,
    INTERFACE_DROPS,
    SECTION_HEADER,
    SHORTEST_BLOCK,
    STATISTICS,
    TIME_RESOLUTION,
)
from l2scope.writing.records import Record

BYTE_ORDER_MARK: Final = 0x1A2B3C4D
UNKNOWN_LENGTH: Final = -1
# if_tsresol: negative power of ten.
NANOSECONDS: Final = 9
# Options of a section and of an interface (sections 4.1 and 4.2): the program that wrote it, the interface's name.
PROGRAM: Final = 4
NAME: Final = 2
LONGEST_OPTION: Final = 0xFFFF

PACKET: Final = struct.Struct("<IIIIIII")
LENGTH: Final = struct.Struct("<I")


class PcapngWriter:
    """An interface of the Linux monitor (254), which has all adapters, or one of HCI H4 with direction (201) for each
    adapter. Little-endian, to the nanosecond. A gap begins a new section."""

    def __init__(self, file: IO[bytes], monitor: bool, adapters: int) -> None:
        """adapters: how many interfaces there are; a monitor is one."""
        self._file = file
        self._monitor = monitor
        self._interfaces = 1 if monitor else adapters
        self._drops = [0] * self._interfaces
        self._last_ns = 0
        self._section()

    def write(self, record: Record) -> None:
        if record.gap:
            self._section()
        interface = 0 if self._monitor else record.adapter
        if self._monitor:
            data = struct.pack(">HH", record.adapter, record.opcode) + record.data
            original = record.original + PSEUDO_HEADER
        else:
            data = struct.pack(">I", record.direction) + record.h4
            original = record.h4_original + PSEUDO_HEADER
        options = b""
        if record.lost or record.comments:
            options = _options(
                *((COMMENT, text.encode()[:LONGEST_OPTION]) for text in record.comments),
                *([(DROPS, struct.pack("<Q", record.lost))] if record.lost else []),
            )
            self._drops[interface] += record.lost
        self._last_ns = time = record.time_ns
        padding = -len(data) % 4
        length = PACKET.size + len(data) + padding + len(options) + LENGTH.size
        header = PACKET.pack(ENHANCED_PACKET, length, interface, time >> 32, time & 0xFFFFFFFF, len(data), original)
        self._file.write(header + data + bytes(padding) + options + LENGTH.pack(length))

    def finish(self, lost: int, gap: bool) -> bool:
        """Nothing follows but what was lost at the end: the statistics of the first interface tell it, which count all
        that it lost. True: everything was told."""
        if gap:
            self._section()
        if lost:
            body = struct.pack("<III", 0, self._last_ns >> 32, self._last_ns & 0xFFFFFFFF)
            total = struct.pack("<Q", self._drops[0] + lost)
            self._file.write(_block(STATISTICS, body + _options((INTERFACE_DROPS, total))))
        return True

    def _section(self) -> None:
        """What is recorded apart from what is before it, or the beginning of the file."""
        body = struct.pack("<IHHq", BYTE_ORDER_MARK, 1, 0, UNKNOWN_LENGTH)
        self._file.write(_block(SECTION_HEADER, body + _options((PROGRAM, f"l2scope {__version__}".encode()))))
        link = LINK_MONITOR if self._monitor else LINK_H4_DIRECTION
        for number in range(self._interfaces):
            name = b"bluetooth-monitor" if self._monitor else f"bluetooth{number}".encode()
            options = _options((NAME, name), (TIME_RESOLUTION, bytes((NANOSECONDS,))))
            self._file.write(_block(INTERFACE, struct.pack("<HHI", link, 0, 0) + options))
        self._drops = [0] * self._interfaces


def _block(kind: int, body: bytes) -> bytes:
    length = LENGTH.pack(len(body) + SHORTEST_BLOCK)
    return LENGTH.pack(kind) + length + body + length


def _options(*options: tuple[int, bytes]) -> bytes:
    """The options of a block, each filled up to a multiple of four bytes, and their end."""
    parts = [struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4) for code, value in options]
    return b"".join([*parts, bytes(4)])
