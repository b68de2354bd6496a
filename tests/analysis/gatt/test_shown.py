"""Databases where people see them: `gatt`, `att`, the packet list and the tree."""

import json
from pathlib import Path

import pytest

from l2scope.analysis.summary import PacketSummaries
from l2scope.analysis.transactions import transactions
from l2scope.capture import Capture, open_capture
from l2scope.dissection import dissect
from tests.analysis.gatt.captures import DISCOVERY, asked, capture_of, linked, received, sent
from tests.cli.runner import l2scope
from tests.corpus import CORPUS, needs_corpus, read_json
from tests.dissection.fields import named, values

SUBSCRIBED = asked("12 1300 0100", "13")
READ = asked("0a 1200", "0b 64")
RECORDS = [linked(), *DISCOVERY, *SUBSCRIBED, received("1b 1200 63"), *READ]


@pytest.fixture
def capture(tmp_path: Path) -> Capture:
    return capture_of(tmp_path, *RECORDS)


def test_the_packet_list_names_attributes(capture: Capture) -> None:
    """Also in answers, which carry no handle of their own."""
    summaries = PacketSummaries(capture)
    assert [summaries.of(number).summary for number in range(12, 17)] == [
        "Write Request, handle 0x0013 (Battery Level · Client Characteristic Configuration), 2 bytes: 01 00 = notify",
        "Write Response, handle 0x0013 (Battery Level · Client Characteristic Configuration)",
        "Handle Value Notification, handle 0x0012 (Battery Level), 1 byte: 63 = 99 %",
        "Read Request, handle 0x0012 (Battery Level)",
        "Read Response, handle 0x0012 (Battery Level), 1 byte: 64 = 100 %",
    ]


def test_the_tree_says_where_an_attribute_belongs(capture: Capture) -> None:
    """Server, service, characteristic and type, in a request as in what answers it."""
    for number in (15, 16):
        field = named(dissect(capture, number).fields, "Attribute 0x0012")
        assert field.value == "Battery Level"
        carried = {"Value": "100 %"} if number == 16 else {}
        assert values(field) == carried | {
            "Server": "AA:00:01:01:00:01",
            "Service": "Battery, 0x0010 to 0x0013, told in packet 3",
            "Characteristic": "Battery Level, read, notify, told in packet 7",
            "Type": "Battery Level (0x2A19)",
        }


def test_transactions_name_attributes(capture: Capture) -> None:
    """Of requests about one attribute; where a range is asked for, its first handle has no meaning."""
    found = {one.request_packet: one.attribute for one in transactions(capture)}
    assert (found[15], found[12]) == ("Battery Level", "Battery Level · Client Characteristic Configuration")
    assert (found[2], found[10]) == (None, None)


def test_the_command(capture: Capture) -> None:
    """The tree with values and subscriptions."""
    lines = [line.strip() for line in l2scope("gatt", capture.path).stdout.splitlines()]
    assert lines == [
        "AA:00:01:01:00:01, 7 attributes",
        "0x0010..0x0013 Battery (0x180F)",
        "0x0012 Battery Level (0x2A19) [read, notify]: 100 % (2 operations, the last in packet 15)",
        "0x0013 Client Characteristic Configuration (0x2902): notify (1 operation, the last in packet 12)",
        "-> this host: notify set in packet 12, 1 notification",
        "0x0020..0xFFFF 7e400001-b5a3-f393-e0a9-e50e24dcca9e",
        "0x0022 7e400001-b5a3-f393-e0a9-e50e24dcca9e [read, write, notify, indicate]",
    ]


def test_the_command_as_json(capture: Capture) -> None:
    """The same, and more, for programs; --peer chooses servers by address, name or side."""
    (server,) = json.loads(l2scope("gatt", capture.path, "--json").stdout)
    (level,) = server["services"][0]["characteristics"]
    assert (server["peer"], level["uuid"], level["name"], level["handle"]) == (
        "AA:00:01:01:00:01",
        "0x2A19",
        "Battery Level",
        0x12,
    )
    assert (level["last"]["value"], level["last"]["decoded"]) == ("64", [{"name": "Battery Level", "value": "100 %"}])
    assert [(one["state"], one["packet"], one["notifications"]) for one in server["subscriptions"]] == [
        ("notify", 12, 1)
    ]
    assert json.loads(l2scope("gatt", capture.path, "--json", "--peer", "aa:00").stdout) == [server]
    assert json.loads(l2scope("gatt", capture.path, "--json", "--peer", "local").stdout) == []


@needs_corpus
@pytest.mark.parametrize("name", ["eatt", "eatt.peer"])
def test_enhanced_bearers(name: str) -> None:
    """Each value that the truth says was read over EATT, also those in several K-frames, and each notification."""
    path = CORPUS / "bumble" / f"{name}.btsnoop"
    truth = read_json(path.with_name("eatt.truth.json"))
    with open_capture(path) as capture:
        (server,) = capture.gatt.servers
        told = [one for handle in (0x10, 0x13, 0x16, 0x19) for one in server.history(handle)]
    reads = [one for one in told if one.kind == "read"]
    assert [one.value.hex() for one in reads if one.value is not None] == truth["values"]
    assert {one.bearer for one in reads} == {0, 1}
    notified = [one.value.hex() for one in told if one.kind == "notification" and one.value is not None]
    assert notified == truth["notifications"]


def test_findings_name_attributes(tmp_path: Path) -> None:
    """The attribute that a finding, or the packet that proves it, is about; nothing where discovery told nothing."""
    overlapping = [linked(), *DISCOVERY, sent("0a 1200"), sent("0a 2200")]
    capture = capture_of(tmp_path, *overlapping)
    (finding,) = capture.findings(rule="ATT001")
    assert finding.message.endswith("; handle 0x0022 (7e400001-…-ca9e)")
    assert (finding.values["handle"], finding.values["attribute"]) == (0x22, "7e400001-…-ca9e")
    printed = json.loads(l2scope("findings", capture.path, "--rule", "ATT001", "--json").stdout)
    assert [one["values"]["attribute"] for one in printed] == ["7e400001-…-ca9e"]
    (unasked,) = capture_of(tmp_path, linked(), *DISCOVERY, received("1b 1200 64")).findings(rule="ATT009")
    assert "notifies of handle 0x0012 (Battery Level), and no subscription" in unasked.message
    (unnamed,) = capture_of(tmp_path, linked(), sent("0a 1200"), sent("0a 2200")).findings(rule="ATT001")
    assert "attribute" not in unnamed.values
