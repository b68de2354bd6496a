"""Pairs of captures for the rules of capture quality."""

import gzip
import io
import struct
import zipfile
from dataclasses import replace

from tests.analysis.rules.conversations import linked
from tests.analysis.rules.pairs import Made, pair
from tests.engine.announcements import ADDRESS, OTHER, RESOLVABLE, identity_address, identity_key, le_connected
from tests.generate.containers import (
    Packet,
    block,
    btsnoop,
    enhanced,
    interface,
    packet,
    pcap,
    pcapng,
    section,
)
from tests.generate.containers import linked as in_record
from tests.wire import Conversation, acl, pdu

US = 1_700_000_000_000_000
RESET = packet(b"\x01\x03\x0c\x00")
RECORD = 24 + len(RESET.data)
THREE = btsnoop([RESET] * 3)
H4 = in_record(RESET, 201)
H4_SECTION = section() + interface(201) + enhanced(H4, US)


def with_field(offset: int, value: int) -> bytes:
    """The header of the third record has another value in one of its fields."""
    at = 16 + 2 * RECORD + offset
    return THREE[:at] + struct.pack(">I", value) + THREE[at + 4 :]


def with_garbage(places: int) -> bytes:
    records = btsnoop([RESET] * 3)[16:]
    return THREE + (b"\xff" * 30 + records) * places


@pair("CAP001")
def cut_off() -> tuple[Made, Made]:
    """The last record lacks a byte; it is whole."""
    return THREE[:-1], THREE


@pair("CAP002")
def cut_short() -> tuple[Made, Made]:
    """A packet lacks a byte that it had on the wire; none does."""
    return btsnoop([RESET.cut(3)]), btsnoop([RESET])


@pair("CAP003")
def lost() -> tuple[Made, Made]:
    """The third record says that one packet was dropped; none."""
    return with_field(12, 1), with_field(12, 0)


@pair("CAP004")
def time_reversed() -> tuple[Made, Made]:
    """A packet is a microsecond earlier than the one before; at the same time."""
    earlier = replace(RESET, time=RESET.time - 1000)
    return btsnoop([RESET, earlier]), btsnoop([RESET, RESET])


@pair("CAP005")
def garbage() -> tuple[Made, Made]:
    """Thirty bytes between records are none; no byte is."""
    return with_garbage(1), THREE + THREE[16:]


@pair("CAP006")
def garbage_to_the_end() -> tuple[Made, Made]:
    """Two hundred bytes behind the last record."""
    return THREE + b"\xee" * 200, THREE


@pair("CAP007")
def empty_record() -> tuple[Made, Made]:
    """A record without a byte; with the indicator of a packet and no more."""
    empty, short = Packet(RESET.time, False, b"", 0), Packet(RESET.time, False, b"\x01", 1)
    return pcap([RESET, empty, RESET], 187), pcap([RESET, short, RESET], 187)


@pair("CAP008")
def other_link_type() -> tuple[Made, Made]:
    """An interface of Ethernet beside that of HCI; a second one of HCI."""
    packets = enhanced(H4, US) + enhanced(H4, US, number=1)
    return section() + interface(201) + interface(1) + packets, section() + interface(201) + interface(201) + packets


@pair("CAP009")
def bad_block() -> tuple[Made, Made]:
    """A block whose second length is 0; is right."""
    good = enhanced(H4, US)
    return section() + interface(201) + good[:-4] + bytes(4) + good, section() + interface(201) + good + good


@pair("CAP010")
def unseen_link() -> tuple[Made, Made]:
    """ACL data on a handle whose connection is not in the capture; is."""
    unseen, seen = Conversation(), linked()
    for conversation in (unseen, seen):
        conversation.sent(pdu(4, b"\x0a\x03\x00"))
    return unseen, seen


@pair("CAP011")
def no_interface() -> tuple[Made, Made]:
    """A packet of interface 1 where there is only 0; of 0."""
    return H4_SECTION + enhanced(H4, US, number=1), H4_SECTION + enhanced(H4, US, number=0)


@pair("CAP012")
def no_pseudo_header() -> tuple[Made, Made]:
    """A record of two bytes, where the direction alone takes four; a whole one."""
    whole = pcap([RESET])
    return whole[:24] + struct.pack("<IIII", 17, 5, 2, 2) + b"ab" + whole[24:], whole


@pair("CAP013")
def no_direction() -> tuple[Made, Made]:
    """A link type without a direction; with one."""
    return pcap([RESET], 187), pcap([RESET], 201)


@pair("CAP014")
def no_time() -> tuple[Made, Made]:
    """A simple packet block has no time; an enhanced one has."""
    return H4_SECTION + block(3, struct.pack("<I", len(H4)) + H4), H4_SECTION + enhanced(H4, US)


@pair("CAP015")
def another_section() -> tuple[Made, Made]:
    """Two sections behind each other; one with the packets of both."""
    return H4_SECTION + H4_SECTION, pcapng([RESET, RESET])


@pair("CAP016")
def unlisted_damage() -> tuple[Made, Made]:
    """201 damaged places; 200, which are all listed."""
    return with_garbage(201), with_garbage(200)


def bonded(peer: int) -> Conversation:
    """A peer distributes its key; then somebody connects."""
    conversation = Conversation()
    conversation.event(le_connected(OTHER, 1, 0x40))
    conversation.received(identity_key())
    conversation.received(identity_address(ADDRESS))
    conversation.event(le_connected(RESOLVABLE if peer else ADDRESS, 1 if peer else 0, 0x41))
    return conversation


@pair("CAP017", without="cryptography")
def unresolved_address() -> tuple[Made, Made]:
    """Under a private address, which only the missing package could resolve; under a public one."""
    return bonded(1), bonded(0)


@pair("CAP018")
def overlong_record() -> tuple[Made, Made]:
    """The record has four bytes of a packet of three; of four."""
    return with_field(0, 3), with_field(0, len(RESET.data))


@pair("CAP019")
def cut_compression() -> tuple[Made, Made]:
    """A gzip file lacks its last byte; it is whole."""
    packed = gzip.compress(THREE)
    return packed[:-1], packed


@pair("CAP020")
def behind_compression() -> tuple[Made, Made]:
    """Bytes that are no gzip behind one that is; another gzip."""
    packed = gzip.compress(THREE)
    return packed + b"bytes behind it", gzip.compress(THREE[:40]) + gzip.compress(THREE[40:])


def zipped() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("capture.btsnoop", THREE)
    return written.getvalue()


@pair("CAP021")
def damaged_archive() -> tuple[Made, Made]:
    """A zip without the end of its directory; with it."""
    return zipped()[:-22], zipped()


@pair("CAP022")
def wrong_checksum() -> tuple[Made, Made]:
    """A byte of a packet in a zip was changed, not its checksum; none was."""
    whole = zipped()
    place = whole.index(RESET.data)
    return whole[: place + 3] + b"\x01" + whole[place + 4 :], whole


@pair("CAP023")
def vendor_frames() -> tuple[Made, Made]:
    """ACL data on handle 0x0EDC; on the one before."""
    vendor, other = Conversation(), Conversation()
    vendor.packet(0, 2, acl(pdu(4, b"\x0a\x03\x00"), handle=0x0EDC))
    other.packet(0, 2, acl(pdu(4, b"\x0a\x03\x00"), handle=0x0EDB))
    return vendor, other
