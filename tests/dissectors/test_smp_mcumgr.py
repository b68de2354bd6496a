"""MCUmgr: requests and responses are put together and paired, and an upload is what the device took."""

import hashlib
import struct
import sys
from random import Random
from typing import Any

import cbor2
import pytest

from l2scope.dissection import Conversation
from l2scope.dissection.joining import exported
from tests.dissection.fields import values
from tests.dissectors.conversations import (
    broken_rules,
    described,
    dissector_named,
    sample_talk,
    survives,
    talk,
)

IMAGE = bytes(range(200))


def packet(operation: int, told: dict[str, Any], sequence: int, command: tuple[int, int] = (1, 1)) -> bytes:
    """A request or response by the layout of the protocol."""
    body = cbor2.dumps(told)
    return struct.pack(">BBHHBB", operation, 0, len(body), command[0], sequence, command[1]) + body


def upload(pieces: list[tuple[int, int]], total: int = len(IMAGE), sha: bytes | None = None) -> list[tuple[str, bytes]]:
    """Requests for image[start:stop], each with its response."""
    said = []
    for number, (start, stop) in enumerate(pieces):
        told: dict[str, Any] = {"off": start, "data": IMAGE[start:stop]}
        if start == 0:
            told |= {"len": total, "sha": sha or hashlib.sha256(IMAGE).digest()}
        said.append(("tx", packet(2, told, number)))
        said.append(("rx", packet(3, {"rc": 0, "off": stop}, number)))
    return said


TENTHS = [(at, at + 20) for at in range(0, 200, 20)]


def conversation(name: str = "smp_mcumgr") -> Conversation:
    return sample_talk(name).characteristic("smp_mcumgr")


def test_image_is_what_was_sent() -> None:
    """The exported file, byte for byte."""
    (file,) = exported(conversation())
    image = sample_talk("smp_mcumgr").content["image"]
    assert file.name == "image-0.bin"
    assert described(file.data) == (image["length"], image["sha256"])


@pytest.mark.parametrize("sample", ["smp_mcumgr", "smp_mcumgr_faults"])
def test_requests_are_paired_with_their_responses(sample: str) -> None:
    """Group, command, sequence number and result of each, over the wrap of the sequence number."""
    sent = sample_talk(sample).content["exchanges"]
    messages = conversation(sample).messages
    asked = [message.values for message in messages if message.direction == "tx"]
    told = [message.values for message in messages if message.direction == "rx"]
    assert [(one["sequence"], one["group"], one["command"]) for one in asked] == [
        (one["sequence"], one["group"], one["command"]) for one in sent
    ]
    answered = [one for one in sent if "rc" in one]
    assert [(one["sequence"], one["rc"]) for one in told] == [(one["sequence"], one["rc"]) for one in answered]
    assert all(message.complete and not message.problem for message in messages)


def test_long_responses_are_joined() -> None:
    """The list of two images is longer than a notification."""
    (listed,) = [m for m in conversation().messages if m.summary.startswith("image state read response")]
    assert len(listed.units) == 2
    images = cbor2.loads(listed.content)["images"]
    assert [image["version"] for image in images] == ["1.4.1", "1.4.2"]
    assert images[1]["hash"].hex() == sample_talk("smp_mcumgr").content["hash"]


def test_progress_is_said() -> None:
    """Offset and length of the image, in the summary and the values."""
    last = [m for m in conversation().messages if m.summary.startswith("image upload write response")][-1]
    assert last.values["off"] == last.values["len"] == 2600
    assert last.summary.endswith("2,600 of 2,600 (100%)")


def test_waiting_of_the_sample() -> None:
    """The device needed 600 ms to erase and 90 ms for each of two pages; the link adds up to an interval each time."""
    found = sample_talk("smp_mcumgr").findings()
    assert sorted(found) == ["USR042"]
    (waiting,) = found["USR042"]
    slow_ms = sample_talk("smp_mcumgr").content["slow_ms"]
    assert slow_ms == 600 + 2 * 90
    assert waiting.values["slow_ms"] == pytest.approx(slow_ms, abs=3 * 15)
    assert waiting.severity.value == "info"


