"""Protocols of Assigned Numbers that hardly any device speaks: each SDU under the name of its protocol, as the bytes
and the text that it is. Their messages are defined in documents of their own: the Telephony Control Protocol
Specification, the Extended Service Discovery Profile (UPnP), the Unrestricted Digital Information Profile, the 3D
Synchronization Profile.
"""

from scapy.packet import Packet

from l2scope.dissection import Dissector, on_psm

from ._fields import layer
from ._lists import Counted, ascii_text, counted, unless_empty

SHOWN_TEXT = 60


def protocol(name: str, psms: tuple[int, ...], title: str, field: str) -> Dissector:
    """A dissector for SDUs that are one value."""

    def summary(packet: Packet) -> str:
        data = bytes(packet.original)
        text = ascii_text(data[:SHOWN_TEXT])
        return counted(len(data), "byte") + (f' "{text}"' if text else "")

    made = layer(title, Counted(field, lambda packet: len(packet.original)))
    return Dissector(name=name, layer=made, on=on_psm(*psms), title=title, flat=True, summary=unless_empty(summary))


DISSECTORS = [
    protocol("tcs_bin", (0x0005, 0x0007), "TCS-BIN", "TCS_message"),
    protocol("upnp", (0x0015,), "UPnP", "UPnP_message"),
    protocol("udi", (0x001D,), "UDI control plane", "UDI_message"),
    protocol("synchronization_3d", (0x0021,), "3D synchronization", "synchronization_message"),
]
