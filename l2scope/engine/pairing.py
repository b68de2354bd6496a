"""Pairings as the Security Manager's commands tell of them (Vol 3 Part H 2, 3), and the encryption of a link.

Few packets of a capture are of this kind, so what they say is kept as objects.
"""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.current import Packet, Pdu
from l2scope.engine.fields import u8

PAIRING_REQUEST: Final = 0x01
PAIRING_RESPONSE: Final = 0x02
PAIRING_FAILED: Final = 0x05
ENCRYPTION_INFORMATION: Final = 0x06
SIGNING_INFORMATION: Final = 0x0A
SECURITY_REQUEST: Final = 0x0B
KEYPRESS: Final = 0x0E

FEATURES: Final = 7
LONGEST_COMMAND: Final = 65
# A hostile capture may pair in every packet, or send commands without end.
MOST_COMMANDS: Final = 256
MOST_PAIRINGS: Final = 1024
MOST_CHANGES: Final = 4096

# What happened to the encryption of a link.
ENCRYPTION_CHANGED: Final = 0
KEY_REFRESHED: Final = 1
ENCRYPTION_STARTED: Final = 2
KEY_ASKED_FOR: Final = 3
KEY_GIVEN: Final = 4
KEY_REFUSED: Final = 5


@final
class Command:
    """A Security Manager command; data holds it from its code on, as far as it was captured."""

    def __init__(self, code: i64, packet: i64, time: i64, direction: i64, data: bytes) -> None:
        self.code = code
        self.packet = packet
        self.time = time
        self.direction = direction
        self.data = data


@final
class Pairing:
    """One attempt: its commands in order, at most MOST_COMMANDS of them. cid is 6 over LE, 7 over BR/EDR; seen says
    that its beginning is in the capture."""

    def __init__(self, cid: i64, seen: bool) -> None:
        self.cid = cid
        self.seen = seen
        self.failed = False
        self.requested = False
        self.commands: list[Command] = []


@final
class EncryptionChange:
    """kind is one of the above; status is that of the event; enabled and key_size are NONE where they are not told."""

    def __init__(self, packet: i64, time: i64, kind: i64, status: i64, enabled: i64, key_size: i64) -> None:
        self.packet = packet
        self.time = time
        self.kind = kind
        self.status = status
        self.enabled = enabled
        self.key_size = key_size


@final
class Security:
    """The pairings of one link, and what happened to its encryption, each in order."""

    def __init__(self) -> None:
        self.pairings: list[Pairing] = []
        self.changes: list[EncryptionChange] = []

    def pdu(self, pdu: Pdu) -> None:
        """Takes an SMP PDU."""
        if pdu.start >= pdu.stop:
            return
        code = u8(pdu.data, pdu.start)
        pairing = self._current(pdu.cid, code)
        if pairing is None or len(pairing.commands) >= MOST_COMMANDS:
            return
        stop = pdu.stop if pdu.stop - pdu.start < LONGEST_COMMAND else pdu.start + LONGEST_COMMAND
        pairing.commands.append(Command(code, pdu.packet, pdu.time, pdu.direction, pdu.data[pdu.start : stop]))
        if code == PAIRING_REQUEST:
            pairing.requested = True
        elif code == PAIRING_FAILED:
            pairing.failed = True

    def _current(self, cid: i64, code: i64) -> Pairing | None:
        """The attempt that a command belongs to. A Security Request asks for one, a Pairing Request begins it."""
        pairing = self.pairings[len(self.pairings) - 1] if len(self.pairings) > 0 else None
        begins = code == PAIRING_REQUEST or code == SECURITY_REQUEST
        if pairing is not None and pairing.cid == cid and not pairing.failed:
            asked_for = code == PAIRING_REQUEST and not pairing.requested
            if asked_for or not begins:
                return pairing
        if len(self.pairings) >= MOST_PAIRINGS:
            return None
        pairing = Pairing(cid, begins)
        self.pairings.append(pairing)
        return pairing

    def changed(self, packet: Packet, kind: i64, status: i64, enabled: i64, key_size: i64) -> None:
        """HCI tells of the link's encryption."""
        if len(self.changes) < MOST_CHANGES:
            self.changes.append(EncryptionChange(packet.number, packet.time, kind, status, enabled, key_size))
