"""The chat of the samples is read as it was sent, and each fault is found at the SDUs that prove it."""

import struct
from pathlib import Path

import pytest

from l2scope.dissection import Conversation
from l2scope.dissection.joining import exported
from tests.dissectors.conversations import (
    broken_rules,
    described,
    dissector_named,
    on_another_psm,
    sample_talk,
    survives,
    talk,
)

PSM = 0x00C1
RULES = {
    "missing": "USR001",
    "duplicate": "USR002",
    "count": "USR003",
    "length": "USR004",
    "acknowledgement": "USR005",
}


def fragment(
    message: int, sequence: int, fragments: int, content: bytes, flags: int | None = None, kind: int = 0
) -> bytes:
    """An SDU by the layout of the protocol; the last fragment is flagged unless `flags` are given."""
    flags = int(sequence == fragments - 1) if flags is None else flags
    return struct.pack("<IHHHBB", message, sequence, fragments, len(content), kind, flags) + content


def test_messages_are_those_that_were_sent() -> None:
    """Bytes, texts, types and the number of fragments, in the order of each direction."""
    told = sample_talk("forum_chat")
    messages = told.channel(PSM).messages
    for direction in ("tx", "rx"):
        found = [message for message in messages if message.direction == direction]
        sent = [message for message in told.content["messages"] if message["direction"] == direction]
        assert [described(message.content) for message in found] == [(one["length"], one["sha256"]) for one in sent]
        assert [message.values["type"] for message in found] == [one["type"] for one in sent]
        assert [message.values["fragments"] for message in found] == [one["fragments"] for one in sent]
        assert [message.summary for message in found if message.values["type"] == "text"] == [
            one["text"] for one in sent if one["type"] == "text"
        ]
    assert all(message.complete and not message.problem for message in messages)


def test_good_chat_breaks_no_rule() -> None:
    """Nothing is found in the sample without faults."""
    assert sample_talk("forum_chat").findings() == {}


def test_each_fault_is_found_where_it_is() -> None:
    """One finding a fault, in its direction, with the packets of the SDUs that the scenario names."""
    told = sample_talk("forum_chat_faults")
    found = told.findings()
    assert sorted(found) == sorted(RULES.values())
    for fault in told.content["faults"]:
        (finding,) = found[RULES[fault["fault"]]]
        assert finding.direction == fault["direction"]
        proof = told.sdu_packets(PSM, fault["direction"], fault["sdus"])
        assert [packet for packet in proof if packet in finding.packets] == proof
        assert f"message {fault['id']}" in finding.message


def test_blame() -> None:
    """Whoever owes an acknowledgement is its receiver; all else is the sender's."""
    found = sample_talk("forum_chat_faults").findings()
    assert {rule: one[0].side_to_blame for rule, one in found.items()} == {
        "USR001": "local",
        "USR002": "remote",
        "USR003": "local",
        "USR004": "remote",
        "USR005": "remote",
    }


def test_export_writes_each_message() -> None:
    """The picture comes out as the file it was."""
    told = sample_talk("forum_chat")
    files = exported(told.channel(PSM))
    (picture,) = [file for file in files if file.name.endswith(".png")]
    (sent,) = [one for one in told.content["messages"] if one["type"] == "image"]
    assert described(picture.data) == (sent["length"], sent["sha256"])
    assert len({file.name for file in files}) == len(told.content["messages"])


def test_fragments_in_any_order() -> None:
    """A message is joined by sequence numbers, not by arrival."""
    parts = [("tx", fragment(7, number, 3, bytes([65 + number]))) for number in (2, 0, 1)]
    conversation = talk("forum_chat", parts)
    assert [message.content for message in conversation.messages] == [b"ABC"]
    assert broken_rules(conversation) == []


def test_an_id_may_be_used_again() -> None:
    """After 2^32 messages, or a restart: other bytes under a known id are another message."""
    conversation = talk("forum_chat", [("tx", fragment(1, 0, 1, b"one")), ("tx", fragment(1, 0, 1, b"other"))])
    assert [message.content for message in conversation.messages] == [b"one", b"other"]
    assert broken_rules(conversation) == []


def test_ids_of_the_two_directions_are_apart() -> None:
    """Both sides number from 1."""
    conversation = talk("forum_chat", [("tx", fragment(1, 0, 2, b"a")), ("rx", fragment(1, 1, 2, b"b"))])
    assert [message.content for message in conversation.messages] == [b"a", b"b"]


@pytest.mark.parametrize(("wait_ms", "rules"), [(900, []), (1100, ["USR001"])])
def test_a_fragment_is_missing_after_a_second(wait_ms: float, rules: list[str]) -> None:
    """Not before: it may still be on its way."""
    assert broken_rules(talk("forum_chat", [("tx", fragment(1, 0, 2, b"a"))], wait_ms=wait_ms)) == rules


@pytest.mark.parametrize(("wait_ms", "rules"), [(900, []), (1100, ["USR005"])])
def test_an_acknowledgement_has_a_second(wait_ms: float, rules: list[str]) -> None:
    """The same for what was asked for."""
    assert broken_rules(talk("forum_chat", [("tx", fragment(1, 0, 1, b"a", flags=3))], wait_ms=wait_ms)) == rules


def test_own_acknowledgement_does_not_count() -> None:
    """Only the other side can acknowledge."""
    asked, told = fragment(1, 0, 1, b"a", flags=3), fragment(2, 0, 1, struct.pack("<I", 1), kind=2)
    assert broken_rules(talk("forum_chat", [("tx", asked), ("tx", told)])) == ["USR005"]
    assert broken_rules(talk("forum_chat", [("tx", asked), ("rx", told)])) == []


@pytest.mark.parametrize(
    ("sdus", "chat"),
    [
        ([fragment(1, 0, 2, b"a"), fragment(1, 1, 2, b"b")], True),
        ([fragment(1, 1, 2, b"b")], False),
        ([fragment(1, 0, 1, b"b", kind=3)], False),
        ([fragment(1, 0, 1, b"b", flags=5)], False),
        ([fragment(1, 0, 2, b"b", flags=1)], False),
        ([fragment(1, 0, 1, b"b") + b"x"], False),
        ([fragment(1, 0, 1, b"b"), b"short"], False),
        ([fragment(1, 0, 0, b"b")], False),
        ([bytes(12)], False),
    ],
)
def test_known_by_content(sdus: list[bytes], chat: bool) -> None:
    """Only where every field of every SDU agrees."""
    (binding,) = [one for one in dissector_named("forum_chat").on if hasattr(one, "looks_like")]
    assert binding.looks_like(sdus) is chat


def test_a_long_message_takes_linear_time() -> None:
    """Joining is ended where it takes long, and then every fragment would stand for itself."""
    conversation = talk("forum_chat", [("tx", fragment(1, number, 65535, b"x")) for number in range(20_000)])
    (message,) = conversation.messages
    assert message.content == b"x" * 20_000


def test_hostile_sdus() -> None:
    """Cut, changed and shuffled SDUs are survived."""
    survives("forum_chat", [unit.data for unit in conversation().units])


def conversation() -> Conversation:
    return sample_talk("forum_chat").channel(PSM)


def test_known_by_content_on_any_psm(tmp_path: Path) -> None:
    """The same messages where nobody claims the PSM."""
    found = on_another_psm("forum_chat", PSM, tmp_path)
    assert found.dissector is not None
    assert found.dissector.name == "forum_chat"
    assert [message.content for message in found.messages] == [
        message.content for message in sample_talk("forum_chat").channel(PSM).messages
    ]
