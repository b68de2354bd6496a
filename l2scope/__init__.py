"""l2scope: a packet analyzer for Bluetooth L2CAP captures.

    import l2scope
    capture = l2scope.open("capture.btsnoop")
    stalls = capture.channels.one(psm=0x80).rx.stalls(longer_than="50ms")

The names below are loaded when they are first used, so that importing l2scope costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from l2scope._version import __version__

if TYPE_CHECKING:
    from l2scope.analysis.findings import Finding
    from l2scope.capture import Capture, Sdu
    from l2scope.capture import open_capture as open
    from l2scope.channels import Channel
    from l2scope.filter.errors import FilterError
    from l2scope.filter.selection import Selection
    from l2scope.links import Link
    from l2scope.sources.errors import CaptureError
    from l2scope.stalls import ZeroInterval

__all__ = [
    "Capture",
    "CaptureError",
    "Channel",
    "FilterError",
    "Finding",
    "Link",
    "Sdu",
    "Selection",
    "ZeroInterval",
    "__version__",
    "open",
]

_HOMES = {
    "Capture": ("l2scope.capture", "Capture"),
    "CaptureError": ("l2scope.sources.errors", "CaptureError"),
    "Channel": ("l2scope.channels", "Channel"),
    "FilterError": ("l2scope.filter.errors", "FilterError"),
    "Finding": ("l2scope.analysis.findings", "Finding"),
    "Link": ("l2scope.links", "Link"),
    "Sdu": ("l2scope.capture", "Sdu"),
    "Selection": ("l2scope.filter.selection", "Selection"),
    "ZeroInterval": ("l2scope.stalls", "ZeroInterval"),
    "open": ("l2scope.capture", "open_capture"),
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'l2scope' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return __all__
