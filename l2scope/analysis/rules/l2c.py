"""L2CAP signalling and channels against the rules (Vol 3 Part A 4)."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from l2scope.analysis.rules.facts import LOCAL, REMOTE, Facts, Fault
from l2scope.analysis.rules.rule import ERROR, INFO, WARNING, Hit, Rule, of_fault
from l2scope.channels import CREDITED, hexadecimal
from l2scope.columns import counted
from l2scope.engine import faults
from l2scope.evidence import refusal_result
from l2scope.names.l2cap import CODES


def _refused(facts: Facts) -> Iterator[Hit]:
    """One finding a response: it may refuse several channels."""
    for _, group in groupby(facts.refused, key=lambda attempt: (attempt.request, attempt.response)):
        attempts = list(group)
        first = attempts[0]
        refuser = REMOTE if first.initiator == LOCAL else LOCAL
        word = "SPSM" if first.mode in CREDITED else "PSM"
        many = f"{len(attempts)} channels on " if len(attempts) > 1 else ""
        yield Hit(
            message=f"the {refuser} side refused {many}{word} {hexadecimal(first.psm)} to the {first.initiator} side: "
            + refusal_result(first).removeprefix("refused: "),
            packets=[first.request, first.response],
            time_ns=first.response_ns,
            link=first.link,
            values={
                "psm": first.psm,
                "scids": [attempt.scid for attempt in attempts],
                "mode": first.mode,
                "result": first.result,
                "refused_by": refuser,
            },
        )


def _command(code: int) -> str:
    return CODES.get(code, f"command 0x{code:02x}")


def _too_small(fault: Fault) -> str:
    what = "MTU" if fault.code == faults.MTU_TOO_SMALL else "MPS"
    return f"the {fault.sender} side announces an {what} of {fault.a:,}: it is to be {fault.b:,} at least" + (
        ", and 65,533 at most" if what == "MPS" else ""
    )


def _wrong_response(fault: Fault) -> str:
    if fault.code == faults.WRONG_IDENTIFIER:
        return (
            f"the {fault.sender} side sends a {_command(fault.a)} with an identifier that no request has, while a "
            f"request with identifier {fault.b} waits for one"
        )
    return f"the {fault.sender} side answers a {_command(fault.b)} with a {_command(fault.a)}"


def _reconfigured(fault: Fault) -> str:
    if fault.code == faults.MTU_LOWERED:
        return f"the {fault.sender} side lowers its MTU from {fault.b:,} to {fault.a:,}"
    return f"the {fault.sender} side lowers the MPS of several channels at once, from {fault.b:,} to {fault.a:,}"


def _in_use(fault: Fault) -> str:
    what = "source CID" if fault.code == faults.SCID_IN_USE else "destination CID"
    return f"the {fault.sender} side offers {hexadecimal(fault.a)} as a {what}: its channel #{fault.b} has it"


RULES: Final = (
    Rule(
        id="L2C001",
        title="data on a CID that is no channel",
        severity=ERROR,
        spec="Vol 3 Part A 2.1",
        meaning="A PDU goes to a dynamic CID that is no open channel of its receiver.",
        harm="The data are lost; the receiver may answer with a Command Reject, or drop the link.",
        sender="Send on the destination CID that the peer gave, and only while the channel is open.",
        receiver="",
        find=of_fault(
            faults.DATA_ON_NO_CHANNEL,
            faults.DATA_AFTER_CLOSING,
            says=lambda fault: (
                f"the {fault.sender} side sends data on CID {hexadecimal(fault.a)}, "
                + (
                    "which is no channel"
                    if fault.code == faults.DATA_ON_NO_CHANNEL
                    else f"whose channel closed in packet {fault.b}"
                )
            ),
            names=("cid", ""),
            doubtful=INFO,
        ),
    ),
    Rule(
        id="L2C002",
        title="the two ends disagree on which CIDs belong together",
        severity=ERROR,
        spec="Vol 3 Part A 4.6",
        meaning="The two CIDs of a Disconnection Request are not the two ends of one channel.",
        harm="The receiver may reject the request, or close another channel than was meant.",
        sender="Pair the CIDs of an enhanced credit-based connection by their position in request and response.",
        receiver="Find the channel by your own endpoint, the destination CID.",
        find=of_fault(
            faults.DISCONNECT_MISMATCH,
            says=lambda fault: (
                f"the {fault.sender} side asks to close the pair {hexadecimal(fault.b)}-{hexadecimal(fault.a)}, "
                "which is no channel"
            ),
            names=("dcid", "scid"),
        ),
    ),
    Rule(
        id="L2C003",
        title="a channel was refused",
        severity=WARNING,
        spec="Vol 3 Part A 4.3, 4.23, 4.26",
        meaning="A request to open a channel failed.",
        harm="The application has no channel.",
        sender="Ask for a PSM or SPSM that the peer listens on, and pair or encrypt first where the result says so.",
        receiver="Listen on it before it is told to anyone, and keep resources for the channels to come.",
        find=_refused,
        after=frozenset(("L2C004", "L2C005", "L2C006", "L2C007", "L2C012")),
    ),
    Rule(
        id="L2C004",
        title="an SPSM out of range",
        severity=ERROR,
        spec="Vol 3 Part A 4.22",
        meaning="A request names an SPSM outside 0x0001-0x00FF.",
        harm="No peer can listen there: it will refuse the channel.",
        sender="Use 0x0080-0x00FF for your own services.",
        receiver="",
        find=of_fault(
            faults.SPSM_OUT_OF_RANGE,
            says=lambda fault: f"the {fault.sender} side asks for SPSM {hexadecimal(fault.a)}",
            names=("spsm", ""),
        ),
    ),
    Rule(
        id="L2C005",
        title="a CID out of range",
        severity=ERROR,
        spec="Vol 3 Part A 2.1",
        meaning="A dynamic channel gets a CID outside 0x0040-0x007F (LE), or below 0x0040 (BR/EDR).",
        harm="The peer refuses the channel, or takes its data for those of another.",
        sender="Take the lowest free CID from 0x0040 on.",
        receiver="",
        find=of_fault(
            faults.CID_OUT_OF_RANGE,
            says=lambda fault: f"the {fault.sender} side offers {hexadecimal(fault.a)} as the CID of a channel",
            names=("cid", ""),
        ),
    ),
    Rule(
        id="L2C006",
        title="a CID that is in use",
        severity=ERROR,
        spec="Vol 3 Part A 4.22, 4.23, 4.26",
        meaning="A request or a response offers a CID for a new channel that an open channel of the same side has.",
        harm="The peer refuses the channel; if it does not, data of two channels go to one, and neither is usable.",
        sender="Give a CID back only at the Disconnection Response, and keep one list for both channel modes.",
        receiver="",
        find=of_fault(faults.SCID_IN_USE, faults.DCID_IN_USE, says=_in_use, names=("cid", "used_by_channel")),
    ),
    Rule(
        id="L2C007",
        title="an MTU or MPS out of range",
        severity=ERROR,
        spec="Vol 3 Part A 4.22, 4.25",
        meaning="An MTU or MPS is below 23 bytes (LE credit-based) or 64 bytes (enhanced), or an MPS above 65533.",
        harm="The peer may refuse the channel.",
        sender="Announce what the receive buffers hold, and not less than the minimum.",
        receiver="",
        find=of_fault(faults.MTU_TOO_SMALL, faults.MPS_OUT_OF_RANGE, says=_too_small, names=("announced", "smallest")),
    ),
    Rule(
        id="L2C008",
        title="a response that fits no request",
        severity=ERROR,
        spec="Vol 3 Part A 4",
        meaning="A response has the identifier of a request of another kind, or another identifier than the request of "
        "its kind that waits.",
        harm="The requester discards it and waits until its timer ends.",
        sender="Answer a request with the response that belongs to it, and with its identifier.",
        receiver="",
        find=of_fault(
            faults.WRONG_RESPONSE,
            faults.WRONG_IDENTIFIER,
            says=_wrong_response,
            names=("response", "request"),
        ),
    ),
    Rule(
        id="L2C009",
        title="a response to no request",
        severity=WARNING,
        spec="Vol 3 Part A 4",
        meaning="No request with the identifier of this response waits for an answer.",
        harm="It is discarded. If it was meant for a request with another identifier, that one waits in vain.",
        sender="Copy the identifier of the request, and answer once.",
        receiver="",
        find=of_fault(
            faults.UNMATCHED_RESPONSE,
            says=lambda fault: (
                f"the {fault.sender} side sends a {_command(fault.a)} to no request (identifier {fault.b})"
            ),
            names=("response", "identifier"),
            doubtful=INFO,
        ),
        after=frozenset(("L2C011",)),
    ),
    Rule(
        id="L2C013",
        title="an identifier that was answered already",
        severity=WARNING,
        spec="Vol 3 Part A 4",
        meaning="A second response comes with the identifier of a request that had its answer.",
        harm="A stack that still remembers the identifier takes it for an answer, and may close an open channel.",
        sender="Answer each request once.",
        receiver="Forget the identifier of a request with its answer.",
        find=of_fault(
            faults.STALE_IDENTIFIER,
            says=lambda fault: (
                f"the {fault.sender} side sends a second {_command(fault.a)} with identifier {fault.b}, whose request "
                "was answered before"
            ),
            names=("response", "identifier"),
            doubtful=INFO,
        ),
    ),
    Rule(
        id="L2C010",
        title="a reconfiguration against the rules",
        severity=ERROR,
        spec="Vol 3 Part A 4.27",
        meaning="A Credit Based Reconfigure Request lowers an MTU, or the MPS of more than one channel.",
        harm="The peer refuses it; if it does not, SDUs that are on their way are too long.",
        sender="Only raise an MTU; lower an MPS in a request for that channel alone.",
        receiver="Answer with result 1 or 2.",
        find=of_fault(faults.MTU_LOWERED, faults.MPS_LOWERED, says=_reconfigured, names=("new", "former")),
    ),
    Rule(
        id="L2C011",
        title="a command with identifier 0",
        severity=ERROR,
        spec="Vol 3 Part A 4",
        meaning="A signalling command has the identifier 0, which is never valid.",
        harm="The receiver ignores it: credits that it gives are lost, a request is never answered.",
        sender="Count identifiers from 1 to 255, and skip 0 when they wrap.",
        receiver="",
        find=of_fault(
            faults.IDENTIFIER_ZERO,
            says=lambda fault: f"the {fault.sender} side sends a {_command(fault.a)} with identifier 0",
            names=("code", ""),
        ),
    ),
    Rule(
        id="L2C012",
        title="an enhanced connection against the rules",
        severity=ERROR,
        spec="Vol 3 Part A 4.25, 4.26",
        meaning="An enhanced credit-based request asks for more than five channels, or gives no initial credits.",
        harm="The peer refuses the channels.",
        sender="Ask for at most five channels at once, and give each at least one credit.",
        receiver="",
        find=of_fault(
            faults.TOO_MANY_CHANNELS,
            faults.NO_INITIAL_CREDITS,
            says=lambda fault: (
                f"the {fault.sender} side asks for {counted(fault.a, 'channel')} at once"
                if fault.code == faults.TOO_MANY_CHANNELS
                else f"the {fault.sender} side opens enhanced channels with 0 credits"
            ),
        ),
    ),
)
