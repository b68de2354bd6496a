# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""The Bluetooth Network Encapsulation Protocol 1.0: Ethernet frames, and the messages that open and filter them."""

from collections.abc import Callable

from scapy.fields import BitEnumField, BitField, ByteField, Field, MACField, ShortEnumField, ShortField, StrField
from scapy.packet import Packet

from l2scope.dissection import Dissector, on_psm
from l2scope.names import bnep, sdp

from ._fields import Rest, element, layer, named
from ._lists import One, Parts, counted, one_part, unless_empty, when

GENERAL, CONTROL, COMPRESSED, SOURCE_ONLY, DESTINATION_ONLY = range(5)
SHORTEST_ETHERTYPE = 0x0600
MOST_EXTENSIONS = 16
BASE_UUID = bytes.fromhex("00001000800000805f9b34fb")


class Ethernet(MACField):
    """An address of the network, not of Bluetooth."""

    personal = "address"

    def __init__(self, name: str) -> None:
        super().__init__(name, None)


class ServiceUuid(StrField):
    """A service class (2.6.3.1), of as many bytes as the message says."""

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, bytes]:
        return s[pkt.UUID_size :], s[: pkt.UUID_size]

    def i2repr(self, pkt: Packet, x: bytes) -> str:
        return service_text(bytes(x))


def service_text(data: bytes) -> str:
    short = data[:4] if len(data) == 16 and data[4:] == BASE_UUID else data
    number = int.from_bytes(short, "big")
    name = sdp.uuid_name(number) if len(short) in (2, 4) else ""
    return f"{name} (0x{number:04X})" if name else data.hex(" ")


class TypeOrLength(ShortEnumField):
    """An EtherType, or the length of an IEEE 802.3 frame."""

    def i2repr(self, pkt: Packet, x: int) -> str:
        return bnep.ETHERTYPES.get(x) or type_text(x)


def type_text(value: int) -> str:
    if value < SHORTEST_ETHERTYPE:
        return f"IEEE 802.3, length {value}"
    name = bnep.ETHERTYPES.get(value)
    return f"{name} (0x{value:04X})" if name else f"EtherType 0x{value:04X}"


def network_type() -> TypeOrLength:
    return TypeOrLength("network_type", 0, bnep.ETHERTYPES)


Range = element("Range", TypeOrLength("first_type", 0, bnep.ETHERTYPES), TypeOrLength("last_type", 0, bnep.ETHERTYPES))
AddressRange = element("Range", Ethernet("first_address"), Ethernet("last_address"))


def ranges(kind: type[Packet]) -> tuple[Field, ...]:
    return ShortField("list_length", 0), Parts("ranges", kind, lambda packet: packet.list_length)


# 2.6: by the type of a message.
MESSAGES = {
    0x00: (named("unknown_control_type", bnep.CONTROLS),),
    0x01: (
        ByteField("UUID_size", 0),
        ServiceUuid("destination_service", b""),
        ServiceUuid("source_service", b""),
    ),
    0x02: (ShortEnumField("setup_response", 0, bnep.SETUP_RESULTS),),
    0x03: ranges(Range),
    0x04: (ShortEnumField("filter_response", 0, bnep.FILTER_RESULTS),),
    0x05: ranges(AddressRange),
    0x06: (ShortEnumField("filter_response", 0, bnep.FILTER_RESULTS),),
}
CONTENTS = {kind: element(bnep.CONTROLS[kind], *fields) for kind, fields in MESSAGES.items()}
UnknownMessage = layer("Message", Rest("message_data"))


class Control(Packet):
    """A message, in a packet of its own or in an extension header."""

    name = "Control message"
    fields_desc = [named("control_type", bnep.CONTROLS)]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        return CONTENTS.get(self.control_type, UnknownMessage)

    def mysummary(self) -> str:
        return control_text(self)


class Extension(Packet):
    """An extension header (2.5): its length lets those be passed over that nobody knows."""

    name = "Extension header"
    fields_desc = [
        BitField("extension_flag", 0, 1),
        BitEnumField("extension_type", 0, 7, bnep.EXTENSIONS),
        ByteField("extension_length", 0),
    ]

    def extract_padding(self, s: bytes) -> tuple[bytes, bytes]:
        return s[: self.extension_length], s[self.extension_length :]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        return Control if self.extension_type == 0 else UnknownMessage


class Extensions(Parts):
    """Each header says whether another follows."""

    def __init__(self, name: str) -> None:
        super().__init__(name, Extension)

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, list[Packet]]:
        found: list[Packet] = []
        more = pkt.extension_flag
        while more and s and len(found) < MOST_EXTENSIONS:
            part, s = one_part(Extension, pkt, s)
            found.append(part)
            more = part.fields.get("extension_flag", 0)
        return s, found


Payload = layer("Payload", Rest("network_payload"))


def has_type(*types: int) -> Callable[[Packet], bool]:
    return lambda packet: packet.type in types


class Bnep(Packet):
    """The header (2.4); extension headers stand before the payload."""

    name = "BNEP"
    fields_desc = [
        BitField("extension_flag", 0, 1),
        BitEnumField("type", 0, 7, bnep.TYPES),
        *when(has_type(GENERAL, DESTINATION_ONLY), Ethernet("destination_address")),
        *when(has_type(GENERAL, SOURCE_ONLY), Ethernet("source_address")),
        *when(has_type(GENERAL, COMPRESSED, SOURCE_ONLY, DESTINATION_ONLY), network_type()),
        *when(has_type(CONTROL), One("message", Control)),
        *when(lambda packet: packet.extension_flag, Extensions("extensions")),
    ]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        return Payload


def control_text(control: Packet) -> str:
    """A message with its services, ranges or result."""
    found = control.payload.fields
    parts = [bnep.CONTROLS.get(control.control_type, f"control 0x{control.control_type:02X}")]
    if "source_service" in found:
        source, destination = bytes(found["source_service"]), bytes(found["destination_service"])
        parts.append(f"{service_text(source)} to {service_text(destination)}")
    if "ranges" in found:
        parts.append(counted(len(found["ranges"]), "range"))
    for name, names in (("setup_response", bnep.SETUP_RESULTS), ("filter_response", bnep.FILTER_RESULTS)):
        if name in found:
            parts.append(names.get(found[name], f"result 0x{found[name]:04X}"))
    return ", ".join(parts)


def summary(packet: Packet) -> str:
    """What kind of frame, of which network protocol, or which message."""
    message = packet.fields.get("message")
    parts = [bnep.TYPES.get(packet.type, f"type 0x{packet.type:02X}")]
    if isinstance(message, Control):
        parts = [control_text(message)]
    elif "network_type" in packet.fields:
        parts.append(type_text(packet.network_type))
    for one in packet.fields.get("extensions") or ():
        parts.append("with " + (control_text(one.payload) if isinstance(one.payload, Control) else "an extension"))
    if packet.payload:
        parts.append(counted(len(packet.payload.original), "byte"))
    return ", ".join(parts)


DISSECTORS = [
    Dissector(
        name="bnep",
        layer=Bnep,
        on=on_psm(0x000F),
        title="BNEP",
        flat=True,
        summary=unless_empty(summary),
        parts=(*CONTENTS.values(), UnknownMessage, Payload),
    )
]
