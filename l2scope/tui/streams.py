"""What there is to follow in a capture: channels that carried SDUs, and characteristics with a dissector."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from l2scope.analysis.gatt.server import Server
from l2scope.capture import Capture
from l2scope.channels import Channel, hexadecimal
from l2scope.dissection.conversation import Conversation
from l2scope.text import printable
from l2scope.tui.decodable import Decodable


@dataclass(frozen=True, slots=True)
class Stream:
    """title says which it is; channel is None for a characteristic; read puts its conversation together; wanted says
    what another dissector would be for."""

    title: str
    channel: int | None
    read: Callable[[], Conversation]
    wanted: Callable[[], Decodable]


def streams_of(capture: Capture, channels: list[Channel]) -> list[Stream]:
    """In order of opening, characteristics behind. Loads the dissectors."""
    carrying = set(np.unique(capture.tables.sdus["channel"]).tolist())
    found = [_of_channel(capture, channel) for channel in channels if channel.id in carrying]
    for server, link, handle, _ in capture.contents.characteristics():
        found.append(_of_characteristic(capture, server, link, handle))
    return found


def _of_channel(capture: Capture, channel: Channel) -> Stream:
    title = (
        f"#{channel.id}  PSM {hexadecimal(channel.psm)}  {printable(channel.peer_name or channel.peer_address or '')}"
    )
    return Stream(
        title.rstrip(),
        channel.id,
        lambda: capture.conversation(channel.id),
        lambda: Decodable.of_channel(capture, channel.id),
    )


def _of_characteristic(capture: Capture, server: Server, link: int, handle: int) -> Stream:
    name = printable(server.database.name(handle) or f"handle 0x{handle:04X}")
    uuid = server.database.type_of(handle)
    if uuid is None:
        raise ValueError(f"the type of handle 0x{handle:04X} is not known")
    return Stream(
        f"{name}  handle 0x{handle:04X}, link {link}",
        None,
        lambda: capture.contents.values(server, link, handle),
        lambda: Decodable.of_characteristic(capture, uuid.value, name),
    )
