"""A file's format is told by how it begins, and what is known but not read is refused by its name."""

import struct

import pytest

from l2scope.engine.engine import Engine
from l2scope.sources.btsnoop import BtsnoopParser
from l2scope.sources.errors import CaptureError
from l2scope.sources.formats import BEGINNING, parser_for
from l2scope.sources.packetlogger import PacketLoggerParser
from l2scope.sources.pcap import PcapParser
from l2scope.sources.pcapng import PcapngParser
from tests.generate.containers import btsnoop, packetlogger, packetlogger_record, pcap, pcapng
from tests.sources.test_pcap import ALL, TIME


def event_trace() -> bytes:
    """How a Windows event trace begins: WMI_BUFFER_HEADER and the header event, as logman writes them."""
    buffer = struct.pack("<IIIi", 0x10000, 0x1A0, 0x1A0, 1) + bytes(56)
    return buffer + struct.pack("<HBBHH", 2, 2, 0xC0, 0x118, 0) + "LOGFILE".encode("utf-16-le") + bytes(4000)


@pytest.mark.parametrize(
    ("data", "parser"),
    [
        (btsnoop(ALL), BtsnoopParser),
        (pcap(ALL), PcapParser),
        (pcap(ALL, order=">", nanoseconds=True), PcapParser),
        (pcapng(ALL), PcapngParser),
        (pcapng(ALL, order=">"), PcapngParser),
        (packetlogger(ALL), PacketLoggerParser),
        (packetlogger(ALL, "<"), PacketLoggerParser),
        (packetlogger_record(0xFC, b"paired with Ellisys Explorer", TIME), PacketLoggerParser),
    ],
)
def test_the_parser_of_a_format(data: bytes, parser: type) -> None:
    """From the beginning, or from all of a short file."""
    assert type(parser_for(data[:BEGINNING], Engine())) is parser


@pytest.mark.parametrize(
    ("beginning", "message"),
    [
        (event_trace(), r"event trace of Windows \(ETL\): convert it with `btetlparse -pcapng OUT.pcapng IN.etl`"),
        (b"\0\x01Ellisys Bluetooth\0", "Ellisys trace, whose format is not public: export it .* as btsnoop or pcapng"),
        ("..Ellisys".encode("utf-16-le"), "Ellisys trace"),
        (b"\x80Frontline Test Equipment", "Frontline .cfa that is not btsnoop.*: save it .* as btsnoop"),
        ("ComProbe".encode("utf-16-le"), "Frontline .cfa that is not btsnoop"),
        (b"\x34\xcd\xb2\xa1" + bytes(30), "patched Linux of old wrote it: convert it with `editcap -F pcapng IN OUT`"),
        (b"BZh91AY&SY", "compressed with bzip2: unpack it with `bunzip2` first"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive: unpack it with `7z x` first"),
        (b"Rar!\x1a\x07\x01\0", "a rar archive: unpack it with `unrar x` first"),
        (b"\x04\x22\x4d\x18\x64\x40\xa7", "compressed with lz4: unpack it with `lz4 -d` first"),
        (b"snoop\0\0\0\0\0\0\2", "snoop capture of Solaris"),
        (b"", "not a capture that l2scope reads"),
        (b"these are notes", "not a capture that l2scope reads .btsnoop, pcap, pcapng, PacketLogger."),
        (bytes(4096), "not a capture that l2scope reads"),
        (b"\xff" * 4096, "not a capture that l2scope reads"),
    ],
)
def test_what_is_not_read_is_refused(beginning: bytes, message: str) -> None:
    """By its name and with what to do, in one line."""
    with pytest.raises(CaptureError, match=message) as refused:
        parser_for(beginning, Engine())
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize("datalink", [1003, 1004, 2002])
def test_serial_protocols_in_btsnoop_are_refused_by_name(datalink: int) -> None:
    """With the datalinks that are read, and what to record instead."""
    parser = parser_for(btsnoop([], datalink), Engine())
    with pytest.raises(CaptureError, match=f"datalink {datalink} .*only 1001 .*: record HCI packets, not the bytes"):
        parser.feed(btsnoop([], datalink))
