"""Credit-based channels: K-frames and SDUs against the rules (Vol 3 Part A 3.4.2, 3.4.3)."""

from collections.abc import Iterator
from typing import Final

from l2scope.analysis.rules.facts import Facts
from l2scope.analysis.rules.rule import CERTAIN, ERROR, INFO, MOST_PACKETS, WARNING, WEAK, Hit, Rule, of_fault
from l2scope.columns import counted
from l2scope.engine import faults

FEWEST_PART_FILLED: Final = 20
PART_FILLED_SHARE: Final = 0.1

# What makes an SDU, or the channel, end other than it should.
BROKEN_SDU: Final = frozenset(("COC020", "COC021", "COC022", "COC023", "COC037"))


def _without_start(facts: Facts) -> Iterator[Hit]:
    for channel, direction, flow in facts.directions():
        missing = [f for f in facts.faults.get(faults.START_MISSING, ()) if f.direction == direction.name]
        if not missing:
            continue
        # Where other frames are missing as well, the capture may be what lost them.
        sure = missing[0].sure and flow.sdus.doubts == len(missing)
        first = missing[0]
        yield Hit(
            message=f"the {first.sender} side leaves out the start of an SDU: a K-frame after the boundary seems to "
            f"announce {first.a:,} bytes, the MTU is {first.b:,}"
            + (f"; {len(missing):,} times in all" if len(missing) > 1 else ""),
            packets=[fault.packet for fault in missing[:MOST_PACKETS]],
            time_ns=first.time_ns,
            link=channel.link,
            channel=channel.id,
            direction=direction.name,
            blame=first.sender,
            values={"length": first.a, "mtu": first.b, "count": len(missing)},
            severity=None if sure else WARNING,
            certainty=CERTAIN if sure else WEAK,
        )


def _part_filled(facts: Facts) -> Iterator[Hit]:
    for channel, direction, flow in facts.directions():
        count, room = int(flow.part_filled), int(flow.unfilled)
        if count < FEWEST_PART_FILLED or count < PART_FILLED_SHARE * direction.kframes or not direction.mps:
            continue
        yield Hit(
            message=f"{count:,} of {direction.kframes:,} K-frames are part-filled though their SDU goes on: on average "
            f"{room // count:,} of {direction.mps:,} bytes stay unused, and a credit is spent all the same",
            packets=[channel.opened] if channel.opened else [],
            time_ns=channel.opened_ns,
            link=channel.link,
            channel=channel.id,
            direction=direction.name,
            blame="local" if direction.name == "tx" else "remote",
            values={"part_filled": count, "kframes": direction.kframes, "unused_bytes": room},
        )


