"""Names and values of scapy fields as text. scapy is not imported: a field is whatever has i2repr."""

from collections.abc import Mapping
from typing import SupportsInt

from l2scope.dissection.field import LONGEST_HEX, hex_text
from l2scope.dissection.scapy_types import ScapyField, ScapyPacket
from l2scope.text import printable

ABBREVIATIONS = frozenset(
    ("cid", "dcid", "hci", "id", "le", "mps", "mtu", "phy", "psm", "rssi", "rx", "scid", "sdu", "tx", "uuid")
)


WITH_UNDERSCORE = frozenset(("BD_ADDR",))


def label(name: str, names: Mapping[str, str]) -> str:
    """How a field is called: its entry in `names`, else "initial_credits" becomes "Initial credits"."""
    if name in names:
        return printable(names[name])
    if name in WITH_UNDERSCORE:
        return name
    words = [word.upper() if word.lower() in ABBREVIATIONS else word for word in name.replace("_", " ").split()]
    text = " ".join(words)
    return printable(text[:1].upper() + text[1:])


def value_text(field: ScapyField, packet: ScapyPacket, value: object, size: int) -> str:
    """The value as text: names with their number behind, hexadecimal numbers in full width, bytes in hexadecimal."""
    if isinstance(value, bytes | bytearray):
        return _bytes_text(field, packet, bytes(value))
    text = _repr(field, packet, value)
    if hasattr(value, "flagrepr") and isinstance(value, SupportsInt):
        return printable(f"{text or 'none'} (0x{int(value):0{2 * size}X})")
    if isinstance(value, int):
        named = value in (getattr(field, "i2s", None) or ())
        return printable(_number_text(text, value, size, named))
    return printable(text)


def _number_text(text: str, value: int, size: int, named: bool) -> str:
    if text.startswith("0x"):
        return f"0x{value:0{2 * size}X}"
    return f"{text} (0x{value:0{2 * size}X})" if named else text


def _bytes_text(field: ScapyField, packet: ScapyPacket, value: bytes) -> str:
    """Hexadecimal, unless the field's class has an own way to show its bytes."""
    beginning = value[: 4 * LONGEST_HEX]
    text = _repr(field, packet, beginning)
    if text in (repr(beginning), beginning.hex()):
        return hex_text(value)
    return printable(text)


def _repr(field: ScapyField, packet: ScapyPacket, value: object) -> str:
    try:
        return str(field.i2repr(packet, value))
    except Exception:  # a field's own code may fail on any value: its plain form is still worth showing
        return repr(value)
