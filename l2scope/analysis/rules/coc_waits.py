"""Credit-based channels: waits for credits, and who let whom wait."""

from collections.abc import Iterable, Iterator
from heapq import nlargest
from typing import Final

from l2scope.analysis.rules.facts import Facts, receiver_of, sender_of
from l2scope.analysis.rules.rule import CERTAIN, ERROR, INFO, LIKELY, WARNING, Hit, Rule, Severity
from l2scope.channels import Channel, Direction
from l2scope.columns import counted, seconds
from l2scope.engine.words import BY_CLOSING, NONE
from l2scope.stalls import ENDED_BY, FIRST, LAST, OWED, START, Row, busy_until, duration_of
from l2scope.wait_book import LASTING_NS

# A direction that stalls for more than this share of its busy time is in error, if people notice: by one long stall, or
# by several shorter ones. A receiver that is merely slow, a buffer at a time, is none.
STARVED_SHARE: Final = 0.5
LONG_NS: Final = 1_000_000_000
NOTICED_NS: Final = 200_000_000
SEVERAL: Final = 5
DEADLOCK_NS: Final = 5_000_000_000
DEADLOCK_BEFORE_CLOSING_NS: Final = LASTING_NS
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


def packets_of(rows: Iterable[Row]) -> list[int]:
    """Where intervals begin and end, in order."""
    return sorted({packet for row in rows for packet in (row[FIRST], row[LAST]) if packet != NONE})


def is_error(share: float, durations: Iterable[int]) -> bool:
    """Whether stalls of these durations (ns) that make up this share of a direction's busy time are an error."""
    if share <= STARVED_SHARE:
        return False
    noticed = [duration for duration in durations if duration >= NOTICED_NS]
    return len(noticed) >= SEVERAL or max(noticed, default=0) >= LONG_NS


def _starved(facts: Facts) -> Iterator[Hit]:
    for channel, direction, flow in facts.directions():
        stalls = direction.stall_rows()
        if not stalls:
            continue
        worst = nlargest(WORST_STALLS, stalls, key=duration_of)
        longest, total = duration_of(worst[0]), sum(map(duration_of, stalls))
        busy = busy_until(flow, facts.last_ns)
        share = min(1.0, total / busy) if busy > 0 else 0.0
        receiver = receiver_of(direction)
        policy = direction.policy
        yield waiting(
            channel,
            direction,
            f"the sender ({sender_of(direction)}) stood still {counted(len(stalls), 'time')} for {seconds(total)} in "
            f"all ({share:.0%} of its busy time), at worst {seconds(longest)}: the receiver ({receiver}) owed credits"
            + (f"; it {policy.in_words}" if policy else ""),
            packets=packets_of(worst),
            time_ns=worst[0][START],
            blame=receiver,
            severity=ERROR if is_error(share, map(duration_of, stalls)) else WARNING,
            values={
                "stalls": len(stalls),
                "stall_ns": total,
                "longest_stall_ns": longest,
                "starved_share": round(share, 4),
                "role": "receiver",
                "policy": policy.name if policy else None,
            },
        )


def _window_limited(facts: Facts) -> Iterator[Hit]:
    for channel, direction, _ in facts.directions():
        if direction.certain_ns + direction.likely_ns - direction.stall_ns < WINDOW_LIMITED_SHARE * direction.busy_ns:
            continue
        count, total, longest = direction.waits.window_limited()
        if count < FEWEST_WAITS or total < WINDOW_LIMITED_SHARE * direction.busy_ns:
            continue
        yield waiting(
            channel,
            direction,
            f"{counted(count, 'short wait')} for credits take {total / direction.busy_ns:.0%} of the busy time "
            f"({seconds(total)}): with more credits in flight the data would flow through",
            packets=packets_of(longest),
            time_ns=longest[0][START],
            blame=receiver_of(direction),
            severity=INFO,
            values={"waits": count, "wait_ns": total, "busy_ns": direction.busy_ns},
        )


def _deadlocked(facts: Facts) -> Iterator[Hit]:
    for channel, direction, _ in facts.directions():
        for row in direction.lasting():
            duration = duration_of(row)
            to_the_end = row[ENDED_BY] == BY_CLOSING and channel.close_reason != "link-lost"
            if duration < (DEADLOCK_BEFORE_CLOSING_NS if to_the_end else DEADLOCK_NS):
                continue
            receiver = receiver_of(direction)
            yield waiting(
                channel,
                direction,
                f"{row[OWED]:,} bytes of an SDU waited for credits for {seconds(duration)}"
                + (" up to the end of the channel" if to_the_end else "")
                + f": the receiver ({receiver}) gave none",
                packets=packets_of([row]),
                time_ns=row[START],
                blame=receiver,
                severity=ERROR,
                values={"duration_ns": duration, "sdu_bytes_owed": row[OWED]},
            )


RULES: Final = (
    Rule(
        id="COC001",
        title="credit starvation",
        severity=WARNING,
        spec="Vol 3 Part A 10.1",
        meaning="The sender had data and no credits, for longer than the link's own pace explains. The finding says "
        "how the receiver gives credits, where its habit is known.",
        harm="The channel stands still for that time, whatever the radio could carry.",
        sender="",
        receiver="Give credits back as buffers become free, not only when the application has read; take more buffers. "
        "`l2scope whatif` says how many initial credits, and how large grants, would have been enough.",
        find=_starved,
        after=frozenset(("COC003", "COC036")),
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
        after=frozenset(("COC010", "COC011", "COC020", "COC021", "COC022", "COC023", "COC036", "COC037", "L2C011")),
    ),
)
