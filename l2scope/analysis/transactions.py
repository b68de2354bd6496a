"""ATT transactions: each request or indication with what answered it, and how long that took.

ATT runs on the fixed channel of an LE link, as EATT on enhanced credit-based channels, and on BR/EDR on channels of PSM
0x001F (Vol 3 Part F 3.3 and Part G 5); every such bearer has transactions of its own.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np

from l2scope.capture import Capture
from l2scope.engine.att import ERROR_RESPONSE, INDICATION, REQUEST, SHAPES
from l2scope.names import att as names
from l2scope.stalls import DIRECTIONS

NOTIFICATIONS: Final = (0x1B, 0x23)
COMMANDS: Final = (0x52, 0xD2)
# The handle of the others is where a range of handles begins.
NAMING_ONE: Final = (0x0A, 0x0C, 0x12, 0x16, INDICATION)


@dataclass(frozen=True, slots=True)
class Transaction:
    """A request or indication. response_packet, response_ns and duration_ns are None where no answer was seen.

    direction is that of the request; handle the attribute it names, None where it names none; attribute what that is
    called, where discovery told it; error is the code of an Error Response, None without one. channel is the
    channel of a bearer that has one of its own, None for the fixed one.
    """

    bearer: int
    link: int
    channel: int | None
    direction: str
    opcode: int
    name: str
    handle: int | None
    request_packet: int
    request_ns: int
    response_packet: int | None
    response_ns: int | None
    duration_ns: int | None
    error: int | None
    error_name: str | None
    attribute: str | None

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Bearer:
    """What went over one ATT bearer. mtu is the ATT_MTU in force at the end; opcodes counts PDUs by their names."""

    id: int
    link: int
    channel: int | None
    mtu: int
    requests: int
    unanswered: int
    errors: int
    indications: int
    unconfirmed: int
    notifications: int
    commands: int
    opcodes: dict[str, int]

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def transactions(capture: Capture) -> list[Transaction]:
    """All requests and indications in order, each with its answer."""
    rows = capture.tables.att
    bearers = capture.engine.host.registry.bearers
    times = capture.tables.packets["time"]
    answers = _answers(rows["request"])
    gatt = capture.gatt
    found = []
    for row, request in enumerate(rows.tolist()):
        packet, _, bearer, _, handle, _, opcode, _, direction, _ = request
        if not (SHAPES[opcode] & REQUEST or opcode == INDICATION):
            continue
        answer = rows[answers[row]].tolist() if row in answers else None
        start = int(times[packet - capture.first_number])
        end = None if answer is None else int(times[answer[0] - capture.first_number])
        error = answer[7] if answer is not None and answer[6] == ERROR_RESPONSE else None
        on = bearers[bearer]
        found.append(
            Transaction(
                bearer=bearer,
                link=on.link,
                channel=on.channel if on.channel >= 0 else None,
                direction=DIRECTIONS[direction],
                opcode=opcode,
                name=names.opcode_name(opcode),
                handle=handle or None,
                request_packet=packet,
                request_ns=start,
                response_packet=None if answer is None else answer[0],
                response_ns=end,
                duration_ns=None if end is None else max(0, end - start),
                error=error,
                error_name=None if error is None else names.error_name(error),
                attribute=(gatt.name(row, handle) or None) if opcode in NAMING_ONE else None,
            )
        )
    return found


def _answers(requests: np.ndarray[tuple[int], np.dtype[np.int32]]) -> dict[int, int]:
    """For each row of a request that was answered, the row of its answer."""
    answered = np.flatnonzero(requests >= 0)
    return dict(zip(requests[answered].tolist(), answered.tolist(), strict=True))


def bearers(capture: Capture) -> list[Bearer]:
    """The ATT bearers of a capture in order of their first PDU."""
    return list(_bearers(capture, transactions(capture)))


def _bearers(capture: Capture, found: list[Transaction]) -> Iterator[Bearer]:
    rows = capture.tables.att
    for bearer in list(capture.engine.host.registry.bearers):
        own = [transaction for transaction in found if transaction.bearer == bearer.row]
        asked = [transaction for transaction in own if transaction.opcode != INDICATION]
        indicated = [transaction for transaction in own if transaction.opcode == INDICATION]
        opcodes = Counter(rows["opcode"][rows["bearer"] == bearer.row].tolist())
        yield Bearer(
            id=bearer.row,
            link=bearer.link,
            channel=bearer.channel if bearer.channel >= 0 else None,
            mtu=bearer.mtu,
            requests=len(asked),
            unanswered=sum(transaction.response_packet is None for transaction in asked),
            errors=sum(transaction.error is not None for transaction in asked),
            indications=len(indicated),
            unconfirmed=sum(transaction.response_packet is None for transaction in indicated),
            notifications=sum(opcodes[opcode] for opcode in NOTIFICATIONS),
            commands=sum(opcodes[opcode] for opcode in COMMANDS),
            opcodes={names.opcode_name(opcode): count for opcode, count in sorted(opcodes.items())},
        )