def test_waiting_by_hand() -> None:
    """Ten exchanges, 30 ms for each response and 10 ms until the next request: 300 of 390 ms."""
    said = upload(TENTHS)
    (breach,) = judged(talk("smp_mcumgr", said, [10.0, 30.0] * 10))
    assert breach.rule == "USR042"
    assert breach.values == {"waited_ms": 300, "took_ms": 390, "share": 0.7692, "slow_ms": 0}


def judged(made: Conversation) -> list[Any]:
    assert made.dissector is not None
    assert made.dissector.judge is not None
    return list(made.dissector.judge(made))


def test_several_at_once_do_not_wait() -> None:
    """Where the next request goes out before the response to the one before, the link is used."""
    said = upload(TENTHS)
    said[1], said[2] = said[2], said[1]
    assert broken_rules(talk("smp_mcumgr", said, [10.0, 30.0] * 10)) == []


def test_faults_of_the_sample() -> None:
    """The failure, the new beginning, the end without an end, and the request without a response."""
    told = sample_talk("smp_mcumgr_faults")
    found = told.findings()
    assert {rule: len(findings) for rule, findings in found.items() if rule != "USR042"} == {
        "USR041": 1,
        "USR043": 1,
        "USR044": 1,
        "USR045": 1,
    }
    messages = conversation("smp_mcumgr_faults").messages
    (failed,) = [message for message in messages if message.values.get("rc") == 2]
    begun = [message for message in messages if message.values.get("off") == 0]
    assert found["USR041"][0].packets == [failed.first_packet]
    assert found["USR043"][0].packets == [failed.first_packet, begun[1].first_packet]
    assert found["USR043"][0].direction == "tx"
    assert f"after {told.content['restarted_at']} of 1,200 bytes" in found["USR043"][0].message
    assert f"after {told.content['reached']} of 1,200 bytes" in found["USR044"][0].message
    assert found["USR045"][0].packets == [messages[-1].first_packet]
    assert found["USR045"][0].side_to_blame == "remote"


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        (upload([(0, 100), (100, 200)]), []),
        (upload([(0, 100), (50, 150), (150, 200)]), []),
        (upload([(0, 100)]), ["USR044"]),
        (upload([(0, 100), (0, 200)]), ["USR043"]),
        (upload([(0, 200), (0, 200)]), []),
        (upload([(0, 200)], sha=bytes(32)), ["USR046"]),
        (upload([(0, 200)])[:1], ["USR044", "USR045"]),
        ([("tx", packet(0, {}, 1, (0, 5)))], []),
        ([("tx", packet(0, {}, 1, (0, 0)))], ["USR045"]),
        ([("tx", packet(0, {}, 1, (0, 0))), ("rx", packet(1, {}, 2, (0, 0)))], ["USR045"]),
        ([("tx", packet(0, {}, 1, (0, 0))), ("rx", packet(1, {"err": {"group": 1, "rc": 6}}, 1, (0, 0)))], ["USR041"]),
    ],
)
def test_rules(said: list[tuple[str, bytes]], rules: list[str]) -> None:
    """Whole, overlapping, unfinished, begun anew, with another hash, unanswered; a device that resets may be silent."""
    assert sorted(broken_rules(talk("smp_mcumgr", said))) == rules


@pytest.mark.parametrize("size", [9, 20, 50])
def test_any_cut_of_requests(size: int) -> None:
    """A request may take several writes, a response several notifications."""
    said = [(way, data[at : at + size]) for way, data in upload(TENTHS) for at in range(0, len(data), size)]
    (file,) = exported(talk("smp_mcumgr", said))
    assert file.data == IMAGE


