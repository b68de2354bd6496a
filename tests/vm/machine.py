"""A Debian kernel with Bluetooth and BlueZ's virtual controllers, under qemu: live capture on the real thing.

The guest sees this machine's root read-only, so it runs the same Python and the same l2scope. qemu emulates the
processor: /dev/kvm may be there and still hang the guest.
"""

import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from tests.cli.runner import ROOT
from tests.vm.initramfs import Modules, initramfs

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "l2scope-tests" / "vm"
KERNEL_PACKAGE = re.compile(r"linux-image-[0-9.]+(-\d+|\+\w+)-amd64")
TOOLS = ("bluez", "bluez-test-tools", "busybox-static")
# In the order in which they are loaded; each brings what it needs.
MODULES = (
    "virtio_pci", "9pnet_virtio", "9p", "crc16", "ecb", "cmac", "ecdh_generic", "af_alg", "algif_skcipher",
    "algif_hash", "bluetooth", "hci_vhci",
)  # fmt: skip
SECONDS = 230


class Unavailable(Exception):
    """The guest cannot be run here; the message says why."""


def run_guest(results: Path) -> None:
    """Boots, runs guest.sh, and returns when it is over; results is its folder. Raises Unavailable.

    The guest's console is in console.log there.
    """
    if platform.machine() != "x86_64" or shutil.which("qemu-system-x86_64") is None:
        raise Unavailable(
            "there is no qemu-system-x86_64, or this is another processor (apt-get install qemu-system-x86)"
        )
    guest = _guest_files()
    shutil.copy(HERE / "guest.sh", results)
    places = {"PYTHON": sys.executable, "ROOT": str(ROOT), "BLUEZ": str(guest / "tools")}
    (results / "environment").write_text("".join(f"{name}={shlex.quote(path)}\n" for name, path in places.items()))
    with (results / "console.log").open("wb") as console:
        subprocess.run(
            _command(guest, results), stdin=subprocess.DEVNULL, stdout=console, stderr=console, check=True,
            timeout=SECONDS,
        )  # fmt: skip


def _command(guest: Path, results: Path) -> list[str]:
    (kernel,) = (guest / "kernel" / "boot").glob("vmlinuz-*")
    share = "security_model=none,multidevs=remap"
    return [
        "qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", "1024", "-nodefaults", "-nic", "none",
        "-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot",
        "-kernel", str(kernel), "-initrd", str(guest / "initramfs.gz"),
        "-virtfs", f"local,path=/,mount_tag=host,readonly=on,{share}",
        "-virtfs", f"local,path={results},mount_tag=out,{share}",
        "-append", "console=ttyS0 quiet panic=-1 mitigations=off",
    ]  # fmt: skip


def _guest_files() -> Path:
    """The folder with the kernel, BlueZ's tools and the first file system; made once. Raises Unavailable."""
    guest = CACHE / "guest"
    if not (guest / "complete").exists():
        packages = CACHE / "packages"
        for folder in (guest, packages):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        _output("apt-get", "-qq", "download", _kernel_package(), *TOOLS, folder=packages)
        for package in packages.glob("*.deb"):
            place = "kernel" if package.name.startswith("linux-image") else "tools"
            _output("dpkg", "-x", str(package), str(guest / place), folder=packages)
        shutil.rmtree(packages)
        (guest / "complete").touch()
    modules = Modules(guest / "kernel")
    for module in MODULES:
        modules.add(module)
    (guest / "initramfs.gz").write_bytes(initramfs(guest / "tools" / "bin" / "busybox", HERE / "init", modules))
    return guest


def _kernel_package() -> str:
    """Debian's newest kernel for common machines."""
    known = _output("apt-cache", "--names-only", "search", "^linux-image-[0-9].*-amd64$", folder=CACHE).split("\n")
    names = [name for line in known if KERNEL_PACKAGE.fullmatch(name := line.split(" ")[0])]
    if not names:
        raise Unavailable("apt-cache knows no kernel package of Debian (apt-get update)")
    return max(names, key=lambda name: [int(number) for number in re.findall(r"\d+", name)])


def _output(*command: str, folder: Path) -> str:
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=120).stdout
    except FileNotFoundError as error:
        raise Unavailable(f"there is no {command[0]} here: the guest is made of Debian's packages") from error
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        said = str(error.stderr or error).strip().splitlines()[-1:]
        raise Unavailable(f"the packages of the guest are not to be had: {command[0]}: {' '.join(said)}") from error
