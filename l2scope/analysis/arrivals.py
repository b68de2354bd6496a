"""What a sender did in one direction of a channel, K-frame by K-frame: what stays the same with another receiver.

That is when SDUs were there to be sent, how fast the sender followed one K-frame with the next, and how long it took to
go on once credits came. Times are those of the capture, so of one end: its sender's or its receiver's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise, repeat
from statistics import median_low
from typing import Final

import numpy as np
import numpy.typing as npt

from l2scope.capture import Capture
from l2scope.channels import Channel, Direction
from l2scope.engine.words import PDU_COMPLETE
from l2scope.framing import CREDIT_MODES, SDU_LENGTH_FIELD
from l2scope.stalls import DIRECTIONS

# An SDU that follows the one before within so many of the usual pauses had been waiting in the sender's queue.
BACKLOG_PACES: Final = 4
WAITED: Final = ("certain", "likely")


@dataclass(frozen=True, slots=True)
class Frame:
    """A K-frame. length is that of its PDU, end_byte the sum of all lengths up to it; owed what its SDU still lacks.

    It takes taken_ns from its first packet to its last. It begins at offered_ns, when its SDU came, or where that is
    None pause_ns after the one before; but not before reaction_ns after its credit came.
    """

    length: int
    end_byte: int
    owed: int
    begin_ns: int
    taken_ns: int
    offered_ns: int | None
    pause_ns: int
    reaction_ns: int

    @property
    def end_ns(self) -> int:
        """When it was complete in the capture."""
        return self.begin_ns + self.taken_ns


@dataclass(frozen=True, slots=True)
class GrantSeen:
    """A Flow Control Credit Ind. It gives back K-frames up to this number, counted from 1."""

    time_ns: int
    credits: int
    frame: int


@dataclass(frozen=True, slots=True)
class Arrivals:
    """One direction of a channel. pace_ns is the sender's usual pause between K-frames of an SDU."""

    channel: Channel
    direction: Direction
    opened_ns: int
    window: int
    frames: list[Frame]
    grants: list[GrantSeen]
    pace_ns: int


def arrivals_of(capture: Capture, channel: Channel, direction: Direction) -> Arrivals:
    """Raises ValueError, with the reason, where the capture does not tell enough."""
    if channel.mode not in CREDIT_MODES:
        raise ValueError(f"a channel of mode {channel.mode} has no credits")
    if direction.initial_credits is None or channel.opened_ns is None or not direction.exact:
        raise ValueError("the channel's opening is not in the capture, or packets were lost: its credits are not known")
    if direction.overspent:
        raise ValueError("the sender sends without credits: what the receiver gives does not hold it back")
    spans = _spans(capture, channel, direction)
    if not spans:
        raise ValueError("no K-frame was sent in this direction")
    waits = {zero.start_packet: zero.end_ns for zero in direction.zeros() if zero.class_ in WAITED and zero.end_packet}
    owed = list(_owed(capture, channel, direction, spans))
    grants = list(grants_of(capture, channel, direction))
    pace = _pace(spans, owed)
    came = [waits.get(last) for last in (channel.opened or 0, *(span.packet for span in spans[:-1]))]
    reactions = [span.begin_ns - credits for span, credits in zip(spans, came, strict=True) if credits is not None]
    reaction = median_low(reactions) if reactions else pace
    credited = list(islice(_credited(direction.initial_credits, grants), len(spans)))
    return Arrivals(
        channel=channel,
        direction=direction,
        opened_ns=channel.opened_ns,
        window=direction.initial_credits,
        frames=list(_frames(spans, owed, came, credited, pace, reaction, channel.opened_ns)),
        grants=grants,
        pace_ns=pace,
    )


@dataclass(frozen=True, slots=True)
class _Span:
    """A K-frame as the tables have it; packet is its last one."""

    packet: int
    length: int
    begin_ns: int
    end_ns: int