def test_an_image_has_no_holes() -> None:
    """What begins behind the end of what the device has is not put in its place."""
    (file,) = exported(talk("smp_mcumgr", upload([(0, 100), (150, 200)])))
    assert (file.name, file.data) == ("image-0.bin.part", IMAGE[:100])


def test_the_rest_of_a_request_may_look_like_a_header() -> None:
    """What follows the eight bytes is no map, so it goes on with what was begun."""
    data = struct.pack(">BBHHBB", 2, 0, 20, 1, 9, 1) + bytes(20)
    request = packet(2, {"off": 0, "len": 28, "data": data}, 1)
    said = [("tx", request[:-28]), ("tx", request[-28:]), ("rx", packet(3, {"rc": 0, "off": 28}, 1))]
    (file,) = exported(talk("smp_mcumgr", said))
    assert file.data == data


def test_a_lost_notification_costs_one_response() -> None:
    """The next one begins with a header of its own."""
    long = packet(1, {"images": ["x" * 90]}, 1, (1, 0))
    said = [("tx", packet(0, {}, 1, (1, 0))), ("rx", long[:50]), *upload([(0, 200)])]
    messages = talk("smp_mcumgr", said).messages
    assert [message.complete for message in messages] == [True, False, True, True]


def test_tree_shows_the_map() -> None:
    """Header and map in words."""
    data = packet(2, {"off": 84, "data": bytes(20)}, 7)
    (field,) = dissector_named("smp_mcumgr").fields(data, 0, 0, len(data))
    shown = values(field)
    assert shown["Map"] == "{off: 84, data: 20 bytes}"
    assert (shown["Operation"], shown["Group"], shown["Sequence"]) == ("write (0x02)", "image (0x0001)", "7")
    assert field.value == "image upload write #7, offset 84"


def test_without_cbor2_maps_are_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """No problem, no finding that rests on a map; only what the header says."""
    monkeypatch.setitem(sys.modules, "cbor2", None)
    data = packet(2, {"off": 84}, 7)
    (field,) = dissector_named("smp_mcumgr").fields(data, 0, 0, len(data))
    assert values(field)["Map"] == data[8:].hex(" ")
    made = talk("smp_mcumgr", upload(TENTHS))
    assert [message.problem for message in made.messages] == [""] * 20
    assert broken_rules(made) == []
    assert exported(made) == []


NASTY = [
    b"\xd8\x1c\xa1\x61a\xd8\x1d\x00",  # a map that holds itself
    b"\xa1\x61a\xc2\x59\x10\x00" + b"\xff" * 4096,  # a number of 9,864 digits
    b"\xa1\x61a" + b"\x81" * 300 + b"\x00",
    b"\xa1" * 300,
    b"\xbf\x63off\x1b" + b"\xff" * 8 + b"\xff",
    b"\xa2\x63off\xf9\x7e\x00\x64data\x01",
    b"\xa1\x62rc\x61x",
    b"\xa1\xa0\x00",
]


@pytest.mark.parametrize("body", NASTY, ids=range(len(NASTY)))
def test_nasty_maps(body: bytes) -> None:
    """Cycles, depth, endless numbers and values of the wrong type are shown in bounds."""
    for operation in (2, 3):
        data = struct.pack(">BBHHBB", operation, 0, len(body), 1, 5, 1) + body
        (field,) = dissector_named("smp_mcumgr").fields(data, 0, 0, len(data))
        assert not field.problem
        made = talk("smp_mcumgr", [("tx", data), ("rx", data)])
        broken_rules(made)
        exported(made)
        assert all(len(message.summary) < 1000 for message in made.messages)


def test_hostile_values() -> None:
    """Cut, changed and shuffled values are survived."""
    survives("smp_mcumgr", [unit.data for unit in conversation().units[:40]])
    random = Random(6)
    for _ in range(200):
        said = [("tx", struct.pack(">BBHHBB", 2, 0, 40, 1, 1, 1) + b"\xa3" + random.randbytes(39)) for _ in range(4)]
        broken_rules(talk("smp_mcumgr", said))
