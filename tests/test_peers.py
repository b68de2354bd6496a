"""Who is at the other end of a link, as a user sees it."""

import json
from pathlib import Path

import pytest

from l2scope.engine.names import PUBLIC, RANDOM
from l2scope.engine.words import ACL, EVENT, NONE
from l2scope.links import Link
from l2scope.peers import address_kind, address_text
from l2scope.reading import link_views
from tests.cli.runner import l2scope
from tests.engine.announcements import (
    ADDRESS,
    OTHER,
    RESOLVABLE,
    STATIC,
    complete,
    connected,
    identity_address,
    identity_key,
    inquiry_result,
    le_connected,
    manufacturer,
    remote_name,
    report,
    reports,
    version,
)
from tests.engine.views import channels, refused
from tests.wire import Conversation, acl, btsnoop, pdu, signal


def links(*events: bytes) -> list[Link]:
    conversation = Conversation()
    for data in events:
        conversation.event(data)
    return link_views(conversation.engine)


@pytest.mark.parametrize(
    ("kind", "address", "expected"),
    [
        (PUBLIC, 0xC00000000000, "public"),
        (RANDOM, 0xC00000000000, "static"),
        (RANDOM, 0xFFFFFFFFFFFF, "static"),
        (RANDOM, 0x7FFFFFFFFFFF, "resolvable"),
        (RANDOM, 0x400000000000, "resolvable"),
        (RANDOM, 0x3FFFFFFFFFFF, "non-resolvable"),
        (RANDOM, 0x800000000000, "reserved"),
        (NONE, 0, None),
    ],
)
def test_kinds_of_addresses(kind: int, address: int, expected: str | None) -> None:
    """Vol 6 Part B 1.3.2: the two most significant bits of a random address."""
    assert address_kind(kind, address) == expected


def test_addresses_as_text() -> None:
    """All six bytes, the most significant first."""
    assert address_text(0x1A7DDA7113) == "00:1A:7D:DA:71:13"


@pytest.mark.parametrize(
    ("address", "address_type", "kind", "identity"),
    [
        (ADDRESS, 0, "public", None),
        (STATIC, 1, "static", None),
        (RESOLVABLE, 1, "resolvable", None),
        (OTHER, 1, "resolvable", None),
        (ADDRESS, 1, "non-resolvable", None),
        (ADDRESS, 2, "public", "01:02:03:04:05:06"),
        (STATIC, 3, "static", "C1:02:03:04:05:06"),
        (ADDRESS, 9, None, None),
    ],
)
def test_the_peer_of_an_le_link(address: bytes, address_type: int, kind: str | None, identity: str | None) -> None:
    """The event tells the type; an address that the controller resolved is the identity."""
    (link,) = links(le_connected(address, address_type))
    assert (link.peer_address_kind, link.peer_identity) == (kind, identity)
    assert link.peer_address == ":".join(f"{byte:02X}" for byte in reversed(address))


def test_the_peer_of_a_br_edr_link() -> None:
    """Its address is public; its name came by inquiry or by request."""
    (link,) = links(inquiry_result(complete("Speaker")), connected())
    assert (link.peer_address_kind, link.peer_name) == ("public", "Speaker")
    (link,) = links(connected(), remote_name(b"Speaker 2"))
    assert link.peer_name == "Speaker 2"


def test_a_name_from_before_or_after_the_connection() -> None:
    """Whenever it was told; of another device it is not taken."""
    before, after = links(
        reports(report(complete("Lamp"))),
        le_connected(),
        le_connected(OTHER, 0, 0x41),
        reports(report(complete("Fan"))),
    )
    assert (before.peer_name, after.peer_name) == ("Fan", None)


def test_a_link_whose_connection_was_not_seen() -> None:
    """Without an address it still may have a name, read over it."""
    conversation = Conversation()
    conversation.sent(pdu(4, b"\x08\x01\x00\xff\xff\x00\x2a"))
    conversation.received(pdu(4, b"\x09\x06\x03\x00Lamp"))
    conversation.event(version(0x0059))
    (link,) = link_views(conversation.engine)
    assert (link.peer_address, link.peer_address_kind, link.peer_name) == (None, None, "Lamp")
    assert link.peer_manufacturer == "Nordic Semiconductor ASA"


