"""Where Wireshark and l2scope differ for a reason that is known.

Each entry says in which fields, in which packets (a display filter), and how both differ; it is as narrow as the
reason allows, so that what is new is seen. The faults are those of Wireshark 4.0.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from l2scope.crosscheck.differences import (
    Difference,
    How,
    answered_before,
    crossed,
    decoded,
    given_up,
    of_another_channel,
    ours_alone,
    out_of_step,
    resolved,
    service_instead,
    theirs_alone,
    theirs_one_more,
    with_sdu_length,
    without_check,
)

CREDIT_BASED: Final = 'l2scope.channel.mode in {"le-credit", "enhanced-credit"}'


@dataclass(frozen=True, slots=True)
class Known:
    """A difference with its reason. fields are names or patterns of names."""

    fields: tuple[str, ...]
    where: str
    how: How
    reason: str

    def fits(self, difference: Difference) -> bool:
        """As far as it can be told without the filter."""
        return any(fnmatchcase(difference.field, pattern) for pattern in self.fields) and self.how(difference)


KNOWN: Final = (
    Known(
        ("btl2cap", "btl2cap.*", "btatt", "btatt.*"),
        "bthci_acl.chandle == 0x0edc",
        theirs_alone,
        "Wireshark takes what a vendor's controller sends on handle 0x0EDC for L2CAP",
    ),
    Known(
        ("bthci_evt.status", "bthci_evt.connection_handle"),
        "bthci_evt.code == 0x59",
        ours_alone,
        "Wireshark 4.0 does not know the event Encryption Change [v2]",
    ),
    Known(
        ("bthci_evt.status",),
        "bthci_evt.code == 0x0e && bthci_evt.opcode in {0x0c83, 0x0c84, 0x100d, 0x100e}",
        ours_alone,
        "Wireshark 4.0 does not know these commands, and says nothing of their status",
    ),
    Known(
        ("bthci_evt.*",),
        "bthci_evt.le_meta_subevent == 0x02",
        given_up,
        "Wireshark gives up on advertising reports at the first advertising data that is malformed",
    ),
    Known(
        ("hci_mon.opcode",),
        "hci_mon.opcode in {16, 17}",
        theirs_one_more,
        "Wireshark also calls the management opcode inside a record hci_mon.opcode",
    ),
    Known(
        ("btl2cap.psm",),
        "btl2cap.cmd_code in {0x06, 0x07}",
        theirs_alone,
        "Wireshark also says which PSM the channel was opened for that a disconnection names",
    ),
    Known(
        ("btl2cap.psm",),
        "btl2cap.cmd_code == 0x14 && btl2cap.le_psm < 0x80",
        theirs_alone,
        "Wireshark also calls a fixed SPSM that is asked for a PSM",
    ),
    Known(
        ("btatt.handle", "btatt.request_in_frame"),
        "btatt.opcode == 0x1e",
        ours_alone,
        "Wireshark does not know what a confirmation is for, where it calls the value of the indication malformed",
    ),
    Known(
        ("btl2cap.le_psm", "btl2cap.option_mtu", "btl2cap.mps", "btl2cap.initial_credits"),
        "btl2cap.cmd_code in {0x17..0x1a}",
        ours_alone,
        "Wireshark 4.0 does not know the commands of enhanced credit-based channels",
    ),
    Known(
        ("btatt", "btatt.*"),
        'l2scope.channel.mode == "enhanced-credit" && l2scope.channel.psm == 0x0027',
        ours_alone,
        "Wireshark 4.0 does not know enhanced ATT bearers",
    ),
    Known(
        ("btl2cap.psm",),
        CREDIT_BASED,
        ours_alone,
        "Wireshark 4.0 knows credit-based channels in one direction, or not at all",
    ),
    Known(
        ("btl2cap.psm",),
        CREDIT_BASED,
        of_another_channel,
        "Wireshark takes a CID of one device for the same CID of the other",
    ),
    Known(
        ("btl2cap.payload",),
        CREDIT_BASED,
        with_sdu_length,
        "Wireshark takes the SDU length for payload, where it does not know the channel or missed K-frames",
    ),
    Known(
        ("btl2cap.payload",),
        CREDIT_BASED,
        out_of_step,
        "Wireshark takes payload for an SDU length, where K-frames were lost",
    ),
    Known(
        ("btl2cap.payload",),
        'l2scope.channel.mode in {"ertm", "streaming"}',
        without_check,
        "Wireshark takes the end of a payload for a check sequence, also where none was agreed",
    ),
    Known(
        ("*",),
        "frame.cap_len < frame.len",
        ours_alone,
        "Wireshark says nothing of a field that the capture holds only a part of",
    ),
    Known(
        ("btl2cap.psm",),
        "btl2cap.psm >= 0x1000",
        ours_alone,
        "Wireshark does not name dynamic PSMs, but the services behind them",
    ),
    Known(
        ("btl2cap.psm",),
        "btl2cap.psm",
        service_instead,
        "Wireshark names the service of the channel instead of its PSM",
    ),
    Known(
        ("btl2cap.payload",),
        "btl2cap.psm",
        ours_alone,
        "Wireshark hands payloads of a known PSM to the dissector of its protocol",
    ),
    Known(
        ("btatt.response_in_frame",),
        "btatt.opcode in {0x02, 0x04, 0x06, 0x08, 0x0a, 0x0c, 0x0e, 0x10, 0x12, 0x16, 0x18, 0x1d, 0x20}",
        ours_alone,
        "Wireshark does not say in a request which packet answers it",
    ),
    Known(
        ("btatt.request_in_frame",),
        "btatt.opcode == 0x01",
        ours_alone,
        "Wireshark does not say of an Error Response which request it answers",
    ),
    Known(
        ("btatt.request_in_frame", "btatt.response_in_frame", "btatt.handle", "btatt.uuid16", "btatt.value"),
        "btatt.opcode in {0x03, 0x05, 0x07, 0x09, 0x0b, 0x0d, 0x0f, 0x11, 0x13, 0x17, 0x19, 0x1e, 0x21}",
        crossed,
        "Wireshark gives answers to requests of other bearers or of the other device, where several are under way",
    ),
    Known(
        ("btatt.request_in_frame", "btatt.response_in_frame", "btatt.handle"),
        "btatt.opcode in {0x0b, 0x0d, 0x13, 0x1e}",
        answered_before,
        "Wireshark gives a second answer to a request, where it gave up on the one that is answered",
    ),
    Known(
        ("btatt.uuid16",),
        "btatt",
        resolved,
        "Wireshark also says what it takes attributes to be that are named by their handles",
    ),
    Known(
        ("btatt.value",),
        "btatt.opcode in {0x09, 0x0b, 0x12, 0x1b, 0x1d, 0x52}",
        decoded,
        "Wireshark decodes values of attributes that it takes for known ones into other fields",
    ),
    Known(
        ("btatt.handle",),
        "btatt.opcode in {0x12, 0x1b, 0x1d}",
        theirs_one_more,
        "Wireshark takes the attribute for a characteristic declaration, and part of its value for a handle",
    ),
    Known(
        ("btatt.starting_handle", "btatt.ending_handle"),
        "btatt.opcode == 0x1d && btl2cap.length == 7",
        theirs_alone,
        "Wireshark decodes the value of Service Changed into the fields of requests",
    ),
)
