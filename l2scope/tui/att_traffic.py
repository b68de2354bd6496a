"""The ATT traffic of a capture as columns: which request was answered by what, and what each bearer carried.

Requests and indications are transactions; the rest of what a bearer carries is counted. Nothing here loops over PDUs.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from l2scope.analysis.transactions import COMMANDS, NAMING_ONE, NOTIFICATIONS
from l2scope.capture import Capture
from l2scope.engine.att import ERROR_RESPONSE, INDICATION, REQUEST, SHAPES
from l2scope.engine.words import NONE

Integers = NDArray[np.int64]

_REQUESTS: Final = (np.frombuffer(SHAPES, np.uint8) & REQUEST) > 0


@dataclass(frozen=True, slots=True)
class Bearer:
    """What went over an ATT bearer. channel is None for the fixed channel of its link, kind says what
    sort of channel that is; mtu is the ATT_MTU at the end;
    median_ns and longest_ns are how long answers took, None without any."""

    id: int
    link: int
    channel: int | None
    kind: str
    mtu: int
    requests: int
    indications: int
    unanswered: int
    errors: int
    notifications: int
    commands: int
    median_ns: int | None
    longest_ns: int | None


class AttTraffic:
    """Keeps views of the tables as they were when it was made. A transaction is a row of tables.att that asks; in all
    columns -1 stands for what is not there. Times are Unix ns."""

    def __init__(self, capture: Capture) -> None:
        tables = capture.tables
        rows = tables.att
        times = tables.packets["time"]
        rows = rows[: np.searchsorted(rows["packet"], capture.first_number + len(times))]
        asks = _REQUESTS[rows["opcode"]] | (rows["opcode"] == INDICATION)
        self.rows = rows
        self._gatt = capture.gatt
        self.asking: Integers = np.flatnonzero(asks)
        self.answers = _answers(rows["request"], len(rows))[self.asking]
        self.start: Integers = times[rows["packet"][self.asking] - capture.first_number]
        answered = self.answers >= 0
        ends = times[rows["packet"][self.answers[answered]] - capture.first_number]
        self.lasted: Integers = np.full(len(self.asking), NONE, np.int64)
        self.lasted[answered] = np.maximum(0, ends - self.start[answered])
        self.failed = answered & (rows["opcode"][self.answers] == ERROR_RESPONSE)
        self.last_ns = int(times[-1]) if len(times) else 0
        self.bearers = self._bearers(capture)

    def attribute(self, transaction: int) -> str:
        """What the one attribute is called that a transaction is about, "" where that is not known."""
        row = int(self.asking[transaction])
        told = self.rows[row]
        return self._gatt.name(row, int(told["handle"])) if int(told["opcode"]) in NAMING_ONE else ""

    def of_bearer(self, bearer: int) -> Integers:
        """The transactions of a bearer, in order."""
        return np.flatnonzero(self.rows["bearer"][self.asking] == bearer)

    def _bearers(self, capture: Capture) -> list[Bearer]:
        found = []
        for bearer in list(capture.engine.host.registry.bearers):
            pdus = np.bincount(self.rows["opcode"][self.rows["bearer"] == bearer.row], minlength=256)
            own = self.of_bearer(bearer.row)
            lasted = np.sort(self.lasted[own][self.lasted[own] >= 0])
            found.append(
                Bearer(
                    id=bearer.row,
                    link=bearer.link,
                    channel=None if bearer.channel == NONE else bearer.channel,
                    kind=_kind(capture, bearer.channel),
                    mtu=bearer.mtu,
                    requests=len(own) - int(pdus[INDICATION]),
                    indications=int(pdus[INDICATION]),
                    unanswered=int((self.answers[own] < 0).sum()),
                    errors=int(self.failed[own].sum()),
                    notifications=int(pdus[list(NOTIFICATIONS)].sum()),
                    commands=int(pdus[list(COMMANDS)].sum()),
                    median_ns=int(lasted[(len(lasted) - 1) // 2]) if len(lasted) else None,
                    longest_ns=int(lasted[-1]) if len(lasted) else None,
                )
            )
        return found


def _kind(capture: Capture, channel: int) -> str:
    if channel == NONE:
        return "fixed"
    return "EATT" if capture.engine.host.registry.channels[channel].credit_based else "BR/EDR"


def _answers(requests: NDArray[np.int32], count: int) -> Integers:
    """For each row the row of its answer, -1 without one."""
    answers = np.full(count, NONE, np.int64)
    answered = np.flatnonzero(requests >= 0)
    answers[requests[answered]] = answered
    return answers
