"""What was done with the value of an attribute: read, written, notified or indicated, with the value and its times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from l2scope.analysis.gatt import journal as words
from l2scope.analysis.gatt.facts import listed_values
from l2scope.analysis.gatt.journal import ELEMENT_BITS, MOST_ELEMENTS, Journal, counted_values
from l2scope.capture import Capture
from l2scope.engine.att import ERROR_RESPONSE, INDICATION, NOTIFICATION, SIGNATURE, SIGNED_WRITE_COMMAND
from l2scope.names.att import error_name
from l2scope.stalls import DIRECTIONS

KINDS: Final = {
    words.READ_BY_TYPE_RESPONSE: "read",
    words.READ_REQUEST: "read",
    words.READ_BLOB_REQUEST: "read",
    words.READ_MULTIPLE_VARIABLE_RESPONSE: "read",
    words.WRITE_REQUEST: "write",
    words.PREPARE_WRITE_REQUEST: "prepared write",
    words.WRITE_COMMAND: "write command",
    SIGNED_WRITE_COMMAND: "signed write",
    NOTIFICATION: "notification",
    INDICATION: "indication",
    words.MULTIPLE_NOTIFICATION: "notification",
}
EXECUTE: Final = 0x01
PREPARED_HEADER: Final = 5
BLOB_HEADER: Final = 5


@dataclass(frozen=True, slots=True)
class Operation:
    """kind is "read", "long read", "write", "prepared write", "cancelled write", "write command", "signed write",
    "notification" or "indication".

    packets are those of the request (or of what needs no answer) and then of the answers; time_ns is the time of the
    first (Unix ns), end_ns that of the last. value is None where none was told, or the server refused it: error is the
    code of the Error Response, else None. answered is False while a request waits, and where it needs no answer.
    """

    kind: str
    link: int
    bearer: int
    direction: str
    handle: int
    packets: tuple[int, ...]
    time_ns: int
    end_ns: int
    value: bytes | None
    error: int | None
    answered: bool

    @property
    def packet(self) -> int:
        return self.packets[0]

    @property
    def duration_ns(self) -> int | None:
        """From request to answer; None without one."""
        return max(0, self.end_ns - self.time_ns) if self.answered else None

    @property
    def error_name(self) -> str | None:
        return None if self.error is None else error_name(self.error)

    def as_json(self) -> dict[str, object]:
        """The value in hexadecimal."""
        return {
            "kind": self.kind,
            "link": self.link,
            "bearer": self.bearer,
            "direction": self.direction,
            "handle": self.handle,
            "packets": list(self.packets),
            "time_ns": self.time_ns,
            "duration_ns": self.duration_ns,
            "value": None if self.value is None else self.value.hex(),
            "error": self.error,
            "error_name": self.error_name,
        }


class Operations:
    """Makes operations of what a journal notes."""

    def __init__(self, capture: Capture, journal: Journal) -> None:
        self._capture = capture
        self._journal = journal

    def of(self, mention: int, handle: int) -> Operation:
        """mention as in Journal.mentions(). Raises CaptureError where the file has changed."""
        row, element = mention >> ELEMENT_BITS, mention & MOST_ELEMENTS - 1
        columns = self._capture.tables.att[row]
        opcode = int(columns["opcode"])
        rows = self._rows(row, opcode, int(columns["request"]))
        packets = [int(self._capture.tables.att[each]["packet"]) for each in rows]
        times = self._capture.tables.packets["time"]
        first = self._capture.first_number
        error = self._error(rows)
        bearer = int(columns["bearer"])
        return Operation(
            kind=self._kind(row, opcode),
            link=int(self._capture.engine.host.registry.bearers[bearer].link),
            bearer=bearer,
            direction=DIRECTIONS[int(self._capture.tables.att[rows[0]]["direction"])],
            handle=handle,
            packets=tuple(packets),
            time_ns=int(times[packets[0] - first]),
            end_ns=int(times[packets[-1] - first]),
            value=None if error is not None else self._value(row, opcode, element),
            error=error,
            answered=len(rows) > 1,
        )

    def _rows(self, row: int, opcode: int, request: int) -> list[int]:
        """The rows of an operation: requests and their answers."""
        answers = self._journal.answers
        if opcode in (words.READ_BY_TYPE_RESPONSE, words.READ_MULTIPLE_VARIABLE_RESPONSE):
            return [request, row]
        rows = [*self._journal.joined.get(row, (row,))]
        if row in self._journal.executed:
            rows.append(self._journal.executed[row])
        return sorted({*rows, *(answers[each] for each in rows if each in answers)})

    def _kind(self, row: int, opcode: int) -> str:
        if opcode == words.PREPARE_WRITE_REQUEST:
            flags = self._journal.pdus.read(self._journal.executed[row])[1:2]
            return "prepared write" if flags == bytes((EXECUTE,)) else "cancelled write"
        return "long read" if row in self._journal.joined else KINDS[opcode]

    def _error(self, rows: list[int]) -> int | None:
        """That of an Error Response. A long read whose value ends where a packet does ends in one as well: Invalid
        Offset or Attribute Not Long (Part F 3.4.4.5) say nothing but that."""
        last = self._capture.tables.att[rows[-1]]
        if int(last["opcode"]) != ERROR_RESPONSE or (len(rows) > 2 and int(last["error"]) in (0x07, 0x0B)):
            return None
        return int(last["error"])

    def _value(self, row: int, opcode: int, element: int) -> bytes | None:
        read = self._journal.pdus.read
        if opcode == words.READ_BY_TYPE_RESPONSE:
            return list(listed_values(read(row)))[element][1]
        if opcode == words.MULTIPLE_NOTIFICATION:
            return counted_values(read(row))[element][1]
        if opcode == words.READ_MULTIPLE_VARIABLE_RESPONSE:
            return _lengthy_value(read(row), element)
        if opcode in (words.READ_REQUEST, words.READ_BLOB_REQUEST):
            return self._value_read(row)
        if opcode == words.PREPARE_WRITE_REQUEST:
            return _assembled([read(each) for each in self._journal.joined[row]])
        return read(row)[3:-SIGNATURE] if opcode == SIGNED_WRITE_COMMAND else read(row)[3:]

    def _value_read(self, row: int) -> bytes | None:
        """Put together from the answers to all requests."""
        answers = [self._journal.answers.get(each) for each in self._journal.joined.get(row, (row,))]
        told = [self._journal.pdus.read(answer) for answer in answers if answer is not None]
        parts = [pdu[1:] for pdu in told if pdu[:1] != bytes((ERROR_RESPONSE,))]
        return b"".join(parts) if parts else None


def _assembled(pdus: list[bytes]) -> bytes:
    """The value of prepared writes, each with its offset."""
    whole = bytearray()
    for pdu in pdus:
        offset = min(int.from_bytes(pdu[3:PREPARED_HEADER], "little"), len(whole))
        whole[offset : offset + len(pdu) - PREPARED_HEADER] = pdu[PREPARED_HEADER:]
    return bytes(whole)


def _lengthy_value(pdu: bytes, element: int) -> bytes | None:
    """Of a Read Multiple Variable Response, lengths before values; None where it holds fewer."""
    at = 1
    while len(pdu) - at >= 2:
        length = int.from_bytes(pdu[at : at + 2], "little")
        if element == 0:
            return pdu[at + 2 : at + 2 + length]
        element -= 1
        at += 2 + length
    return None
