"""Credit-based channels: how they end, and what their ends do after a fault."""

from collections.abc import Iterator
from typing import Final

from l2scope.analysis.rules.coc_frames import BROKEN_SDU
from l2scope.analysis.rules.facts import LOCAL, REMOTE, Facts, Fault, receiver_of, sender_of
from l2scope.analysis.rules.rule import CERTAIN, ERROR, INFO, WARNING, WEAK, Hit, Rule
from l2scope.channels import Channel
from l2scope.columns import counted, seconds
from l2scope.engine import faults
from l2scope.engine.words import NONE, TX

AT_ONCE_NS: Final = 100_000_000
SOON_NS: Final = 1_000_000_000
NOT_IN_A_HURRY_NS: Final = 200_000_000
LENGTH_FIELD: Final = 2


def _asked(facts: Facts, channel: Channel) -> tuple[int, int, str] | None:
    """Packet, time and sender of the Disconnection Request."""
    engine = facts.engine.host.registry.channels[channel.id]
    if engine.asked == NONE:
        return None
    return int(engine.asked), int(engine.asked_time), LOCAL if engine.asked_by == TX else REMOTE


def _closer(facts: Facts, fault: Fault, channel: Channel) -> tuple[str, str | None, list[int]]:
    """Who ended the channel of a fault, in words; the side, and the packets."""
    asked = _asked(facts, channel)
    if channel.close_reason in ("disconnect-local", "disconnect-peer") and asked is not None:
        packet, _, side = asked
        role = "sender" if side == fault.sender else "receiver"
        return f"the {role} ({side}) closed the channel", side, [packet, fault.packet]
    reason = facts.links[channel.link].close_reason or channel.close_reason or "closing"
    ended_by = {"disconnect-local": LOCAL, "disconnect-peer": REMOTE}.get(reason)
    how = f"the {ended_by} side ended the link" if ended_by else f"the channel ended ({reason.replace('-', ' ')})"
    return how, ended_by, [fault.b, fault.packet]


def _two_bytes_short(facts: Facts, fault: Fault) -> bool:
    """The sender could have sent the last two bytes, and had the time."""
    if fault.channel is None or fault.a != LENGTH_FIELD:
        return False
    flow = facts.engine.host.registry.channels[fault.channel].flow(0 if fault.direction == "tx" else 1)
    return flow.ledger.balance > 0 and fault.time_ns - flow.sdus.last_time >= NOT_IN_A_HURRY_NS


def _lost(facts: Facts) -> Iterator[Hit]:
    for fault in facts.faults.get(faults.CLOSED_MID_SDU, ()):
        if fault.channel is None or _two_bytes_short(facts, fault):
            continue
        channel = facts.channels[fault.channel]
        how, side, packets = _closer(facts, fault, channel)
        yield Hit(
            message=f"{how} with {counted(fault.a, 'byte')} of an SDU owed: they are lost",
            packets=sorted(set(packets)),
            time_ns=fault.time_ns,
            link=fault.link,
            channel=fault.channel,
            direction=fault.direction,
            blame=side,
            values={
                "bytes_owed": fault.a,
                "last_packet": fault.b,
                "closed_by": side,
                "close_reason": channel.close_reason,
            },
            certainty=CERTAIN if fault.sure else WEAK,
        )


def _short(facts: Facts) -> Iterator[Hit]:
    for fault in facts.faults.get(faults.CLOSED_MID_SDU, ()):
        if _two_bytes_short(facts, fault):
            yield Hit(
                message=f"the {fault.sender} side never sends the last two bytes of an SDU, though it has credits",
                packets=[fault.b, fault.packet],
                time_ns=fault.time_ns,
                link=fault.link,
                channel=fault.channel,
                direction=fault.direction,
                blame=fault.sender,
                values={"bytes_owed": fault.a, "last_packet": fault.b},
                severity=None if fault.sure else WARNING,
                certainty=CERTAIN if fault.sure else WEAK,
            )


def _dropped(facts: Facts) -> Iterator[Hit]:
    """The receiver closes on the first K-frame that it gets, though nothing is wrong with it."""
    for channel, direction, flow in facts.directions():
        asked = _asked(facts, channel)
        sdus = int(flow.sdus.complete + flow.sdus.incomplete)
        if asked is None or asked[2] != receiver_of(direction) or direction.sdus or sdus != 1:
            continue
        packet, time_ns, side = asked
        after = time_ns - int(flow.sdus.start_time)
        if direction.credit_packets or not 0 <= after <= AT_ONCE_NS or channel.ledger != "exact":
            continue
        yield Hit(
            message=f"the receiver ({side}) closed the channel {seconds(after)} after its first K-frame, a legal one",
            packets=[int(flow.sdus.first_packet), packet],
            time_ns=time_ns,
            link=channel.link,
            channel=channel.id,
            direction=direction.name,
            blame=side,
            values={"after_ns": after, "closed_by": side},
        )


