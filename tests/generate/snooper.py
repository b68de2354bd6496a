"""What crosses one host's HCI, written as a btsnoop file (datalink 1002, H4) with virtual time stamps."""

import struct

from bumble.hci import HCI_ACL_DATA_PACKET, HCI_COMMAND_PACKET, HCI_EVENT_PACKET
from bumble.snoop import Snooper

from tests.generate.virtual_clock import now_us

START_UNIX_US = 1_750_000_000_000_000
"""When every scenario begins: 2025-06-15 15:06:40 UTC."""

BTSNOOP_UNIX_EPOCH_US = 0x00DCDDB30F2F8000
"""btsnoop counts microseconds since the year 0; this is 1970."""

CLOCK_STEP_US = 5
"""Packets of the same instant are stamped this far apart, in the order in which they crossed the HCI."""

HOST_TO_CONTROLLER = 0
RECEIVED_FLAG = 1
COMMAND_OR_EVENT_FLAG = 2


class VirtualSnooper(Snooper):  # type: ignore[misc]  # bumble is not read by the type checker
    """Writes one side's capture and counts the ACL data packets that its host sent."""

    def __init__(self) -> None:
        self.records = [b"btsnoop\0" + struct.pack(">II", 1, Snooper.DataLinkType.H4)]
        self.acl_packets_sent = 0
        self.last_us = -CLOCK_STEP_US

    @property
    def packets(self) -> int:
        """Packets captured so far."""
        return len(self.records) - 1

    def capture(self) -> bytes:
        """The whole btsnoop file."""
        return b"".join(self.records)

    def snoop(self, hci_packet: bytes, direction: int) -> None:
        """Append one packet (H4 indicator first) that goes in `direction` (0 host to controller, 1 back) now."""
        self.last_us = max(now_us(), self.last_us + CLOCK_STEP_US)
        flags = RECEIVED_FLAG if direction != HOST_TO_CONTROLLER else 0
        if hci_packet[0] in (HCI_COMMAND_PACKET, HCI_EVENT_PACKET):
            flags |= COMMAND_OR_EVENT_FLAG
        elif hci_packet[0] == HCI_ACL_DATA_PACKET and direction == HOST_TO_CONTROLLER:
            self.acl_packets_sent += 1
        time = BTSNOOP_UNIX_EPOCH_US + START_UNIX_US + self.last_us
        self.records.append(struct.pack(">IIIIQ", len(hci_packet), len(hci_packet), flags, 0, time) + hci_packet)
