"""What HCI tells of the encryption of a link (Vol 4 Part E 7.7.8, 7.7.39, 7.7.65.5, 7.8.24 to 7.8.26)."""

from typing import Final

from mypy_extensions import i64

from l2scope.engine.current import Packet
from l2scope.engine.fields import u8
from l2scope.engine.link import Link
from l2scope.engine.pairing import (
    ENCRYPTION_CHANGED,
    ENCRYPTION_STARTED,
    KEY_ASKED_FOR,
    KEY_GIVEN,
    KEY_REFRESHED,
    KEY_REFUSED,
)
from l2scope.engine.words import NONE

ENCRYPTION_CHANGE: Final = 0x08
ENCRYPTION_KEY_REFRESH_COMPLETE: Final = 0x30
ENCRYPTION_CHANGE_V2: Final = 0x59

LE_ENABLE_ENCRYPTION: Final = 0x2019
LE_KEY_REQUEST_REPLY: Final = 0x201A
LE_KEY_REQUEST_NEGATIVE_REPLY: Final = 0x201B


def told(packet: Packet, link: Link | None, code: i64, at: i64, size: i64) -> None:
    """An Encryption Change or Encryption Key Refresh Complete event of size bytes, at least 3, begins at `at`."""
    if link is None:
        return
    status = u8(packet.data, at)
    if code == ENCRYPTION_KEY_REFRESH_COMPLETE:
        link.security.changed(packet, KEY_REFRESHED, status, NONE, NONE)
        return
    enabled: i64 = u8(packet.data, at + 3) if size >= 4 and status == 0 else NONE
    key_size: i64 = NONE
    if code == ENCRYPTION_CHANGE_V2 and size >= 5 and status == 0:
        key_size = u8(packet.data, at + 4)
    link.security.changed(packet, ENCRYPTION_CHANGED, status, enabled, key_size)
    if enabled != NONE:
        link.encrypted = enabled


def key_asked_for(packet: Packet, link: Link | None) -> None:
    """The controller wants the key of a link whose central starts encryption."""
    if link is not None:
        link.security.changed(packet, KEY_ASKED_FOR, 0, NONE, NONE)


def key_size_read(packet: Packet, link: Link | None, size: i64) -> None:
    """The controller of a BR/EDR link tells the size of its key."""
    if link is not None:
        link.security.changed(packet, ENCRYPTION_CHANGED, 0, NONE, size)


def commanded(packet: Packet, link: Link | None, opcode: i64) -> None:
    """The host starts encryption, gives the key or refuses it."""
    if link is None:
        return
    kind: i64 = KEY_REFUSED
    if opcode == LE_ENABLE_ENCRYPTION:
        kind = ENCRYPTION_STARTED
    elif opcode == LE_KEY_REQUEST_REPLY:
        kind = KEY_GIVEN
    link.security.changed(packet, kind, 0, NONE, NONE)
