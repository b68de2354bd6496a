"""Pairings as a user sees them: method, keys, how they ended; and the encryption of links."""

import json
from pathlib import Path

import pytest

from l2scope.engine.words import RX
from l2scope.pairings import Features, Pairing, encryption_of, method, pairings_of
from l2scope.reading import link_views, read_figures
from tests import smp
from tests.analysis.gatt import captures
from tests.cli.runner import l2scope
from tests.corpus import CORPUS, needs_corpus
from tests.smp import BONDING, BREDR_SMP, MITM, SECURE, SMP, exchange, paired, request, response
from tests.wire import Conversation, connection_complete, disconnection_complete, event, pdu


def linked() -> Conversation:
    conversation = Conversation()
    conversation.connect()
    return conversation


def pairings(conversation: Conversation) -> list[Pairing]:
    return pairings_of(conversation.engine.host.links)


JW, PK, NC = "just works", "passkey entry", "numeric comparison"
# Vol 3 Part H table 2.8: a row for each responder, a column for each initiator, in the order DisplayOnly,
# DisplayYesNo, KeyboardOnly, NoInputNoOutput, KeyboardDisplay; of two, the second is that of Secure Connections.
TABLE_2_8 = (
    ((JW, JW), (JW, JW), (PK, PK), (JW, JW), (PK, PK)),
    ((JW, JW), (JW, NC), (PK, PK), (JW, JW), (PK, NC)),
    ((PK, PK), (PK, PK), (PK, PK), (JW, JW), (PK, PK)),
    ((JW, JW), (JW, JW), (JW, JW), (JW, JW), (JW, JW)),
    ((PK, PK), (PK, NC), (PK, PK), (JW, JW), (PK, NC)),
)


def features(io: int, authentication: int, oob: bool = False) -> Features:
    return Features(1, io, oob, authentication, 16, 0, 0)


@pytest.mark.parametrize("secure", [0, SECURE])
def test_methods_by_input_and_output(secure: int) -> None:
    """All of table 2.8, where one side asks for protection."""
    for responder, row in enumerate(TABLE_2_8):
        for initiator, (legacy, modern) in enumerate(row):
            found = method(features(initiator, MITM | secure), features(responder, secure))
            assert found == (modern if secure else legacy), (initiator, responder)


def test_methods_without_protection_and_out_of_band() -> None:
    """Nobody asks for protection: Just Works; out of band takes both sides, or either with Secure Connections."""
    assert method(features(4, BONDING), features(4, BONDING)) == JW
    assert method(features(4, MITM, oob=True), features(4, MITM)) == PK
    assert method(features(4, MITM, oob=True), features(4, MITM, oob=True)) == "out of band"
    assert method(features(4, SECURE, oob=True), features(4, SECURE)) == "out of band"


def test_a_whole_pairing() -> None:
    """Its state, its traits and the keys that were given."""
    conversation = paired(linked(), request(size=16), response(size=7))
    (pairing,) = pairings(conversation)
    assert (pairing.state, pairing.initiator, pairing.method, pairing.key_size) == ("complete", "local", JW, 7)
    assert (pairing.secure_connections, pairing.bonding, pairing.authenticated) == (False, True, False)
    assert (pairing.first_packet, pairing.last_packet) == (2, 11)
    assert [(key.name, key.sender, key.packet) for key in pairing.keys] == [
        ("long term key", "remote", 10),
        ("EDIV and Rand", "remote", 11),
    ]
    (link,) = link_views(conversation.engine)
    assert (link.encrypted, link.key_size) == (True, 7)


def test_it_is_not_complete_before_all_keys() -> None:
    """The responder's identity address is still to come; with Secure Connections no long term key is."""
    conversation = paired(linked(), request(keys=(0, 3)), response(keys=(0, 3)))
    assert pairings(conversation)[0].state == "unfinished"
    conversation.received(pdu(SMP, b"\x08" + bytes(16)))
    conversation.received(pdu(SMP, b"\x09\x00" + bytes(6)))
    assert pairings(conversation)[0].state == "complete"
    conversation = linked()
    exchange(conversation, request(authentication=SECURE), response(authentication=SECURE))
    assert pairings(conversation)[0].state == "unfinished"
    conversation.event(smp.encrypted())
    assert pairings(conversation)[0].state == "complete"


def test_encryption_from_before_does_not_complete_it() -> None:
    """Only what follows the request counts, and only where it succeeded."""
    conversation = linked()
    conversation.event(smp.encrypted())
    exchange(conversation, request(keys=(0, 0)), response(keys=(0, 0)))
    conversation.event(smp.encrypted(status=6))
    assert pairings(conversation)[0].state == "unfinished"
    conversation.event(event(0x30, b"\x00\x40\x00"))
    assert pairings(conversation)[0].state == "complete"


def test_attempts_follow_each_other() -> None:
    """A Security Request belongs to the Pairing Request behind it; after a failure the next attempt begins."""
    conversation = linked()
    conversation.received(pdu(SMP, bytes((0x0B, BONDING))))
    conversation.sent(pdu(SMP, request()))
    conversation.received(pdu(SMP, b"\x05\x05"))
    conversation.sent(pdu(SMP, request()))
    conversation.sent(pdu(SMP, request()))
    first, second, third = pairings(conversation)
    assert (first.asked_for, first.request and first.request.packet, first.failed_in) == (2, 3, 4)
    assert (first.state, first.reason_name, first.failed_by) == ("failed", "Pairing Not Supported", "remote")
    assert (second.first_packet, third.first_packet) == (5, 6)


