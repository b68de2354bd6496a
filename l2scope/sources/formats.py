"""Which parser reads a file: decided by how the file begins, never by its name."""

from collections.abc import Callable
from typing import Final

from l2scope.engine.engine import Engine
from l2scope.sources import btsnoop, packetlogger, pcap, pcapng_blocks
from l2scope.sources.btsnoop import BtsnoopParser
from l2scope.sources.errors import CaptureError
from l2scope.sources.packetlogger import PacketLoggerParser
from l2scope.sources.pcap import PcapParser
from l2scope.sources.pcapng import PcapngParser
from l2scope.sources.push import PushParser

# So much of a file, or all of a shorter one, tells its format.
BEGINNING: Final = 4096

NOT_READ: Final = (
    "not a capture that l2scope reads (btsnoop, pcap, pcapng, PacketLogger, btsnooz in a bug report, "
    "or any of these in zip, tar, gzip, xz or zstd); "
    "analyzers with a format of their own export one of these"
)

# Other files that captures come in, by how they begin, and what to do with them.
SIGNATURES: Final = (
    (b"\xa1\xb2\xcd\x34", "pcap as a patched Linux of old wrote it", "convert it with `editcap -F pcapng IN OUT`"),
    (b"\x34\xcd\xb2\xa1", "pcap as a patched Linux of old wrote it", "convert it with `editcap -F pcapng IN OUT`"),
    (b"BZh", "compressed with bzip2", "unpack it with `bunzip2` first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it with `7z x` first"),
    (b"Rar!\x1a\x07", "a rar archive", "unpack it with `unrar x` first"),
    (b"\x04\x22\x4d\x18", "compressed with lz4", "unpack it with `lz4 -d` first"),
    (b"snoop\0\0\0", "a snoop capture of Solaris, which holds no Bluetooth", "record the HCI log as btsnoop"),
)
# Analyzers whose formats are not public: their files name their makers near the beginning.
MAKERS: Final = (
    (("Ellisys",), "an Ellisys trace", "export it from Ellisys Bluetooth Analyzer as btsnoop or pcapng"),
    (
        ("Frontline", "ComProbe", "FTS4BT", "Teledyne LeCroy"),
        "a Frontline .cfa that is not btsnoop",
        "save it from Frontline's software as btsnoop",
    ),
)

# A Windows event trace begins with a buffer: its size, what is used of it, and after 72 bytes the header event, which
# is of type 1 or 2 and marked 0xC0 (WMI_BUFFER_HEADER and SYSTEM_TRACE_HEADER of the Windows SDK).
EVENT_TRACE: Final = (
    "this is an event trace of Windows (ETL): convert it with `btetlparse -pcapng OUT.pcapng IN.etl` "
    "of Microsoft's Bluetooth Test Platform"
)
ETL_BUFFER: Final = 72
ETL_UNIT: Final = 1024
ETL_LARGEST: Final = 16 << 20
ETL_TYPES: Final = (1, 2)
ETL_MARK: Final = 0xC0


def parser_for(beginning: bytes, engine: Engine) -> PushParser:
    """The parser for a file that begins so. Raises CaptureError, naming the format where it is known but not read."""
    return parser_of(beginning)(engine)


def parser_of(beginning: bytes) -> Callable[[Engine], PushParser]:
    """The kind of that parser. Raises the same."""
    if beginning.startswith(btsnoop.MAGIC):
        return BtsnoopParser
    if beginning.startswith(pcap.MAGICS):
        return PcapParser
    if beginning.startswith(pcapng_blocks.MAGIC):
        return PcapngParser
    for signature, name, advice in SIGNATURES:
        if beginning.startswith(signature):
            raise CaptureError(f"this is {name}: {advice}")
    if _is_event_trace(beginning):
        raise CaptureError(EVENT_TRACE)
    if packetlogger.is_packetlogger(beginning):
        return PacketLoggerParser
    for makers, name, advice in MAKERS:
        if any(maker.encode(coding) in beginning for maker in makers for coding in ("ascii", "utf-16-le")):
            raise CaptureError(f"this is {name}, whose format is not public: {advice}")
    raise CaptureError(NOT_READ)


def _is_event_trace(beginning: bytes) -> bool:
    if len(beginning) < ETL_BUFFER + 8:
        return False
    size, saved, used = (int.from_bytes(beginning[at : at + 4], "little") for at in (0, 4, 8))
    return (
        0 < size <= ETL_LARGEST
        and size % ETL_UNIT == 0
        and saved <= size
        and used <= size
        and beginning[ETL_BUFFER + 2] in ETL_TYPES
        and beginning[ETL_BUFFER + 3] == ETL_MARK
    )
