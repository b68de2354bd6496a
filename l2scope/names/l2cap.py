"""Names of L2CAP signalling commands, their results, channel identifiers and protocol multiplexers.

Core Specification, Vol 3 Part A 2.1 (CIDs), 4 (signalling); Bluetooth Assigned Numbers 2.5 and 3.1 (PSM, SPSM).
"""

from typing import Final

CODES: Final = {
    0x01: "Command Reject",
    0x02: "Connection Request",
    0x03: "Connection Response",
    0x04: "Configuration Request",
    0x05: "Configuration Response",
    0x06: "Disconnection Request",
    0x07: "Disconnection Response",
    0x08: "Echo Request",
    0x09: "Echo Response",
    0x0A: "Information Request",
    0x0B: "Information Response",
    0x0C: "Create Channel Request",
    0x0D: "Create Channel Response",
    0x0E: "Move Channel Request",
    0x0F: "Move Channel Response",
    0x10: "Move Channel Confirmation",
    0x11: "Move Channel Confirmation Response",
    0x12: "Connection Parameter Update Request",
    0x13: "Connection Parameter Update Response",
    0x14: "LE Credit Based Connection Request",
    0x15: "LE Credit Based Connection Response",
    0x16: "Flow Control Credit Ind",
    0x17: "Credit Based Connection Request",
    0x18: "Credit Based Connection Response",
    0x19: "Credit Based Reconfigure Request",
    0x1A: "Credit Based Reconfigure Response",
}

REJECT_REASONS: Final = {0: "command not understood", 1: "signalling MTU exceeded", 2: "invalid CID in request"}

# 4.3, the results and statuses of 0x03 (and of 0x0D, which adds 5).
CONNECTION_RESULTS: Final = {
    0x0000: "successful",
    0x0001: "pending",
    0x0002: "refused: PSM not supported",
    0x0003: "refused: security block",
    0x0004: "refused: no resources available",
    0x0005: "refused: controller ID not supported",
    0x0006: "refused: invalid source CID",
    0x0007: "refused: source CID already allocated",
}
CONNECTION_STATUSES: Final = {
    0x0000: "no further information",
    0x0001: "authentication pending",
    0x0002: "authorization pending",
}

# 4.23, the results of 0x15.
LE_CONNECTION_RESULTS: Final = {
    0x0000: "successful",
    0x0002: "refused: SPSM not supported",
    0x0004: "refused: no resources available",
    0x0005: "refused: insufficient authentication",
    0x0006: "refused: insufficient authorization",
    0x0007: "refused: encryption key size too short",
    0x0008: "refused: insufficient encryption",
    0x0009: "refused: invalid source CID",
    0x000A: "refused: source CID already allocated",
    0x000B: "refused: unacceptable parameters",
}

# 4.26, the results of 0x18.
ENHANCED_CONNECTION_RESULTS: Final = {
    0x0000: "all successful",
    0x0002: "all refused: SPSM not supported",
    0x0004: "some refused: insufficient resources available",
    0x0005: "all refused: insufficient authentication",
    0x0006: "all refused: insufficient authorization",
    0x0007: "all refused: encryption key size too short",
    0x0008: "all refused: insufficient encryption",
    0x0009: "some refused: invalid source CID",
    0x000A: "some refused: source CID already allocated",
    0x000B: "all refused: unacceptable parameters",
    0x000C: "all refused: invalid parameters",
    0x000D: "all pending: no further information",
    0x000E: "all pending: authentication pending",
    0x000F: "all pending: authorization pending",
}

# 4.28, the results of 0x1A.
RECONFIGURE_RESULTS: Final = {
    0x0000: "successful",
    0x0001: "failed: reduction in size of MTU not allowed",
    0x0002: "failed: reduction in size of MPS not allowed for more than one channel at a time",
    0x0003: "failed: one or more destination CIDs invalid",
    0x0004: "failed: other unacceptable parameters",
}