RULES: Final = (
    Rule(
        id="COC020",
        title="a K-frame longer than the MPS",
        severity=ERROR,
        spec="Vol 3 Part A 3.4.3",
        meaning="A K-frame carries more bytes than the MPS that its receiver announced. The SDU length field counts.",
        harm="The receiver shall disconnect the channel; one that does not may write beyond its buffer.",
        sender="Cut SDUs at the peer's MPS, and count the two bytes of the SDU length into the first K-frame.",
        receiver="Disconnect the channel, as the specification asks.",
        find=of_fault(
            faults.OVER_MPS,
            says=lambda fault: (
                f"the {fault.sender} side sends a K-frame of {fault.a:,} bytes over an MPS of {fault.b:,}"
            ),
            names=("length", "mps"),
        ),
    ),
    Rule(
        id="COC021",
        title="an SDU longer than the MTU",
        severity=ERROR,
        spec="Vol 3 Part A 3.4.3",
        meaning="An SDU announces more bytes than the MTU of its receiver.",
        harm="The receiver shall disconnect the channel: the whole SDU is lost, and what follows.",
        sender="Send at most the peer's MTU in one SDU. The MTU is each side's own: it is not the smaller of both.",
        receiver="Announce the MTU that the application needs.",
        find=of_fault(
            faults.OVER_MTU,
            says=lambda fault: f"the {fault.sender} side begins an SDU of {fault.a:,} bytes over an MTU of {fault.b:,}",
            names=("length", "mtu"),
        ),
    ),
    Rule(
        id="COC022",
        title="K-frames hold more than the SDU",
        severity=ERROR,
        spec="Vol 3 Part A 3.4.3",
        meaning="The payloads of an SDU's K-frames sum up to more bytes than its SDU length field says.",
        harm="The receiver shall disconnect the channel; one that does not loses the boundary of the next SDU.",
        sender="End each SDU in a K-frame of its own: the first bytes of the next K-frame are the next SDU's length.",
        receiver="Disconnect the channel, as the specification asks.",
        find=of_fault(
            faults.SDU_OVERRUN,
            says=lambda fault: (
                f"the {fault.sender} side announces an SDU of {fault.a:,} bytes and sends {fault.a + fault.b:,}, "
                f"{fault.b:,} too many"
            ),
            names=("length", "excess"),
        ),
        after=frozenset(("COC021",)),
    ),
    Rule(
        id="COC023",
        title="the SDU length is not whole in the first K-frame",
        severity=ERROR,
        spec="Vol 3 Part A 3.4.3",
        meaning="The first K-frame of an SDU has fewer than the two bytes of the SDU length field.",
        harm="Nobody can tell how long the SDU is: it is lost, and with it the boundaries of what follows.",
        sender="Put the whole SDU length into the first K-frame.",
        receiver="Disconnect the channel: there is no way to find the next SDU.",
        find=of_fault(
            faults.LENGTH_SPLIT,
            says=lambda fault: (
                f"the {fault.sender} side begins an SDU with a K-frame of {counted(fault.a, 'byte')}: "
                "its length field has two"
            ),
            names=("length", ""),
        ),
    ),
    Rule(
        id="COC024",
        title="an empty K-frame",
        severity=WARNING,
        spec="Vol 3 Part A 3.4.2",
        meaning="A K-frame carries not one byte.",
        harm="It costs a credit and a packet and brings nothing; some stacks take it for an error.",
        sender="Send no K-frame when the SDU has no bytes left, not even where its length is a multiple of the MPS.",
        receiver="",
        find=of_fault(faults.EMPTY_KFRAME, says=lambda fault: f"the {fault.sender} side sends a K-frame of 0 bytes"),
    ),
    Rule(
        id="COC025",
        title="an SDU of 0 bytes",
        severity=WARNING,
        spec="Vol 3 Part A 3.4.3",
        meaning="An SDU has the length 0.",
        harm="It is legal, but some stacks drop it, and others take it for the end of the stream.",
        sender="Send no SDU when there is nothing to say.",
        receiver="",
        find=of_fault(faults.EMPTY_SDU, says=lambda fault: f"the {fault.sender} side sends an SDU of 0 bytes"),
    ),
    Rule(
        id="COC026",
        title="the tail of an SDU in a K-frame of its own",
        severity=WARNING,
        spec="Vol 3 Part A 3.4.3",
        meaning="The last one or two bytes of an SDU come in a K-frame of their own though the one before had room.",
        harm="Each SDU costs a credit and a packet more than it must.",
        sender="Fill the first K-frame up to the MPS with the SDU length counted in, once.",
        receiver="",
        find=of_fault(
            faults.TAIL_FRAME,
            says=lambda fault: (
                f"the {fault.sender} side ends an SDU with a K-frame of {counted(fault.a, 'byte')}, and left room for "
                f"{fault.b:,} in the one before"
            ),
            names=("length", "room"),
        ),
    ),
    Rule(
        id="COC027",
        title="K-frames are missing",
        severity=WARNING,
        spec="Vol 3 Part A 3.4.3",
        meaning="The K-frames make sense only if some before them are missing, though the capture does not say so.",
        harm="SDUs are incomplete in this capture, and balances are only lower bounds. If the receiver misses them "
        "too, it loses SDUs or their boundaries.",
        sender="If the capture is whole: begin each SDU with its length.",
        receiver="",
        find=of_fault(
            faults.FRAMES_MISSING,
            says=lambda _: (
                "the K-frames make sense only if some before them are missing, from the capture or altogether"
            ),
        ),
        after=BROKEN_SDU,
    ),
    Rule(
        id="COC037",
        title="the start of an SDU is missing",
        severity=ERROR,
        spec="Vol 3 Part A 3.4.3",
        meaning="Right after the end of an SDU a K-frame comes whose first bytes are no SDU length: it is the middle "
        "of an SDU whose first K-frame was never sent.",
        harm="The receiver takes data for a length: it shall disconnect the channel, or waits for what never comes.",
        sender="Look for a first K-frame that was dropped between L2CAP and the controller, for want of a buffer.",
        receiver="Disconnect the channel, as the specification asks.",
        find=_without_start,
        after=frozenset(("COC022", "COC023")),
    ),
    Rule(
        id="COC033",
        title="K-frames are not filled",
        severity=INFO,
        spec="Vol 3 Part A 3.4.3",
        meaning="Many K-frames are shorter than the MPS though more bytes of their SDU follow.",
        harm="A credit is spent for each of them: the window carries fewer bytes, and more packets are needed.",
        sender="Fill each K-frame but the last of an SDU up to the peer's MPS.",
        receiver="",
        find=_part_filled,
    ),
    Rule(
        id="COC035",
        title="the first K-frame is longer than the MPS by its length field",
        severity=WARNING,
        spec="Vol 3 Part A 3.4.3",
        meaning="The first K-frame of an SDU exceeds the MPS by at most the two bytes of the SDU length field.",
        harm="Some receivers allow it, others disconnect the channel.",
        sender="Count the two bytes of the SDU length into the MPS.",
        receiver="",
        find=of_fault(
            faults.OVER_MPS_FIRST,
            says=lambda fault: (
                f"the {fault.sender} side sends a first K-frame of {fault.a:,} bytes over an MPS of {fault.b:,}"
            ),
            names=("length", "mps"),
        ),
    ),
)