def test_the_other_addresses_of_a_device() -> None:
    """Two private addresses of one identity share name and manufacturer; the address's own name counts first."""
    conversation = Conversation()
    conversation.event(le_connected(OTHER, 1, 0x40))
    conversation.received(identity_key())
    conversation.received(identity_address(ADDRESS))
    conversation.event(reports(report(complete("Lamp") + manufacturer(0x0059), OTHER, 1)))
    conversation.event(le_connected(RESOLVABLE, 1, 0x41))
    assert [link.peer_name for link in link_views(conversation.engine)] == ["Lamp", "Lamp"]
    conversation.event(reports(report(complete("Lantern"), RESOLVABLE, 1)))
    first, second = link_views(conversation.engine)
    assert (first.peer_name, second.peer_name) == ("Lamp", "Lantern")
    assert second.peer_manufacturer == "Nordic Semiconductor ASA"


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([version(0x000F)], "Broadcom Corporation"),
        ([reports(report(manufacturer(0x0075))), version(0x000F)], "Samsung Electronics Co. Ltd."),
        ([version(0x000F), reports(report(manufacturer(0xF123)))], "Broadcom Corporation"),
        ([reports(report(manufacturer(0xF123)))], "Company 0xF123"),
        ([version(0xFFFF)], None),
        ([], None),
    ],
)
def test_manufacturers(events: list[bytes], expected: str | None) -> None:
    """What the device says of itself before its controller's maker, numbers that are nobody's last."""
    (link,) = links(le_connected(), *events)
    assert link.peer_manufacturer == expected


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"\x1b]0;owned\x07\x1b[2J", "�]0;owned��[2J"),
        ("Lamp\u202egnp".encode(), "Lamp�gnp"),
        (b"\xff\xfeLamp", "��Lamp"),
        ("🔑 Model Y".encode(), "🔑 Model Y"),
        (b"[/nope]", "[/nope]"),
        (b"   ", None),
        (b" Lamp\r\n", "Lamp��"),
    ],
)
def test_hostile_names(name: bytes, shown: str | None) -> None:
    """No name reaches a terminal as it is."""
    (link,) = links(connected(), remote_name(name))
    assert link.peer_name == shown


def test_channels_have_the_peer_of_their_link() -> None:
    """All that is known of it; refused attempts have address and name."""
    conversation = Conversation()
    conversation.event(le_connected(STATIC, 1))
    conversation.event(reports(report(complete("Lamp") + manufacturer(0x0059), STATIC, 1)))
    conversation.open_channel()
    conversation.sent(signal(0x14, 2, 0x81, 0x41, 500, 100, 3))
    conversation.received(signal(0x15, 2, 0, 0, 0, 0, 2))
    shown = channels(conversation).one().as_json()
    assert {name: value for name, value in shown.items() if name.startswith("peer_")} == {
        "peer_address": "C1:02:03:04:05:06",
        "peer_name": "Lamp",
        "peer_address_kind": "static",
        "peer_identity": None,
        "peer_manufacturer": "Nordic Semiconductor ASA",
    }
    (attempt,) = refused(conversation)
    assert (attempt.peer_address, attempt.peer_name) == ("C1:02:03:04:05:06", "Lamp")


def test_the_commands_show_names(tmp_path: Path) -> None:
    """`stats` has address, kind, name and manufacturer of each link, `channels` the name; both escape it."""
    name = "Lamp\x1b[2J 灯"
    records = [
        (3, bytes((EVENT,)) + reports(report(complete(name) + manufacturer(0x0059), STATIC, 1))),
        (3, bytes((EVENT,)) + le_connected(STATIC, 1)),
        (0, bytes((ACL,)) + acl(signal(0x14, 1, 0x80, 0x40, 500, 100, 3))),
        (1, bytes((ACL,)) + acl(signal(0x15, 1, 0x50, 500, 100, 3, 0))),
    ]
    path = tmp_path / "lamp.btsnoop"
    path.write_bytes(btsnoop(records))
    printed = l2scope("stats", path).stdout
    assert "\x1b[2J" not in printed
    row = next(line for line in printed.splitlines() if "0x0040" in line)
    assert "C1:02:03:04:05:06  static   Lamp�[2J 灯  Nordic Semiconductor ASA" in row
    assert "Lamp�[2J 灯" in l2scope("channels", path).stdout
    (link,) = json.loads(l2scope("stats", path, "--json").stdout)["links"]
    assert (link["peer_name"], link["peer_address_kind"]) == ("Lamp�[2J 灯", "static")
