"""The Linux HCI monitor: a socket on which the kernel copies every packet between hosts and controllers.

A datagram is a record: opcode, index of the adapter and length of the payload (three little-endian 16-bit numbers),
then the payload. See net/bluetooth/hci_sock.c in Linux and doc/btsnoop.txt in BlueZ.
"""

import ctypes
import os
import socket
import struct
import sys
from typing import Final

from l2scope.sources.datagrams import DatagramBatch
from l2scope.sources.errors import CaptureError
from l2scope.sources.refusal import refusal

AF_BLUETOOTH: Final = 31
BTPROTO_HCI: Final = 1
HCI_CHANNEL_MONITOR: Final = 2
NO_ADAPTER: Final = 0xFFFF

SO_ATTACH_FILTER: Final = 26
SO_RCVBUFFORCE: Final = 33
SO_MEMINFO: Final = 55
MEMINFO_WORDS: Final = 9
MEMINFO_DROPS: Final = 8

# What the kernel may hold for us, in bytes; it takes them only while we are slower than the adapters.
RECEIVE_BUFFER: Final = 32 << 20


class MonitorSocket:
    """Records as they come. It works on any datagram socket that carries such records."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._batch = DatagramBatch(sock)
        _enlarge(sock)

    @property
    def drops(self) -> int:
        """How many records the kernel has thrown away so far because the buffer was full. It never says so itself."""
        words = self._socket.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 4 * MEMINFO_WORDS)
        return int(struct.unpack_from("=I", words, 4 * MEMINFO_DROPS)[0])

    @property
    def buffer_size(self) -> int:
        """Bytes of memory, the kernel's own overhead included, that may wait here."""
        return self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)

    def fileno(self) -> int:
        return self._socket.fileno()

    def receive(self) -> list[tuple[int, bytes]]:
        """Records that wait here, some at a time: each behind its time in Unix microseconds. Raises OSError."""
        return self._batch.receive()

    def close(self) -> None:
        self._socket.close()


def open_monitor(adapter: int | None) -> MonitorSocket:
    """Begins to listen to one adapter, or to all. Raises CaptureError, which says what to do about it.

    The kernel at once tells which adapters there are, but not which links.
    """
    try:
        sock = hci_socket()
        try:
            if adapter is not None:
                listen_to_one(sock, adapter)
            monitor = MonitorSocket(sock)
            _bind_to_monitor(sock)
        except OSError:
            sock.close()
            raise
    except OSError as error:
        raise refusal(error) from error
    return monitor


def hci_socket() -> socket.socket:
    """A raw HCI socket. Raises OSError, or CaptureError on a system that has none.

    The numbers are given because many builds of Python have no names for them.
    """
    if not sys.platform.startswith("linux"):
        raise CaptureError(
            "only Linux lets a program listen to its Bluetooth adapters: on this system read a capture file instead, "
            "with `l2scope open FILE`"
        )
    return socket.socket(AF_BLUETOOTH, socket.SOCK_RAW | getattr(socket, "SOCK_CLOEXEC", 0), BTPROTO_HCI)


def _bind_to_monitor(sock: socket.socket) -> None:
    """Python's own bind cannot name the channel before 3.14. Raises OSError."""
    address = struct.pack("=HHH", AF_BLUETOOTH, NO_ADAPTER, HCI_CHANNEL_MONITOR)
    if ctypes.CDLL(None, use_errno=True).bind(sock.fileno(), address, len(address)) < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _enlarge(sock: socket.socket) -> None:
    """Asks for the largest buffer: past the system's limit if we may (CAP_NET_ADMIN), up to it otherwise."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
    except OSError:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)


def listen_to_one(sock: socket.socket, adapter: int) -> None:
    """Lets the kernel leave out records of other adapters; those of none, such as system notes, stay.

    The filter is classic BPF: it loads the 16-bit number at offset 2, which BPF reads as big-endian.
    """
    index = int.from_bytes(adapter.to_bytes(2, "little"), "big")
    load, jump_if_equal, answer = 0x28, 0x15, 0x06
    program = (
        (load, 0, 0, 2),
        (jump_if_equal, 1, 0, index),
        (jump_if_equal, 0, 1, NO_ADAPTER),
        (answer, 0, 0, 0x40000),
        (answer, 0, 0, 0),
    )
    instructions = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    sock.setsockopt(
        socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("@HP", len(program), ctypes.addressof(instructions))
    )
