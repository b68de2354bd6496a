"""Follows the att table: what each PDU tells of a database, and which PDUs touch which attribute.

A side is a link and one of its two servers, as one number: what one side of a link offers to the other.
"""

from array import array
from typing import Final

import numpy as np

from l2scope.analysis.gatt.facts import Fact, RangeChanged, facts_of, listed_values
from l2scope.analysis.gatt.pdus import AttPdus
from l2scope.analysis.gatt.uuid import CHARACTERISTIC, INCLUDE, Uuid
from l2scope.capture import Capture
from l2scope.engine.att import INDICATION, NOTIFICATION, SIGNED_WRITE_COMMAND
from l2scope.engine.words import TX
from l2scope.tables import Rows

READ_BY_TYPE_RESPONSE: Final = 0x09
READ_REQUEST: Final = 0x0A
READ_RESPONSE: Final = 0x0B
READ_BLOB_REQUEST: Final = 0x0C
READ_BLOB_RESPONSE: Final = 0x0D
WRITE_REQUEST: Final = 0x12
PREPARE_WRITE_REQUEST: Final = 0x16
EXECUTE_WRITE_REQUEST: Final = 0x18
CONFIRMATION: Final = 0x1E
READ_MULTIPLE_VARIABLE_REQUEST: Final = 0x20
READ_MULTIPLE_VARIABLE_RESPONSE: Final = 0x21
MULTIPLE_NOTIFICATION: Final = 0x23
WRITE_COMMAND: Final = 0x52

DISCOVERY: Final = (0x05, 0x07, READ_BY_TYPE_RESPONSE, 0x11)
# PDUs that say all by themselves: a busy capture holds little else.
SINGLE: Final = (WRITE_REQUEST, WRITE_COMMAND, SIGNED_WRITE_COMMAND, NOTIFICATION, INDICATION)
# One PDU may hold the values of several attributes; a mention is its row and which of them.
ELEMENT_BITS: Final = 8
MOST_ELEMENTS: Final = 1 << ELEMENT_BITS
SERVICE_CHANGED_SIZE: Final = 4


Sides = np.ndarray[tuple[int], np.dtype[np.int64]]


def _of_servers() -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """For each opcode, whether a server sends it: responses, notifications and indications (Part F 3.3.1)."""
    sent = np.zeros(256, bool)
    sent[[*range(0x01, 0x20, 2), READ_MULTIPLE_VARIABLE_RESPONSE, MULTIPLE_NOTIFICATION]] = True
    return sent


OF_SERVERS: Final = _of_servers()


def side_of(link: int, local: bool) -> int:
    """local: the captured host is the server."""
    return link << 1 | local


