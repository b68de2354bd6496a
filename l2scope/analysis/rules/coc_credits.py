"""Credit-based channels: credits given and spent against the rules (Vol 3 Part A 10.1, 4.24)."""

from typing import Final

from l2scope.analysis.rules.rule import ERROR, Rule, of_fault
from l2scope.channels import hexadecimal
from l2scope.engine import faults

RULES: Final = (
    Rule(
        id="COC010",
        title="credits for a CID that is no channel",
        severity=ERROR,
        spec="Vol 3 Part A 4.24",
        meaning="A Flow Control Credit Ind names a CID that is no open credit-based channel of its sender.",
        harm="The credits reach nobody: the sender they were meant for stays without, and its channel stands still.",
        sender="",
        receiver="Name your own source CID of the channel, not the peer's, and stop giving credits at the "
        "Disconnection Response. ERTM and basic channels have no credits.",
        find=of_fault(
            faults.CREDITS_FOR_NO_CHANNEL,
            faults.CREDITS_AFTER_CLOSING,
            says=lambda fault: (
                f"the {fault.sender} side gives credits for CID {hexadecimal(fault.a)}, "
                + (
                    "which is no channel of its own"
                    if fault.code == faults.CREDITS_FOR_NO_CHANNEL
                    else f"whose channel closed in packet {fault.b}"
                )
            ),
            names=("cid", ""),
        ),
    ),
    Rule(
        id="COC011",
        title="an indication of 0 credits",
        severity=ERROR,
        spec="Vol 3 Part A 4.24",
        meaning="A Flow Control Credit Ind gives 0 credits. The credits field is 1 to 65535.",
        harm="It is ignored: whoever waits for credits goes on waiting.",
        sender="",
        receiver="Send an indication only when there is something to give; a count of 0 often is a sum that wrapped or "
        "was taken twice.",
        find=of_fault(
            faults.ZERO_CREDITS,
            says=lambda fault: f"the {fault.sender} side sends a Flow Control Credit Ind of 0 credits",
        ),
    ),
    Rule(
        id="COC012",
        title="more than 65535 credits",
        severity=ERROR,
        spec="Vol 3 Part A 10.1",
        meaning="With this indication the sender of the data has more than 65535 credits.",
        harm="The sender shall disconnect the channel; one that does not may wrap its count round to nearly nothing.",
        sender="Disconnect the channel, as the specification asks.",
        receiver="Give back only as many credits as K-frames were taken out of the buffers.",
        find=of_fault(
            faults.CREDIT_OVERFLOW,
            says=lambda fault: (
                f"the {fault.sender} side gives {fault.b:,} credits, which makes {fault.a:,}: the most is 65,535"
            ),
            names=("balance", "credits"),
        ),
    ),
    Rule(
        id="COC013",
        title="K-frames without credits",
        severity=ERROR,
        spec="Vol 3 Part A 10.1",
        meaning="The sender sends a K-frame when it has no credit left.",
        harm="The receiver shall disconnect the channel; one that does not may have no buffer, and drop the frame.",
        sender="Take one credit a K-frame, not one an SDU, and stop at zero until a Flow Control Credit Ind comes.",
        receiver="Disconnect the channel, as the specification asks.",
        find=of_fault(
            faults.OVERSPENT,
            says=lambda fault: (
                f"the {fault.sender} side sends a K-frame without a credit: the last was spent in packet {fault.b}"
            ),
            names=("balance", "last_credit_packet"),
        ),
    ),
)
