# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""The commands of the L2CAP signalling channels (Core Specification, Vol 3 Part A 4 and 5)."""

from collections.abc import Callable

from scapy.fields import (
    BitEnumField,
    BitField,
    ByteEnumField,
    ByteField,
    ConditionalField,
    Field,
    FlagsField,
    LEIntField,
    LEShortEnumField,
    LEShortField,
    PacketListField,
    StrLenField,
    XLEShortField,
)
from scapy.packet import Packet, Raw

from l2scope.dissection import Dissector, on_cid
from l2scope.names import l2cap

from ._fields import MOST, Bytes, Psm, Scaled, Value, handles, layer, named

FEATURES = [
    "flow control mode",
    "retransmission mode",
    "bi-directional QoS",
    "enhanced retransmission mode",
    "streaming mode",
    "FCS option",
    "extended flow specification",
    "fixed channels",
    "extended window size",
    "unicast connectionless data",
    "enhanced credit based flow control",
]
FIXED_CHANNELS = [
    "null",
    "signalling",
    "connectionless",
    "AMP Manager",
    "ATT",
    "LE signalling",
    "SMP",
    "BR/EDR SMP",
]


def result(code: int) -> LEShortEnumField:
    return LEShortEnumField("result", 0, l2cap.RESULTS[code])


def when(field: Field, condition: Callable[[Packet], bool]) -> ConditionalField:
    return ConditionalField(field, condition)


def source_cid() -> XLEShortField:
    return XLEShortField("source_CID", 0)


def destination_cid() -> XLEShortField:
    return XLEShortField("destination_CID", 0)


def limits() -> tuple[LEShortField, LEShortField, LEShortField]:
    return LEShortField("MTU", 0), LEShortField("MPS", 0), LEShortField("initial_credits", 0)


def option_is(kind: int, length: int) -> Callable[[Packet], bool]:
    return lambda packet: packet.option_type == kind and packet.length == length


KNOWN_OPTIONS = ((1, 2), (2, 2), (3, 22), (4, 9), (5, 1), (6, 16), (7, 2))


class Option(Packet):
    """One option of a configuration (5)."""

    name = "Option"
    fields_desc = [
        BitField("hint", 0, 1),
        BitEnumField("option_type", 0, 7, l2cap.CONFIGURATION_OPTIONS),
        ByteField("length", 0),
        when(LEShortField("MTU", 0), option_is(0x01, 2)),
        when(LEShortField("flush_timeout", 0), option_is(0x02, 2)),
        when(named("mode", l2cap.MODES), option_is(0x04, 9)),
        when(ByteField("TxWindow_size", 0), option_is(0x04, 9)),
        when(ByteField("max_transmit", 0), option_is(0x04, 9)),
        when(LEShortField("retransmission_timeout", 0), option_is(0x04, 9)),
        when(LEShortField("monitor_timeout", 0), option_is(0x04, 9)),
        when(LEShortField("MPS", 0), option_is(0x04, 9)),
        when(ByteEnumField("FCS_type", 0, {0: "no FCS", 1: "16-bit FCS"}), option_is(0x05, 1)),
        when(LEShortField("max_window_size", 0), option_is(0x07, 2)),
        when(ByteField("flags", 0), option_is(0x03, 22)),
        when(named("service_type", l2cap.SERVICE_TYPES), option_is(0x03, 22)),
        when(LEIntField("token_rate", 0), option_is(0x03, 22)),
        when(LEIntField("token_bucket_size", 0), option_is(0x03, 22)),
        when(LEIntField("peak_bandwidth", 0), option_is(0x03, 22)),
        when(LEIntField("latency", 0), option_is(0x03, 22)),
        when(LEIntField("delay_variation", 0), option_is(0x03, 22)),
        when(ByteField("identifier", 0), option_is(0x06, 16)),
        when(named("service", l2cap.SERVICE_TYPES), option_is(0x06, 16)),
        when(LEShortField("maximum_SDU_size", 0), option_is(0x06, 16)),
        when(LEIntField("SDU_interarrival_time", 0), option_is(0x06, 16)),
        when(LEIntField("access_latency", 0), option_is(0x06, 16)),
        when(LEIntField("flush_timeout_us", 0), option_is(0x06, 16)),
        when(
            StrLenField("value", b"", length_from=lambda packet: packet.length),
            lambda packet: not packet.is_known(),
        ),
    ]

    def is_known(self) -> bool:
        return (self.option_type, self.length) in KNOWN_OPTIONS

    def mysummary(self) -> str:
        return str(l2cap.CONFIGURATION_OPTIONS.get(self.option_type, f"option 0x{self.option_type:02X}"))

    def extract_padding(self, s: bytes) -> tuple[bytes, bytes]:
        return b"", s


