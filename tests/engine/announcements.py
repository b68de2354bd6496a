"""Builds what tells who a device is: advertising data, its reports, inquiry results, remote names, keys."""

import struct

from tests.wire import event, pdu

SMP = 0x0006

ADDRESS = bytes.fromhex("060504030201")  # 01:02:03:04:05:06, as HCI has it
STATIC = bytes.fromhex("0605040302c1")
RESOLVABLE = bytes.fromhex("aafb0d948170")  # 70:81:94:0D:FB:AA, made with KEY
OTHER = bytes.fromhex("112233445566")

# Core Specification, Vol 3 Part H Appendix D.7: the key as SMP sends it.
KEY = bytes.fromhex("ec0234a357c8ad05341010a60a397d9b")[::-1]


def field(kind: int, content: bytes) -> bytes:
    """An AD structure."""
    return bytes((1 + len(content), kind)) + content


def complete(name: str) -> bytes:
    return field(0x09, name.encode())


def shortened(name: str) -> bytes:
    return field(0x08, name.encode())


def manufacturer(company: int, more: bytes = b"") -> bytes:
    return field(0xFF, struct.pack("<H", company) + more)


def report(data: bytes, address: bytes = ADDRESS, address_type: int = 0, kind: int = 0) -> bytes:
    return bytes((kind, address_type)) + address + bytes((len(data),)) + data + b"\xc4"


def reports(*each: bytes) -> bytes:
    """An LE Advertising Report event."""
    return event(0x3E, bytes((0x02, len(each))) + b"".join(each))


def extended(
    data: bytes, address: bytes = ADDRESS, address_type: int = 0, status: int = 0, set_number: int = 1, kind: int = 0
) -> bytes:
    head = struct.pack("<HB", kind | status << 5, address_type) + address + bytes((1, 1, set_number, 0x7F, 0xC4))
    return head + bytes(9) + bytes((len(data),)) + data


def extended_reports(*each: bytes) -> bytes:
    """An LE Extended Advertising Report event."""
    return event(0x3E, bytes((0x0D, len(each))) + b"".join(each))


def inquiry_result(data: bytes, address: bytes = ADDRESS) -> bytes:
    return event(0x2F, b"\x01" + address + bytes(7) + b"\xc4" + data.ljust(240, b"\0"))


def remote_name(name: bytes, address: bytes = ADDRESS, status: int = 0) -> bytes:
    return event(0x07, bytes((status,)) + address + name.ljust(248, b"\0"))


def version(company: int, handle: int = 0x40) -> bytes:
    """A Read Remote Version Information Complete event."""
    return event(0x0C, struct.pack("<BHBHH", 0, handle, 9, company, 0))


def le_connected(address: bytes = ADDRESS, address_type: int = 0, handle: int = 0x40) -> bytes:
    return event(0x3E, struct.pack("<BBHBB", 1, 0, handle, 0, address_type) + address + bytes(7))


def connected(address: bytes = ADDRESS, handle: int = 0x40) -> bytes:
    """A Connection Complete event of a BR/EDR link."""
    return event(0x03, struct.pack("<BH", 0, handle) + address + b"\x01\x00")


def identity_key(key: bytes = KEY, cid: int = SMP) -> bytes:
    return pdu(cid, b"\x08" + key)


def identity_address(address: bytes, address_type: int = 0, cid: int = SMP) -> bytes:
    return pdu(cid, bytes((0x09, address_type)) + address)


def add_to_resolving_list(key: bytes, address: bytes, address_type: int = 0) -> bytes:
    """An LE Add Device To Resolving List command."""
    return struct.pack("<HBB", 0x2027, 39, address_type) + address + key + bytes(16)
