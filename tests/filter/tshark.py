"""How many frames tshark's display filters let pass."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

TOP_LEVEL = re.compile(r"^\S+ +frames:(\d+)", re.MULTILINE)


def counts(path: Path, filters: Sequence[str]) -> dict[str, int]:
    """The number of frames that pass each filter, in one run: the hierarchy of protocols of those frames."""
    taps = [word for filter in filters for word in ("-z", f"io,phs,{filter}")]
    printed = _run(path, "-q", *taps)
    found: dict[str, int] = {}
    for part in printed.split("Filter: ")[1:]:
        filter, _, table = part.partition("\n")
        found[filter] = sum(map(int, TOP_LEVEL.findall(table)))
    return found


def frames(path: Path, filter: str) -> list[int]:
    """The numbers of the frames that -Y lets pass."""
    return [int(line) for line in _run(path, "-Y", filter, "-T", "fields", "-e", "frame.number").split()]


def _run(path: Path, *arguments: str) -> str:
    """tshark ends with 2 on a file that is cut."""
    command = ["tshark", "-n", "-r", str(path), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240, env={"TZ": "UTC"})
    assert ended.returncode in (0, 2), ended.stderr
    return ended.stdout
