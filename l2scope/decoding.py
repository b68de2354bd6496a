"""What the user says of dissectors: folders to load more of them from, and what is to be decoded as what.

Plain data that the command line fills in before a capture is read; loading any dissector is left to l2scope.dissection.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TARGETS: Final = ("psm", "cid", "uuid", "channel")
LARGEST: Final = {"psm": 0xFFFF, "cid": 0xFFFF, "channel": 0x7FFFFFFF}
SHORT_UUID: Final = (4, 8)
LONG_UUID: Final = 32
BASE_UUID: Final = 0x00000000_0000_1000_8000_00805F9B34FB


@dataclass(frozen=True, slots=True)
class DecodeAs:
    """One override: what it is for ("psm", "cid", "uuid" or "channel"), which one, and the name of the dissector. The
    dissector "bytes" is none: plain bytes."""

    target: str
    value: int
    dissector: str


@dataclass(frozen=True, slots=True)
class Decoding:
    """folders come before the user's own and ours, the first first."""

    folders: tuple[Path, ...] = ()
    overrides: tuple[DecodeAs, ...] = ()


def uuid_number(text: str) -> int:
    """A UUID of 4, 8 or 32 digits, as its 128 bits (Vol 3 Part B 2.5.1). Raises ValueError."""
    digits = text.strip().removeprefix("0x").replace("-", "")
    number = int(digits, 16)
    if len(digits) in SHORT_UUID:
        return BASE_UUID | number << 96
    if len(digits) != LONG_UUID:
        raise ValueError(f"{text} is no UUID: it has 4, 8 or 32 digits")
    return number


def parse_decode_as(text: str) -> DecodeAs:
    """As in psm=0x80:forum_chat, uuid=2a37:heart_rate, channel=3:bytes. Raises ValueError with what is wrong."""
    where, colon, dissector = text.rpartition(":")
    target, equals, value = where.partition("=")
    if not (colon and equals and dissector) or target not in TARGETS:
        raise ValueError(f"{text!r}: write it like psm=0x80:forum_chat, with psm, cid, uuid or channel")
    try:
        number = uuid_number(value) if target == "uuid" else int(value, 0)
    except ValueError:
        raise ValueError(f"{text!r}: {value!r} is no {target}") from None
    if not 0 <= number <= LARGEST.get(target, number):
        raise ValueError(f"{text!r}: {value} is no {target}")
    return DecodeAs(target, number, dissector)


_current = [Decoding()]


def current() -> Decoding:
    """What the user said last."""
    return _current[0]


def decode(folders: Iterable[Path] = (), overrides: Iterable[DecodeAs] = ()) -> None:
    """Says it anew for every capture that is read from now on."""
    _current[0] = Decoding(tuple(folders), tuple(overrides))
