# mypy: allow-subclassing-any, no-warn-return-any
"""Fields of a length that another field tells: lists of elements, and text. A name with an underscore in front is no
dissector."""

from collections.abc import Callable
from typing import ClassVar

from scapy.fields import ConditionalField, Field, PacketListField, StrLenField
from scapy.packet import Packet, Padding, Raw

from ._fields import element

MOST_PARTS = 500
MOST_NESTED = 4000
"""Elements of all lists in a packet together. Each takes about a quarter of a millisecond."""

HIGHEST = 32

Length = Callable[[Packet], int]
Choice = Callable[[Packet, bytes], type[Packet]]


class Limited(Packet):
    """A layer whose lists hold lists: it counts the elements of all of them."""

    __slots__ = ["parts_left"]


def may_go_on(packet: Packet) -> bool:
    """Whether another element may be read in the layer that all lists around `packet` are in."""
    for _ in range(HIGHEST):
        if packet.parent is None:
            break
        packet = packet.parent
    if not isinstance(packet, Limited):
        return True
    packet.parts_left = getattr(packet, "parts_left", MOST_NESTED) - 1
    return bool(packet.parts_left >= 0)


class Varied(Packet):
    """Stands for elements whose class depends on their bytes, where filters ask for the fields of a list's elements."""

    fields_desc: ClassVar[list[Field]] = []


class Parts(PacketListField):
    """Elements up to the length of the list, or to the end: an element's class is `kind`, or what `kind` says of the
    bytes. What is behind the last that is allowed is left as bytes, not refused as scapy does."""

    __slots__ = ("kind", "size")

    def __init__(self, name: str, kind: type[Packet] | Choice, size: Length | None = None) -> None:
        super().__init__(name, [], kind if isinstance(kind, type) else Varied)
        self.kind = kind
        self.size = size

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, list[Packet]]:
        end = len(s) if self.size is None else min(self.size(pkt), len(s))
        left = s[:end]
        found: list[Packet] = []
        while left and len(found) < MOST_PARTS and may_go_on(pkt):
            kind = self.kind if isinstance(self.kind, type) else self.kind(pkt, left)
            part, left = one_part(kind, pkt, left)
            found.append(part)
        return s[end:], found


def one_part(kind: type[Packet], parent: Packet, data: bytes) -> tuple[Packet, bytes]:
    """The element at the beginning of the bytes, and the bytes behind it. One that is cut short is raw bytes."""
    try:
        part = kind(data, _parent=parent)
    except Exception:  # scapy's own lists do the same: the bytes are shown, whatever the fault
        return Raw(data), b""
    last = part.lastlayer()
    if not isinstance(last, Padding):
        return part, b""
    del last.underlayer.payload
    return part, last.load


class Counted(StrLenField):
    """Bytes of a length that stands before them, and their text where they are ASCII lines."""

    def __init__(self, name: str, size: Length) -> None:
        super().__init__(name, b"", length_from=lambda packet: max(0, size(packet)))

    def i2repr(self, pkt: Packet, x: bytes) -> str:
        return lines_text(bytes(x))


def ascii_text(data: bytes) -> str:
    """Bytes as text if they are printable ASCII, with the ends of lines escaped, else an empty text."""
    text = data.decode("ascii", "replace")
    for character, written in (("\\", "\\\\"), ("\r", "\\r"), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(character, written)
    return text if text.isprintable() and text.isascii() else ""


def lines_text(data: bytes) -> str:
    """The first bytes in hexadecimal, and their text if all are text."""
    shown = data[:24].hex(" ") + (" …" if len(data) > 24 else "")
    text = ascii_text(data)
    return f'{shown}  "{text}"' if len(data) > 2 and text else shown


class CountedText(Counted):
    """UTF-8 of a length that stands before it."""

    personal = "name"

    def i2repr(self, pkt: Packet, x: bytes) -> str:
        return bytes(x).decode("utf-8", "replace")


def counted(number: int, thing: str) -> str:
    """1 record, 2 records."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def when(condition: Callable[[Packet], bool], *fields: Field) -> tuple[ConditionalField, ...]:
    """Fields that are there together or not at all."""
    return tuple(ConditionalField(field, condition) for field in fields)


def unless_empty(summary: Callable[[Packet], str]) -> Callable[[Packet], str]:
    """A summary for SDUs of any length: scapy makes a packet of zeros where there are no bytes."""
    return lambda packet: summary(packet) if packet.original else "empty"


def described(title: str, summary: Callable[[Packet], str], *fields: Field) -> type[Packet]:
    """An element of a list that says itself in one line what it is."""
    return type("Described", (element(title, *fields),), {"mysummary": summary, "__module__": __name__})


class One(Field):
    """A single element that knows its own length."""

    __slots__ = ("cls",)

    def __init__(self, name: str, kind: type[Packet]) -> None:
        super().__init__(name, None, "s")
        self.cls = kind

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, Packet | None]:
        if not s:
            return s, None
        part, left = one_part(self.cls, pkt, s)
        return left, part
