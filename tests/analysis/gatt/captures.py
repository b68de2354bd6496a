"""Captures of one LE link whose ATT PDUs are written by hand: the peer is the server unless it asks."""

from pathlib import Path

import l2scope
from l2scope.capture import Capture
from l2scope.engine.words import ACL, EVENT
from tests.wire import ATT, HANDLE, acl, btsnoop, disconnection_complete, event, le_connection_complete, pdu

SENT = 0
RECEIVED = 1
HCI = 2

Records = list[tuple[int, bytes]]


def linked(handle: int = HANDLE) -> tuple[int, bytes]:
    return RECEIVED | HCI, bytes((EVENT,)) + le_connection_complete(handle)


def encrypted(handle: int = HANDLE) -> tuple[int, bytes]:
    return RECEIVED | HCI, bytes((EVENT,)) + event(0x08, b"\0" + handle.to_bytes(2, "little") + b"\x01")


def ended(handle: int = HANDLE) -> tuple[int, bytes]:
    return RECEIVED | HCI, bytes((EVENT,)) + disconnection_complete(handle)


def sent(data: str, handle: int = HANDLE) -> tuple[int, bytes]:
    """An ATT PDU of the captured host, in hexadecimal."""
    return SENT, bytes((ACL,)) + acl(pdu(ATT, bytes.fromhex(data)), handle)


def received(data: str, handle: int = HANDLE) -> tuple[int, bytes]:
    """An ATT PDU of the peer."""
    return RECEIVED, bytes((ACL,)) + acl(pdu(ATT, bytes.fromhex(data)), handle)


def asked(request: str, response: str, handle: int = HANDLE) -> Records:
    """The captured host asks, the peer answers."""
    return [sent(request, handle), received(response, handle)]


# A server with two services: Battery (0x0010 to 0x0013: level at 0x0012, its configuration at 0x0013), and a vendor's
# (0x0020 to 0xFFFF: a value at 0x0022).
VENDOR = "9ecadc240ee5a9e093f3a3b50100407e"
DISCOVERY: Records = [
    *asked("10 0100 ffff 0028", "11 06 1000 1300 0f18"),
    *asked("10 1400 ffff 0028", f"11 14 2000 ffff {VENDOR}"),
    *asked("08 1000 1300 0328", "09 07 1100 12 1200 192a"),
    *asked("08 2000 ffff 0328", f"09 15 2100 3a 2200 {VENDOR}"),
    *asked("04 1300 1300", "05 01 1300 0229"),
]


def capture_of(path: Path, *records: tuple[int, bytes]) -> Capture:
    """Opens what was written as a file; the packets are numbered as the records are given."""
    path /= "conversation.btsnoop"
    path.write_bytes(btsnoop(list(records)))
    return l2scope.open(path)