def options() -> PacketListField:
    return PacketListField("options", [], Option, max_count=MOST)


def continuation() -> FlagsField:
    return FlagsField("flags", 0, -16, ["continuation"])


PARAMETERS = {
    0x01: layer(
        "Command Reject",
        LEShortEnumField("reason", 0, l2cap.REJECT_REASONS),
        when(LEShortField("actual_MTU", 0), lambda packet: packet.reason == 1),
        when(XLEShortField("local_CID", 0), lambda packet: packet.reason == 2),
        when(XLEShortField("remote_CID", 0), lambda packet: packet.reason == 2),
    ),
    0x02: layer("Connection Request", Psm("PSM"), source_cid()),
    0x03: layer(
        "Connection Response",
        destination_cid(),
        source_cid(),
        result(0x03),
        LEShortEnumField("status", 0, l2cap.CONNECTION_STATUSES),
    ),
    0x04: layer("Configuration Request", destination_cid(), continuation(), options()),
    0x05: layer("Configuration Response", source_cid(), continuation(), result(0x05), options()),
    0x06: layer("Disconnection Request", destination_cid(), source_cid()),
    0x07: layer("Disconnection Response", destination_cid(), source_cid()),
    0x08: layer("Echo Request", Value("data", b"")),
    0x09: layer("Echo Response", Value("data", b"")),
    0x0A: layer("Information Request", LEShortEnumField("type", 0, l2cap.INFORMATION_TYPES)),
    0x0B: layer(
        "Information Response",
        LEShortEnumField("type", 0, l2cap.INFORMATION_TYPES),
        result(0x0B),
        when(LEShortField("MTU", 0), lambda packet: (packet.type, packet.result) == (1, 0)),
        when(FlagsField("features", 0, -32, FEATURES), lambda packet: (packet.type, packet.result) == (2, 0)),
        when(FlagsField("channels", 0, 8, FIXED_CHANNELS), lambda packet: (packet.type, packet.result) == (3, 0)),
        when(Bytes("reserved", 7), lambda packet: (packet.type, packet.result) == (3, 0)),
    ),
    0x0C: layer("Create Channel Request", Psm("PSM"), source_cid(), ByteField("controller_ID", 0)),
    0x0D: layer(
        "Create Channel Response",
        destination_cid(),
        source_cid(),
        result(0x0D),
        LEShortEnumField("status", 0, l2cap.CONNECTION_STATUSES),
    ),
    0x0E: layer("Move Channel Request", XLEShortField("initiator_CID", 0), ByteField("controller_ID", 0)),
    0x0F: layer("Move Channel Response", XLEShortField("initiator_CID", 0), result(0x0F)),
    0x10: layer("Move Channel Confirmation", XLEShortField("initiator_CID", 0), result(0x10)),
    0x11: layer("Move Channel Confirmation Response", XLEShortField("initiator_CID", 0)),
    0x12: layer(
        "Connection Parameter Update Request",
        Scaled("interval_min", 1.25, "ms"),
        Scaled("interval_max", 1.25, "ms"),
        LEShortField("latency", 0),
        Scaled("timeout", 10, "ms"),
    ),
    0x13: layer("Connection Parameter Update Response", result(0x13)),
    0x14: layer("LE Credit Based Connection Request", Psm("SPSM"), source_cid(), *limits()),
    0x15: layer("LE Credit Based Connection Response", destination_cid(), *limits(), result(0x15)),
    0x16: layer("Flow Control Credit Ind", XLEShortField("CID", 0), LEShortField("credits", 0)),
    0x17: layer("Credit Based Connection Request", Psm("SPSM"), *limits(), handles("source_CIDs")),
    0x18: layer("Credit Based Connection Response", *limits(), result(0x18), handles("destination_CIDs")),
    0x19: layer(
        "Credit Based Reconfigure Request", LEShortField("MTU", 0), LEShortField("MPS", 0), handles("source_CIDs")
    ),
    0x1A: layer("Credit Based Reconfigure Response", result(0x1A)),
}


class Command(Packet):
    """One signalling command (4)."""

    name = "L2CAP command"
    fields_desc = [
        ByteEnumField("code", 0, l2cap.CODES),
        ByteField("identifier", 0),
        LEShortField("length", 0),
    ]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        return PARAMETERS.get(self.code, Raw)


DISSECTORS = [
    Dissector(
        name="l2cap_signalling",
        layer=Command,
        on=on_cid(0x0001, 0x0005),
        title=lambda packet: l2cap.code_name(packet.code),
        flat=True,
        summary=lambda packet: f"identifier {packet.identifier}",
    )
]
