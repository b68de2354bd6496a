"""What there is to say about a difference: the ways in which it can be no news."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from l2scope.capture import Capture
from l2scope.crosscheck.wireshark import Fields
from l2scope.engine.fcs import FCS_SIZE
from l2scope.frames import SDU_LENGTH_FIELD

Value = int | bytes | str
Counts = Counter[Value]

MALFORMED: Final = "_ws.malformed"
SERVICE: Final = "btl2cap.service"
HANDLES: Final = "btatt.handle"
RESPONSE: Final = "btatt.response_in_frame"
EVIDENCE: Final = (MALFORMED, SERVICE, HANDLES, RESPONSE)
"""What else Wireshark is asked, to know why it says what it says."""

UNANSWERED: Final = (0x1B, 0x23, 0x52, 0xD2)
"""Notifications and commands of ATT."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The values of a field in a packet, how often each is there, and all that Wireshark told of the packet."""

    capture: Capture
    packet: int
    field: str
    ours: Counts
    theirs: Counts
    told: Fields


How = Callable[[Difference], bool]


def theirs_alone(difference: Difference) -> bool:
    """We have none."""
    return not difference.ours


def ours_alone(difference: Difference) -> bool:
    """Wireshark has none."""
    return not difference.theirs


def theirs_one_more(difference: Difference) -> bool:
    """Wireshark has all of ours and one more."""
    return difference.ours < difference.theirs and difference.theirs.total() == difference.ours.total() + 1


def given_up(difference: Difference) -> bool:
    """Wireshark takes the packet for malformed, and has fewer."""
    return MALFORMED in difference.told and difference.theirs < difference.ours


def service_instead(difference: Difference) -> bool:
    """Wireshark names the service."""
    return ours_alone(difference) and SERVICE in difference.told


def resolved(difference: Difference) -> bool:
    """Wireshark has all of ours, and at most one more for each attribute, and one for the request."""
    most = len(difference.told.get(HANDLES, ())) + 1
    return difference.ours < difference.theirs and (difference.theirs - difference.ours).total() <= most


def decoded(difference: Difference) -> bool:
    """Wireshark has fewer, and what it has are the ends of ours."""
    ends = [value for value in difference.theirs.elements() if isinstance(value, bytes)]
    ours = [value for value in difference.ours.elements() if isinstance(value, bytes)]
    return len(ends) <= len(ours) and all(any(value.endswith(end) for value in ours) for end in ends)


def crossed(difference: Difference) -> bool:
    """The packet answers a request, and between both stands one of another bearer, or in the other direction."""
    table = difference.capture.tables.att
    for answer in np.flatnonzero(table["packet"] == difference.packet).tolist():
        request = int(table["request"][answer])
        between = table[request + 1 : answer] if request >= 0 else table[:0]
        asked = between[~np.isin(between["opcode"], UNANSWERED)]
        same = (asked["bearer"] == table["bearer"][answer]) & (asked["direction"] == table["direction"][request])
        if len(asked) and not same.all():
            return True
    return False


def answered_before(difference: Difference) -> bool:
    """Wireshark says itself that an earlier packet answers the request that it takes for answered here."""
    return any(int(number) < difference.packet for number in difference.told.get(RESPONSE, ()))


def of_another_channel(difference: Difference) -> bool:
    """What Wireshark says is true of another channel, one of whose two CIDs is that of the PDU."""
    capture, pdus = difference.capture, difference.capture.tables.pdus
    pdu = pdus[pdus["last"] == difference.packet]
    namesakes = {
        channel.psm
        for channel in capture.channels
        for cid in (channel.tx.cid, channel.rx.cid)
        if len(pdu) and cid == int(pdu[0]["cid"]) and channel.id != int(pdu[0]["channel"])
    }
    return bool(difference.theirs) and set(difference.theirs) <= namesakes


def with_sdu_length(difference: Difference) -> bool:
    """Wireshark has two bytes more, before ours."""
    ours, theirs = _only(difference.ours), _only(difference.theirs)
    return len(theirs) == len(ours) + SDU_LENGTH_FIELD and theirs.endswith(ours)


def out_of_step(difference: Difference) -> bool:
    """Wireshark lacks the first two bytes of ours, in a capture that lost packets."""
    ours, theirs = _only(difference.ours), _only(difference.theirs)
    return difference.capture.quality.lost > 0 and len(ours) > SDU_LENGTH_FIELD and theirs == ours[SDU_LENGTH_FIELD:]


def without_check(difference: Difference) -> bool:
    """Wireshark has all of ours but the last two bytes, in a frame whose channel has no check sequences."""
    pdus = difference.capture.tables.pdus
    channels = difference.capture.engine.host.registry.channels
    numbers = pdus["channel"][pdus["last"] == difference.packet].tolist()
    classic = [channels[number].classic for number in numbers if number >= 0]
    unchecked = any(data is not None and not data.fcs for data in classic)
    ours = _only(difference.ours)
    return unchecked and len(ours) >= FCS_SIZE and _only(difference.theirs) == ours[:-FCS_SIZE]


def _only(values: Counts) -> bytes:
    """The value where there is one."""
    found = list(values)
    return found[0] if len(found) == 1 and isinstance(found[0], bytes) else b""
