"""Links and controllers."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from l2scope.analysis.rules.facts import LOCAL, REMOTE, Facts, Fault
from l2scope.analysis.rules.rule import CERTAIN, ERROR, INFO, LIKELY, WARNING, Hit, Rule, of_fault
from l2scope.columns import counted, seconds
from l2scope.engine import faults
from l2scope.engine.link import CENTRAL, DEFAULT_DATA_LENGTH, LE, PERIPHERAL
from l2scope.engine.words import NONE
from l2scope.names.hci import error_name

L2CAP_HEADER: Final = 4
ENOUGH_KFRAMES: Final = 100
FEW_BYTES: Final = 8
CONTROLLER_SHARE: Final = 0.25
CONTROLLER_NS: Final = 100_000_000
SOON_AFTER_UPDATE_NS: Final = 2_000_000_000
LOST_REASONS: Final = (0x08, 0x28)


def _unextended(facts: Facts) -> Iterator[Hit]:
    told: set[str] = set()
    for channel, direction, flow in facts.link_directions():
        link = facts.engine.host.links[channel.link]
        octets = link.tx_octets if direction.name == "tx" else link.rx_octets
        unseen = link.opened == NONE or link.transport != LE or link.lengths_changed
        if unseen or octets > DEFAULT_DATA_LENGTH or direction.kframes < ENOUGH_KFRAMES:
            continue
        if flow.sdus.longest + L2CAP_HEADER <= DEFAULT_DATA_LENGTH or direction.name in told:
            continue
        told.add(direction.name)
        pieces = -(-(int(flow.sdus.longest) + L2CAP_HEADER) // DEFAULT_DATA_LENGTH)
        yield Hit(
            message=f"the link stayed at 27 bytes a link-layer packet: a K-frame of {int(flow.sdus.longest):,} bytes "
            f"takes {pieces} of them",
            packets=[int(link.opened)],
            time_ns=int(link.opened_time),
            link=channel.link,
            channel=channel.id,
            direction=direction.name,
            values={"octets": int(octets), "kframe": int(flow.sdus.longest), "packets_a_kframe": pieces},
        )


def _badly_cut(facts: Facts) -> Iterator[Hit]:
    for channel, direction, flow in facts.link_directions():
        link = facts.engine.host.links[channel.link]
        octets = int(link.tx_octets if direction.name == "tx" else link.rx_octets)
        mps = direction.mps
        if link.opened == NONE or link.transport != LE or octets <= DEFAULT_DATA_LENGTH or mps is None:
            continue
        over = (mps + L2CAP_HEADER) % octets
        if not 0 < over <= FEW_BYTES or mps < octets or direction.kframes < ENOUGH_KFRAMES or flow.sdus.longest != mps:
            continue
        yield Hit(
            message=f"an MPS of {mps:,} makes K-frames of {mps + L2CAP_HEADER:,} bytes: {over} too many for whole "
            f"link-layer packets of {octets}; an MPS of {mps - over:,} costs one packet less a K-frame",
            packets=[channel.opened] if channel.opened else [],
            time_ns=channel.opened_ns,
            link=channel.link,
            channel=channel.id,
            direction=direction.name,
            blame="remote" if direction.name == "tx" else "local",
            values={"mps": mps, "octets": octets, "over": over, "better_mps": mps - over},
        )


def _says_impossible(fault: Fault) -> str:
    return (
        f"a supervision timeout of {fault.a:,} ms is not above {seconds(fault.b * 1000)}, twice the time that the "
        "peripheral may be silent"
    )


def _impossible(facts: Facts) -> Iterator[Hit]:
    names = ("timeout_ms", "least_us")
    yield from of_fault(faults.IMPOSSIBLE_UPDATE, says=_says_impossible, names=names)(facts)
    # The controller tells of parameters that are in force: the central has chosen them.
    for link in facts.own_link():
        central = {CENTRAL: LOCAL, PERIPHERAL: REMOTE}.get(int(link.role))
        for hit in of_fault(faults.IMPOSSIBLE_PARAMETERS, says=_says_impossible, names=names)(facts):
            yield replace(hit, blame=central)


def _controller_bound(facts: Facts) -> Iterator[Hit]:
    for channel, direction, _ in facts.directions():
        busy, longest = direction.busy, direction.busy.longest_controller_wait
        if longest is None or busy.buffers is None or busy.share("controller") < CONTROLLER_SHARE:
            continue
        if busy.controller_ns < CONTROLLER_NS:
            continue
        yield Hit(
            message=f"for {seconds(busy.controller_ns)} ({busy.share('controller'):.0%} of the busy time) the sender "
            f"had credits, but all {counted(busy.buffers, 'ACL buffer')} of its controller were taken, at worst for "
            f"{seconds(longest.duration_ns)}: the controller or the radio is the bottleneck, not the peer's credits",
            packets=[longest.first_packet, longest.last_packet],
            time_ns=channel.opened_ns,
            link=channel.link,
            channel=channel.id,
            direction=direction.name,
            values={
                "controller_ns": busy.controller_ns,
                "share": round(busy.share("controller"), 4),
                "buffers": busy.buffers,
                "buffer_size": busy.buffer_size,
            },
            certainty=CERTAIN if channel.ledger == "exact" else LIKELY,
        )


def _lost_after_update(facts: Facts) -> Iterator[Hit]:
    for link in facts.own_link():
        if link.closed == NONE or link.reason_code not in LOST_REASONS:
            continue
        packet, time_ns, what = max(
            (int(link.updated), int(link.updated_time), "its connection parameters changed"),
            (int(link.remapped), int(link.remapped_time), "the host asked for another channel map"),
        )
        after = int(link.closed_time) - time_ns
        if packet != NONE and 0 <= after <= SOON_AFTER_UPDATE_NS + link.supervision_timeout * 10_000_000:
            yield Hit(
                message=f"the link was lost ({error_name(int(link.reason_code))}) {seconds(after)} after {what}",
                packets=[packet, int(link.closed)],
                time_ns=int(link.closed_time),
                link=int(link.row),
                values={"after_ns": after, "reason": int(link.reason_code)},
            )


RULES: Final = (
    Rule(
        id="LNK001",
        title="impossible connection parameters",
        severity=ERROR,
        spec="Vol 4 Part E 7.8.18, Vol 3 Part A 4.20",
        meaning="The supervision timeout is not longer than (1 + latency) * interval * 2.",
        harm="The link may end while both sides do all that they must.",
        sender="Choose a supervision timeout of several times (1 + latency) * interval * 2.",
        receiver="Refuse such parameters.",
        find=_impossible,
    ),
    Rule(
        id="LNK002",
        title="the link was lost near an update",
        severity=INFO,
        spec="Vol 6 Part B 4.5.2",
        meaning="The link ended by timeout or by a missed instant soon after its parameters, or the map of the radio "
        "channels, changed.",
        harm="The two controllers may disagree on when they meet.",
        sender="Look at the controllers' handling of the update's instant.",
        receiver="",
        find=_lost_after_update,
    ),
    Rule(
        id="LNK003",
        title="the link stayed at 27 bytes",
        severity=WARNING,
        spec="Vol 6 Part B 4.5.10",
        meaning="Long K-frames go over a link whose link-layer packets hold 27 bytes.",
        harm="A K-frame takes many packets, each with its own header and answer: a fraction of the throughput.",
        sender="Ask for a longer data length (LE Set Data Length, or the suggested default before connecting).",
        receiver="Support the data length extension.",
        find=_unextended,
    ),
    Rule(
        id="LNK005",
        title="the controller is the bottleneck",
        severity=INFO,
        spec="Vol 4 Part E 4.1.1, 7.7.19",
        meaning="The sender has credits and data, and waits until Number Of Completed Packets gives ACL buffers back.",
        harm="More credits will not help: the air is full, or the controller sends too little in a connection event.",
        sender="Look at the connection interval, the data length, the PHY and retransmissions; more buffers in the "
        "controller help where it sends too little in an event.",
        receiver="",
        find=_controller_bound,
    ),
    Rule(
        id="LNK004",
        title="the MPS does not fit the link layer",
        severity=WARNING,
        spec="Vol 6 Part B 4.5.10",
        meaning="A full K-frame exceeds whole link-layer packets by a few bytes.",
        harm="Each K-frame costs a link-layer packet more for those few bytes.",
        sender="",
        receiver="Announce an MPS of 247 where the link layer carries 251 bytes.",
        find=_badly_cut,
    ),
)
