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
ENOUGH: Final = 20
SDU_LENGTH_FIELD: Final = 2
SILENT_NS: Final = 1_000_000_000


def _hit(channel: Channel, direction: Direction, message: str, **details: object) -> Hit:
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


def _packets(intervals: list[ZeroInterval]) -> list[int]:
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
        yield _hit(
            channel,
            direction,
            f"the sender ({sender_of(direction)}) stood still {counted(len(stalls), 'time')} for {seconds(total)} in "
            f"all ({share:.0%} of its busy time), at worst {seconds(longest.duration_ns)}: the receiver ({receiver}) "
            "owed credits",
            packets=_packets(worst),
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
        yield _hit(
            channel,
            direction,
            f"{counted(len(short), 'short wait')} for credits take {total / direction.busy_ns:.0%} of the busy time "
            f"({seconds(total)}): with more credits in flight the data would flow through",
            packets=_packets(worst),
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
            yield _hit(
                channel,
                direction,
                f"{interval.sdu_bytes_owed:,} bytes of an SDU waited for credits for {seconds(interval.duration_ns)}"
                + (" up to the end of the channel" if to_the_end else "")
                + f": the receiver ({receiver}) gave none",
                packets=_packets([interval]),
                time_ns=interval.start_ns,
                blame=receiver,
                severity=ERROR,
                values={"duration_ns": interval.duration_ns, "sdu_bytes_owed": interval.sdu_bytes_owed},
            )


def _needed(direction: Direction) -> int:
    """K-frames of the largest SDU; 0 where the limits are not known."""
    if direction.mtu is None or not direction.mps:
        return 0
    return -(-(direction.mtu + SDU_LENGTH_FIELD) // direction.mps)


def _deadlock_foreseen(facts: Facts) -> Iterator[Hit]:
    for channel, direction, flow in facts.directions():
        initial, needed = direction.initial_credits, _needed(direction)
        if initial is None or channel.opened is None or needed <= initial or direction.credit_packets < 3:
            continue
        largest = max((int(i) for i in (direction.balance, initial)), default=0)
        if flow.grants_mid_sdu or largest >= needed:
            continue
        yield _hit(
            channel,
            direction,
            f"an SDU of the MTU ({direction.mtu:,} bytes) takes {needed} K-frames, the receiver gave {initial} credits "
            "and gives more only after a whole SDU: the largest SDUs can never arrive",
            packets=[channel.opened],
            time_ns=channel.opened_ns,
            blame=receiver_of(direction),
            values={"needed": needed, "initial_credits": initial},
        )


def _one_short(facts: Facts) -> Iterator[Hit]:
    for channel, direction, _ in facts.directions():
        if not direction.mtu or not direction.mps or direction.initial_credits is None or channel.opened is None:
            continue
        exact_fit = direction.mtu // direction.mps
        if direction.initial_credits != exact_fit or _needed(direction) != exact_fit + 1:
            continue
        waits = [i for i in direction.zeros() if i.class_ == "certain" and i.sdu_bytes_owed <= direction.mps]
        if len(waits) < 3 or 2 * len(waits) < direction.sdus:
            continue
        yield _hit(
            channel,
            direction,
            f"the receiver gave {exact_fit} credits, MTU / MPS, but an SDU of the MTU takes {exact_fit + 1} K-frames "
            f"with its length field: the sender waited in {counted(len(waits), 'SDU')}",
            packets=_packets(waits[:WORST_STALLS]),
            time_ns=waits[0].start_ns,
            blame=receiver_of(direction),
            values={"waits": len(waits), "credits": exact_fit, "needed": exact_fit + 1},
        )


def _dripped(facts: Facts) -> Iterator[Hit]:
    for channel, direction, flow in facts.directions():
        singles, grants = int(flow.ledger.singles), direction.credit_packets
        if singles < ENOUGH or singles * 10 < grants * 9 or direction.zero_intervals * 2 < direction.kframes:
            continue
        waits = direction.zeros()[:WORST_STALLS]
        yield _hit(
            channel,
            direction,
            f"the receiver gave one credit at a time, {singles:,} times: each of the {direction.kframes:,} K-frames "
            "cost a round trip",
            packets=_packets(waits),
            time_ns=waits[0].start_ns,
            blame=receiver_of(direction),
            values={"single_grants": singles, "kframes": direction.kframes},
        )


def _never_any(facts: Facts) -> Iterator[Hit]:
    for channel, direction, _ in facts.directions():
        if direction.initial_credits != 0 or channel.opened is None or channel.opened_ns is None:
            continue
        alive_ns = facts.end_ns(channel) - channel.opened_ns
        unused = not channel.tx.kframes and not channel.rx.kframes
        never = direction.credit_packets == 0
        yield _hit(
            channel,
            direction,
            f"the receiver ({receiver_of(direction)}) opened with 0 credits"
            + (f" and gave none in {seconds(alive_ns)}" if never else ": the first SDU waits for the first indication"),
            packets=[channel.opened],
            time_ns=channel.opened_ns,
            blame=receiver_of(direction),
            severity=ERROR if never and unused and alive_ns >= DEADLOCK_NS else WARNING,
            values={"credits_granted": direction.credits_granted, "alive_ns": alive_ns},
        )


def _silent(facts: Facts) -> Iterator[Hit]:
    for channel, direction, flow in facts.directions():
        if flow.silence < SILENT_NS or channel.opened is None:
            continue
        sender = sender_of(direction)
        yield _hit(
            channel,
            direction,
            f"the sender ({sender}) was silent for {seconds(int(flow.silence))} in the middle of an SDU with credits "
            "in hand: it waited for itself, not for its peer",
            packets=[int(flow.silence_packet)],
            time_ns=None,
            blame=sender,
            severity=INFO,
            values={"silent_ns": int(flow.silence)},
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
    Rule(
        id="COC004",
        title="a deadlock is to come",
        severity=WARNING,
        spec="Vol 3 Part A 10.1",
        meaning="The credits do not suffice for an SDU of the MTU, and the receiver gives more only after whole SDUs.",
        harm="The first SDU of that size stops the channel for good.",
        sender="Keep SDUs below credits * MPS - 2 bytes.",
        receiver="Give at least ceil((MTU + 2) / MPS) credits.",
        find=_deadlock_foreseen,
    ),
    Rule(
        id="COC005",
        title="one credit too few for an SDU",
        severity=WARNING,
        spec="Vol 3 Part A 3.4.3",
        meaning="The receiver gives MTU / MPS credits; the two bytes of the SDU length make it one K-frame more.",
        harm="Each SDU of the MTU stops once for a round trip.",
        sender="",
        receiver="Give ceil((MTU + 2) / MPS) credits.",
        find=_one_short,
    ),
    Rule(
        id="COC006",
        title="credits drip",
        severity=WARNING,
        spec="Vol 3 Part A 10.1",
        meaning="The receiver gives one credit at a time and the sender waits for each.",
        harm="Each K-frame costs a round trip, and each credit a packet.",
        sender="",
        receiver="Give several credits at once, while some are still in hand.",
        find=_dripped,
    ),
    Rule(
        id="COC007",
        title="opened without credits",
        severity=WARNING,
        spec="Vol 3 Part A 4.22, 4.23",
        meaning="The receiver gave no initial credits.",
        harm="Nothing can be sent before its first indication; if that never comes, the channel is useless.",
        sender="",
        receiver="Give credits at the opening.",
        find=_never_any,
    ),
    Rule(
        id="COC032",
        title="the sender is silent with credits in hand",
        severity=INFO,
        spec="Vol 3 Part A 10.1",
        meaning="In the middle of an SDU the sender paused though it had credits.",
        harm="The time is lost, but the peer and its credits are not the reason.",
        sender="Look at the sender's own queue, its controller's buffers, and its application.",
        receiver="",
        find=_silent,
    ),
)
