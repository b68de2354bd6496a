"""Many datagrams with their times by one system call, recvmmsg(2).

One call for each would let go of the interpreter and ask for it back each time, and beside a thread that draws or
counts each asking may cost milliseconds: the socket would overflow meanwhile. Linux only.
"""

import ctypes
import errno
import os
import socket
import struct
from typing import Final

BATCH: Final = 128
# The longest record of the monitor: its header, and a payload whose length is a 16-bit number.
LONGEST: Final = 6 + 0xFFFF
SLOT: Final = (LONGEST + 63) & ~63
CONTROL_SLOT: Final = 64

SO_TIMESTAMP: Final = 29
# A control message that holds a time: its length, level and type, then seconds and microseconds.
STAMP: Final = struct.Struct("@Niill")


class _Vector(ctypes.Structure):
    """struct iovec."""

    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Header(ctypes.Structure):
    """struct msghdr."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint),
        ("vectors", ctypes.POINTER(_Vector)),
        ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _Message(ctypes.Structure):
    """struct mmsghdr."""

    _fields_ = (("header", _Header), ("length", ctypes.c_uint))


class DatagramBatch:
    """Takes what waits at a datagram socket, with the kernel's time of each datagram."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMP, 1)
        self._socket = sock
        self._data = bytearray(BATCH * SLOT)
        self._control = bytearray(BATCH * CONTROL_SLOT)
        self._vectors = (_Vector * BATCH)()
        self._messages = (_Message * BATCH)()
        data = ctypes.addressof(ctypes.c_char.from_buffer(self._data))
        control = ctypes.addressof(ctypes.c_char.from_buffer(self._control))
        for number, (vector, message) in enumerate(zip(self._vectors, self._messages, strict=True)):
            vector.base = data + number * SLOT
            vector.length = SLOT
            message.header.vectors = ctypes.pointer(vector)
            message.header.vector_count = 1
            message.header.control = control + number * CONTROL_SLOT
        self._recvmmsg = ctypes.CDLL(None, use_errno=True).recvmmsg

    def receive(self) -> list[tuple[int, bytes]]:
        """At most BATCH datagrams in order, each behind its time in Unix microseconds; none where none waits.

        Raises OSError.
        """
        for message in self._messages:
            message.header.control_length = CONTROL_SLOT
        count = self._recvmmsg(self._socket.fileno(), self._messages, BATCH, socket.MSG_DONTWAIT, None)
        if count < 0:
            code = ctypes.get_errno()
            if code in (errno.EAGAIN, errno.EINTR):
                return []
            raise OSError(code, os.strerror(code))
        return [
            (self._stamp(number), bytes(self._data[number * SLOT : number * SLOT + self._messages[number].length]))
            for number in range(count)
        ]

    def _stamp(self, number: int) -> int:
        _, level, kind, seconds, microseconds = STAMP.unpack_from(self._control, number * CONTROL_SLOT)
        if self._messages[number].header.control_length < STAMP.size or (level, kind) != (
            socket.SOL_SOCKET,
            SO_TIMESTAMP,
        ):
            raise OSError(errno.EPROTO, "the kernel gives no time with a datagram")
        return int(seconds) * 1_000_000 + int(microseconds)
