"""The adapters and links that Linux has at this moment, asked by ioctl on an HCI socket."""

import errno
import struct
from dataclasses import dataclass
from typing import Final

from l2scope.sources.errors import CaptureError
from l2scope.sources.monitor import MonitorSocket, hci_socket, open_monitor
from l2scope.sources.refusal import refusal

HCIGETDEVLIST: Final = 0x800448D2
HCIGETCONNLIST: Final = 0x800448D4
MOST_ADAPTERS: Final = 16
MOST_LINKS: Final = 64

# struct hci_dev_req and struct hci_conn_info of include/net/bluetooth/hci_sock.h, behind a header of 4 bytes each.
LIST_HEADER: Final = 4
ADAPTER: Final = struct.Struct("=HxxI")
LINK: Final = struct.Struct("=H6sBBHI")

ACL_LINK: Final = 0x01
LE_LINK: Final = 0x80
CONNECTED: Final = 1
CENTRAL_BIT: Final = 0x0001


@dataclass(frozen=True, slots=True)
class StandingLink:
    """A link that is there already. address is in the order of HCI, least significant byte first."""

    adapter: int
    handle: int
    le: bool
    central: bool
    address: bytes


def adapters() -> list[int]:
    """The indices of the adapters. Raises CaptureError."""
    request = bytearray(LIST_HEADER + MOST_ADAPTERS * ADAPTER.size)
    struct.pack_into("=H", request, 0, MOST_ADAPTERS)
    _ask(HCIGETDEVLIST, request)
    (count,) = struct.unpack_from("=H", request)
    return sorted(ADAPTER.unpack_from(request, LIST_HEADER + number * ADAPTER.size)[0] for number in range(count))


def standing_links(adapter: int) -> list[StandingLink]:
    """The links of an adapter that carry data; none where the adapter is gone. Raises CaptureError."""
    request = bytearray(LIST_HEADER + MOST_LINKS * LINK.size)
    struct.pack_into("=HH", request, 0, adapter, MOST_LINKS)
    if not _ask(HCIGETCONNLIST, request):
        return []
    _, count = struct.unpack_from("=HH", request)
    links = []
    for number in range(count):
        handle, address, kind, _, state, mode = LINK.unpack_from(request, LIST_HEADER + number * LINK.size)
        if kind in (ACL_LINK, LE_LINK) and state == CONNECTED:
            links.append(StandingLink(adapter, handle, kind == LE_LINK, bool(mode & CENTRAL_BIT), address))
    return links


def listen(adapter: int | None) -> tuple[MonitorSocket, list[StandingLink]]:
    """Begins to listen to one adapter, or to all and those that will come.

    Returns the socket and the links that stand already. Raises CaptureError, which says what to do about it.
    """
    there = adapters()
    if adapter is not None:
        if adapter not in there:
            raise CaptureError(_no_such_adapter(adapter, there))
        there = [adapter]
    links = [link for index in there for link in standing_links(index)]
    return open_monitor(adapter), links


def _no_such_adapter(adapter: int, there: list[int]) -> str:
    names = " and ".join(f"hci{index}" for index in there)
    if not there:
        return f"no adapter hci{adapter}: there is none at all; plug one in, or wait for it with `all`"
    return f"no adapter hci{adapter}: name one that is there ({names}), or `all`"


def _ask(request: int, buffer: bytearray) -> bool:
    """False where the adapter it asks about is gone. Raises CaptureError.

    fcntl is imported here because only systems that have HCI sockets have it.
    """
    try:
        with hci_socket() as sock:
            from fcntl import ioctl

            ioctl(sock.fileno(), request, buffer)
    except OSError as error:
        if error.errno == errno.ENODEV:
            return False
        raise refusal(error) from error
    return True
