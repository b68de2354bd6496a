"""What was done with values: joined reads and writes, lists of values, errors; and subscriptions."""

from pathlib import Path

import pytest

from l2scope.analysis.gatt.operations import Operation
from l2scope.analysis.gatt.subscriptions import Subscription, subscriptions
from tests.analysis.gatt.captures import (
    DISCOVERY,
    Records,
    asked,
    capture_of,
    encrypted,
    ended,
    linked,
    received,
    sent,
)

TOLD = tuple[str, bytes | None, tuple[int, ...], int | None]


def history(path: Path, handle: int, *records: tuple[int, bytes]) -> list[TOLD]:
    """What was done with one attribute of the peer, packet 1 being the connection."""
    (server,) = capture_of(path, linked(), *records).gatt.servers
    return [told(operation) for operation in server.history(handle)]


def told(operation: Operation) -> TOLD:
    return operation.kind, operation.value, operation.packets, operation.error


def test_reads_and_writes(tmp_path: Path) -> None:
    """Requests with their answers, commands, notifications and indications in order."""
    found = history(
        tmp_path,
        0x12,
        *asked("0a 1200", "0b 6464"),
        *asked("12 1200 01", "13"),
        sent("52 1200 02"),
        sent("d2 1200 03" + "00" * 12),
        received("1b 1200 04"),
        received("1d 1200 05"),
        sent("1e"),
        *asked("12 1200 06", "01 12 1200 03"),
        *asked("0a 1200", "01 0a 1200 05"),
        sent("0a 1200"),
    )
    assert found == [
        ("read", b"\x64\x64", (2, 3), None),
        ("write", b"\x01", (4, 5), None),
        ("write command", b"\x02", (6,), None),
        ("signed write", b"\x03", (7,), None),
        ("notification", b"\x04", (8,), None),
        ("indication", b"\x05", (9, 10), None),
        ("write", None, (11, 12), 3),
        ("read", None, (13, 14), 5),
        ("read", None, (15,), None),
    ]


def test_a_long_read(tmp_path: Path) -> None:
    """A read that blobs go on with is one value, also with others in between; Attribute Not Long at its end is no
    error; a blob elsewhere is read by itself (Vol 3 Part G 4.8.3)."""
    parts = [*asked("0a 1200", "0b 4142"), *asked("0c 1200 0200", "0d 4344"), *asked("0c 1200 0400", "01 0c 1200 0b")]
    assert history(tmp_path, 0x12, *parts) == [("long read", b"ABCD", (2, 3, 4, 5, 6, 7), None)]
    parts = [*asked("0a 1200", "0b 4142"), *asked("0a 2200", "0b 51"), *asked("0c 1200 0200", "0d 43")]
    assert history(tmp_path, 0x12, *parts) == [("long read", b"ABC", (2, 3, 6, 7), None)]
    parts = [*asked("0a 1200", "0b 4142"), *asked("0c 1200 0300", "0d 4344")]
    assert [(kind, value) for kind, value, *_ in history(tmp_path, 0x12, *parts)] == [("read", b"AB"), ("read", b"CD")]


def test_long_reads_of_two_bearers_sides(tmp_path: Path) -> None:
    """Both sides read at once: neither's blobs go on with the other's read."""
    records = [sent("0a 1200"), received("0a 1200"), received("0b 4142"), sent("0b 5152")]
    records += [sent("0c 1200 0200"), received("0c 1200 0200"), received("0d 43"), sent("0d 53")]
    remote, local = capture_of(tmp_path, linked(), *records).gatt.servers
    assert [one.value for one in remote.history(0x12)] == [b"ABC"]
    assert [one.value for one in local.history(0x12)] == [b"QRS"]