def _closed_soon(facts: Facts) -> Iterator[Hit]:
    """The receiver closes right after a whole message: perhaps on purpose, perhaps before its answer."""
    for channel, direction, flow in facts.directions():
        asked = _asked(facts, channel)
        if asked is None or asked[2] != receiver_of(direction) or not direction.sdus:
            continue
        packet, time_ns, side = asked
        after = time_ns - int(flow.sdus.last_time)
        if flow.sdus.last_packet > packet or not 0 <= after <= SOON_NS or direction.incomplete_sdus:
            continue
        yield Hit(
            message=f"the receiver ({side}) closed the channel {seconds(after)} after the last K-frame, 0 bytes owed",
            packets=[int(flow.sdus.last_packet), packet],
            time_ns=time_ns,
            link=channel.link,
            channel=channel.id,
            direction=direction.name,
            blame=side,
            values={"after_ns": after, "bytes_owed": 0, "closed_by": side, "sdus": direction.sdus},
        )


def _not_closed(facts: Facts) -> Iterator[Hit]:
    """The receiver goes on after a fault that shall end the channel."""
    for channel, direction, _ in facts.directions():
        fatal = [
            fault
            for code in faults.FATAL
            for fault in facts.faults.get(code, ())
            if fault.channel == channel.id and fault.direction == direction.name and fault.sure
        ]
        if not fatal:
            continue
        first = min(fatal, key=lambda fault: fault.packet)
        asked = _asked(facts, channel)
        until = facts.end_ns(channel) if asked is None else asked[1]
        if until - first.time_ns < SOON_NS:
            continue
        receiver = receiver_of(direction)
        yield Hit(
            message=f"the receiver ({receiver}) kept the channel for {seconds(until - first.time_ns)} after a fault of "
            f"the sender ({sender_of(direction)}) that shall end it",
            packets=[first.packet],
            time_ns=first.time_ns,
            link=channel.link,
            channel=channel.id,
            direction=direction.name,
            blame=receiver,
            values={"kept_ns": until - first.time_ns},
        )


RULES: Final = (
    Rule(
        id="COC028",
        title="an SDU is two bytes short",
        severity=ERROR,
        spec="Vol 3 Part A 3.4.3",
        meaning="An SDU never gets its last two bytes, though its sender has credits: it counts the SDU length field "
        "as a part of the SDU.",
        harm="The receiver waits for two bytes that never come, and takes those of the next SDU for them.",
        sender="The SDU length does not count itself.",
        receiver="",
        find=_short,
        after=BROKEN_SDU | {"COC013"},
    ),
    Rule(
        id="COC029",
        title="closed with an SDU in flight",
        severity=WARNING,
        spec="Vol 3 Part A 4.6",
        meaning="The channel or the link ended when an SDU was not whole.",
        harm="The SDU is lost; the application may not hear of it.",
        sender="Close the channel when the last SDU was sent, not when it was queued.",
        receiver="Read on until the sender closes, or agree on an end in the application's protocol.",
        find=_lost,
        after=BROKEN_SDU | {"COC003", "COC013", "COC012"},
    ),
    Rule(
        id="COC030",
        title="the receiver drops a legal channel",
        severity=WARNING,
        spec="Vol 3 Part A 3.4.3",
        meaning="The receiver closes the channel at once on its first K-frame, though that breaks no rule.",
        harm="Nothing can be sent to it: it takes for an error what is none.",
        sender="",
        receiver="Check the K-frame's length against your MPS, and the SDU's against your MTU.",
        find=_dropped,
        after=BROKEN_SDU | {"COC013"},
    ),
    Rule(
        id="COC031",
        title="the receiver closed right after data",
        severity=INFO,
        spec="Vol 3 Part A 4.6",
        meaning="The receiver of the data closed the channel within a second of their last K-frame; no SDU was cut.",
        harm="None, if it had all it wanted; else its application ended, or gave up.",
        sender="",
        receiver="If the data were to go on: look at why the application closed.",
        find=_closed_soon,
        after=BROKEN_SDU | {"COC012", "COC013"},
    ),
    Rule(
        id="COC034",
        title="the receiver goes on after a fault",
        severity=WARNING,
        spec="Vol 3 Part A 3.4.3, 10.1",
        meaning="The sender broke a rule after which the receiver shall disconnect the channel, and it did not.",
        harm="Both sides go on with different ideas of the credits or of the SDUs.",
        sender="",
        receiver="Send a Disconnection Request.",
        find=_not_closed,
    ),
)
