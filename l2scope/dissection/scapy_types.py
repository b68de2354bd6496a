"""What is used of scapy's fields and packets, so that the rest of the program has types without loading scapy."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

# What is left of the bytes; inside a group of bit fields also how many bits of the first byte are read already.
Rest = bytes | tuple[bytes, int]


class ScapyField(Protocol):
    """scapy.fields.Field"""

    name: str

    def getfield(self, packet: "ScapyPacket", rest: Rest) -> tuple[Rest, object]: ...

    def i2repr(self, packet: "ScapyPacket", value: object) -> object: ...


class ScapyPacket(Protocol):
    """scapy.packet.Packet"""

    name: str
    fields: dict[str, Any]
    fields_desc: Sequence[ScapyField]
    payload: "ScapyPacket"
    underlayer: "ScapyPacket | None"
    original: bytes

    def mysummary(self) -> object: ...

    def guess_payload_class(self, payload: bytes) -> "Layer": ...

    def add_underlayer(self, underlayer: "ScapyPacket") -> None: ...


Layer = Callable[..., ScapyPacket]