def test_keys_for_le_over_bredr() -> None:
    """On CID 7 nothing is authenticated, the keys of LE are derived from those of BR/EDR (2.4.2.5)."""
    conversation = Conversation()
    conversation.event(connection_complete())
    exchange(conversation, request(keys=(2, 2)), response(keys=(2, 2)), BREDR_SMP)
    for feed in (conversation.sent, conversation.received):
        feed(pdu(BREDR_SMP, b"\x08" + bytes(16)))
        feed(pdu(BREDR_SMP, b"\x09\x00" + bytes(6)))
    (pairing,) = pairings(conversation)
    assert (pairing.transport, pairing.method, pairing.state) == (
        "br-edr",
        "cross-transport key derivation",
        "complete",
    )


def test_commands_cut_short() -> None:
    """A request without its features tells of an attempt, not of a method."""
    conversation = linked()
    conversation.sent(pdu(SMP, b""))
    conversation.sent(pdu(SMP, b"\x01\x03"))
    conversation.received(pdu(SMP, b"\x05"))
    (pairing,) = pairings(conversation)
    assert (pairing.request, pairing.method, pairing.state, pairing.reason) == (None, None, "failed", None)


def test_the_encryption_of_a_link() -> None:
    """What HCI tells, with the size of the key where it does: version 2 of the event, and the command for BR/EDR."""
    conversation = linked()
    conversation.event(event(0x3E, b"\x05\x40\x00" + bytes(10)))
    conversation.event(event(0x59, b"\x00\x40\x00\x01\x0a"))
    conversation.event(event(0x0E, b"\x01\x08\x14\x00\x40\x00\x0b"))
    conversation.event(event(0x59, b"\x06\x40\x00\x01\x0a"))
    found = encryption_of(conversation.engine.host.links[0])
    assert [(change.packet, change.what, change.enabled, change.key_size, change.status) for change in found] == [
        (2, "key asked for", None, None, 0),
        (3, "encryption changed", True, 10, 0),
        (4, "encryption changed", None, 11, 0),
        (5, "encryption changed", None, None, 6),
    ]
    (link,) = link_views(conversation.engine)
    assert (link.encrypted, link.key_size) == (True, 11)


def test_events_cut_short() -> None:
    """An event that ends before its handle or its state changes nothing."""
    conversation = linked()
    for data in (b"\x00\x40", b"\x00\x40\x00", b""):
        conversation.event(event(0x08, data))
        conversation.event(event(0x30, data[:2]))
    assert conversation.engine.host.links[0].encrypted == 0


def test_another_life_of_the_handle() -> None:
    """Each link has its own pairings."""
    conversation = paired(linked())
    conversation.event(disconnection_complete())
    conversation.connect()
    conversation.packet(RX, 4, smp.encrypted(status=6))
    first, second = conversation.engine.host.links
    assert (len(first.security.pairings), len(second.security.pairings), len(second.security.changes)) == (1, 0, 1)


@needs_corpus
def test_the_eight_cases_of_the_smp_tester() -> None:
    """BlueZ's tester: what its cases do, by their names and by doc/ of tools/smp-tester.c."""
    links = read_figures(CORPUS / "kernel" / "smp-tester_all_k6.12.btsnoop").engine.host.links
    found = [(p.initiator, p.method, p.secure_connections, p.state, p.reason_name) for p in pairings_of(links)]
    assert found == [
        ("remote", JW, False, "unfinished", None),
        (None, None, None, "failed", "Command Not Supported"),
        ("remote", None, None, "failed", "Encryption Key Size"),
        ("remote", None, None, "failed", "Invalid Parameters"),
        ("local", JW, False, "unfinished", None),
        ("local", JW, False, "unfinished", None),
        ("local", JW, False, "failed", "Confirm Value Failed"),
        ("local", JW, True, "unfinished", None),
    ]


@needs_corpus
def test_the_command() -> None:
    """Keys are hidden unless they are asked for; identity addresses never are."""
    (path,) = CORPUS.glob("public/durnerj*")
    hidden, shown = l2scope("pairings", path).stdout, l2scope("pairings", path, "--show-keys").stdout
    assert hidden.count("hidden") == 6
    assert "hidden" not in shown
    assert "identity address of the local side, packet 143: D0:13:FD:77:94:8B" in hidden
    (first, *_) = json.loads(l2scope("pairings", path, "--json").stdout)
    assert first["pairings"][0]["keys"][0]["value"] is None
    (first, *_) = json.loads(l2scope("pairings", path, "--json", "--show-keys").stdout)
    key = first["pairings"][0]["keys"][0]
    assert (key["name"], len(bytes.fromhex(key["value"]))) == ("long term key", 16)
    assert key["value"] in shown


def test_no_pairing(tmp_path: Path) -> None:
    """Said on stderr; the JSON is an empty list."""
    path = captures.capture_of(tmp_path, captures.linked()).path
    printed = l2scope("pairings", path)
    assert (printed.stdout, printed.stderr) == ("", "No pairing and no encryption is in this capture.\n")
    assert json.loads(l2scope("pairings", path, "--json").stdout) == []