CONFIGURATION_RESULTS: Final = {
    0x0000: "success",
    0x0001: "failure: unacceptable parameters",
    0x0002: "failure: rejected",
    0x0003: "failure: unknown options",
    0x0004: "pending",
    0x0005: "failure: flow specification rejected",
}
CONFIGURATION_OPTIONS: Final = {
    0x01: "MTU",
    0x02: "Flush Timeout",
    0x03: "Quality of Service",
    0x04: "Retransmission and Flow Control",
    0x05: "Frame Check Sequence",
    0x06: "Extended Flow Specification",
    0x07: "Extended Window Size",
}
MODES: Final = {
    0: "basic",
    1: "retransmission",
    2: "flow control",
    3: "enhanced retransmission",
    4: "streaming",
}
# 5.3, 5.6, of the Quality of Service and Extended Flow Specification options.
SERVICE_TYPES: Final = {0: "no traffic", 1: "best effort", 2: "guaranteed"}
# 3.3.2, the control field of I-frames and S-frames.
FRAME_TYPES: Final = {0: "I-frame", 1: "S-frame"}
SEGMENTS: Final = {0: "unsegmented", 1: "start", 2: "end", 3: "continuation"}
SUPERVISORY: Final = {0: "RR", 1: "REJ", 2: "RNR", 3: "SREJ"}
INFORMATION_TYPES: Final = {1: "Connectionless MTU", 2: "Extended Features", 3: "Fixed Channels Supported"}
INFORMATION_RESULTS: Final = {0: "success", 1: "not supported"}
PARAMETER_UPDATE_RESULTS: Final = {0: "accepted", 1: "rejected"}
MOVE_RESULTS: Final = {
    0: "success",
    1: "pending",
    2: "refused: controller ID not supported",
    3: "refused: new controller ID is the same as the old",
    4: "refused: configuration not supported",
    5: "refused: move channel collision",
    6: "refused: channel not allowed to be moved",
}
MOVE_CONFIRMATIONS: Final = {0: "success", 1: "failure"}

RESULTS: Final = {
    0x03: CONNECTION_RESULTS,
    0x05: CONFIGURATION_RESULTS,
    0x0B: INFORMATION_RESULTS,
    0x0D: CONNECTION_RESULTS,
    0x0F: MOVE_RESULTS,
    0x10: MOVE_CONFIRMATIONS,
    0x13: PARAMETER_UPDATE_RESULTS,
    0x15: LE_CONNECTION_RESULTS,
    0x18: ENHANCED_CONNECTION_RESULTS,
    0x1A: RECONFIGURE_RESULTS,
}

CIDS: Final = {
    0x0000: "null",
    0x0001: "signalling",
    0x0002: "connectionless",
    0x0003: "AMP Manager",
    0x0004: "ATT",
    0x0005: "LE signalling",
    0x0006: "SMP",
    0x0007: "BR/EDR SMP",
    0x003F: "AMP Test Manager",
}

PSMS: Final = {
    0x0001: "SDP",
    0x0003: "RFCOMM",
    0x0005: "TCS-BIN",
    0x0007: "TCS-BIN-CORDLESS",
    0x000F: "BNEP",
    0x0011: "HID-Control",
    0x0013: "HID-Interrupt",
    0x0015: "UPnP",
    0x0017: "AVCTP-Control",
    0x0019: "AVDTP",
    0x001B: "AVCTP-Browsing",
    0x001D: "UDI_C-Plane",
    0x001F: "ATT",
    0x0021: "3DSP",
    0x0023: "IPSP",
    0x0025: "OTS",
    0x0027: "EATT",
}


def code_name(code: int) -> str:
    """The name of a signalling command."""
    return CODES.get(code) or f"Command 0x{code:02X}"


def result_name(code: int, result: int) -> str:
    """What a result means in the response `code`."""
    return RESULTS.get(code, {}).get(result) or f"result 0x{result:04X}"


def cid_name(cid: int) -> str:
    """The name of a fixed channel; "dynamic" from 0x0040 on, "reserved" for the others."""
    return CIDS.get(cid) or ("dynamic" if cid >= 0x0040 else "reserved")


def psm_name(psm: int) -> str:
    """The protocol behind a PSM or SPSM, or an empty text for a dynamic one."""
    return PSMS.get(psm, "")
