"""`python -m tests.generate.formats [DIRECTORY]` writes samples in other formats than btsnoop, into tests/samples/.

They hold the traffic of a sample in captures/, which a real stack made.
"""

import sys
from pathlib import Path

from tests.generate.containers import (
    LINK_H4_DIRECTION,
    LINK_MONITOR,
    btsnoop,
    bug_report,
    packetlogger,
    packets_of,
    pcap,
    pcapng,
)

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "captures" / "refused.btsnoop"
SAMPLES = ROOT / "tests" / "samples"


def samples() -> dict[str, bytes]:
    """Every sample by its file name; the same bytes every time, but for the compression of another zlib."""
    packets = list(packets_of(SOURCE.read_bytes()))
    return {
        "h1.btsnoop": btsnoop(packets, datalink=1001),
        "monitor.btsnoop": btsnoop(packets, datalink=2001),
        "h4_direction.pcap": pcap(packets, LINK_H4_DIRECTION),
        "monitor.pcapng": pcapng(packets, LINK_MONITOR),
        "little_endian.pklg": packetlogger(packets, order="<"),
        "bugreport.txt": bug_report(packets),
    }


def main(arguments: list[str]) -> None:
    directory = Path(arguments[0]) if arguments else SAMPLES
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in samples().items():
        (directory / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
