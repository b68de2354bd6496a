"""Databases from discovery: trees, versions, names, and whose they are."""

from pathlib import Path

from l2scope.analysis.gatt.server import Server
from l2scope.analysis.gatt.tree import Service
from l2scope.engine.words import ACL, EVENT
from tests.analysis.gatt.captures import (
    DISCOVERY,
    HCI,
    RECEIVED,
    VENDOR,
    Records,
    asked,
    capture_of,
    ended,
    linked,
    received,
    sent,
)
from tests.engine.announcements import RESOLVABLE, STATIC, le_connected
from tests.wire import acl, pdu


def one_server(path: Path, *records: tuple[int, bytes]) -> Server:
    (server,) = capture_of(path, linked(), *records).gatt.servers
    return server


def outline(services: list[Service]) -> list[tuple[object, ...]]:
    """Handles with names, indented as tuples."""
    found: list[tuple[object, ...]] = []
    for service in services:
        found.append((service.handle, service.end, service.uuid and service.uuid.name))
        found += [(include.handle, include.start, include.end, include.uuid) for include in service.includes]
        for one in service.characteristics:
            found.append((one.handle, one.value_handle, one.uuid.name, *one.properties))
            found += [(descriptor.handle, descriptor.uuid.name) for descriptor in one.descriptors]
        found += [(other.handle, other.uuid.name) for other in service.others]
    return found


def test_a_tree(tmp_path: Path) -> None:
    """Services with their characteristics and descriptors, each with its handle (Vol 3 Part G 4.4, 4.6, 4.7)."""
    server = one_server(tmp_path, *DISCOVERY)
    vendor = "7e400001-b5a3-f393-e0a9-e50e24dcca9e"
    assert outline(server.services) == [
        (0x10, 0x13, "Battery"),
        (0x11, 0x12, "Battery Level", "read", "notify"),
        (0x13, "Client Characteristic Configuration"),
        (0x20, 0xFFFF, vendor),
        (0x21, 0x22, vendor, "read", "write", "notify", "indicate"),
    ]
    assert len(server.database) == 7


def test_names(tmp_path: Path) -> None:
    """Every handle is called by what it is; one that nobody told of by nothing."""
    server = one_server(tmp_path, *DISCOVERY)
    names = {handle: server.name(handle, 99) for handle in (0x10, 0x11, 0x12, 0x13, 0x22, 0x14)}
    assert names == {
        0x10: "Battery service",
        0x11: "Battery Level declaration",
        0x12: "Battery Level",
        0x13: "Battery Level · Client Characteristic Configuration",
        0x22: "7e400001-…-ca9e",
        0x14: "",
    }


def test_services_of_one_kind_and_includes(tmp_path: Path) -> None:
    """Find By Type Value names the UUID in its request; an include of 128 bits leaves it out (3.2, 4.4.2, 4.5.1)."""
    server = one_server(
        tmp_path,
        *asked("06 0100 ffff 0028 0d18", "07 0100 0900 2000 2900"),
        *asked("10 0100 ffff 0128", "11 06 3000 3f00 0f18"),
        *asked("08 0100 0900 0228", "09 08 0200 3000 3f00 0f18"),
        *asked("08 2000 2900 0228", "09 06 2100 4000 4f00"),
    )
    battery = server.services[2]
    assert outline(server.services)[:2] == [(0x01, 0x09, "Heart Rate"), (0x02, 0x30, 0x3F, battery.uuid)]
    assert outline(server.services)[2:4] == [(0x20, 0x29, "Heart Rate"), (0x21, 0x40, 0x4F, None)]
    assert (battery.primary, server.services[0].primary) == (False, True)


def test_what_lies_in_no_known_service(tmp_path: Path) -> None:
    """A capture may begin between the discovery of services and that of their characteristics."""
    server = one_server(tmp_path, *asked("08 1000 1300 0328", "09 07 1100 02 1200 192a"))
    assert outline(server.services) == [(0x11, 0x11, None), (0x11, 0x12, "Battery Level", "read")]


def test_a_change_of_services(tmp_path: Path) -> None:
    """Service Changed takes away what lies in its range from then on, and only that; without its type it is but an
    indication (7.1)."""
    changed = [*asked("08 0100 0500 0328", "09 07 0200 20 0300 052a"), received("1d 0300 2000 ffff"), sent("1e")]
    server = one_server(tmp_path, *DISCOVERY, *changed)
    assert (server.name(0x22, 13), server.name(0x22, 14)) == ("7e400001-…-ca9e", "")
    assert server.name(0x12, 14) == "Battery Level"
    assert [(change.packet, change.handle, change.end) for change in server.versions.changes] == [(14, 0x20, 0xFFFF)]
    server = one_server(tmp_path, *DISCOVERY, *changed[2:])
    assert server.versions.changes == []


