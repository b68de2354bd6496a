"""What is known of the attributes that an ATT PDU is about: their place in the database. Stands for no bytes."""

from l2scope.analysis.gatt.gatt import Gatt
from l2scope.analysis.gatt.naming import asked_about, value_in
from l2scope.analysis.gatt.server import Server
from l2scope.analysis.gatt.tree import Characteristic, Service, tree_of
from l2scope.analysis.gatt.values import decoded, value_words
from l2scope.analysis.transactions import COMMANDS, NAMING_ONE
from l2scope.capture import Capture
from l2scope.dissection.field import Field
from l2scope.engine.att import ERROR_RESPONSE, NOTIFICATION
from l2scope.text import printable


def attribute_fields(capture: Capture, number: int) -> list[Field]:
    """A field for the attribute that the packet names or answers about, if discovery told of it."""
    if not len(capture.tables.att):
        return []
    gatt = capture.gatt
    found = [_attribute(capture, gatt, row, number) for row in gatt.rows_of(number)]
    return [field for field in found if field is not None]


def _attribute(capture: Capture, gatt: Gatt, row: int, number: int) -> Field | None:
    att = capture.tables.att[row]
    names_one = int(att["opcode"]) in (*NAMING_ONE, *COMMANDS, NOTIFICATION, ERROR_RESPONSE)
    handle = int(att["handle"]) if names_one else asked_about(capture, row)
    server = gatt.server_of(row)
    name = gatt.name(row, handle)
    if server is None or not name:
        return None
    children = (*_place(server, handle, number), *_value(capture, gatt, server, row, number))
    return Field(f"Attribute 0x{handle:04X}", name, children=children)


def _value(capture: Capture, gatt: Gatt, server: Server, row: int, number: int) -> list[Field]:
    """The value in words, where the packet carries all of it and its format is known."""
    handle, data = value_in(capture, row, gatt.pdus.read(row))
    kind = server.type_of(handle, number)
    parts = tuple(Field(part.name, printable(part.text)) for part in decoded(kind, data))
    if not parts:
        return []
    return [Field("Value", printable(value_words(kind, data)), children=parts if len(parts) > 1 else ())]


def _place(server: Server, handle: int, number: int) -> list[Field]:
    """Whose it is and what it belongs to."""
    fields = [Field("Server", printable(server.title))]
    version = server.versions.at(number)
    service = next((one for one in tree_of(version) if one.handle <= handle <= one.end), None)
    if service is not None:
        fields.append(_service(service))
        inside = [one for one in service.characteristics if one.handle <= handle]
        if inside:
            fields.append(_characteristic(inside[-1]))
    kind = version.type_of(handle)
    if kind is not None:
        fields.append(Field("Type", f"{kind.name} ({kind})" if kind.number is not None else str(kind)))
    return fields


def _service(service: Service) -> Field:
    name = "unknown" if service.uuid is None else service.uuid.name
    span = f"0x{service.handle:04X} to 0x{service.end:04X}"
    return Field("Service", f"{name}, {span}, told in packet {service.packet}")


def _characteristic(characteristic: Characteristic) -> Field:
    able = ", ".join(characteristic.properties) or "no properties"
    return Field("Characteristic", f"{characteristic.uuid.name}, {able}, told in packet {characteristic.packet}")
