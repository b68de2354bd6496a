"""Unsigned fields of a byte string. The caller has checked the bounds; `at` is never negative."""

from librt.strings import read_i32_be, read_i32_le, read_i64_be
from mypy_extensions import i64


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


def i64_be(data: bytes, at: i64) -> i64:
    return read_i64_be(data, at)