class Journal:
    """sides are those that were met, in order. answers: for the row of a request, that of its answer. joined: for the
    first row of a value that was read or written in pieces, all their rows. executed: for the first row of prepared
    writes, that of what executed them.
    """

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self.pdus = AttPdus(capture)
        self.seen = 0
        self.sides: list[int] = []
        self.facts: dict[int, list[Fact]] = {}
        self.answers: dict[int, int] = {}
        self.joined: dict[int, list[int]] = {}
        self.executed: dict[int, int] = {}
        self._mentions: dict[tuple[int, int], array[int]] = {}
        self._reads: dict[tuple[int, int], _LongRead] = {}
        self._asked: dict[int, _LongRead] = {}
        self._prepared: dict[int, list[int]] = {}

    def mentions(self, side: int, handle: int) -> "array[int]":
        """What was told of the value of an attribute, in order: row << ELEMENT_BITS | element."""
        return self._mentions.get((side, handle), array("q"))

    def handles(self, side: int) -> list[int]:
        """The attributes of a side whose values were told."""
        return sorted(handle for own, handle in list(self._mentions) if own == side)

    def follow(self) -> bool:
        """Reads on. False where nothing is new. Raises CaptureError where the file has changed."""
        count = self._capture.count
        att = self._capture.tables.att
        stop = int(np.searchsorted(att["packet"], self._capture.first_number + count))
        if stop <= self.seen:
            return False
        rows = att[self.seen : stop]
        sides = self._sides_of(rows)
        self._meet(sides)
        single = np.isin(rows["opcode"], SINGLE)
        self._note_single(rows, sides, single)
        slow = ~single | ((rows["opcode"] == INDICATION) & (rows["value_length"] == SERVICE_CHANGED_SIZE))
        for place in np.flatnonzero(slow).tolist():
            self._row(self.seen + place, int(sides[place]), rows[place].item())
        self.seen = stop
        return True

    def _meet(self, sides: Sides) -> None:
        met, firsts = np.unique(sides, return_index=True)
        new = [side for side in met[np.argsort(firsts)].tolist() if side not in self.sides]
        self.sides += new

    def _sides_of(self, rows: Rows) -> Sides:
        bearers = self._capture.engine.host.registry.bearers
        links = np.array([bearer.link for bearer in list(bearers)], np.int64)
        local = OF_SERVERS[rows["opcode"]] == (rows["direction"] == TX)
        sides: Sides = links[rows["bearer"]] << 1 | local
        return sides

    def _note_single(
        self,
        rows: Rows,
        sides: Sides,
        single: np.ndarray[tuple[int], np.dtype[np.bool_]],
    ) -> None:
        places = np.flatnonzero(single)
        keys = sides[places] << 16 | rows["handle"][places]
        order = np.argsort(keys, kind="stable")
        places, keys = places[order], keys[order]
        edges = np.flatnonzero(np.diff(keys)) + 1
        for group in np.split(places, edges) if len(places) else ():
            key = int(sides[group[0]]), int(rows["handle"][group[0]])
            rows_of_group = (group.astype(np.int64) + self.seen) << ELEMENT_BITS
            self._mentions.setdefault(key, array("q")).frombytes(rows_of_group.tobytes())

    def _row(self, row: int, side: int, columns: tuple[int, ...]) -> None:
        packet, _, bearer, request, handle, length, opcode, _, direction, _ = columns
        flow = bearer << 1 | direction
        if request >= 0:
            self.answers[request] = row
        if opcode in DISCOVERY and request >= 0:
            self._discovered(row, request, side, packet)
        elif opcode in (READ_REQUEST, READ_BLOB_REQUEST):
            self._read(row, side, handle, flow, opcode)
        elif opcode in (READ_RESPONSE, READ_BLOB_RESPONSE):
            self._was_read(request, flow ^ 1, length)
        elif opcode == PREPARE_WRITE_REQUEST:
            self._prepared.setdefault(flow, []).append(row)
        elif opcode == EXECUTE_WRITE_REQUEST:
            self._execute(row, side, flow)
        elif opcode == MULTIPLE_NOTIFICATION:
            self._note_several(row, side, counted_values(self.pdus.read(row)))
        elif opcode == READ_MULTIPLE_VARIABLE_RESPONSE and request >= 0:
            handles = _handles(self.pdus.read(request))
            self._note_several(row, side, [(named, b"") for named in handles])
        elif opcode == INDICATION:
            value = self.pdus.read(row)[3:]
            if len(value) == SERVICE_CHANGED_SIZE:
                start, end = int.from_bytes(value[:2], "little"), int.from_bytes(value[2:], "little")
                self.facts.setdefault(side, []).append(RangeChanged(packet, start, end, handle))

    def _discovered(self, row: int, request: int, side: int, packet: int) -> None:
        asked, told = self.pdus.read(request), self.pdus.read(row)
        self.facts.setdefault(side, []).extend(facts_of(packet, asked, told))
        if told[:1] == bytes((READ_BY_TYPE_RESPONSE,)) and Uuid.of(asked[5:]) not in (CHARACTERISTIC, INCLUDE):
            self._note_several(row, side, list(listed_values(told)))

    def _note(self, side: int, handle: int, row: int, element: int = 0) -> None:
        self._mentions.setdefault((side, handle), array("q")).append(row << ELEMENT_BITS | element)

    def _note_several(self, row: int, side: int, values: list[tuple[int, bytes]]) -> None:
        for element, (handle, _) in enumerate(values[:MOST_ELEMENTS]):
            self._note(side, handle, row, element)

    def _read(self, row: int, side: int, handle: int, flow: int, opcode: int) -> None:
        """A blob that begins where the last one ended goes on with the same value (Part G 4.8.3), also where others
        are read in between."""
        offset = int.from_bytes(self.pdus.read(row)[3:5], "little") if opcode == READ_BLOB_REQUEST else 0
        begun = self._reads.get((flow, handle))
        if begun is not None and offset and begun.length == offset:
            self.joined.setdefault(begun.first, [begun.first]).append(row)
            begun.last = row
        else:
            begun = self._reads[flow, handle] = _LongRead(row, offset)
            self._note(side, handle, row)
        self._asked[flow] = begun

    def _was_read(self, request: int, flow: int, length: int) -> None:
        begun = self._asked.get(flow)
        if begun is not None and begun.last == request:
            begun.length += length

    def _execute(self, row: int, side: int, flow: int) -> None:
        """Queued values are written together, attribute by attribute (Part F 3.4.6)."""
        handles = self._capture.tables.att["handle"]
        parts: dict[int, list[int]] = {}
        for prepared in self._prepared.pop(flow, []):
            parts.setdefault(int(handles[prepared]), []).append(prepared)
        for handle, rows in parts.items():
            self.joined[rows[0]] = rows
            self.executed[rows[0]] = row
            self._note(side, handle, rows[0])


class _LongRead:
    """A read that blobs may go on with: length bytes were told so far."""

    def __init__(self, row: int, length: int) -> None:
        self.first = row
        self.last = row
        self.length = length


def counted_values(pdu: bytes) -> list[tuple[int, bytes]]:
    """The handles and values of a Multiple Handle Value Notification (Part F 3.4.7.4)."""
    found = []
    at = 1
    while len(pdu) - at >= 4:
        length = int.from_bytes(pdu[at + 2 : at + 4], "little")
        found.append((int.from_bytes(pdu[at : at + 2], "little"), pdu[at + 4 : at + 4 + length]))
        at += 4 + length
    return found


def _handles(pdu: bytes) -> list[int]:
    """What a Read Multiple Variable Request asks for."""
    return [int.from_bytes(pdu[at : at + 2], "little") for at in range(1, len(pdu) - 1, 2)]
