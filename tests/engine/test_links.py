"""Links: lives of a connection handle, by HCI events."""

import struct

import pytest

from l2scope.engine.words import ACL, TX
from tests.engine.views import channels, links
from tests.wire import MS, Conversation, acl, command_complete, connection_complete, disconnection_complete, event, pdu


def test_an_le_connection() -> None:
    """Address, role, interval, latency and timeout of LE Connection Complete (Vol 4 Part E 7.7.65.1)."""
    conversation = Conversation()
    packet = conversation.connect(handle=0x123, interval=36, latency=4)
    (link,) = links(conversation)
    assert (link.handle, link.transport, link.role, link.peer_address) == (0x123, "le", "central", "AA:00:01:01:00:01")
    assert (link.interval_ns, link.latency, link.supervision_timeout_ns) == (45 * MS, 4, 5_000 * MS)
    assert (link.opened, link.opened_ns, link.closed) == (packet, conversation.now, None)


@pytest.mark.parametrize(("subevent", "more"), [(0x0A, b""), (0x29, b"\x01\xff\xff")])
def test_enhanced_connection_events(subevent: int, more: bytes) -> None:
    """Versions 1 and 2 have the timing behind two resolvable addresses."""
    address = bytes.fromhex("060504030201")
    body = struct.pack("<BBHBB", subevent, 0, 0x40, 1, 1) + address + bytes(12) + struct.pack("<HHHB", 24, 2, 100, 0)
    conversation = Conversation()
    conversation.event(event(0x3E, body + more))
    (link,) = links(conversation)
    assert (link.role, link.peer_address, link.interval_ns) == ("peripheral", "01:02:03:04:05:06", 30 * MS)
    assert (link.latency, link.supervision_timeout_ns) == (2, 1_000 * MS)


def test_a_br_edr_connection() -> None:
    """Connection Complete of an ACL link; it has no connection interval."""
    conversation = Conversation()
    conversation.event(connection_complete())
    (link,) = links(conversation)
    assert (link.transport, link.peer_address, link.interval_ns) == ("br-edr", "AA:00:01:01:00:01", None)


def test_a_failed_or_synchronous_connection_is_no_link() -> None:
    """A status other than 0, and a SCO link, carry no L2CAP."""
    conversation = Conversation()
    conversation.event(event(0x03, struct.pack("<BH", 4, 0x40) + bytes(6) + b"\x01\x00"))
    conversation.event(event(0x03, struct.pack("<BH", 0, 0x40) + bytes(6) + b"\x00\x00"))
    conversation.event(event(0x3E, struct.pack("<BBH", 1, 0x3E, 0x40) + bytes(15)))
    assert links(conversation) == []


def test_updates_change_the_link_in_force() -> None:
    """Connection update, data length, PHY and encryption."""
    conversation = Conversation()
    conversation.connect()
    conversation.event(event(0x3E, struct.pack("<BBHHHH", 0x03, 0, 0x40, 12, 3, 200)))
    conversation.event(event(0x3E, struct.pack("<BHHHHH", 0x07, 0x40, 251, 2120, 100, 1000)))
    conversation.event(event(0x3E, struct.pack("<BBHBB", 0x0C, 0, 0x40, 2, 2)))
    conversation.event(event(0x08, struct.pack("<BHB", 0, 0x40, 1)))
    (link,) = links(conversation)
    assert (link.interval_ns, link.latency, link.supervision_timeout_ns) == (15 * MS, 3, 2_000 * MS)
    assert (link.tx_octets, link.rx_octets, link.encrypted) == (251, 100, True)
    engine_link = conversation.engine.host.links[0]
    assert (engine_link.tx_phy, engine_link.rx_phy) == (2, 2)


def test_a_failed_update_changes_nothing() -> None:
    """Only status 0 counts."""
    conversation = Conversation()
    conversation.connect(interval=24)
    conversation.event(event(0x3E, struct.pack("<BBHHHH", 0x03, 0x3B, 0x40, 12, 3, 200)))
    assert links(conversation)[0].interval_ns == 30 * MS


@pytest.mark.parametrize(
    ("code", "reason"),
    [(0x13, "disconnect-peer"), (0x15, "disconnect-peer"), (0x16, "disconnect-local"), (0x08, "link-lost")],
)
def test_the_reason_tells_who_ended_the_link(code: int, reason: str) -> None:
    """Reasons of Vol 1 Part F 2."""
    conversation = Conversation()
    conversation.connect()
    packet = conversation.event(disconnection_complete(reason=code))
    (link,) = links(conversation)
    assert (link.closed, link.close_reason, link.reason_code) == (packet, reason, code)


def test_a_handle_has_many_lives() -> None:
    """Each connection of a handle is a link of its own."""
    conversation = Conversation()
    for _ in range(3):
        conversation.connect()
        conversation.event(disconnection_complete())
    assert [(link.id, link.opened, link.closed) for link in links(conversation)] == [(0, 1, 2), (1, 3, 4), (2, 5, 6)]


def test_an_adapter_is_part_of_a_link() -> None:
    """The same handle on two adapters is two links."""
    conversation = Conversation()
    conversation.connect()
    conversation.adapter = 1
    conversation.connect()
    conversation.event(disconnection_complete())
    assert [(link.adapter, link.closed) for link in links(conversation)] == [(0, None), (1, 3)]


def test_a_link_from_before_the_capture_is_marked() -> None:
    """The first ACL packet of an unknown handle opens a link without an opening packet."""
    conversation = Conversation()
    conversation.sent(pdu(0x0004, b"\x0a\x01\x00"))
    assert [(link.opened, link.opened_ns) for link in links(conversation)] == [(None, None)]


def test_vendor_frames_make_neither_links_nor_channels() -> None:
    """Qualcomm's diagnostics on handle 0x0EDC look like signalling and are not."""
    conversation = Conversation()
    looks_like_signalling = bytes.fromhex("0e000500") + bytes.fromhex("14010a00") + bytes(10)
    conversation.packet(TX, ACL, acl(looks_like_signalling, handle=0xEDC))
    assert (links(conversation), channels(conversation)) == ([], [])


def test_completed_packets_and_buffers_are_kept() -> None:
    """Number Of Completed Packets counts fragments; the controller reported its buffers."""
    conversation = Conversation()
    conversation.event(command_complete(0x1005, struct.pack("<BHBHH", 0, 1021, 64, 8, 1)))
    conversation.event(command_complete(0x2002, struct.pack("<BHB", 0, 251, 12)))
    conversation.connect()
    conversation.packet(TX, ACL, acl(pdu(0x0004, b"\x0a\x01\x00")[:5]))
    conversation.packet(TX, ACL, acl(pdu(0x0004, b"\x0a\x01\x00")[5:], boundary=1))
    conversation.event(event(0x13, struct.pack("<BHH", 1, 0x40, 2)))
    host = conversation.engine.host
    assert host.links[0].outgoing.taken == 0
    adapter = host.adapters[0]
    assert (adapter.acl_buffers.size, adapter.acl_buffers.count) == (1021, 8)
    assert (adapter.le_buffers.size, adapter.le_buffers.count) == (251, 12)
