# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""Requests and responses of MCUmgr's SMP: their layout, their CBOR maps, and how they are put together.

One that is longer than an attribute value is cut over several. The package cbor2 reads the maps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from scapy.fields import BitEnumField, BitField, ByteField, ShortEnumField, ShortField, StrField
from scapy.packet import Packet

from l2scope.dissection import Unit

from ._smp_mcumgr_names import GROUPS, OPERATIONS, READ_RESPONSE, UPLOAD, WRITE_RESPONSE

HEADER_BYTES = 8
MAP_TYPES = range(0xA0, 0xC0)
"""The first byte of a CBOR map (RFC 8949, 3.1: major type 5)."""
OTHER = {"tx": "rx", "rx": "tx"}
RESPONSES = (READ_RESPONSE, WRITE_RESPONSE)
DEEPEST, MOST_ITEMS, LARGEST = 3, 12, 2**64


def begins(data: bytes) -> bool:
    """Whether a value begins with a header, and is not the rest of what another one began."""
    return len(data) > HEADER_BYTES and data[0] & 0xE4 == 0 and data[1] == 0 and data[HEADER_BYTES] in MAP_TYPES


def map_of(data: bytes) -> Mapping[str, Any] | None:
    """The CBOR map, None where it is none or cbor2 is not installed."""
    try:
        import cbor2
    except ImportError:
        return None
    try:
        found = cbor2.loads(data)
    except Exception:  # whatever a hostile map makes of cbor2, it is no map
        return None
    return {str(key): value for key, value in found.items()} if isinstance(found, dict) else None


def words(value: object, depth: int = 0) -> str:
    """A value of a map as text, in bounds: CBOR may hold cycles and numbers without end."""
    if isinstance(value, bytes):
        return f"{len(value):,} bytes" if len(value) > 8 else value.hex()
    if isinstance(value, list | dict) and depth < DEEPEST:
        items = list(value.items() if isinstance(value, dict) else value)[:MOST_ITEMS]
        if isinstance(value, dict):
            return "{" + ", ".join(f"{words(key, DEEPEST)}: {words(part, depth + 1)}" for key, part in items) + "}"
        return "[" + ", ".join(words(part, depth + 1) for part in items) + "]"
    if isinstance(value, bool | float | str | None) or (isinstance(value, int) and abs(value) < LARGEST):
        return str(value)
    return f"a {type(value).__name__}"


class Map(StrField):
    """The CBOR map, in words where cbor2 is installed."""

    def i2repr(self, pkt: Packet, x: bytes) -> str:
        found = map_of(pkt.map)
        return super().i2repr(pkt, x) if found is None else words(found)


class Rest(Packet):
    """A value that goes on with what the one before began."""

    name = "MCUmgr"
    fields_desc = [StrField("data", b"")]


class Smp(Packet):
    """A value that begins a request or a response."""

    name = "MCUmgr"
    fields_desc = [
        BitField("reserved", 0, 3),
        BitField("version", 0, 2),
        BitEnumField("operation", 0, 3, OPERATIONS),
        ByteField("flags", 0),
        ShortField("length", 0),
        ShortEnumField("group", 0, GROUPS),
        ByteField("sequence", 0),
        ByteField("command_id", 0),
        Map("map", b""),
    ]

    @classmethod
    def dispatch_hook(cls, _pkt: bytes = b"", *_: object, **__: object) -> type[Packet]:
        return Smp if begins(_pkt) else Rest


@dataclass(slots=True, eq=False)
class Part:
    """A request or a response, as far as it came."""

    units: list[Unit]
    data: bytes
    answer: "Part | None" = None
    _map: tuple[Mapping[str, Any] | None] | None = None

    @property
    def header(self) -> Any:  # noqa: ANN401 - the fields of a scapy packet
        return self.units[0].packet

    @property
    def key(self) -> tuple[int, int, int]:
        return self.header.group, self.header.command_id, self.header.sequence

    @property
    def is_upload(self) -> bool:
        return self.key[:2] == UPLOAD

    @property
    def is_response(self) -> bool:
        return self.header.operation in RESPONSES

    @property
    def complete(self) -> bool:
        return len(self.data) >= HEADER_BYTES + self.header.length

    @property
    def map(self) -> Mapping[str, Any]:
        """Empty where it cannot be read."""
        if self._map is None:
            self._map = (map_of(self.data[HEADER_BYTES:]) if self.complete else None,)
        return self._map[0] or {}

    def number(self, key: str) -> int | None:
        value = self.map.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    @property
    def result(self) -> int:
        """The rc of a response; version 2 of the protocol has it inside of "err"."""
        inner = self.map.get("err")
        value = inner.get("rc") if isinstance(inner, dict) else self.map.get("rc", 0)
        return value if isinstance(value, int) else 0

    @property
    def payload(self) -> bytes:
        data = self.map.get("data", b"")
        return data if isinstance(data, bytes) else b""

    @property
    def waited_ns(self) -> int:
        """From a request to its response."""
        return 0 if self.answer is None else max(0, self.answer.units[-1].end_ns - self.units[-1].end_ns)


def parts_of(units: Sequence[Unit]) -> tuple[list[Part], list[Unit]]:
    """Requests and responses in the order in which they began, with the values that belong to none."""
    parts: list[Part] = []
    stray: list[Unit] = []
    begun: dict[str, Part] = {}
    open_requests: dict[tuple[int, int, int, str], Part] = {}
    for unit in units:
        if begins(unit.data) and isinstance(unit.packet, Smp):
            part = begun[unit.direction] = Part([unit], unit.data)
            parts.append(part)
        elif unit.direction in begun:
            part = begun[unit.direction]
            part.units.append(unit)
            part.data += unit.data
        else:
            stray.append(unit)
            continue
        if part.complete:
            del begun[unit.direction]
            if not part.is_response:
                open_requests[(*part.key, unit.direction)] = part
            elif (asked := open_requests.pop((*part.key, OTHER[unit.direction]), None)) is not None:
                asked.answer = part
    return parts, stray


@dataclass(slots=True, eq=False)
class Upload:
    """One upload, from the request that begins at 0 to the next that does."""

    requests: list[Part]
    total: int = 0
    image: bytearray = field(default_factory=bytearray)

    @property
    def complete(self) -> bool:
        return len(self.image) >= self.total

    @property
    def units(self) -> tuple[Unit, ...]:
        """The first and the last of it."""
        last = self.requests[-1].answer or self.requests[-1]
        return self.requests[0].units[0], last.units[-1]

    @property
    def one_at_a_time(self) -> bool:
        """Whether every request waits for the response to the one before."""
        return all(
            before.answer is not None and before.answer.units[-1].index < after.units[0].index
            for before, after in pairwise(self.requests)
        )

    def add(self, request: Part) -> None:
        """Bytes that the device took; those from before are replaced, and there are no holes."""
        self.requests.append(request)
        at = request.number("off") or 0
        if request.answer is not None and not request.answer.result and at <= len(self.image):
            self.image[at : at + len(request.payload)] = request.payload


def uploads_of(parts: Sequence[Part]) -> list[Upload]:
    found: list[Upload] = []
    for part in parts:
        if part.is_upload and not part.is_response and part.complete:
            if part.number("off") == 0 and (not found or found[-1].image):
                found.append(Upload([], part.number("len") or 0))
            if found:
                found[-1].add(part)
    return found
