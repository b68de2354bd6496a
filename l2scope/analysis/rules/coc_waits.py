"""Credit-based channels: waits for credits, and who let whom wait."""

from collections.abc import Iterator
from typing import Final

from l2scope.analysis.rules.facts import Facts, receiver_of, sender_of
from l2scope.analysis.rules.rule import CERTAIN, ERROR, INFO, LIKELY, WARNING, Hit, Rule, Severity
from l2scope.channels import Channel, Direction
from l2scope.columns import counted, seconds
from l2scope.stalls import ZeroInterval

# A direction that stalls for more than this share of its busy time is in error, if people notice: by one long stall, or
# by several shorter ones. A receiver that is merely slow, a buffer at a time, is none.
STARVED_SHARE: Final = 0.5
LONG_NS: Final = 1_000_000_000
NOTICED_NS: Final = 200_000_000
SEVERAL: Final = 5
DEADLOCK_NS: Final = 5_000_000_000
DEADLOCK_BEFORE_CLOSING_NS: Final = 1_000_000_000
WORST_STALLS: Final = 10
WINDOW_LIMITED_SHARE: Final = 0.1
FEWEST_WAITS: Final = 3


def waiting(channel: Channel, direction: Direction, message: str, **details: object) -> Hit:
    """A hit in one direction of a channel; a relative ledger never gives an error, as it only knows lower bounds."""
    exact = channel.ledger == "exact" and channel.opened is not None
    severity = details.pop("severity", None)
    if not exact and severity is not WARNING:
        severity = INFO if severity is INFO else WARNING
    return Hit(
        message=message,
        link=channel.link,
        channel=channel.id,
        direction=direction.name,
        severity=severity if isinstance(severity, Severity) else None,
        certainty=CERTAIN if exact else LIKELY,
        **details,  # type: ignore[arg-type]  # the other fields of Hit
    )


def packets_of(intervals: list[ZeroInterval]) -> list[int]:
    """Where they begin and end, in order."""
    ends = [(interval.start_packet, interval.end_packet) for interval in intervals]
    return sorted({packet for pair in ends for packet in pair if packet is not None})


def _starved(facts: Facts) -> Iterator[Hit]:
    for channel, direction, _ in facts.directions():
        stalls = [interval for interval in direction.zeros() if interval.stall]
        if not stalls:
            continue
        worst = sorted(stalls, key=lambda interval: -interval.duration_ns)[:WORST_STALLS]
        longest, total = worst[0], sum(interval.duration_ns for interval in stalls)
        share = direction.starved_share
        receiver = receiver_of(direction)
        noticed = sum(1 for interval in stalls if interval.duration_ns >= NOTICED_NS)
        bad = share > STARVED_SHARE and (longest.duration_ns >= LONG_NS or noticed >= SEVERAL)
        yield waiting(
            channel,
            direction,
            f"the sender ({sender_of(direction)}) stood still {counted(len(stalls), 'time')} for {seconds(total)} in "
            f"all ({share:.0%} of its busy time), at worst {seconds(longest.duration_ns)}: the receiver ({receiver}) "
            "owed credits",
            packets=packets_of(worst),
            time_ns=longest.start_ns,
            blame=receiver,
            severity=ERROR if bad else WARNING,
            values={
                "stalls": len(stalls),
                "stall_ns": total,
                "longest_stall_ns": longest.duration_ns,
                "starved_share": round(share, 4),
                "role": "receiver",
            },
        )


def _window_limited(facts: Facts) -> Iterator[Hit]:
    for channel, direction, _ in facts.directions():
        short = [
            interval
            for interval in direction.zeros()
            if interval.class_ in ("certain", "likely") and not interval.stall and interval.ended_by == "credits"
        ]
        total = sum(interval.duration_ns for interval in short)
        if len(short) < FEWEST_WAITS or total < WINDOW_LIMITED_SHARE * direction.busy_ns:
            continue
        worst = sorted(short, key=lambda interval: -interval.duration_ns)[:WORST_STALLS]
        yield waiting(
            channel,
            direction,
            f"{counted(len(short), 'short wait')} for credits take {total / direction.busy_ns:.0%} of the busy time "
            f"({seconds(total)}): with more credits in flight the data would flow through",
            packets=packets_of(worst),
            time_ns=worst[0].start_ns,
            blame=receiver_of(direction),
            severity=INFO,
            values={"waits": len(short), "wait_ns": total, "busy_ns": direction.busy_ns},
        )


def _deadlocked(facts: Facts) -> Iterator[Hit]:
    for channel, direction, _ in facts.directions():
        for interval in direction.zeros():
            if interval.class_ != "certain":
                continue
            to_the_end = interval.ended_by == "closing" and channel.close_reason != "link-lost"
            least = DEADLOCK_BEFORE_CLOSING_NS if to_the_end else DEADLOCK_NS
            if interval.duration_ns < least:
                continue
            receiver = receiver_of(direction)
            yield waiting(
                channel,
                direction,
                f"{interval.sdu_bytes_owed:,} bytes of an SDU waited for credits for {seconds(interval.duration_ns)}"
                + (" up to the end of the channel" if to_the_end else "")
                + f": the receiver ({receiver}) gave none",
                packets=packets_of([interval]),
                time_ns=interval.start_ns,
                blame=receiver,
                severity=ERROR,
                values={"duration_ns": interval.duration_ns, "sdu_bytes_owed": interval.sdu_bytes_owed},
            )


RULES: Final = (
    Rule(
        id="COC001",
        title="credit starvation",
        severity=WARNING,
        spec="Vol 3 Part A 10.1",
        meaning="The sender had data and no credits, for longer than the link's own pace explains.",
        harm="The channel stands still for that time, whatever the radio could carry.",
        sender="",
        receiver="Give credits back as buffers become free, not only when the application has read; take more buffers.",
        find=_starved,
        after=frozenset(("COC003",)),
    ),
    Rule(
        id="COC002",
        title="the window limits the flow",
        severity=INFO,
        spec="Vol 3 Part A 10.1",
        meaning="Waits for credits, each too short to be a stall, add up.",
        harm="The sender pauses once a window: more credits in flight would bridge the round trip.",
        sender="",
        receiver="Give more initial credits, and give them back before the last one is spent.",
        find=_window_limited,
    ),
    Rule(
        id="COC003",
        title="deadlock",
        severity=ERROR,
        spec="Vol 3 Part A 10.1",
        meaning="An SDU is in flight, its sender has no credits, and the receiver gives none though the link lives.",
        harm="The receiver waits for the rest of the SDU, the sender for credits: nothing will ever move.",
        sender="",
        receiver="Give at least ceil((MTU + 2) / MPS) credits, or give them back for each K-frame, not for each SDU.",
        find=_deadlocked,
        after=frozenset(("COC010", "COC011", "COC020", "COC021", "COC022", "COC023", "L2C011")),
    ),
)
