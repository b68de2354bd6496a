"""A capture whose peer chose its name to break out of a page."""

import struct
from pathlib import Path

from tests.wire import acl, btsnoop, event, kframes, le_connection_complete, pdu, signal

SENT, RECEIVED, EVENT = 0, 1, 3
ADDRESS = bytes.fromhex("0100010100aa")
NAMES = {
    "script": "<script>document.title='owned'</script>",
    "image": "<img src=x onerror=\"document.title='owned'\">",
    "attribute": '" onmouseover="document.title=\'owned\'" x="',
    "template": "{{ 7 * 6 }}{% raw %}",
    "style": "</style><script>document.title='owned'</script>",
}


def advertised(name: str) -> bytes:
    """An LE Advertising Report with a complete local name."""
    data = bytes((len(name.encode()) + 1, 0x09)) + name.encode()
    return event(0x3E, bytes((2, 1, 0, 0)) + ADDRESS + bytes((len(data),)) + data + b"\x00")


def hostile_capture(path: Path, name: str) -> Path:
    """The peer says its name, connects, and gets a message over a channel."""
    records = [
        (EVENT, b"\x04" + advertised(name)),
        (EVENT, b"\x04" + le_connection_complete()),
        (SENT, b"\x02" + acl(signal(0x14, 1, 0x80, 0x40, 500, 100, 9))),
        (RECEIVED, b"\x02" + acl(signal(0x15, 1, 0x50, 500, 100, 9, 0))),
        *((SENT, b"\x02" + acl(pdu(0x50, frame))) for frame in kframes(bytes(250), 100)),
        (RECEIVED, b"\x02" + acl(pdu(0x0004, b"\x1b\x10\x00" + struct.pack("<H", 7)))),
    ]
    path.write_bytes(btsnoop(records))
    return path
