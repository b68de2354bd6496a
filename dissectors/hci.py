# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""HCI commands, events and the headers of ACL, synchronous and ISO data (Core Specification, Vol 4 Part E 5.4).

The parameters of the commands and events that matter most have layouts of our own with the specification's names; the
others have scapy's; unknown ones show as bytes.
"""

from scapy.fields import BitEnumField, BitField, ByteEnumField, ByteField, LEShortField
from scapy.layers.bluetooth import HCI_Command_Hdr, HCI_Event_Hdr, HCI_Event_LE_Meta
from scapy.packet import Packet, Raw

from l2scope.dissection import Dissector, on_kind
from l2scope.names import hci, hci_events

from ._hci_commands import COMMANDS
from ._hci_events import EVENTS, SUBEVENTS, opcode
from ._hci_returns import RETURNS, WITH_HANDLE, StatusAndHandle, StatusOnly

SCAPY_COMMANDS = {
    condition["ogf"] << 10 | condition["ocf"]: layer
    for condition, layer in HCI_Command_Hdr.payload_guess
    if "ogf" in condition
}
# scapy reads vendor events by the length in its own header, which is not ours.
SCAPY_EVENTS = {
    condition["code"]: layer for condition, layer in HCI_Event_Hdr.payload_guess if condition.get("code", 0xFF) != 0xFF
}
SCAPY_SUBEVENTS = {
    condition["event"]: layer for condition, layer in HCI_Event_LE_Meta.payload_guess if "event" in condition
}


# How scapy's layouts call things, in the words of the specification.
NAMES = {
    "addr_type": "Address type",
    "addr": "Address",
    "bd_addr": "BD_ADDR",
    "filter_dups": "Filter duplicates",
    "frag_pref": "Fragment preference",
    "len": "Length",
    "num_sets": "Number of sets",
    "own_addr_type": "Own address type",
    "peer_addr": "Peer address",
    "peer_addr_type": "Peer address type",
    "phys": "Initiating PHYs",
    "pri_channel_map": "Primary advertising channel map",
    "pri_interval_max": "Primary advertising interval max",
    "pri_interval_min": "Primary advertising interval min",
    "pri_phy": "Primary advertising PHY",
    "sec_max_skip": "Secondary advertising max skip",
    "sec_phy": "Secondary advertising PHY",
    "sid": "Advertising SID",
    "tx_power": "Advertising TX power",
}


class Command(Packet):
    name = "HCI Command"
    fields_desc = [opcode(), ByteField("parameter_total_length", 0)]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        return COMMANDS.get(self.command_opcode) or SCAPY_COMMANDS.get(self.command_opcode, Raw)


class Event(Packet):
    name = "HCI Event"
    fields_desc = [ByteEnumField("event_code", 0, hci_events.EVENTS), ByteField("parameter_total_length", 0)]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        if self.event_code in OWN_EVENTS:
            return OWN_EVENTS[self.event_code]
        return EVENTS.get(self.event_code) or SCAPY_EVENTS.get(self.event_code, Raw)


class LeMeta(Packet):
    name = "LE Meta"
    fields_desc = [ByteEnumField("subevent_code", 0, hci_events.LE_SUBEVENTS)]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        return SUBEVENTS.get(self.subevent_code) or SCAPY_SUBEVENTS.get(self.subevent_code, Raw)


# Command Complete with this opcode only tells how many commands the controller takes (7.7.14).
NO_COMMAND = 0x0000


class CommandComplete(Packet):
    name = "Command Complete"
    fields_desc = [ByteField("num_HCI_command_packets", 0), opcode()]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        if self.command_opcode == NO_COMMAND:
            return Raw
        if self.command_opcode in WITH_HANDLE:
            return StatusAndHandle
        return RETURNS.get(self.command_opcode, StatusOnly)


OWN_EVENTS = {0x0E: CommandComplete, 0x3E: LeMeta}


class AclData(Packet):
    """5.4.2: the handle and its flags are one little-endian number."""

    name = "HCI ACL data"
    fields_desc = [
        BitEnumField("broadcast_flag", 0, 2, hci.BROADCASTS, tot_size=-2),
        BitEnumField("packet_boundary_flag", 0, 2, hci.PACKET_BOUNDARIES),
        BitField("connection_handle", 0, 12, end_tot_size=-2),
        LEShortField("data_total_length", 0),
    ]


class SynchronousData(Packet):
    """5.4.3"""

    name = "HCI synchronous data"
    fields_desc = [
        BitField("reserved", 0, 2, tot_size=-2),
        BitEnumField("packet_status_flag", 0, 2, hci.SYNCHRONOUS_STATUSES),
        BitField("connection_handle", 0, 12, end_tot_size=-2),
        ByteField("data_total_length", 0),
    ]


class IsoData(Packet):
    """5.4.5, without the header of the SDU inside."""

    name = "HCI ISO data"
    fields_desc = [
        BitField("reserved", 0, 1, tot_size=-2),
        BitField("time_stamp_flag", 0, 1),
        BitEnumField("packet_boundary_flag", 0, 2, hci.ISO_BOUNDARIES),
        BitField("connection_handle", 0, 12, end_tot_size=-2),
        LEShortField("data_load_length", 0),
    ]


def command_summary(packet: Packet) -> str:
    return hci.command_name(packet.command_opcode)


def event_summary(packet: Packet) -> str:
    if LeMeta in packet:
        return hci.subevent_name(packet[LeMeta].subevent_code)
    if CommandComplete in packet:
        return f"Command Complete: {hci.command_name(packet[CommandComplete].command_opcode)}"
    return hci.event_name(packet.event_code)


def data_summary(packet: Packet) -> str:
    boundary = ""
    if "packet_boundary_flag" in packet.fields:
        names = hci.ISO_BOUNDARIES if isinstance(packet, IsoData) else hci.PACKET_BOUNDARIES
        boundary = f", {names[packet.packet_boundary_flag]}"
    length = packet.data_load_length if isinstance(packet, IsoData) else packet.data_total_length
    return f"handle {packet.connection_handle}{boundary}, {length:,} bytes"


DISSECTORS = [
    Dissector(
        name="hci_command",
        layer=Command,
        on=on_kind(1),
        title="HCI Command",
        flat=True,
        summary=command_summary,
        names=NAMES,
    ),
    Dissector(name="hci_acl", layer=AclData, on=on_kind(2), title="HCI ACL data", flat=True, summary=data_summary),
    Dissector(
        name="hci_sco",
        layer=SynchronousData,
        on=on_kind(3),
        title="HCI synchronous data",
        flat=True,
        summary=data_summary,
    ),
    Dissector(
        name="hci_event", layer=Event, on=on_kind(4), title="HCI Event", flat=True, summary=event_summary, names=NAMES
    ),
    Dissector(name="hci_iso", layer=IsoData, on=on_kind(5), title="HCI ISO data", flat=True, summary=data_summary),
]
