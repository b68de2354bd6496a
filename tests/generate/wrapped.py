"""`python -m tests.generate.wrapped [DIRECTORY]` writes captures in what phones and people wrap them in, into
tests/wrapped/.

They hold the traffic of samples in captures/, which a real stack made.
"""

import gzip
import io
import lzma
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from tests.generate import zstandard as zstd
from tests.generate.containers import LINK_MONITOR, bug_report, packetlogger, packets_of, pcapng

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "captures" / "refused.btsnoop"
OTHER = ROOT / "captures" / "att_only.btsnoop"
SAMPLES = ROOT / "tests" / "wrapped"

# Where Android and iOS put what they record.
SNOOP_LOG: Final = "FS/data/misc/bluetooth/logs/btsnoop_hci.log"
REPORT: Final = "bugreport-panther-2025-06-15-15-06-40.txt"
DIAGNOSIS: Final = "sysdiagnose_2025.06.15_15-06-40+0000_iPhone-OS_iPhone_22F76"
HCI_LOG: Final = f"{DIAGNOSIS}/logs/Bluetooth/bluetoothd-hci-latest.pklg"
DUMPSTATE: Final = b"=" * 56 + b"\n== dumpstate: 2025-06-15 15:06:40\n" + b"=" * 56 + b"\n\nBuild: made for a test\n"


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def xz(data: bytes) -> bytes:
    return lzma.compress(data)


def zstandard(data: bytes) -> bytes:
    """With a checksum, as the program of that name writes it."""
    return zstd.compress(data, options={zstd.CompressionParameter.checksum_flag: 1})


def zipped(members: Mapping[str, bytes] | Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Members in order; a name may come twice."""
    output = io.BytesIO()
    pairs = members.items() if isinstance(members, Mapping) else members
    with zipfile.ZipFile(output, "w", method) as archive:
        for name, content in pairs:
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            archive.writestr(info, content)
    return output.getvalue()


def tarred(members: Mapping[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=form) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return output.getvalue()


def samples() -> dict[str, bytes]:
    """Every sample by its file name; the same every time, but for the compression of other libraries."""
    source = SOURCE.read_bytes()
    packets = list(packets_of(source))
    report = DUMPSTATE + bug_report(packets)
    return {
        "btsnoop.gz": gzipped(source),
        "btsnoop.xz": xz(source),
        "btsnoop.zst": zstandard(source),
        "monitor.pcapng.gz": gzipped(pcapng(packets, LINK_MONITOR)),
        "bugreport.zip": zipped(
            {
                "version.txt": b"2.0",
                SNOOP_LOG: source,
                f"{SNOOP_LOG}.last": OTHER.read_bytes(),
                "FS/proc/version": b"Linux version 6.1.99\n",
                REPORT: report,
            }
        ),
        "bugreport_btsnooz.zip": zipped({"version.txt": b"2.0", "main_entry.txt": REPORT.encode(), REPORT: report}),
        "sysdiagnose.tar.gz": gzipped(
            tarred(
                {
                    f"{DIAGNOSIS}/README.txt": b"What is in here.\n" * 20,
                    f"{DIAGNOSIS}/system_logs.logarchive/Info.plist": b"bplist00\xd1\x01\x02" + bytes(range(256)),
                    f"{DIAGNOSIS}/logs/empty.log": b"",
                    HCI_LOG: packetlogger(packets, "<"),
                    f"{DIAGNOSIS}/logs/tailspin.pcap": b"\xd4\xc3\xb2\xa1\2\0\4\0" + bytes(8) + b"\0\0\4\0\x69\0\0\0",
                }
            )
        ),
    }


def main(arguments: list[str]) -> None:
    directory = Path(arguments[0]) if arguments else SAMPLES
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in samples().items():
        (directory / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
