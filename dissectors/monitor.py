"""Records of the Linux HCI monitor that hold no HCI packet (BlueZ doc/btsnoop.rst)."""

from scapy.fields import ByteField, LEIntField, XLEIntField, XLEShortField

from l2scope.dissection import Dissector, on_kind
from l2scope.names import hci, management

from ._fields import Address, Code, Text, Value, layer, named

NewIndex = layer(
    "New Index",
    named("controller_type", hci.CONTROLLER_TYPES),
    named("bus", hci.BUSES),
    Address("BD_ADDR", None),
    Text("controller_name", 8),
)
IndexInformation = layer("Index Information", Address("BD_ADDR", None), XLEShortField("company_identifier", 0))
SystemNote = layer("System Note", Text("text"))
UserLogging = layer(
    "User Logging",
    named("priority", hci.SYSLOG_PRIORITIES),
    ByteField("program_length", 0),
    Text("program", lambda packet: packet.program_length),
    Text("text"),
)
ControlOpen = layer(
    "Control Open",
    XLEIntField("cookie", 0),
    XLEShortField("format", 0),
    ByteField("version", 0),
    XLEShortField("revision", 0),
    LEIntField("flags", 0),
    ByteField("program_length", 0),
    Text("program", lambda packet: packet.program_length),
)
ControlClose = layer("Control Close", XLEIntField("cookie", 0))
ControlCommand = layer(
    "Control Command", XLEIntField("cookie", 0), Code("opcode", management.COMMANDS), Value("parameters", b"")
)
ControlEvent = layer(
    "Control Event", XLEIntField("cookie", 0), Code("event_code", management.EVENTS), Value("parameters", b"")
)
Nothing = layer("Record", Value("data", b""))

LAYERS = {
    16: NewIndex,
    17: Nothing,
    18: Nothing,
    19: Nothing,
    20: IndexInformation,
    21: Nothing,
    22: SystemNote,
    23: UserLogging,
    24: ControlOpen,
    25: ControlClose,
    26: ControlCommand,
    27: ControlEvent,
}

DISSECTORS = [
    Dissector(
        name=f"monitor_{hci.KINDS[kind].lower().replace(' ', '_')}",
        layer=shown,
        on=on_kind(kind),
        title=hci.KINDS[kind],
        flat=True,
    )
    for kind, shown in LAYERS.items()
]
