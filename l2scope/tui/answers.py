"""From a request to what answers it, and back: ATT, L2CAP signalling, HCI commands."""

from bisect import bisect_left
from collections.abc import Iterator

import numpy as np

from l2scope.capture import Capture
from l2scope.engine import words
from l2scope.filter.fields.hci import COMMAND_COMPLETE, COMMAND_STATUS, OPCODE_AT
from l2scope.tables import Rows
from l2scope.tui.search import blocks


def counterpart(capture: Capture, number: int) -> int | None:
    """The packet that answers this one, or that this one answers; None where there is none in the capture."""
    if number < capture.first_number:
        return None
    kind = int(capture.tables.packets["kind"][number - capture.first_number])
    if kind == words.COMMAND:
        return _answer_of_command(capture, number)
    if kind == words.EVENT:
        return _answered_command(capture, number)
    found = _paired(capture.tables.att, number)
    return _paired(capture.tables.signals, number) if found is None else found


def _paired(rows: Rows, number: int) -> int | None:
    """By the column `request` of a table that is in order of packets."""
    packets, requests = rows["packet"], rows["request"]
    for row in range(bisect_left(packets, number), bisect_left(packets, number + 1)):
        if (request := int(requests[row])) >= 0:
            return int(packets[request])
        answers = np.flatnonzero(requests[row:] == row)
        if len(answers):
            return int(packets[row + int(answers[0])])
    return None


def _answer_of_command(capture: Capture, number: int) -> int | None:
    """The first Command Complete or Command Status with the opcode (Vol 4 Part E 7.7.14, 7.7.15)."""
    row = number - capture.first_number
    opcode = _word(capture, row, 0)
    for candidates in _near(capture, row, 1, words.EVENT):
        for event in candidates:
            if _event_opcode(capture, event) == opcode is not None:
                return event + capture.first_number
    return None


def _answered_command(capture: Capture, number: int) -> int | None:
    """The last command with the opcode that an event names."""
    row = number - capture.first_number
    opcode = _event_opcode(capture, row)
    if opcode is None:
        return None
    for candidates in _near(capture, row, -1, words.COMMAND):
        for command in reversed(candidates):
            if _word(capture, command, 0) == opcode:
                return command + capture.first_number
    return None


def _near(capture: Capture, row: int, step: int, kind: int) -> Iterator[list[int]]:
    """The rows of a kind on the same adapter, after or before a row, in blocks."""
    packets = capture.tables.packets
    for rows in blocks(row, len(packets), step):
        fits = (packets["kind"][rows] == kind) & (packets["adapter"][rows] == packets["adapter"][row])
        yield (np.flatnonzero(fits) + rows.start).tolist()


def _event_opcode(capture: Capture, row: int) -> int | None:
    """The opcode of the command that a Command Complete or Command Status answers."""
    packet = capture.tables.packets[row]
    code = int(capture.bytes_at(packet["offset"][None])[0]) if int(packet["length"]) else 0
    return _word(capture, row, OPCODE_AT[code]) if code in (COMMAND_COMPLETE, COMMAND_STATUS) else None


def _word(capture: Capture, row: int, position: int) -> int | None:
    """Two bytes of a packet, None where it ends before."""
    packet = capture.tables.packets[row]
    if int(packet["length"]) < position + 2:
        return None
    low, high = capture.bytes_at(int(packet["offset"]) + position + np.arange(2)).tolist()
    return int(low) | int(high) << 8
