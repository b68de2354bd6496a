"""Where a sender's wait for credits went: on the way there, at the receiver's host, or on the way back.

The receiver's host holds credits back from the arrival of the K-frame that took the last one to the Flow Control
Credit Ind that gives the next. Both moments are on its own clock, and the wait as a whole is on the sender's: which of
"granted late" and "delivered late" it was does not hang on how well the two clocks are known.
"""

from dataclasses import asdict, dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from l2scope.stalls import ZeroInterval

Integers = npt.NDArray[np.int64]

GRANTED_LATE: Final = "granted-late"
DELIVERED_LATE: Final = "delivered-late"
NOT_GRANTED: Final = "not-granted"
NOT_DELIVERED: Final = "not-delivered"


@dataclass(frozen=True, slots=True)
class Wait:
    """A time without credits, seen from both ends. sender is the end that waited, "a" or "b".

    channel, direction, the first and the last packet are the sender's, as in `stalls --json`. peer_channel,
    arrived_packet (with the K-frame that took the last credit, or the response that opened the channel without any) and
    granted_packet are the receiver's. frames_ns is how long that K-frame was on its way, held_ns how long the
    receiver's host then kept the credits back, credits_ns how long the first new ones were on their way; together they
    are duration_ns. These are None where the K-frame or the credits are not in both captures.

    cause is "granted-late" where held_ns is the larger part and "delivered-late" where it is not; "not-granted" and
    "not-delivered" where no credits ended the wait and the receiver had given none, or had.
    """

    sender: str
    channel: int
    peer_channel: int
    direction: str
    start_packet: int
    end_packet: int | None
    start_ns: int
    end_ns: int
    duration_ns: int
    class_: str
    stall: bool
    arrived_packet: int | None = None
    granted_packet: int | None = None
    arrived_ns: int | None = None
    granted_ns: int | None = None
    frames_ns: int | None = None
    held_ns: int | None = None
    credits_ns: int | None = None
    cause: str | None = None

    def as_json(self) -> dict[str, object]:
        return {"class" if name == "class_" else name: value for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Ways:
    """What went between a sender and a receiver, on one clock. to_receiver and to_sender give, for a packet at the
    sender, the receiver's packet and its time; grants are all packets by which the receiver gave credits, with times.
    """

    to_receiver: dict[int, tuple[int, int]]
    to_sender: dict[int, tuple[int, int]]
    grants: Integers
    grant_times: Integers


def wait_of(interval: ZeroInterval, start_ns: int, sender: str, peer_channel: int, ways: Ways) -> Wait:
    """A zero interval of the sender, which began at start_ns on the clock of ways. All times are on that clock."""
    first = interval.start_packet
    arrived = ways.to_receiver.get(first) or ways.to_sender.get(first) or (None, None)
    wait = Wait(
        sender=sender,
        channel=interval.channel,
        peer_channel=peer_channel,
        direction=interval.direction,
        start_packet=first,
        end_packet=interval.end_packet,
        start_ns=start_ns,
        end_ns=start_ns + interval.duration_ns,
        duration_ns=interval.duration_ns,
        class_=interval.class_,
        stall=interval.stall,
        arrived_packet=arrived[0],
        arrived_ns=arrived[1],
    )
    if interval.ended_by == "credits" and interval.end_packet is not None:
        return _ended_by_credits(wait, interval.end_packet, ways)
    return _ended_otherwise(wait, ways)


def _ended_by_credits(wait: Wait, end_packet: int, ways: Ways) -> Wait:
    granted_packet, granted = ways.to_sender.get(end_packet, (None, None))
    wait = replace(wait, granted_packet=granted_packet, granted_ns=granted)
    if granted is None or wait.arrived_ns is None:
        return wait
    # Credits that left before the K-frame arrived were not held at all.
    left = min(max(granted, wait.start_ns), wait.end_ns)
    arrived = min(max(wait.arrived_ns, wait.start_ns), left)
    held = left - arrived
    return replace(
        wait,
        frames_ns=arrived - wait.start_ns,
        held_ns=held,
        credits_ns=wait.end_ns - left,
        cause=GRANTED_LATE if 2 * held > wait.duration_ns else DELIVERED_LATE,
    )


def _ended_otherwise(wait: Wait, ways: Ways) -> Wait:
    """The channel closed, or the capture ended, before credits came."""
    if wait.arrived_ns is None:
        return wait
    later = np.flatnonzero((ways.grant_times >= wait.arrived_ns) & (ways.grant_times <= wait.end_ns))
    if not len(later):
        return replace(wait, cause=NOT_GRANTED)
    first = int(later[0])
    return replace(
        wait, granted_packet=int(ways.grants[first]), granted_ns=int(ways.grant_times[first]), cause=NOT_DELIVERED
    )
