"""Telemetry: what the protocol is, in one line. Copy me: `l2scope new-dissector NAME`."""

from scapy.fields import ByteEnumField, LEIntField, LEShortField, StrLenField
from scapy.packet import Packet

from l2scope.dissection import Dissector, on_psm


class Record(Packet):
    """One SDU, field by field. Fields with LE in front are little-endian; `l2scope new-dissector --help` names more."""

    name = "Telemetry"
    fields_desc = [
        ByteEnumField("kind", 0, {0: "reading", 1: "alarm"}),
        LEShortField("sensor", 0),
        LEIntField("uptime_ms", 0),
        LEShortField("length", 0),
        StrLenField("data", b"", length_from=lambda record: record.length),
    ]


DISSECTORS = [
    Dissector(
        name="telemetry",  # filters call the fields telemetry.sensor, telemetry.uptime_ms, ...
        title="Telemetry",
        layer=Record,
        on=on_psm(0x00FF),  # or on_uuid("..."), on_cid(0x3A), by_content(function)
        flat=True,
        summary=lambda record: f"sensor {record.sensor}, {record.uptime_ms:,} ms, {record.length} bytes",
        columns={"Sensor": lambda record: record.sensor},
    )
]
