"""Why the kernel will not let us listen to Bluetooth, and what the user can do about it: one line each."""

import errno
import os
import shlex
import sys
from pathlib import Path
from typing import Final

from l2scope.sources.errors import CaptureError

BLUETOOTH_MODULE: Final = Path("/sys/module/bluetooth")
NO_SUCH_FAMILY: Final = (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT)
NOT_PERMITTED: Final = (errno.EPERM, errno.EACCES)


def refusal(error: OSError) -> CaptureError:
    """What to say about an error met while a HCI socket was opened."""
    if error.errno in NOT_PERMITTED:
        return CaptureError(_not_permitted())
    if error.errno in NO_SUCH_FAMILY and BLUETOOTH_MODULE.exists():
        return CaptureError(
            "Linux shows Bluetooth only to the host's own network, and this process is in another one, as in a "
            "container: run l2scope on the host, or start the container with "
            "`--network=host --cap-add=NET_RAW --cap-add=NET_ADMIN`"
        )
    if error.errno in NO_SUCH_FAMILY:
        return CaptureError(
            "this kernel has no Bluetooth: load it with `sudo modprobe bluetooth`, or boot a kernel that was built "
            "with it (CONFIG_BT)"
        )
    return CaptureError(f"cannot listen to Bluetooth: {error.strerror or error}")


def _not_permitted() -> str:
    """setcap follows no links, and an interpreter in a virtual environment is one."""
    python = shlex.quote(os.path.realpath(sys.executable))
    return (
        f"not permitted to listen to Bluetooth: run `sudo {_own_command()}`, or allow it to every program of this "
        f"Python with `sudo setcap cap_net_raw,cap_net_admin+ep {python}`"
    )


def _own_command() -> str:
    """What the user called, by a path that sudo finds: it has a PATH of its own."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return shlex.join((sys.executable, "-m", "l2scope", *sys.argv[1:]))
    if called.name == "l2scope" and called.exists():
        return shlex.join((str(called.resolve()), *sys.argv[1:]))
    return "l2scope monitor"