def kframe_rows(capture: Capture, channel: Channel, direction: Direction) -> npt.NDArray[np.void]:
    """Its K-frames in the order in which they were complete, as rows of tables.pdus."""
    pdus = capture.tables.pdus
    way = DIRECTIONS.index(direction.name)
    own = pdus[(pdus["channel"] == channel.id) & (pdus["direction"] == way) & (pdus["state"] == PDU_COMPLETE)]
    in_order: npt.NDArray[np.void] = own[np.argsort(own["last"], kind="stable")]
    return in_order


def _spans(capture: Capture, channel: Channel, direction: Direction) -> list[_Span]:
    own, times = kframe_rows(capture, channel, direction), capture.tables.packets["time"]
    begins, ends = (times[own[column] - capture.first_number].tolist() for column in ("first", "last"))
    return [_Span(*row) for row in zip(own["last"].tolist(), own["length"].tolist(), begins, ends, strict=True)]


def grants_of(capture: Capture, channel: Channel, direction: Direction) -> Iterator[GrantSeen]:
    """The indications that gave this direction credits, in order."""
    credits, times = capture.tables.credits, capture.tables.packets["time"]
    flow = 2 * channel.id + DIRECTIONS.index(direction.name)
    frames = given_back = 0
    for packet, _, change, _ in credits[credits["flow"] == flow].tolist():
        if change < 0:
            frames += 1
        elif change > 0:
            given_back += change
            yield GrantSeen(int(times[packet - capture.first_number]), change, min(given_back, frames))


def _credited(initial: int, grants: list[GrantSeen]) -> Iterator[int | None]:
    """When each credit came, None for an initial one."""
    yield from repeat(None, initial)
    for grant in grants:
        yield from repeat(grant.time_ns, grant.credits)


def _owed(capture: Capture, channel: Channel, direction: Direction, spans: list[_Span]) -> Iterator[int]:
    """What the SDU of each K-frame still lacks after it."""
    sdus = iter(capture.sdus(channel, direction.name))
    sdu, got = next(sdus, None), 0
    for span in spans:
        while sdu is not None and sdu.last_packet < span.packet:
            sdu, got = next(sdus, None), 0
        got += span.length
        yield 0 if sdu is None else max(0, sdu.length + SDU_LENGTH_FIELD - got)


def _pace(spans: list[_Span], owed: list[int]) -> int:
    """The lower quartile of the pauses within SDUs, or of all where no SDU has two K-frames: so waits do not count."""
    pauses = [
        (later.begin_ns - earlier.end_ns, still)
        for (earlier, later), still in zip(pairwise(spans), owed, strict=False)
        if later.begin_ns >= earlier.end_ns
    ]
    inside = sorted([pause for pause, still in pauses if still > 0] or [pause for pause, _ in pauses])
    return inside[len(inside) // 4] if inside else 0


def _frames(
    spans: list[_Span],
    owed: list[int],
    came: list[int | None],
    credited: list[int | None],
    pace: int,
    reaction: int,
    opened_ns: int,
) -> Iterator[Frame]:
    """came: for each K-frame, when the credits came that it had waited for; credited: when its credit came, None for an
    initial one (ns). reaction is how long the sender usually takes from credits to the K-frame that waited for them."""
    sent, before, boundary = 0, opened_ns, True
    for index, (span, still, credits) in enumerate(zip(spans, owed, came, strict=True)):
        own_credit = credited[index] if index < len(credited) else None
        sent += span.length
        pause = span.begin_ns - before
        offered = None
        if credits is not None:
            pause = max(0, min(pace, credits - before))
        elif index == 0 or (boundary and pause > BACKLOG_PACES * pace):
            offered = span.begin_ns
        yield Frame(
            length=span.length,
            end_byte=sent,
            owed=still,
            begin_ns=span.begin_ns,
            taken_ns=span.end_ns - span.begin_ns,
            offered_ns=offered,
            pause_ns=pause,
            reaction_ns=_reaction(span.begin_ns, own_credit, credits is not None, reaction),
        )
        before, boundary = span.end_ns, still <= 0


def _reaction(begin_ns: int, credit_ns: int | None, waited: bool, usual: int) -> int:
    """How long after its credit a K-frame begins at the earliest: it did not take longer than it did."""
    if credit_ns is None:
        return usual
    return begin_ns - credit_ns if waited else min(usual, begin_ns - credit_ns)
