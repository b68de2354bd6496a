"""Channels with numbered frames: waits for the window, frames lost and sent again, check sequences (Vol 3 Part A 8)."""

from collections.abc import Iterator
from heapq import nlargest
from typing import Final

from l2scope.analysis.rules.coc_waits import packets_of
from l2scope.analysis.rules.facts import Facts, Fault, receiver_of, sender_of
from l2scope.analysis.rules.rule import CERTAIN, INFO, LIKELY, MOST_PACKETS, WARNING, Hit, Rule, Severity, of_fault
from l2scope.channels import Channel, Direction
from l2scope.columns import counted, seconds
from l2scope.engine import faults
from l2scope.engine.words import RX, TX
from l2scope.frames import FrameFigures
from l2scope.names.l2cap import SUPERVISORY
from l2scope.stalls import FLAGS, NOT_READY, START, WINDOW_FULL, Row, cause_of, duration_of

WORST_STALLS: Final = 10
# So many frames sent again, and so large a share of all, cost what people notice.
MANY_REPEATED: Final = 10
REPEATED_SHARE: Final = 0.05


def _numbered(facts: Facts) -> Iterator[tuple[Channel, Direction, FrameFigures]]:
    """Each direction of the channel, if its frames are numbered."""
    if facts.channel is not None:
        channel = facts.channels[facts.channel]
        for direction in (channel.tx, channel.rx):
            if direction.frames is not None:
                yield channel, direction, direction.frames


def _not_ready_since(facts: Facts, channel: Channel, direction: Direction) -> int:
    """How long the receiver has not been ready by now, where it is not (ns)."""
    classic = facts.engine.host.registry.channels[channel.id].classic
    flow = None if classic is None else classic.frames(TX if direction.name == "tx" else RX)
    if flow is None or not flow.window.not_ready:
        return 0
    return max(0, facts.last_ns - int(flow.window.not_ready_since))


def _stalls(direction: Direction, cause: str) -> list[Row]:
    return [row for row in direction.stall_rows() if cause_of(row[FLAGS]) == cause]


def _own(facts: Facts, direction: Direction, code: int) -> list[Fault]:
    return [fault for fault in facts.faults.get(code, ()) if fault.direction == direction.name]


def _hit(
    channel: Channel, direction: Direction, message: str, packets: list[int], time_ns: int | None, blame: str | None,
    severity: Severity, values: dict[str, object],
) -> Hit:  # fmt: skip
    return Hit(
        message=message,
        packets=packets[:MOST_PACKETS],
        time_ns=time_ns,
        link=channel.link,
        channel=channel.id,
        direction=direction.name,
        blame=blame,
        values=values,
        severity=severity,
        certainty=CERTAIN if channel.opened is not None else LIKELY,
    )


def _not_ready(facts: Facts) -> Iterator[Hit]:
    for channel, direction, frames in _numbered(facts):
        begun = _own(facts, direction, faults.NOT_READY)
        if not begun:
            continue
        total = frames.not_ready_ns + _not_ready_since(facts, channel, direction)
        stalls = _stalls(direction, NOT_READY)
        receiver = receiver_of(direction)
        yield _hit(
            channel,
            direction,
            f"the receiver ({receiver}) was not ready {counted(frames.not_ready_times, 'time')}, for {seconds(total)} "
            "in all" + (f"; {counted(len(stalls), 'stall')} of the sender" if stalls else ""),
            [fault.packet for fault in begun],
            begun[0].time_ns,
            receiver,
            WARNING if stalls else INFO,
            {
                "times": frames.not_ready_times,
                "not_ready_ns": total,
                "stalls": len(stalls),
                "stall_ns": sum(map(duration_of, stalls)),
            },
        )


def _window_full(facts: Facts) -> Iterator[Hit]:
    for channel, direction, frames in _numbered(facts):
        stalls = _stalls(direction, WINDOW_FULL)
        if not stalls:
            continue
        worst = nlargest(WORST_STALLS, stalls, key=duration_of)
        total, receiver = sum(map(duration_of, stalls)), receiver_of(direction)
        yield _hit(
            channel,
            direction,
            f"the sender ({sender_of(direction)}) stood still {counted(len(stalls), 'time')} for {seconds(total)} in "
            f"all with {frames.tx_window} I-frames unacknowledged, at worst {seconds(duration_of(worst[0]))}: the "
            f"receiver ({receiver}) owed acknowledgements",
            packets_of(worst),
            worst[0][START],
            receiver,
            WARNING,
            {
                "stalls": len(stalls),
                "stall_ns": total,
                "longest_stall_ns": duration_of(worst[0]),
                "tx_window": frames.tx_window,
            },
        )


def _repeated(facts: Facts) -> Iterator[Hit]:
    for channel, direction, frames in _numbered(facts):
        repeated = _own(facts, direction, faults.RETRANSMITTED)
        if not repeated:
            continue
        count = frames.retransmitted
        share = count / frames.iframes
        much = count >= MANY_REPEATED and share >= REPEATED_SHARE
        yield _hit(
            channel,
            direction,
            f"{counted(count, 'I-frame')} of {frames.iframes:,} ({share:.1%}) were sent again",
            [fault.packet for fault in repeated],
            repeated[0].time_ns,
            None,
            WARNING if much else INFO,
            {"retransmitted": count, "iframes": frames.iframes, "share": round(share, 4), "lost": frames.lost},
        )


