# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""RFCOMM: frames and multiplexer commands of a serial cable (RFCOMM 1.2, which takes them from ETSI TS 07.10)."""

from collections.abc import Iterator, Sequence

from scapy.fields import (
    BitEnumField,
    BitField,
    ByteField,
    Field,
    FlagsField,
    LEShortField,
    XByteEnumField,
    XByteField,
    XLEShortField,
)
from scapy.packet import Packet, Raw

from l2scope.dissection import Conversation, Dissector, ExportedFile, Message, Unit, on_psm
from l2scope.names import rfcomm

from ._fields import Value, layer, named
from ._lists import Counted, Parts, ascii_text, counted, unless_empty, when

MULTIPLEXER = 0
SHOWN_TEXT = 40
POLYNOMIAL = 0xE0
"""x^8 + x^2 + x + 1 with its bits reversed (TS 07.10, 5.2.1.6)."""


def check_sequence(data: bytes) -> int:
    """The FCS over the header of a frame (TS 07.10, annex B)."""
    register = 0xFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ (POLYNOMIAL if register & 1 else 0)
    return 0xFF - register


class Dlci(BitField):
    """The server channel, and which end of the multiplexer has it (RFCOMM 5.4)."""

    def __init__(self, name: str = "DLCI") -> None:
        super().__init__(name, 0, 6)

    def i2repr(self, pkt: Packet, x: int) -> str:
        return dlci_text(x)


def dlci_text(dlci: int) -> str:
    return f"{dlci} (server channel {dlci >> 1}, direction {dlci & 1})" if dlci else "0 (multiplexer)"


class Length(Field):
    """7 bits, or 15 where the lowest is clear (TS 07.10, 5.2.1.5)."""

    def __init__(self, name: str) -> None:
        super().__init__(name, 0, "B")

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, int]:
        if s and s[0] & 1:
            return s[1:], s[0] >> 1
        rest, value = LEShortField(self.name, 0).getfield(pkt, s)
        return rest, value >> 1


class CheckSequence(XByteField):
    """The FCS, held against what the header gives. UIH frames leave the length out."""

    def i2repr(self, pkt: Packet, x: int) -> str:
        wanted = expected_check(pkt)
        return f"correct, 0x{x:02X}" if x == wanted else f"wrong, 0x{x:02X} instead of 0x{wanted:02X}"


def kind(packet: Packet) -> int:
    return packet.control & ~rfcomm.POLL_FINAL


def expected_check(packet: Packet) -> int:
    """Over address and control of a UIH frame, over the length too of all others (RFCOMM 5.1.1)."""
    header = packet.original[: 3 if packet.original[2] & 1 else 4]
    return check_sequence(header[:2] if kind(packet) == rfcomm.UIH else header)


def has_credits(packet: Packet) -> bool:
    """The P/F bit of a UIH frame on a data channel says so (RFCOMM 6.5.2)."""
    return packet.control == rfcomm.UIH | rfcomm.POLL_FINAL and packet.DLCI != MULTIPLEXER


def has_commands(packet: Packet) -> bool:
    return kind(packet) == rfcomm.UIH and packet.DLCI == MULTIPLEXER


def is_long(packet: Packet) -> bool:
    """RPN asks with a DLCI alone, and tells with eight octets (TS 07.10, 5.4.6.3.9)."""
    return packet.underlayer is None or packet.underlayer.length >= 8


def addressed() -> tuple[Field, ...]:
    """The DLCI that a command is about, as an address octet of its own."""
    return Dlci("channel_DLCI"), BitField("address_C_R", 1, 1), BitField("address_EA", 1, 1)


PARAMETERS = {
    0x20: layer(
        "Parameter Negotiation",
        BitField("reserved", 0, 2),
        Dlci("channel_DLCI"),
        BitEnumField("convergence_layer", 0, 4, rfcomm.CONVERGENCE_LAYERS),
        BitEnumField("frame_type", 0, 4, {0: "UIH"}),
        ByteField("priority", 0),
        ByteField("acknowledgement_timer", 0),
        LEShortField("maximum_frame_size", 0),
        ByteField("maximum_retransmissions", 0),
        BitField("reserved_bits", 0, 5),
        BitField("initial_credits", 0, 3),
    ),
    0x38: layer(
        "Modem Status",
        *addressed(),
        BitField("data_valid", 0, 1),
        BitField("incoming_call", 0, 1),
        BitField("reserved", 0, 2),
        BitField("ready_to_receive", 0, 1),
        BitField("ready_to_communicate", 0, 1),
        BitField("flow_control", 0, 1),
        BitField("signals_EA", 1, 1),
        *when(
            lambda packet: packet.signals_EA == 0,
            BitField("break_length", 0, 4),
            BitField("reserved_break", 0, 2),
            BitField("break_signal", 0, 1),
            BitField("break_EA", 1, 1),
        ),
    ),
    0x24: layer(
        "Remote Port Negotiation",
        *addressed(),
        *when(
            is_long,
            named("baud_rate", rfcomm.BAUD_RATES),
            BitField("reserved", 0, 2),
            BitEnumField("parity_type", 0, 2, rfcomm.PARITY_TYPES),
            BitEnumField("parity", 0, 1, rfcomm.PARITIES),
            BitEnumField("stop_bits", 0, 1, rfcomm.STOP_BITS),
            BitEnumField("data_bits", 0, 2, rfcomm.DATA_BITS),
            FlagsField("port_flow_control", 0, 8, rfcomm.FLOW_CONTROLS),
            XByteField("XON", 0),
            XByteField("XOFF", 0),
            XLEShortField("parameter_mask", 0),
        ),
    ),
    0x14: layer(
        "Remote Line Status",
        *addressed(),
        BitField("reserved", 0, 4),
        BitEnumField("line_error", 0, 3, rfcomm.LINE_ERRORS),
        BitField("error_occurred", 0, 1),
    ),
    0x04: layer(
        "Non Supported Command",
        BitEnumField("refused_command", 0, 6, rfcomm.COMMANDS),
        BitField("refused_C_R", 0, 1),
        BitField("refused_EA", 1, 1),
    ),
    0x08: layer("Test", Value("pattern", b"")),
}


