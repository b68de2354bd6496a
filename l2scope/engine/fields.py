"""Unsigned fields of a byte string. The caller has checked the bounds; `at` is never negative."""

from typing import Final

from librt.strings import read_i32_be, read_i32_le, read_i64_be, read_i64_le
from mypy_extensions import i64

# The first field of a pair is what this leaves of it.
LOW: Final = 0xFFFFFFFF


def u8(data: bytes, at: i64) -> i64:
    return data[at]


def u16(data: bytes, at: i64) -> i64:
    """Two bytes, little-endian, as HCI, L2CAP and ATT have them."""
    low: i64 = data[at]
    high: i64 = data[at + 1]
    return low | high << 8


def u16_be(data: bytes, at: i64) -> i64:
    """Two bytes, big-endian."""
    high: i64 = data[at]
    low: i64 = data[at + 1]
    return low | high << 8


def u24(data: bytes, at: i64) -> i64:
    top: i64 = data[at + 2]
    return u16(data, at) | top << 16


def u48(data: bytes, at: i64) -> i64:
    """Six bytes, little-endian: a device address."""
    return u24(data, at) | u24(data, at + 3) << 24


def u32_be(data: bytes, at: i64) -> i64:
    """Four bytes, big-endian, as btsnoop has them."""
    return i64(read_i32_be(data, at)) & 0xFFFFFFFF


def u32_le(data: bytes, at: i64) -> i64:
    """Four bytes, little-endian, as most writers of pcap have them."""
    return i64(read_i32_le(data, at)) & 0xFFFFFFFF


def pair_be(data: bytes, at: i64) -> i64:
    """Two fields of four bytes, big-endian, for one read: the first in the lower half, the second in the upper."""
    both = read_i64_be(data, at)
    return (both >> 32) & LOW | (both & LOW) << 32


def pair_le(data: bytes, at: i64) -> i64:
    """The same, little-endian."""
    return read_i64_le(data, at)


def second(pair: i64) -> i64:
    """The second field of a pair. The first is pair & LOW."""
    return (pair >> 32) & LOW


def i64_be(data: bytes, at: i64) -> i64:
    return read_i64_be(data, at)