def _rejected(facts: Facts) -> Iterator[Hit]:
    for channel, direction, _ in _numbered(facts):
        rejected = _own(facts, direction, faults.REJECTED)
        if not rejected:
            continue
        answers = channel.rx.frames if direction.name == "tx" else channel.tx.frames
        rej, srej = (answers.rej, answers.srej) if answers is not None else (0, 0)
        yield _hit(
            channel,
            direction,
            f"the receiver ({receiver_of(direction)}) asked for I-frames again: {rej:,} REJ, {srej:,} SREJ, the first "
            f"{SUPERVISORY[rejected[0].a]} for TxSeq {rejected[0].b}",
            [fault.packet for fault in rejected],
            rejected[0].time_ns,
            None,
            INFO,
            {"rej": rej, "srej": srej},
        )


RULES: Final = (
    Rule(
        id="L2C020",
        title="receiver not ready",
        severity=INFO,
        spec="Vol 3 Part A 8.6",
        meaning="The receiver of an enhanced retransmission mode channel said with RNR that it takes no more I-frames "
        "for now. A warning where its sender stood still for it.",
        harm="Until RR the sender may not send: for the application it is as if credits were missing.",
        sender="",
        receiver="Read the data sooner, or announce a smaller TxWindow than the buffers hold.",
        find=_not_ready,
    ),
    Rule(
        id="L2C021",
        title="the transmit window is full",
        severity=WARNING,
        spec="Vol 3 Part A 8.6",
        meaning="As many I-frames as the receiver allows were unacknowledged, and the sender stood still for longer "
        "than the link's own pace explains.",
        harm="The link idles though there are data to send.",
        sender="",
        receiver="Acknowledge before the window is full, after a part of it; announce a larger TxWindow.",
        find=_window_full,
    ),
    Rule(
        id="L2C022",
        title="I-frames were sent again",
        severity=INFO,
        spec="Vol 3 Part A 8.6",
        meaning="The sender retransmitted I-frames: asked to by REJ or SREJ, or because no acknowledgement came in "
        "time. A warning where it is more than one in twenty.",
        harm="Each costs its time on the link once more, and delays those behind it.",
        sender="A retransmission timeout must be longer than the receiver takes to acknowledge.",
        receiver="Do not drop frames for want of buffers: say RNR before.",
        find=_repeated,
    ),
    Rule(
        id="L2C023",
        title="I-frames were rejected",
        severity=INFO,
        spec="Vol 3 Part A 8.6",
        meaning="The receiver missed I-frames and asked for them with REJ or SREJ.",
        harm="The SDUs behind the gap wait for the retransmission.",
        sender="",
        receiver="On BR/EDR the baseband loses nothing unless it flushes: look for frames dropped on this side.",
        find=_rejected,
    ),
    Rule(
        id="L2C024",
        title="a check sequence that does not fit",
        severity=WARNING,
        spec="Vol 3 Part A 3.3.5",
        meaning="The FCS of an I-frame or S-frame is not that of its bytes: its receiver drops the frame.",
        harm="Where the mode retransmits it costs a retransmission, in streaming mode the SDU is lost.",
        sender="Compute the FCS over the basic L2CAP header as well, whose length counts the two bytes of the FCS; "
        "start the register at 0.",
        receiver="",
        find=of_fault(
            faults.BAD_FCS,
            says=lambda fault: f"the {fault.sender} side sent a frame of {fault.a:,} bytes whose FCS does not fit",
            names=("length", ""),
        ),
    ),
    Rule(
        id="L2C025",
        title="I-frames were lost for good",
        severity=WARNING,
        spec="Vol 3 Part A 8.7, 8.4",
        meaning="In streaming and flow control mode nothing is sent again: a gap in the numbers is a loss.",
        harm="The SDUs they were part of are lost.",
        sender="Set a flush timeout that gives frames the time they need.",
        receiver="",
        find=of_fault(
            faults.FRAMES_LOST,
            says=lambda fault: f"{counted(fault.a, 'I-frame')} of the {fault.sender} side did not come",
            names=("missing", ""),
            doubtful=INFO,
        ),
    ),
    Rule(
        id="L2C026",
        title="more I-frames than the transmit window",
        severity=WARNING,
        spec="Vol 3 Part A 5.4, 8.6",
        meaning="A sender had more I-frames unacknowledged than its receiver announced as TxWindow.",
        harm="The receiver may drop what it has no room for, or close the channel.",
        sender="Count the I-frames that are not yet acknowledged, and stop at the TxWindow of the peer.",
        receiver="",
        find=of_fault(
            faults.WINDOW_OVERRUN,
            says=lambda fault: (
                f"the {fault.sender} side sends beyond its transmit window of {fault.a:,}, full since packet {fault.b}"
            ),
            names=("tx_window", ""),
        ),
    ),
)
