# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""The Service Discovery Protocol (Core Specification, Vol 3 Part B 4).

Lists that a server hands out in several responses are taken apart in the first, as far as it goes; in the others they
are bytes, as where they go on cannot be told from one PDU.
"""

from collections.abc import Callable, Iterator, Sequence

from scapy.fields import (
    ByteEnumField,
    ByteField,
    Field,
    FieldListField,
    ShortEnumField,
    ShortField,
    XIntField,
    XShortField,
)
from scapy.packet import Packet, Raw

from l2scope.dissection import Dissector, Message, Unit, on_psm
from l2scope.names import sdp

from ._data_elements import SEQUENCE, Attribute, AttributeList, AttributeLists, Element, IdList, element_text
from ._fields import MOST, Rest, Value, layer
from ._lists import Counted, Limited, One, Parts, counted, unless_empty


class ListBytes(Packet):
    """What belongs to a list that an earlier response began."""

    name = "Part of attribute lists"
    fields_desc = [Rest("continued_attribute_lists")]

    def mysummary(self) -> str:
        return f"{len(self.continued_attribute_lists):,} bytes of lists that an earlier response began"


class Response(Limited):
    """A response with attributes: a count, as many bytes of a list, and how to ask for more (4.6.2, 4.7.2)."""

    def is_whole(self, data: bytes) -> bool:
        """Whether a list begins here: it fills the bytes, or goes beyond them and the response says so."""
        element = Element(data)
        if element.type != SEQUENCE:
            return False
        size = len(data) if element.size is None else element.length + (1, 2, 3, 5)[max(0, element.size_index - 4)]
        behind = self.original[2 + self.byte_count :]
        return size == len(data) or (size > len(data) and behind[:1] not in (b"", b"\0"))

    def list_bytes(self) -> bytes:
        return bytes(self.original[2 : 2 + self.byte_count])


def list_kind(whole: type[Packet]) -> Callable[[Response, bytes], type[Packet]]:
    def kind(packet: Response, data: bytes) -> type[Packet]:
        return whole if packet.is_whole(data) else ListBytes

    return kind


def continuation() -> tuple[ByteField, Counted]:
    """What to send to get the rest (4.3)."""
    return ByteField("continuation_length", 0), Counted("continuation_state", lambda packet: packet.continuation_length)


class AttributeResponse(Response):
    name = "Service Attribute Response"
    fields_desc = [
        ShortField("byte_count", 0),
        Parts("attribute_list", list_kind(AttributeList), lambda packet: packet.byte_count),
        *continuation(),
    ]


class SearchAttributeResponse(Response):
    name = "Service Search Attribute Response"
    fields_desc = [
        ShortField("byte_count", 0),
        Parts("attribute_lists", list_kind(AttributeLists), lambda packet: packet.byte_count),
        *continuation(),
    ]


def request(title: str, *fields: Field) -> type[Packet]:
    return type("Request", (Limited,), {"name": title, "fields_desc": list(fields), "__module__": __name__})


PARAMETERS = {
    0x01: layer("Error Response", ShortEnumField("error_code", 0, sdp.ERRORS), Value("error_info", b"")),
    0x02: request(
        "Service Search Request",
        One("service_search_pattern", Element),
        ShortField("maximum_service_record_count", 0),
        *continuation(),
    ),
    0x03: layer(
        "Service Search Response",
        ShortField("total_service_record_count", 0),
        ShortField("current_service_record_count", 0),
        FieldListField(
            "service_record_handles",
            [],
            XIntField("", 0),
            length_from=lambda packet: 4 * packet.current_service_record_count,
            max_count=MOST,
        ),
        *continuation(),
    ),
    0x04: request(
        "Service Attribute Request",
        XIntField("service_record_handle", 0),
        ShortField("maximum_attribute_byte_count", 0),
        One("attribute_ID_list", IdList),
        *continuation(),
    ),
    0x05: AttributeResponse,
    0x06: request(
        "Service Search Attribute Request",
        One("service_search_pattern", Element),
        ShortField("maximum_attribute_byte_count", 0),
        One("attribute_ID_list", IdList),
        *continuation(),
    ),
    0x07: SearchAttributeResponse,
}


class Pdu(Packet):
    """The header that all PDUs have (4.2)."""

    name = "SDP"
    fields_desc = [
        ByteEnumField("PDU_ID", 0, sdp.PDUS),
        XShortField("transaction_ID", 0),
        ShortField("parameter_length", 0),
    ]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        return PARAMETERS.get(self.PDU_ID, Raw)


def summary(packet: Packet) -> str:
    """The PDU, and what it asks for or tells."""
    found = packet.payload.fields
    parts = [sdp.pdu_name(packet.PDU_ID)]
    pattern = found.get("service_search_pattern")
    if isinstance(pattern, Element):
        parts.append(element_text(pattern))
    if "service_record_handle" in found:
        parts.append(f"record 0x{found['service_record_handle']:08X}")
    for name in ("attribute_ID_list", "attribute_list", "attribute_lists"):
        value = found.get(name)
        parts += [one.mysummary() for one in (value if isinstance(value, list) else [value]) if isinstance(one, Packet)]
    if "total_service_record_count" in found:
        parts.append(counted(found["total_service_record_count"], "record"))
    if "error_code" in found:
        parts.append(sdp.ERRORS.get(found["error_code"], f"error 0x{found['error_code']:04X}"))
    if found.get("continuation_length"):
        parts.append("continued")
    return ", ".join(str(part) for part in parts if part)


def join(units: Sequence[Unit]) -> Iterator[Message]:
    """Lists that came in several responses are put together; every other PDU is a message."""
    messages: list[Message] = []
    begun: dict[str, list[Unit]] = {}
    for unit in units:
        if unit.packet is None or unit.problem:
            messages.append(Message((unit,), unit.data, complete=False, problem=unit.problem or "cannot be read"))
        elif not isinstance(unit.packet.payload, Response):
            messages.append(Message((unit,), unit.data, summary(unit.packet)))
        else:
            begun.setdefault(unit.direction, []).append(unit)
            if not unit.packet.payload.continuation_length:
                messages.append(joined(begun.pop(unit.direction), complete=True))
    messages += [joined(responses, complete=False) for responses in begun.values()]
    yield from sorted(messages, key=lambda message: message.units[0].index)


def joined(responses: list[Unit], complete: bool) -> Message:
    """The list that the responses hold together."""
    lists = b"".join(unit.packet.payload.list_bytes() for unit in responses)
    first = responses[0].packet
    whole = (AttributeLists if isinstance(first.payload, SearchAttributeResponse) else AttributeList)(lists)
    text = f"{sdp.pdu_name(first.PDU_ID)}, {whole.mysummary()}"
    problem = "" if complete else "the rest was not asked for"
    values = {"responses": len(responses)}
    return Message(tuple(responses), lists, text, complete=complete, problem=problem, values=values)


DISSECTORS = [
    Dissector(
        name="sdp",
        layer=Pdu,
        on=on_psm(0x0001),
        title="SDP",
        flat=True,
        summary=unless_empty(summary),
        parts=(*PARAMETERS.values(), AttributeLists, AttributeList, Attribute, Element, ListBytes),
        join=join,
    )
]
