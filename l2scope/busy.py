"""What the busy time of a channel's direction was spent on. Plain objects, no numpy.

Busy time is the union of the SDUs' spans and of the waits for credits between them. At any moment of it the first of
these that holds counts: the sender waits for credits; all ACL buffers of its controller are taken (Vol 4 Part E 4.1.1),
so it waits for the controller or the link; credits and buffers are free, the SDU is not finished and nothing of the
link is on its way, so it waits for its own host; packets are on their way. Whoever only receives sees none but the
first.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from l2scope.engine.busy import Pause
from l2scope.engine.flow import Flow
from l2scope.engine.words import NONE, TX

SHARES: Final = ("credits", "controller", "host", "sending", "unknown")

# Why a part of the busy time is unknown.
VANTAGE: Final = "vantage"
BUFFERS: Final = "buffers"
MISSING: Final = "missing"
EXPLANATIONS: Final = {
    VANTAGE: "captured at the receiver, where the sender's host and controller do not show",
    BUFFERS: "the capture does not hold the controller's buffer sizes",
    MISSING: "packets are missing, or their times run backwards",
}


@dataclass(frozen=True, slots=True)
class LongestWait:
    """The longest wait of its kind between two packets of an SDU, or of one and the credits that let it go on."""

    duration_ns: int
    first_packet: int
    last_packet: int


@dataclass(frozen=True, slots=True)
class Busy:
    """The shares of busy_ns of a direction, in ns: they add up to it exactly.

    unknown_because is "vantage", "buffers", "missing", or None where nothing is unknown. buffers, buffer_size (bytes)
    are the ACL buffers that the sender's controller reported, None where the capture does not tell.
    """

    credits_ns: int
    controller_ns: int
    host_ns: int
    sending_ns: int
    unknown_ns: int
    unknown_because: str | None
    longest_controller_wait: LongestWait | None
    longest_host_wait: LongestWait | None
    buffers: int | None
    buffer_size: int | None

    @property
    def total_ns(self) -> int:
        return self.credits_ns + self.controller_ns + self.host_ns + self.sending_ns + self.unknown_ns

    def share(self, name: str) -> float:
        """The share of one of SHARES in the busy time, 0 to 1."""
        total = self.total_ns
        duration: int = getattr(self, f"{name}_ns")
        return duration / total if total else 0.0

    @property
    def unknown_explained(self) -> str:
        """Why a part is unknown, for people; "" where nothing is."""
        return "" if self.unknown_because is None else EXPLANATIONS[self.unknown_because]

    def as_json(self) -> dict[str, object]:
        """The object under "busy" of `channels --json`."""
        return asdict(self)


def busy_view(flow: Flow, direction: int) -> Busy:
    """What the engine has found so far."""
    busy, outgoing = flow.busy, flow.busy.outgoing
    reported = outgoing is not None and outgoing.pool.count > 0
    return Busy(
        credits_ns=int(busy.credits),
        controller_ns=int(busy.controller),
        host_ns=int(busy.host),
        sending_ns=int(busy.sending),
        unknown_ns=int(busy.unknown),
        unknown_because=_reason(direction, reported) if busy.unknown else None,
        longest_controller_wait=_longest(busy.longest_controller),
        longest_host_wait=_longest(busy.longest_host),
        buffers=int(outgoing.pool.count) if outgoing is not None and reported else None,
        buffer_size=int(outgoing.pool.size) if outgoing is not None and reported else None,
    )


def _reason(direction: int, reported: bool) -> str:
    if direction != TX:
        return VANTAGE
    return MISSING if reported else BUFFERS


def _longest(pause: Pause) -> LongestWait | None:
    return None if pause.first == NONE else LongestWait(int(pause.ns), int(pause.first), int(pause.last))
