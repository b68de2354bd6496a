"""ATT PDUs of a capture with their attributes called by their names."""

from typing import Final

from l2scope.analysis.gatt.journal import (
    READ_BLOB_REQUEST,
    READ_REQUEST,
    READ_RESPONSE,
    WRITE_COMMAND,
    WRITE_REQUEST,
)
from l2scope.analysis.gatt.values import value_words
from l2scope.analysis.summary_att import att_line
from l2scope.capture import Capture
from l2scope.engine.att import INDICATION, NOTIFICATION
from l2scope.text import printable

HANDLE_HEADER: Final = 3
LONGEST_WORDS: Final = 80
ABOUT_ONE: Final = (READ_REQUEST, READ_BLOB_REQUEST, WRITE_REQUEST, INDICATION)


def named_line(capture: Capture, packet: int, payload: bytes) -> str:
    """What the ATT PDU says that a packet completes. payload is that PDU."""
    gatt = capture.gatt
    rows = gatt.rows_of(packet)
    if not rows:
        return att_line(payload)
    row = rows[0]
    line = att_line(payload, lambda handle: gatt.name(row, handle), asked_about(capture, row))
    handle, value = value_in(capture, row, payload)
    server = gatt.server_of(row)
    words = "" if server is None else value_words(server.type_of(handle, packet), value)
    return f"{line} = {printable(words, LONGEST_WORDS)}" if words else line


def value_in(capture: Capture, row: int, payload: bytes) -> tuple[int, bytes]:
    """The attribute whose whole value the ATT PDU of a row carries, and that value; 0 and nothing for other PDUs."""
    opcode = int(capture.tables.att[row]["opcode"])
    if opcode in (WRITE_REQUEST, WRITE_COMMAND, NOTIFICATION, INDICATION):
        return int(capture.tables.att[row]["handle"]), payload[HANDLE_HEADER:]
    if opcode == READ_RESPONSE:
        return asked_about(capture, row), payload[1:]
    return 0, b""


def asked_about(capture: Capture, row: int) -> int:
    """The one attribute that the request is about which a row of the att table answers; 0 where there is none."""
    att = capture.tables.att
    request = int(att[row]["request"])
    return int(att[request]["handle"]) if request >= 0 and int(att[request]["opcode"]) in ABOUT_ONE else 0
