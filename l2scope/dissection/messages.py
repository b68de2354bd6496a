"""The fields of the messages that dissectors join over several SDUs, at the packet that completes them."""

from l2scope.dissection.contents import Contents
from l2scope.dissection.conversation import Message
from l2scope.dissection.dissector import Dissector
from l2scope.dissection.field import Buffer, Field, bytes_field
from l2scope.text import printable


def message_fields(contents: Contents, channel: int, number: int, buffers: list[Buffer], patient: bool) -> list[Field]:
    """A field for every message of a channel that ends in a packet; what was put together is a buffer of its own. Only
    where it is patient are messages joined for it."""
    dissector = contents.of_channel(channel)
    if dissector is None or dissector.join is None:
        return []
    found = contents.conversation(channel) if patient else contents.known_conversation(channel)
    ending = () if found is None else (message for message in found.messages if message.last_packet == number)
    return [_field(dissector, message, buffers) for message in ending]


def _field(dissector: Dissector, message: Message, buffers: list[Buffer]) -> Field:
    children = (
        Field("Packets", f"{message.first_packet} to {message.last_packet}"),
        Field("Joined from", f"{len(message.units):,} units"),
        *(Field(printable(title), printable(str(value))) for title, value in message.values.items()),
    )
    problem = printable(message.problem) or ("" if message.complete else "not complete")
    name, said = f"{dissector.shown_title} message", printable(message.summary)
    if len(message.units) == 1 or not message.content:
        return Field(name, said, children=children, problem=problem)
    stop = len(message.content)
    buffers.append(Buffer(f"Message ({stop:,} bytes)", message.content))
    content = bytes_field("Content", message.content, len(buffers) - 1, 0, stop)
    return Field(name, said, len(buffers) - 1, 0, stop, (*children, content), problem)
