"""ATT against the rules (Vol 3 Part F 3.3, 3.4)."""

from collections.abc import Iterator
from typing import Final

from l2scope.analysis.rules.facts import LOCAL, REMOTE, Facts, Fault
from l2scope.analysis.rules.rule import CERTAIN, ERROR, WARNING, WEAK, Hit, Rule, of_fault
from l2scope.columns import seconds
from l2scope.engine import faults
from l2scope.engine.att import INDICATION, TRANSACTION_NS, AttBearer, Pending
from l2scope.engine.words import NONE
from l2scope.names.att import OPCODES


def _opcode(code: int) -> str:
    return OPCODES.get(code, f"opcode 0x{code:02x}")


def _never_answered(facts: Facts) -> Iterator[Hit]:
    for bearer in facts.bearers:
        for pending, sender in (
            (bearer.tx_request, LOCAL),
            (bearer.tx_indication, LOCAL),
            (bearer.rx_request, REMOTE),
            (bearer.rx_indication, REMOTE),
        ):
            waited = _end_ns(facts, bearer) - int(pending.time)
            if pending.row != NONE and waited > TRANSACTION_NS:
                yield _unanswered(bearer, pending, sender, waited)


def _end_ns(facts: Facts, bearer: AttBearer) -> int:
    """When the bearer was gone, or up to when it is known."""
    if bearer.channel != NONE:
        return facts.end_ns(facts.channels[int(bearer.channel)])
    link = facts.engine.host.links[bearer.link]
    return facts.last_ns if link.closed == NONE else int(link.closed_time)


# Phones leave a Service Changed indication unanswered and go on as before: no error then.
def _unanswered(bearer: AttBearer, pending: Pending, sender: str, waited: int) -> Hit:
    other = REMOTE if sender == LOCAL else LOCAL
    return Hit(
        message=f"the {other} side never answered the {_opcode(int(pending.opcode))} of the {sender} side, for "
        f"{seconds(waited)}",
        packets=[int(pending.packet)],
        time_ns=int(pending.time),
        link=int(bearer.link),
        channel=None if bearer.channel == NONE else int(bearer.channel),
        blame=other,
        values={"opcode": int(pending.opcode), "waited_ns": waited},
        severity=None if bearer.sure and pending.opcode != INDICATION else WARNING,
        certainty=CERTAIN if bearer.sure else WEAK,
    )


def _late(facts: Facts) -> Iterator[Hit]:
    yield from _never_answered(facts)
    yield from of_fault(
        faults.ATT_LATE,
        says=lambda fault: (
            f"the {fault.sender} side answers the {_opcode(fault.a)} of packet {fault.b} after more than 30 s"
        ),
        names=("opcode", "request"),
    )(facts)


def _overlap(fault: Fault) -> str:
    return f"the {fault.sender} side sends a {_opcode(fault.a)} while that of packet {fault.b} waits for its answer"


RULES: Final = (
    Rule(
        id="ATT001",
        title="a request before the answer to the last",
        severity=ERROR,
        spec="Vol 3 Part F 3.3.2",
        meaning="A second request (or indication) is sent on a bearer while the first waits for its answer.",
        harm="The peer may drop it, or answer the wrong one.",
        sender="Queue requests: one at a time on each bearer. Notifications and commands need not wait.",
        receiver="",
        find=of_fault(faults.ATT_OVERLAP, says=_overlap, names=("opcode", "waiting")),
    ),
    Rule(
        id="ATT002",
        title="no answer within 30 s",
        severity=ERROR,
        spec="Vol 3 Part F 3.3.3",
        meaning="A request or an indication was not answered within 30 seconds.",
        harm="The bearer is dead: nothing more may be sent on it, the link is to be made anew.",
        sender="",
        receiver="Answer each request, with an Error Response where there is nothing else to say.",
        find=_late,
    ),
    Rule(
        id="ATT003",
        title="requests on a dead bearer",
        severity=ERROR,
        spec="Vol 3 Part F 3.3.3",
        meaning="After 30 seconds without an answer the bearer is dead, and yet another request is sent.",
        harm="The peer may ignore it: the application waits for nothing.",
        sender="Drop the link (or the channel of an enhanced bearer) after a timeout.",
        receiver="",
        find=of_fault(
            faults.ATT_DEAD_BEARER,
            says=lambda fault: (
                f"the {fault.sender} side sends a {_opcode(fault.a)} though packet {fault.b} was not answered for 30 s"
            ),
            names=("opcode", "unanswered"),
        ),
        after=frozenset(("ATT002",)),
    ),
    Rule(
        id="ATT004",
        title="an error names the wrong request",
        severity=ERROR,
        spec="Vol 3 Part F 3.4.1.1",
        meaning="An Error Response names another opcode than that of the request that waits.",
        harm="The client takes it for the answer to nothing, and waits on.",
        sender="Copy the opcode of the request into the Error Response.",
        receiver="",
        find=of_fault(
            faults.ATT_WRONG_OPCODE,
            says=lambda fault: (
                f"the {fault.sender} side answers a {_opcode(fault.b)} with an error about a {_opcode(fault.a)}"
            ),
            names=("named", "request"),
        ),
    ),
    Rule(
        id="ATT005",
        title="a response without its request",
        severity=ERROR,
        spec="Vol 3 Part F 3.3.2",
        meaning="A response (or confirmation) comes where nothing waits for it, or something else does.",
        harm="The client drops it, or takes it for the answer to another request.",
        sender="Answer each request once, with the response that belongs to it.",
        receiver="",
        find=of_fault(
            faults.ATT_NO_REQUEST,
            faults.ATT_WRONG_RESPONSE,
            says=lambda fault: (
                f"the {fault.sender} side sends a {_opcode(fault.a)}, and "
                + (
                    "nothing waits for it"
                    if fault.code == faults.ATT_NO_REQUEST
                    else f"a {_opcode(fault.b)} waits for its answer"
                )
            ),
            names=("response", ""),
        ),
        after=frozenset(("ATT001",)),
    ),
    Rule(
        id="ATT006",
        title="an ATT PDU longer than ATT_MTU",
        severity=ERROR,
        spec="Vol 3 Part F 3.2.8",
        meaning="An ATT PDU has more bytes than the ATT_MTU in force on its bearer.",
        harm="The peer may drop it or end the link.",
        sender="Exchange the MTU first, and keep to the smaller of both.",
        receiver="",
        find=of_fault(
            faults.ATT_OVER_MTU,
            says=lambda fault: (
                f"the {fault.sender} side sends an ATT PDU of {fault.a:,} bytes over an MTU of {fault.b:,}"
            ),
            names=("length", "mtu"),
        ),
    ),
)
