"""Fields of L2CAP signalling commands: btl2cap.* as Wireshark has them."""

from typing import Final

from l2scope.filter.dissected import Layer, leaf
from l2scope.filter.field import FilterField
from l2scope.filter.kinds import NUMBER
from l2scope.filter.packets import Packets
from l2scope.filter.values import Mask
from l2scope.names import l2cap

# An Information Response has another MTU, that of connectionless data (4.11).
WITH_MTU: Final = (0x04, 0x05, 0x14, 0x15, 0x17, 0x18, 0x19)
OTHERS: Final = frozenset(("HCI ACL data", "L2CAP", "L2CAP fragment"))


def with_signals(packets: Packets) -> Mask:
    found = packets.none()
    rows = packets.rows(packets.signals["packet"])
    found[rows[rows < packets.count]] = True
    return found


SIGNAL: Final = Layer(with_signals, lambda title: title not in OTHERS)

FIELDS: Final[tuple[FilterField, ...]] = (
    leaf(SIGNAL, "btl2cap.le_psm", NUMBER, "LE PSM", "SPSM", names=l2cap.PSMS),
    leaf(SIGNAL, "btl2cap.initial_credits", NUMBER, "Initial Credits", "Initial credits"),
    leaf(SIGNAL, "btl2cap.le_result", NUMBER, "LE Result", "Result", names=l2cap.LE_CONNECTION_RESULTS, only=[0x15]),
    leaf(SIGNAL, "btl2cap.rej_reason", NUMBER, "Reason", "Reason", names=l2cap.REJECT_REASONS, only=[0x01]),
    leaf(SIGNAL, "btl2cap.sig_mtu", NUMBER, "Maximum Signalling MTU", "Actual MTU", only=[0x01]),
    leaf(SIGNAL, "btl2cap.cmd_length", NUMBER, "Command Length", "Length", shallow=True),
    leaf(SIGNAL, "btl2cap.conf_result", NUMBER, "Result", "Result", names=l2cap.CONFIGURATION_RESULTS, only=[0x05]),
    leaf(SIGNAL, "btl2cap.dcid", NUMBER, "Destination CID", "Destination CID", "Remote CID"),
    leaf(SIGNAL, "btl2cap.info_bidirqos", NUMBER, "Bi-Directional QOS", "Features", mask=0x4),
    leaf(SIGNAL, "btl2cap.info_enh_retransmission", NUMBER, "Enhanced Retransmission Mode", "Features", mask=0x8),
    leaf(SIGNAL, "btl2cap.info_fcs", NUMBER, "FCS", "Features", mask=0x20),
    leaf(SIGNAL, "btl2cap.info_fixedchan", NUMBER, "Fixed Channels", "Features", mask=0x80),
    leaf(SIGNAL, "btl2cap.info_flow_spec", NUMBER, "Extended Flow Specification for BR/EDR", "Features", mask=0x40),
    leaf(SIGNAL, "btl2cap.info_flowcontrol", NUMBER, "Flow Control Mode", "Features", mask=0x1),
    leaf(SIGNAL, "btl2cap.info_result", NUMBER, "Result", "Result", names=l2cap.INFORMATION_RESULTS, only=[0x0B]),
    leaf(SIGNAL, "btl2cap.info_retransmission", NUMBER, "Retransmission Mode", "Features", mask=0x2),
    leaf(SIGNAL, "btl2cap.info_streaming", NUMBER, "Streaming Mode", "Features", mask=0x10),
    leaf(SIGNAL, "btl2cap.info_type", NUMBER, "Information Type", "Type", names=l2cap.INFORMATION_TYPES),
    leaf(SIGNAL, "btl2cap.info_unicast", NUMBER, "Unicast Connectionless Data Reception", "Features", mask=0x200),
    leaf(SIGNAL, "btl2cap.info_window", NUMBER, "Extended Window Size", "Features", mask=0x100),
    leaf(SIGNAL, "btl2cap.max_interval", NUMBER, "Max. Interval", "Interval max"),
    leaf(SIGNAL, "btl2cap.maxtransmit", NUMBER, "MaxTransmit", "Max transmit"),
    leaf(SIGNAL, "btl2cap.min_interval", NUMBER, "Min. Interval", "Interval min"),
    leaf(SIGNAL, "btl2cap.monitortimeout", NUMBER, "Monitor Timeout (ms)", "Monitor timeout"),
    leaf(
        SIGNAL,
        "btl2cap.move_result",
        NUMBER,
        "Move Result",
        "Result",
        names=l2cap.PARAMETER_UPDATE_RESULTS,
        only=[0x0F, 0x13],
    ),
    leaf(SIGNAL, "btl2cap.mps", NUMBER, "MPS", "MPS"),
    leaf(SIGNAL, "btl2cap.option_length", NUMBER, "Length", "Length", inside="Options"),
    leaf(SIGNAL, "btl2cap.option_mtu", NUMBER, "MTU", "MTU", only=WITH_MTU),
    leaf(SIGNAL, "btl2cap.option_type", NUMBER, "Type", "Option type", mask=0x7F, names=l2cap.CONFIGURATION_OPTIONS),
    leaf(SIGNAL, "btl2cap.result", NUMBER, "Result", "Result", names=l2cap.CONNECTION_RESULTS, only=[0x03, 0x0D]),
    leaf(SIGNAL, "btl2cap.retransmissionmode", NUMBER, "Mode", "Mode", names=l2cap.MODES),
    leaf(SIGNAL, "btl2cap.retransmittimeout", NUMBER, "Retransmit timeout (ms)", "Retransmission timeout"),
    leaf(SIGNAL, "btl2cap.scid", NUMBER, "Source CID", "Source CID", "Local CID"),
    leaf(SIGNAL, "btl2cap.slave_latency", NUMBER, "Slave Latency", "Latency"),
    leaf(SIGNAL, "btl2cap.status", NUMBER, "Status", "Status", names=l2cap.CONNECTION_STATUSES),
    leaf(SIGNAL, "btl2cap.timeout_multiplier", NUMBER, "Timeout Multiplier", "Timeout"),
    leaf(SIGNAL, "btl2cap.txwindow", NUMBER, "TxWindow", "TxWindow size"),
)
