"""The kernel's end of a monitor socket: what a test sends arrives as records of adapters do, stamped by the kernel.

Only the family of the socket differs. Filters, times, buffers and the count of what was lost are the kernel's own.
"""

import socket
import struct
import sys

import pytest

from l2scope.sources.monitor import MonitorSocket

needs_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the monitor socket is Linux's")

NEW_INDEX, DELETE_INDEX, EVENT, SENT_ACL, RECEIVED_ACL = 0, 1, 3, 4, 5


class FakeKernel:
    """A pair of connected datagram sockets. The first record that is taken from the monitor counts as the replay."""

    def __init__(self) -> None:
        self.socket, self.other_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)

    def monitor(self) -> MonitorSocket:
        return MonitorSocket(self.other_end)

    def send(self, opcode: int, payload: bytes, adapter: int = 0) -> None:
        self.socket.send(struct.pack("<HHH", opcode, adapter, len(payload)) + payload)

    def sent(self, payload: bytes) -> None:
        """An ACL packet from the host."""
        self.send(SENT_ACL, payload)

    def received(self, payload: bytes) -> None:
        """An ACL packet from the controller."""
        self.send(RECEIVED_ACL, payload)


class LossyKernel(FakeKernel):
    """The like over UDP, which throws away what does not fit into the receiver's buffer, and counts it."""

    def __init__(self) -> None:
        self.other_end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.other_end.bind(("127.0.0.1", 0))
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(self.other_end.getsockname())

    def monitor(self, buffer_size: int = 32_768) -> MonitorSocket:
        """A monitor whose buffer is made small again."""
        monitor = super().monitor()
        self.other_end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_size)
        return monitor
