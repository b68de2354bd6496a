"""The ATT bearers of a capture, and the transactions of one of them, as rows of tables."""

from collections.abc import Sequence

import numpy as np

from l2scope.engine.att import TRANSACTION_NS
from l2scope.links import Link
from l2scope.names import att as names
from l2scope.stalls import DIRECTIONS
from l2scope.text import printable
from l2scope.tui.att_traffic import AttTraffic, Bearer
from l2scope.tui.blocks import bar
from l2scope.tui.figures import count, duration, seconds
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.table_row import Cell, Column, plain

ARROWS = {"tx": "→", "rx": "←"}
BAR_WIDTH = 12


class BearerRows:
    """The bearers, in order of their first PDU."""

    def __init__(self) -> None:
        self.bearers: list[Bearer] = []
        self._links: list[Link] = []

    @property
    def count(self) -> int:
        """Bearers."""
        return len(self.bearers)

    def show(self, bearers: list[Bearer], links: list[Link]) -> None:
        """Takes the bearers that carried something."""
        self.bearers, self._links = bearers, links

    def row_of(self, bearer: int) -> int:
        """The row of a bearer by its id, -1 when there is none."""
        return next((row for row, shown in enumerate(self.bearers) if shown.id == bearer), -1)

    def columns(self, width: int) -> Sequence[Column]:
        """Where it runs, its MTU, what it carried, and how quick its answers were."""
        return (
            Column("Bearer", 6, right=True),
            Column("Channel", 8),
            Column("Link", 4, right=True, rank=7),
            Column("Peer", 17, rank=6, elastic=True),
            Column("MTU", 4, right=True),
            Column("Requests", 8, right=True),
            Column("Indications", 11, right=True, rank=5),
            Column("Unanswered", 10, right=True),
            Column("Errors", 6, right=True, rank=2),
            Column("Notifications", 13, right=True, rank=3),
            Column("Commands", 8, right=True, rank=4),
            Column("Median", 7, right=True, rank=1),
            Column("Longest", 7, right=True),
        )

    def gutter(self, row: int) -> tuple[str, Tone]:
        """`?` where an answer lacks."""
        return ("?", Tone.LOOK) if self.bearers[row].unanswered else (" ", Tone.PLAIN)

    def cells(self, row: int) -> Sequence[Cell]:
        """A bearer."""
        bearer = self.bearers[row]
        link = self._links[bearer.link] if bearer.link < len(self._links) else None
        peer = "" if link is None else printable(link.peer_name or link.peer_address or "")
        return (
            plain(str(bearer.id), Tone.MARK),
            plain(_where(bearer)),
            plain(str(bearer.link), Tone.DIM),
            plain(peer),
            plain(count(bearer.mtu)),
            plain(count(bearer.requests)),
            _seldom(bearer.indications),
            plain(count(bearer.unanswered), Tone.LOOK) if bearer.unanswered else _seldom(0),
            _seldom(bearer.errors),
            _seldom(bearer.notifications),
            _seldom(bearer.commands),
            plain("-" if bearer.median_ns is None else duration(bearer.median_ns)),
            plain("-" if bearer.longest_ns is None else duration(bearer.longest_ns)),
        )


def _where(bearer: Bearer) -> str:
    """The channel of a bearer, in eight columns."""
    if bearer.channel is None:
        return "fixed"
    return f"EATT #{bearer.channel}" if bearer.kind == "EATT" else f"#{bearer.channel}"


class TransactionRows:
    """The requests and indications of a bearer, each with what answered it."""

    def __init__(self) -> None:
        self.traffic: AttTraffic | None = None
        self.origin = 0
        self._shown = np.zeros(0, np.int64)
        self._longest = 1

    @property
    def count(self) -> int:
        """Transactions listed."""
        return len(self._shown)

    def show(self, traffic: AttTraffic | None, bearer: int, origin: int) -> None:
        """Lists the transactions of a bearer. Times count from `origin`."""
        self.traffic, self.origin = traffic, origin
        self._shown = np.zeros(0, np.int64) if traffic is None else traffic.of_bearer(bearer)
        if traffic is not None:
            self._longest = int(traffic.lasted[self._shown].max(initial=1))

    def packets(self, row: int) -> tuple[int, int | None]:
        """The packets of the request and of its answer."""
        assert self.traffic is not None
        at = self._shown[row]
        request, answer = self.traffic.asking[at], self.traffic.answers[at]
        packets = self.traffic.rows["packet"]
        return int(packets[request]), int(packets[answer]) if answer >= 0 else None

    def odd_after(self, row: int, step: int) -> int | None:
        """The next (step 1) or previous (-1) transaction that failed or was not answered."""
        if self.traffic is None:
            return None
        odd = self.traffic.failed[self._shown] | (self.traffic.answers[self._shown] < 0)
        found = np.flatnonzero(odd)
        found = found[found > row] if step > 0 else found[found < row]
        return int(found[0 if step > 0 else -1]) if len(found) else None

    def columns(self, width: int) -> Sequence[Column]:
        """What was asked when, which packet answered, and how long that took."""
        return (
            Column("No.", 8, right=True),
            Column("Time", 11, right=True),
            Column("", 1),
            Column("Request", 22, elastic=True),
            Column("Handle", 6),
            Column("Attribute", 32, rank=3),
            Column("Answer", 8, right=True),
            Column("After", 8, right=True),
            Column("", BAR_WIDTH, rank=2),
            Column("Error", 24, rank=1),
        )

    def gutter(self, row: int) -> tuple[str, Tone]:
        """`!` for an answer that never came or came too late, `?` for one that may still come."""
        if self.traffic is None:
            return " ", Tone.PLAIN
        at = self._shown[row]
        lasted = int(self.traffic.lasted[at])
        waited = int(self.traffic.last_ns - self.traffic.start[at]) if lasted < 0 else lasted
        if waited > TRANSACTION_NS:
            return "!", Tone.LOOK
        return ("?", Tone.LOOK) if lasted < 0 else (" ", Tone.PLAIN)

    def cells(self, row: int) -> Sequence[Cell]:
        """A transaction; one without an answer says how long it has waited."""
        traffic = self.traffic
        if traffic is None:
            return ((),) * 10
        at = int(self._shown[row])
        packet, _, _, _, handle, _, opcode, _, direction, _ = traffic.rows[traffic.asking[at]].item()
        answer, lasted, start = self.packets(row)[1], int(traffic.lasted[at]), int(traffic.start[at])
        failed = bool(traffic.failed[at])
        return (
            plain(str(packet), Tone.DIM),
            plain(seconds(start - self.origin)),
            plain(ARROWS[DIRECTIONS[direction]]),
            plain(names.opcode_name(opcode)),
            plain(f"0x{handle:04x}" if handle else "", Tone.DIM),
            plain(traffic.attribute(at)),
            plain("none yet", Tone.LOOK) if answer is None else plain(str(answer), Tone.DIM),
            plain(duration(lasted)) if lasted >= 0 else plain(f">{duration(traffic.last_ns - start)}", Tone.LOOK),
            plain(bar(lasted, self._longest, BAR_WIDTH), Tone.FIGURE),
            plain(names.error_name(int(traffic.rows["error"][traffic.answers[at]])) if failed else "", Tone.SOFT_LOOK),
        )


def _seldom(figure: int) -> Cell:
    """A figure that is mostly zero."""
    return plain(count(figure)) if figure else plain("-", Tone.FAINT)