class Command(Packet):
    """One command of the multiplexer (TS 07.10, 5.4.6.2)."""

    name = "Command"
    fields_desc = [
        BitEnumField("command_type", 0, 6, rfcomm.COMMANDS),
        BitEnumField("command_C_R", 0, 1, {0: "response", 1: "command"}),
        BitField("command_EA", 1, 1),
        Length("command_length"),
    ]

    @property
    def length(self) -> int:
        return int(self.command_length)

    def extract_padding(self, s: bytes) -> tuple[bytes, bytes]:
        return s[: self.length], s[self.length :]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        return PARAMETERS.get(self.command_type, Raw)

    def mysummary(self) -> str:
        return command_text(self)


def command_text(command: Packet) -> str:
    name = rfcomm.COMMANDS.get(command.command_type) or f"command 0x{command.command_type:02X}"
    text = f"{name} {'command' if command.command_C_R else 'response'}"
    dlci = command.payload.fields.get("channel_DLCI")
    return text if dlci is None else f"{text} for DLCI {dlci}"


class Frame(Packet):
    """A frame of the basic option, as RFCOMM sends it: without flags (RFCOMM 5.1)."""

    name = "RFCOMM"
    fields_desc = [
        Dlci(),
        BitField("C_R", 0, 1),
        BitField("EA", 1, 1),
        XByteEnumField("control", rfcomm.UIH, rfcomm.CONTROLS),
        Length("length"),
        *when(has_credits, ByteField("credits", 0)),
        *when(has_commands, Parts("commands", Command, lambda packet: packet.length)),
        *when(lambda packet: not has_commands(packet), Counted("information", lambda packet: packet.length)),
        CheckSequence("FCS", 0),
    ]


def summary(packet: Packet) -> str:
    """The frame, its channel, and what is in it."""
    if "FCS" not in packet.fields:
        return f"{rfcomm.control_name(packet.control)}, cut short" if "control" in packet.fields else "cut short"
    parts = [f"{rfcomm.control_name(packet.control)}, DLCI {packet.DLCI}"]
    if packet.fields.get("commands"):
        parts += [command_text(one) if isinstance(one, Command) else "cut command" for one in packet.commands]
    elif packet.length:
        parts.append(counted(packet.length, "byte") + begun_text(bytes(packet.information)))
    if packet.fields.get("credits") is not None:
        parts.append(counted(packet.credits, "credit"))
    if expected_check(packet) != packet.FCS:
        parts.append("wrong FCS")
    return ", ".join(parts)


def begun_text(data: bytes) -> str:
    """The beginning of what is sent, where it is text."""
    text = ascii_text(data[:SHOWN_TEXT])
    return f' "{text}"' + ("…" if len(data) > SHOWN_TEXT else "") if text else ""


def join(units: Sequence[Unit]) -> Iterator[Message]:
    """A message a frame; that of a frame with data is the data."""
    for unit in units:
        packet = unit.packet
        if packet is None or unit.problem or not unit.data:
            yield Message((unit,), unit.data, complete=False, problem=unit.problem or "cannot be read")
        elif has_data(packet):
            data = bytes(packet.information)
            yield Message((unit,), data, summary(packet), "text/plain" if ascii_text(data) else "")
        else:
            yield Message((unit,), unit.data, summary(packet))


def has_data(packet: Packet) -> bool:
    return kind(packet) == rfcomm.UIH and packet.DLCI != MULTIPLEXER and packet.length > 0


def export(conversation: Conversation) -> Iterator[ExportedFile]:
    """What was sent on each data channel in each direction, one file each."""
    sent: dict[tuple[int, str], list[bytes]] = {}
    for unit in conversation.units:
        packet = unit.packet
        if packet is not None and has_data(packet):
            sent.setdefault((packet.DLCI, unit.direction), []).append(bytes(packet.information))
    for (dlci, direction), pieces in sorted(sent.items()):
        yield ExportedFile(f"dlci{dlci}-{direction}.bin", b"".join(pieces))


DISSECTORS = [
    Dissector(
        name="rfcomm",
        layer=Frame,
        on=on_psm(0x0003),
        title="RFCOMM",
        flat=True,
        summary=unless_empty(summary),
        parts=tuple(PARAMETERS.values()),
        columns={"DLCI": lambda packet: packet.DLCI, "Credits": lambda packet: packet.fields.get("credits")},
        join=join,
        export=export,
        names={"C_R": "C/R", "command_C_R": "Command C/R", "address_C_R": "Address C/R", "refused_C_R": "Refused C/R"},
    )
]