def test_a_contradiction_begins_a_new_version(tmp_path: Path) -> None:
    """Another service at the same handle on a later link: each link has its own names, told before or after."""
    again = [
        *asked("10 0100 ffff 0028", "11 06 1000 1300 0d18"),
        *asked("08 1000 1300 0328", "09 07 1100 12 1200 372a"),
    ]
    server = one_server(tmp_path, *DISCOVERY, ended(), linked(), *again)
    assert (server.name(0x12, 1), server.name(0x12, 17)) == ("Battery Level", "Heart Rate Measurement")
    assert server.name(0x13, 17) == ""
    server = one_server(tmp_path, *DISCOVERY, ended(), linked(), *DISCOVERY)
    assert len(server.versions.all) == 1


def test_either_side_may_be_the_server(tmp_path: Path) -> None:
    """The peer asks the captured host, and is asked: two databases, each with its own handles."""
    records = [received("10 0100 ffff 0028"), sent("11 06 0100 0500 0018")]
    capture = capture_of(tmp_path, linked(), *DISCOVERY, *records)
    remote, local = capture.gatt.servers
    assert (remote.owner.side, remote.owner.peer, local.owner.side) == ("remote", "AA:00:01:01:00:01", "local")
    assert outline(local.services) == [(0x01, 0x05, "Generic Access")]
    assert len(remote.database) == 7


def test_a_database_outlives_its_link(tmp_path: Path) -> None:
    """The next link to the same peer uses handles that nobody discovers again."""
    capture = capture_of(tmp_path, linked(), *DISCOVERY, ended(), linked(), *asked("0a 1200", "0b 64"))
    (server,) = capture.gatt.servers
    assert server.links == [0, 1]
    (read,) = server.history(0x12)
    assert (read.link, read.value, read.packets) == (1, b"\x64", (14, 15))


def test_short_and_long_forms_of_a_uuid_are_one(tmp_path: Path) -> None:
    """0x180F may come as 128 bits on the base UUID."""
    long = "fb349b5f80000080001000000f180000"
    server = one_server(tmp_path, *asked("10 0100 ffff 0028", f"11 14 1000 1300 {long}"))
    assert outline(server.services) == [(0x10, 0x13, "Battery")]


def test_lists_that_are_cut_or_wrong(tmp_path: Path) -> None:
    """Sizes of zero, formats that do not exist, entries cut short and services that overlap do no harm."""
    server = one_server(
        tmp_path,
        *asked("10 0100 ffff 0028", "11 00 1000"),
        *asked("10 0100 ffff 0028", "11 06 1000 ffff 0f18 2000"),
        *asked("10 0100 ffff 0028", "11 06 1100 ffff 0d18"),
        *asked("04 0100 ffff", "05 03 1300 0229"),
        *asked("04 0100 ffff", "05"),
        *asked("08 0100 ffff 0328", "09 07 1200 02 13"),
        *asked("08 0100 ffff", "09 07 1200 02 1300 192a"),
        *asked("06 0100 ffff 0028", "07 0100"),
    )
    assert outline(server.services) == [(0x10, 0xFFFF, "Battery"), (0x11, 0xFFFF, "Heart Rate")]
    assert VENDOR not in str(server)


def told_identity(handle: int) -> Records:
    """The peer of a link gives its identity key and address."""
    return [
        (RECEIVED, bytes((ACL,)) + acl(pdu(0x0006, data), handle))
        for data in (b"\x08" + bytes(range(16)), b"\x09\x01" + STATIC)
    ]


def test_one_peer_behind_two_addresses(tmp_path: Path) -> None:
    """A peer that gives its identity on both links has one database, though nothing was discovered on the second."""
    links = [
        (RECEIVED | HCI, bytes((EVENT,)) + le_connected(address, 1, handle))
        for address, handle in ((RESOLVABLE, 0x40), (bytes.fromhex("aabbccddee7f"), 0x41))
    ]
    reads = asked("0a 1200", "0b 64", 0x41)
    capture = capture_of(tmp_path, links[0], *DISCOVERY, *told_identity(0x40), links[1], *reads, *told_identity(0x41))
    (server,) = capture.gatt.servers
    assert (server.owner.peer, server.links) == ("C1:02:03:04:05:06", [0, 1])
    assert [server.words(told) for told in server.history(0x12)] == ["100 %"]
    apart = capture_of(tmp_path, links[0], *DISCOVERY, links[1], *reads)
    assert [one.links for one in apart.gatt.servers] == [[0], [1]]
