"""The values in a scapy packet, by the names of its fields: for filters, which compare them, and for JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, SupportsInt, TypeGuard

from l2scope.dissection.dissector import Dissector
from l2scope.dissection.scapy_types import ScapyPacket
from l2scope.dissection.time_limit import bounded

DEEPEST: Final = 6
MOST_LAYERS: Final = 16
MOST_VALUES: Final = 1000
LARGEST: Final = (1 << 63) - 1
PROBE: Final = bytes(64)
"""What a field is tried with to learn what kind of values it gives."""
PROBE_SECONDS: Final = 1.0
WITHOUT_FIELDS: Final = ("Raw", "Padding", "NoPayload")

Value = int | bytes | str


class ValueKind(Enum):
    """What the values of a field are."""

    NUMBER = "number"
    BYTES = "bytes"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class FieldForm:
    """A field of a dissector's layers: its own name, what its values are, and what some numbers are called."""

    name: str
    kind: ValueKind
    names: Mapping[int, str]


def forms_of(dissector: Dissector) -> list[FieldForm]:
    """The fields that the layers of a dissector declare, each name once, in their order."""
    found: dict[str, FieldForm] = {}
    for layer, field in declared_fields(dissector):
        if field.name not in found and field.name.isidentifier():
            found[field.name] = FieldForm(field.name, _kind_of(layer, field), _names_of(field))
    return list(found.values())


def declared_fields(dissector: Dissector) -> Iterator[tuple[object, Any]]:
    """Every field of a dissector's layers and of the packets that they hold, with the layer whose field it is."""
    for layer in (dissector.layer, *dissector.parts):
        yield from _declared(layer, 0)


def values_of(packet: ScapyPacket) -> Iterator[tuple[str, Value]]:
    """The values in all layers of a packet, also in the packets inside; several of a name one after the other."""
    left = MOST_VALUES
    layer: Any = packet
    for _ in range(MOST_LAYERS):
        if type(layer).__name__ in WITHOUT_FIELDS:
            return
        for name, value in _of_layer(layer, 0):
            if left == 0:
                return
            left -= 1
            yield name, value
        layer = layer.payload


def _declared(layer: object, depth: int) -> Iterator[tuple[object, Any]]:
    for field in getattr(layer, "fields_desc", ()):
        inner = _unwrapped(field)
        held = getattr(inner, "cls", None)
        if held is not None and hasattr(held, "fields_desc"):
            if depth < DEEPEST:
                yield from _declared(held, depth + 1)
        else:
            yield layer, inner


def _unwrapped(field: Any) -> Any:
    """The field inside scapy's wrappers; of one of several types the usual one."""
    for _ in range(DEEPEST):
        inner = getattr(field, "fld", None) or getattr(field, "dflt", None)
        if inner is None:
            break
        field = inner
    return field


def _kind_of(layer: object, field: Any) -> ValueKind:
    """By what the field makes of zeros; by its usual value where it fails on them."""
    try:
        _, value = bounded(lambda: field.getfield(_empty(layer), PROBE), PROBE_SECONDS)
    except Exception:  # the field's own code may fail on what it was not made for
        value = field.default
    if isinstance(value, list):
        value = value[0] if value else b""
    if isinstance(value, bytes | bytearray):
        return ValueKind.BYTES
    return ValueKind.NUMBER if isinstance(value, int) or _is_flags(value) else ValueKind.TEXT


def _empty(layer: object) -> object:
    return layer() if callable(layer) else None


def _names_of(field: Any) -> dict[int, str]:
    named = getattr(field, "i2s", None)
    pairs = named.items() if isinstance(named, Mapping) else ()
    return {number: str(name) for number, name in pairs if isinstance(number, int)}


def _of_layer(packet: Any, depth: int) -> Iterator[tuple[str, Value]]:
    for field in packet.fields_desc:
        value = packet.fields.get(field.name)
        for one in value if isinstance(value, list) else [value]:
            if hasattr(one, "fields_desc"):
                if depth < DEEPEST:
                    yield from _of_layer(one, depth + 1)
            elif one is not None:
                yield field.name, _plain(one)


def _plain(value: object) -> Value:
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    if isinstance(value, int) or _is_flags(value):
        return number if abs(number := int(value)) <= LARGEST else str(number)
    return str(value)


def _is_flags(value: object) -> TypeGuard[SupportsInt]:
    """scapy's value of a field of flags."""
    return hasattr(value, "flagrepr") and isinstance(value, SupportsInt)
