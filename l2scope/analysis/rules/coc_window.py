"""Credit-based channels: how many credits the receiver gives, and when; and a sender that leaves them unused."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from l2scope.analysis.rules.coc_frames import BROKEN_SDU
from l2scope.analysis.rules.coc_waits import DEADLOCK_NS, WORST_STALLS, packets_of, waiting
from l2scope.analysis.rules.facts import Facts, receiver_of, sender_of
from l2scope.analysis.rules.rule import ERROR, INFO, WARNING, Hit, Rule
from l2scope.channels import Channel, Direction
from l2scope.columns import counted, seconds
from l2scope.engine.flow import Flow
from l2scope.engine.rests import REST_NS
from l2scope.engine.words import NONE
from l2scope.stalls import START

ENOUGH: Final = 20
FEWEST_FALLS: Final = 3
SDU_LENGTH_FIELD: Final = 2
SILENT_NS: Final = 1_000_000_000


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
        yield waiting(
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
        tails = [owed for size, owed in direction.waits.by_owed.items() if size <= direction.mps]
        waits, firsts = sum(tail.count for tail in tails), sorted(tail.first for tail in tails)
        if waits < 3 or 2 * waits < direction.sdus:
            continue
        yield waiting(
            channel,
            direction,
            f"the receiver gave {exact_fit} credits, MTU / MPS, but an SDU of the MTU takes {exact_fit + 1} K-frames "
            f"with its length field: the sender waited in {counted(waits, 'SDU')}",
            packets=packets_of(firsts[:WORST_STALLS]),
            time_ns=firsts[0][START],
            blame=receiver_of(direction),
            values={"waits": waits, "credits": exact_fit, "needed": exact_fit + 1},
        )


def _dripped(facts: Facts) -> Iterator[Hit]:
    for channel, direction, flow in facts.directions():
        singles, grants = int(flow.ledger.singles), direction.credit_packets
        if singles < ENOUGH or singles * 10 < grants * 9 or direction.zero_intervals * 2 < direction.kframes:
            continue
        waits = list(islice(direction.rows(), WORST_STALLS))
        yield waiting(
            channel,
            direction,
            f"the receiver gave one credit at a time, {singles:,} times: each of the {direction.kframes:,} K-frames "
            "cost a round trip",
            packets=packets_of(waits),
            time_ns=waits[0][START],
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
        yield waiting(
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
        last = _silence_to_the_end(facts, channel, flow)
        silence, packets = _longest_silence(direction, flow)
        silence = max(silence, last)
        if silence < SILENT_NS or channel.opened is None:
            continue
        sender = sender_of(direction)
        yield waiting(
            channel,
            direction,
            f"the sender ({sender}) was silent for {seconds(silence)} in the middle of an SDU with "
            f"{'credits' if last < silence else counted(direction.balance, 'credit')} in hand"
            + (", up to the end" if last == silence else "")
            + ": it waited for itself, not for its peer",
            packets=[int(flow.sdus.last_packet), *_end_of(facts, channel)] if last == silence else packets,
            time_ns=int(flow.sdus.last_time) if last == silence else None,
            blame=sender,
            severity=INFO,
            values={"silent_ns": silence, "to_the_end": last == silence},
        )


def _end_of(facts: Facts, channel: Channel) -> list[int]:
    """The packet that ended a channel or asked for it, none where it is open."""
    asked = int(facts.engine.host.registry.channels[channel.id].asked)
    end = channel.closed if asked == NONE else asked
    return [] if end is None else [end]


def _longest_silence(direction: Direction, flow: Flow) -> tuple[int, list[int]]:
    """The longest pause within an SDU with credits in hand, and its packets. Where the capture shows the sender's
    controller, what it waited for a buffer, or had on its way, is no silence."""
    if direction.name == "tx" and direction.busy.buffers is not None:
        longest = direction.busy.longest_host_wait
        return (0, []) if longest is None else (longest.duration_ns, [longest.first_packet, longest.last_packet])
    return int(flow.silence), [int(flow.silence_packet)]


def _silence_to_the_end(facts: Facts, channel: Channel, flow: Flow) -> int:
    """How long the sender of an SDU that was never finished has been silent with credits in hand, up to the closing or
    as far as is known; 0 where it could not send."""
    in_flight = flow.sdus.first != NONE or flow.sdus.owed > 0
    if not in_flight or flow.ledger.balance <= 0 or channel.close_reason == "link-lost":
        return 0
    if _is_on_its_way(flow):
        return 0
    asked = facts.engine.host.registry.channels[channel.id]
    until = facts.end_ns(channel) if asked.asked == NONE else int(asked.asked_time)
    return max(0, until - int(max(flow.sdus.last_time, flow.ledger.lifted)))


def _is_on_its_way(flow: Flow) -> bool:
    """The sender's controller still holds what the host gave it, by the buffers that it has not given back."""
    outgoing = flow.busy.outgoing
    if outgoing is None or outgoing.pool.count == 0:
        return False
    return (flow.left_over if flow.sdus.owed > 0 else outgoing.taken) > 0


def _leaking(facts: Facts) -> Iterator[Hit]:
    for channel, direction, flow in facts.directions():
        rests, ledger = flow.rests, flow.ledger
        if rests.since == NONE or not ledger.certain_balance:
            continue
        at_rest = facts.end_ns(channel) - rests.since > REST_NS
        falls = int(rests.falls) + (at_rest and rests.fell(ledger.balance, ledger.grants))
        lost = int(rests.highest - min(int(ledger.balance), int(rests.balance)))
        if falls < FEWEST_FALLS or lost <= ledger.largest_grant:
            continue
        dry = at_rest and ledger.balance <= 0
        yield waiting(
            channel,
            direction,
            f"the receiver ({receiver_of(direction)}) gives back fewer credits than K-frames it takes: {lost} of "
            f"{int(rests.highest)} are lost after {falls} bursts" + (", none is left" if dry else ""),
            packets=[int(rests.first_packet), int(flow.sdus.last_packet)],
            time_ns=int(flow.sdus.last_time),
            blame=receiver_of(direction),
            severity=ERROR if dry else WARNING,
            values={"lost_credits": lost, "bursts": falls, "balance": direction.balance},
        )


RULES: Final = (
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
        id="COC036",
        title="credits leak",
        severity=ERROR,
        spec="Vol 3 Part A 10.1",
        meaning="Each time that the channel comes to rest the sender has fewer credits than the time before: the "
        "receiver took K-frames and gave no credits for some of them.",
        harm="The window shrinks until nothing is left, and the channel stops for good.",
        sender="",
        receiver="Give a credit for each K-frame that was consumed, those of SDUs that were dropped among them.",
        find=_leaking,
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
        after=frozenset(("L2C011",)) | BROKEN_SDU,
    ),
)
