"""What another dissector can be chosen for: a channel, or a kind of characteristic."""

from dataclasses import dataclass
from typing import Self

from l2scope.analysis.gatt.naming import value_in
from l2scope.capture import Capture
from l2scope.dissection.registry import PLAIN_BYTES
from l2scope.text import printable


@dataclass(frozen=True, slots=True)
class Decodable:
    """title names it; target and value are those of DecodeAs; current is the dissector in force."""

    title: str
    target: str
    value: int
    current: str

    @classmethod
    def of_channel(cls, capture: Capture, channel: int) -> Self:
        """The SDUs of a channel."""
        dissector = capture.contents.of_channel(channel)
        return cls(f"channel #{channel}", "channel", channel, PLAIN_BYTES if dissector is None else dissector.name)

    @classmethod
    def of_characteristic(cls, capture: Capture, uuid: int, name: str) -> Self:
        """The values of every characteristic of this type, by its 128 bits."""
        dissector = capture.contents.of_uuid(uuid)
        return cls(printable(name, 40), "uuid", uuid, PLAIN_BYTES if dissector is None else dissector.name)

    @classmethod
    def of_packet(cls, capture: Capture, packet: int, channel: int) -> Self | None:
        """The characteristic whose value a packet completes, else its channel (below 0: none)."""
        gatt = capture.gatt
        for row in gatt.rows_of(packet) if len(capture.tables.att) else ():
            handle, _ = value_in(capture, row, b"")
            server = gatt.server_of(row) if handle else None
            uuid = None if server is None else server.type_of(handle, packet)
            if uuid is not None:
                return cls.of_characteristic(capture, uuid.value, gatt.name(row, handle) or str(uuid))
        return None if channel < 0 else cls.of_channel(capture, channel)
