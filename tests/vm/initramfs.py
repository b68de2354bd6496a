"""The guest's first file system: a shell, the modules it loads, and nothing else; a newc cpio archive."""

import gzip
import lzma
import re
from pathlib import Path

FOLDERS = ("bin", "dev", "proc", "sys", "mods", "mnt", "root")
DIRECTORY, PROGRAM, FILE, DEVICE = 0o40755, 0o100755, 0o100644, 0o20600


class Modules:
    """The modules of a kernel, and what each needs before it."""

    def __init__(self, kernel: Path) -> None:
        found = (path for path in kernel.rglob("*.ko*") if path.name.endswith((".ko", ".ko.xz")))
        self._paths = {path.name.split(".ko")[0].replace("-", "_"): path for path in found}
        self.data: dict[str, bytes] = {}

    def add(self, name: str) -> None:
        """Adds a module behind all that it needs. One that the kernel has built in is not there, nor needed."""
        if name in self.data or name not in self._paths:
            return
        data = self._paths[name].read_bytes()
        if self._paths[name].suffix == ".xz":
            data = lzma.decompress(data)
        needed = re.search(rb"\0depends=([^\0]+)\0", data)
        for other in needed.group(1).decode().split(",") if needed else ():
            self.add(other.replace("-", "_"))
        self.data[name] = data


def initramfs(busybox: Path, init: Path, modules: Modules) -> bytes:
    """The archive, compressed. Modules are listed in mods/order as they must be loaded."""
    entries = [(folder, DIRECTORY, b"") for folder in FOLDERS]
    entries.append(("bin/busybox", PROGRAM, busybox.read_bytes()))
    entries.append(("init", PROGRAM, init.read_bytes()))
    entries.append(("mods/order", FILE, "".join(f"{name}\n" for name in modules.data).encode()))
    entries += [(f"mods/{name}.ko", FILE, data) for name, data in modules.data.items()]
    archive = b"".join(_entry(*entry) for entry in entries)
    devices = _entry("dev/console", DEVICE, b"", (5, 1)) + _entry("dev/null", DEVICE, b"", (1, 3))
    return gzip.compress(archive + devices + _entry("TRAILER!!!", 0, b""), 1)


def _entry(name: str, mode: int, data: bytes, device: tuple[int, int] = (0, 0)) -> bytes:
    path = name.encode() + b"\0"
    fields = (0, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(path), 0)
    header = b"070701" + b"".join(b"%08x" % field for field in fields) + path
    return header + b"\0" * (-len(header) % 4) + data + b"\0" * (-len(data) % 4)
