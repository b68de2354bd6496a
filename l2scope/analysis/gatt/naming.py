"""ATT PDUs of a capture with their attributes called by their names."""

from typing import Final

from l2scope.analysis.gatt.journal import READ_BLOB_REQUEST, READ_REQUEST, WRITE_REQUEST
from l2scope.analysis.summary_att import att_line
from l2scope.capture import Capture
from l2scope.engine.att import INDICATION

ABOUT_ONE: Final = (READ_REQUEST, READ_BLOB_REQUEST, WRITE_REQUEST, INDICATION)


def named_line(capture: Capture, packet: int, payload: bytes) -> str:
    """What the ATT PDU says that a packet completes. payload is that PDU."""
    gatt = capture.gatt
    rows = gatt.rows_of(packet)
    if not rows:
        return att_line(payload)
    row = rows[0]
    return att_line(payload, lambda handle: gatt.name(row, handle), asked_about(capture, row))


def asked_about(capture: Capture, row: int) -> int:
    """The one attribute that the request is about which a row of the att table answers; 0 where there is none."""
    att = capture.tables.att
    request = int(att[row]["request"])
    return int(att[request]["handle"]) if request >= 0 and int(att[request]["opcode"]) in ABOUT_ONE else 0