def test_prepared_writes(tmp_path: Path) -> None:
    """Parts of several attributes are joined by their handles, and belong to the one that executes them (4.9.4)."""
    records = [
        *asked("16 2200 0000 4142", "17 2200 0000 4142"),
        *asked("16 1200 0000 7a", "17 1200 0000 7a"),
        *asked("16 2200 0200 43", "17 2200 0200 43"),
        *asked("18 01", "19"),
    ]
    assert history(tmp_path, 0x22, *records) == [("prepared write", b"ABC", (2, 3, 6, 7, 8, 9), None)]
    assert history(tmp_path, 0x12, *records) == [("prepared write", b"z", (4, 5, 8, 9), None)]
    cancelled = [*records[:2], *asked("18 00", "19"), *asked("16 2200 0000 51", "17 2200 0000 51")]
    (server,) = capture_of(tmp_path, linked(), *cancelled).gatt.servers
    assert [told(one)[:2] for one in server.history(0x22)] == [("cancelled write", b"AB")]
    assert server.last(0x22) is None


def test_several_values_in_one_pdu(tmp_path: Path) -> None:
    """Read By Type, Read Multiple Variable, and Multiple Handle Value Notification (Part F 3.4.4, 3.4.7.4)."""
    records = [
        *asked("08 0100 ffff 192a", "09 03 1200 64 2200 32"),
        *asked("20 1200 2200", "21 0100 07 0200 0809"),
        received("23 1200 0100 01 2200 0200 0203"),
    ]
    assert [value for _, value, *_ in history(tmp_path, 0x12, *records)] == [b"\x64", b"\x07", b"\x01"]
    assert [value for _, value, *_ in history(tmp_path, 0x22, *records)] == [b"\x32", b"\x08\x09", b"\x02\x03"]


def subscribed(path: Path, *records: tuple[int, bytes]) -> list[tuple[object, ...]]:
    capture = capture_of(path, linked(), *records)
    return [brief(one) for server in capture.gatt.servers for one in subscriptions(capture, server)]


def brief(one: Subscription) -> tuple[object, ...]:
    return one.handle, one.state, one.packet, one.notifications, one.indications


ON = asked("12 1300 0100", "13")
OFF = asked("12 1300 0000", "13")
NOTED = [received("1b 1200 64")]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([*DISCOVERY, *ON, *NOTED, *NOTED], [(0x12, "notify", 12, 2, 0)]),
        (
            [*DISCOVERY, *NOTED, *ON, *OFF],
            [(0x12, "not seen", None, 1, 0), (0x12, "notify", 13, 0, 0), (0x12, "off", 15, 0, 0)],
        ),
        ([*DISCOVERY, *asked("12 1300 0100", "01 12 1300 05"), *NOTED], [(0x12, "not seen", None, 1, 0)]),
        ([*DISCOVERY, *asked("12 2200 0100", "13")], []),
        ([*ON, *NOTED], [(0x12, "notify", 2, 1, 0)]),
        ([*asked("12 1300 0200", "13"), received("1d 1200 64"), sent("1e")], [(0x12, "indicate", 2, 0, 1)]),
    ],
    ids=["notify", "before and after", "refused", "no configuration", "without discovery", "indicate"],
)
def test_subscriptions(tmp_path: Path, records: Records, expected: list[tuple[object, ...]]) -> None:
    """Each state of a configuration counts what was told while it held."""
    assert subscribed(tmp_path, *records) == expected


def test_a_subscription_over_two_links(tmp_path: Path) -> None:
    """It goes on over the next encrypted link, and is not seen to on one that is not."""
    first = [*DISCOVERY, *ON, *NOTED, ended(), linked()]
    assert subscribed(tmp_path, *first, encrypted(), *NOTED) == [(0x12, "notify", 12, 2, 0)]
    assert subscribed(tmp_path, *first, *NOTED) == [(0x12, "notify", 12, 1, 0), (0x12, "not seen", None, 1, 0)]


def test_clients_of_the_captured_host(tmp_path: Path) -> None:
    """The peer subscribes to what the captured host notifies."""
    records = [received("12 1300 0100"), sent("13"), sent("1b 1200 64")]
    capture = capture_of(tmp_path, linked(), *records)
    (server,) = capture.gatt.servers
    (one,) = subscriptions(capture, server)
    assert (one.client, one.descriptor, one.inferred, brief(one)) == (
        "AA:00:01:01:00:01",
        0x13,
        True,
        (0x12, "notify", 2, 1, 0),
    )
