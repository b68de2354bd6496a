"""A link between two hosts, by hand: what each sends and when the other has it, as one capture or as two."""

import struct
from dataclasses import dataclass, field
from pathlib import Path

from tests.wire import EPOCH_US, acl, kframes, le_connection_complete, pdu, signal

START_US = 1_000_000_000
SCID, DCID, SPSM, MPS = 0x40, 0x50, 0x0085, 100


@dataclass
class TwoEnds:
    """Times are milliseconds. Host 0 opens a channel over which it sends; its clock is the true one."""

    now: float = 0.0
    records: list[tuple[float, int, int, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for host in (0, 1):
            self.records.append((0, host, 1, b"\x04" + le_connection_complete(role=host)))

    def send(self, host: int, payload: bytes, way: float = 1.0, lost: bool = False) -> None:
        """A PDU leaves a host now; the other has it `way` later. The clock moves on by a tenth."""
        self.records.append((self.now, host, 0, b"\x02" + acl(payload)))
        if not lost:
            self.records.append((self.now + way, 1 - host, 1, b"\x02" + acl(payload)))
        self.now += 0.1

    def wait(self, milliseconds: float) -> None:
        self.now += milliseconds

    def open_channel(self, credits: int) -> None:
        self.send(0, signal(0x14, 1, SPSM, SCID, 500, MPS, 5))
        self.wait(5)
        self.send(1, signal(0x15, 1, DCID, 500, MPS, credits, 0))
        self.wait(5)

    def send_sdu(self, sdu: bytes, way: float = 1.0) -> None:
        """As many K-frames as it takes, without a look at the credits."""
        for frame in kframes(sdu, MPS):
            self.send(0, pdu(DCID, frame), way)

    def grant(self, identifier: int, credits: int, way: float = 1.0, lost: bool = False) -> None:
        self.send(1, signal(0x16, identifier, DCID, credits), way, lost)

    def one_capture(self, path: Path) -> Path:
        """Both hosts as adapters of one system, in the format of the Linux monitor."""
        parts = [b"btsnoop\0" + struct.pack(">II", 1, 2001)]
        for time, host, received, packet in sorted(self.records, key=lambda record: record[0]):
            opcode = 3 if packet[0] == 4 else 4 + received
            parts.append(_record(time, host << 16 | opcode, packet[1:]))
        path.write_bytes(b"".join(parts))
        return path

    def two_captures(self, folder: Path, ahead: float = 0.0) -> tuple[Path, Path]:
        """A capture of each host. The clock of host 1 is ahead by so many milliseconds."""
        paths = (folder / "a.btsnoop", folder / "b.btsnoop")
        for host, path in enumerate(paths):
            parts = [b"btsnoop\0" + struct.pack(">II", 1, 1002)]
            own = sorted((record for record in self.records if record[1] == host), key=lambda record: record[0])
            for time, _, received, packet in own:
                event = 2 if packet[0] == 4 else 0
                parts.append(_record(time + ahead * host, received | event, packet))
            path.write_bytes(b"".join(parts))
        return paths


def _record(time: float, flags: int, data: bytes) -> bytes:
    stamp = EPOCH_US + START_US + round(time * 1000)
    return struct.pack(">IIIIq", len(data), len(data), flags, 0, stamp) + data
