# mypy: allow-subclassing-any, no-warn-return-any
"""Field classes that several of our dissectors share. A name with an underscore in front is no dissector."""

from collections.abc import Callable, Mapping

from scapy.fields import (
    ByteEnumField,
    Field,
    FieldListField,
    LEIntField,
    LEMACField,
    LEShortEnumField,
    LEShortField,
    StrField,
    XLEShortField,
)
from scapy.packet import Packet

from l2scope.names import hci_errors, l2cap, uuids

MOST = 32_768


class Address(LEMACField):
    """A device address, written as the specification does: 00:AA:01:02:03:04."""

    personal = "address"

    def i2repr(self, pkt: Packet, x: str) -> str:
        return str(x).upper()


class Scaled(LEShortField):
    """Two bytes that count steps of a unit, such as 1.25 ms."""

    __slots__ = ("step", "unit")

    def __init__(self, name: str, step: float, unit: str) -> None:
        super().__init__(name, 0)
        self.step = step
        self.unit = unit

    def i2repr(self, pkt: Packet, x: int) -> str:
        return f"{x} ({x * self.step:g} {self.unit})"


class ScaledInt(LEIntField):
    """Four bytes that count steps of a unit."""

    __slots__ = ("step", "unit")

    def __init__(self, name: str, step: float, unit: str) -> None:
        super().__init__(name, 0)
        self.step = step
        self.unit = unit

    def i2repr(self, pkt: Packet, x: int) -> str:
        return f"{x} ({x * self.step:g} {self.unit})"


class Psm(LEShortEnumField):
    """A PSM or SPSM; those without a name are usual, and written in hexadecimal."""

    def __init__(self, name: str) -> None:
        super().__init__(name, 0, l2cap.PSMS)

    def i2repr(self, pkt: Packet, x: int) -> str:
        return l2cap.psm_name(x) or f"0x{x:04X}"


class Code(LEShortEnumField):
    """Two bytes that have a name."""

    def __init__(self, name: str, names: Mapping[int, str]) -> None:
        super().__init__(name, 0, dict(names))


class Text(StrField):
    """UTF-8 up to the first zero byte, in a field of `length` bytes, or of all that are left."""

    __slots__ = ("length",)
    personal = "name"

    def __init__(self, name: str, length: int | Callable[[Packet], int] | None = None) -> None:
        super().__init__(name, b"")
        self.length = length

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, bytes]:
        length = self.length(pkt) if callable(self.length) else self.length
        end = len(s) if length is None else length
        return s[end:], s[:end]

    def i2repr(self, pkt: Packet, x: bytes) -> str:
        return bytes(x).split(b"\0", 1)[0].decode("utf-8", "replace")


class Value(StrField):
    """The rest of the bytes, and their text where they are printable ASCII."""

    def i2repr(self, pkt: Packet, x: bytes) -> str:
        data = bytes(x)
        text = data.decode("ascii", "replace")
        shown = data[:24].hex(" ") + (" …" if len(data) > 24 else "")
        return f'{shown}  "{text}"' if len(data) > 2 and text.isprintable() and text.isascii() else shown


class Uuid(StrField):
    """A UUID of 2, 4 or 16 bytes, little-endian: the rest of the bytes, or `length` of them."""

    __slots__ = ("length",)

    def __init__(self, name: str, length: int = 0) -> None:
        super().__init__(name, b"")
        self.length = length

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, bytes]:
        end = self.length or len(s)
        return s[end:], s[:end]

    def i2repr(self, pkt: Packet, x: bytes) -> str:
        return uuid_text(bytes(x))


def uuid_text(data: bytes) -> str:
    """A UUID as its name and number, or in the usual form of 32 digits."""
    if len(data) == 2:
        value = int.from_bytes(data, "little")
        name = uuids.uuid16(value)
        return name if name.startswith("0x") else f"{name} (0x{value:04X})"
    digits = data[::-1].hex()
    if len(data) == 16:
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    return f"0x{digits}" if data else "none"


class Bytes(StrField):
    """A field of `length` bytes without further meaning; fewer when the packet ends before."""

    __slots__ = ("length",)

    def __init__(self, name: str, length: int) -> None:
        super().__init__(name, b"")
        self.length = length

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, bytes]:
        return s[self.length :], s[: self.length]


class Rest(StrField):
    """The rest of the bytes, in hexadecimal."""

    def __init__(self, name: str) -> None:
        super().__init__(name, b"")

    def i2repr(self, pkt: Packet, x: bytes) -> str:
        return bytes(x).hex(" ")


class Key(Bytes):
    """Bytes that give access to a device: they are shown to those alone who ask for them."""

    __slots__ = ()
    secret = True


def handle(name: str = "connection_handle") -> LEShortField:
    return LEShortField(name, 0)


def status() -> ByteEnumField:
    return ByteEnumField("status", 0, hci_errors.ERRORS)


def named(name: str, names: Mapping[int, str]) -> ByteEnumField:
    """One byte that has a name."""
    return ByteEnumField(name, 0, dict(names))


def handles(name: str) -> FieldListField:
    """16-bit numbers up to the end of the packet."""
    return FieldListField(name, [], XLEShortField("", 0), max_count=MOST)


def layer(title: str, *fields: Field) -> type[Packet]:
    """A scapy layer for parameters that need no code of their own."""
    made: type[Packet] = type(
        "Parameters", (Packet,), {"name": title, "fields_desc": list(fields), "__module__": __name__}
    )
    return made


def element(title: str, *fields: Field) -> type[Packet]:
    """A scapy layer that is one element of a list: the bytes behind it are the next element's."""

    def extract_padding(self: Packet, s: bytes) -> tuple[bytes, bytes]:
        return b"", s

    members = {"name": title, "fields_desc": list(fields), "extract_padding": extract_padding, "__module__": __name__}
    made: type[Packet] = type("Element", (Packet,), members)
    return made
