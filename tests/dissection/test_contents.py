"""Which dissector is for what, and the conversations that come of it."""

import hashlib
from collections.abc import Sequence
from typing import Any

import pytest
from scapy.packet import Raw

from l2scope.capture import open_capture
from l2scope.decoding import DecodeAs, parse_decode_as, uuid_number
from l2scope.dissection import Dissector, by_content, dissect, on_cid, on_psm, on_uuid
from l2scope.dissection.contents import Contents
from l2scope.dissection.loading import Found
from l2scope.dissection.registry import Registry
from l2scope.sources.errors import CaptureError
from tests.corpus import SAMPLES, read_json
from tests.dissection.captures import capture_of, event, opened_channel, received, sdu, sent
from tests.dissection.fields import check_tree, named
from tests.wire import le_connection_complete, pdu


def registry_of(*dissectors: Dissector) -> Registry:
    found = Registry()
    found.take([Found("test.py", "a test", list(dissectors))])
    assert found.problems == []
    return found


def contents(packets: list[tuple[int, int, bytes]], *dissectors: Dissector) -> Contents:
    return Contents(capture_of(packets), registry_of(*dissectors), ())


def starts_with(first: bytes) -> Any:
    return lambda sdus: sdus[0].startswith(first)


CHANNEL = [*opened_channel(credits=20), *sdu(250), *sdu(30, first=7)]


def test_the_psm_comes_before_the_content() -> None:
    """Who claims the PSM is not asked whether the content fits."""
    found = contents(
        CHANNEL, Dissector("bound", Raw, on_psm(0x80)), Dissector("guess", Raw, by_content(lambda _: True))
    )
    dissector = found.of_channel(0)
    assert dissector is not None
    assert dissector.name == "bound"


def test_the_highest_priority_is_asked_first() -> None:
    """And the next one where that says no; one that fails is passed over, and named."""

    def fails(_sdus: Sequence[bytes]) -> bool:
        raise ValueError("odd")

    found = contents(
        CHANNEL,
        Dissector("low", Raw, by_content(lambda _: True, priority=1)),
        Dissector("no", Raw, by_content(starts_with(b"\xff"), priority=5)),
        Dissector("fails", Raw, by_content(fails, priority=9)),
        Dissector("high", Raw, by_content(starts_with(b"\0\1\2"), priority=3)),
    )
    dissector = found.of_channel(0)
    assert dissector is not None
    assert dissector.name == "high"
    (problem,) = found.problems
    assert problem.startswith("fails: ValueError: odd (line ")
    assert "test_contents.py, in fails" in problem


def test_content_is_asked_with_the_first_sdus_of_one_direction() -> None:
    """Four at most."""
    asked: list[list[bytes]] = []

    def remember(sdus: Sequence[bytes]) -> bool:
        asked.append(list(sdus))
        return False

    answers = [received(pdu(0x40, b"\1\0!"))]
    packets = [
        *opened_channel(credits=20),
        *sdu(1),
        *answers,
        *(one for first in range(1, 6) for one in sdu(1, first=first)),
    ]
    assert contents(packets, Dissector("asks", Raw, by_content(remember))).of_channel(0) is None
    assert asked == [[b"\0", b"\1", b"\2", b"\3"]]


def test_a_uuid_is_bound_in_any_form() -> None:
    """Short and long."""
    short = Dissector("short", Raw, on_uuid(0x2A37))
    long = Dissector("long", Raw, on_uuid("da2e7828-fbce-4e01-ae9e-261174997c48"))
    found = registry_of(short, long)
    assert found.for_uuid(uuid_number("00002a37-0000-1000-8000-00805f9b34fb")) is short
    assert found.for_uuid(0xDA2E7828FBCE4E01AE9E261174997C48) is long


def test_decode_as_overrides() -> None:
    """By channel before by PSM; "bytes" is no dissector at all."""
    one, two = Dissector("one", Raw, on_psm(0x80)), Dissector("two", Raw)
    found = contents(CHANNEL, one, two)
    found.decode_as(DecodeAs("psm", 0x80, "two"))
    assert found.of_channel(0) is two
    found.decode_as(DecodeAs("channel", 0, "bytes"))
    assert found.of_channel(0) is None
    with pytest.raises(CaptureError, match="no dissector three"):
        found.decode_as(DecodeAs("channel", 0, "three"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("psm=0x80:chat", DecodeAs("psm", 0x80, "chat")),
        ("channel=3:bytes", DecodeAs("channel", 3, "bytes")),
        ("cid=58:apple", DecodeAs("cid", 58, "apple")),
        ("uuid=2a37:heart", DecodeAs("uuid", 0x2A3700001000800000805F9B34FB, "heart")),
    ],
)
def test_decode_as_is_written(written: str, meant: DecodeAs) -> None:
    """What it is for, which one, and the dissector."""
    assert parse_decode_as(written) == meant


@pytest.mark.parametrize(
    "written", ["", "chat", "psm=0x80", "psm=:chat", "psm=x:chat", "psm=70000:c", "port=1:c", "uuid=1:c"]
)
def test_what_is_no_override_is_refused(written: str) -> None:
    """With how it is written."""
    with pytest.raises(ValueError, match=r"psm|uuid"):
        parse_decode_as(written)


def test_a_conversation_holds_every_sdu() -> None:
    """As the stack that made the sample sent them, in both directions, with their packets and times."""
    truth = read_json(SAMPLES / "two_channels.truth.json")["channels"]
    with open_capture(SAMPLES / "two_channels.btsnoop") as capture:
        for number, channel in enumerate(truth):
            conversation = capture.conversation(number)
            for way in ("tx", "rx"):
                told = [unit for unit in conversation.of(way) if unit.complete]
                assert [len(unit.data) for unit in told] == [sdu["length"] for sdu in channel[way]["sdus"]]
                hashes = [hashlib.sha256(unit.data).hexdigest() for unit in told]
                assert hashes == [sdu["sha256"] for sdu in channel[way]["sdus"]]
            packets = [unit.last_packet for unit in conversation.units]
            assert packets == sorted(packets)
            assert len(conversation.messages) == len(conversation.units)


def test_an_unfinished_sdu_is_kept() -> None:
    """It is not complete, holds what came, and no dissector reads it."""
    packets = [*opened_channel(credits=20), *sdu(250)[:1], sent(pdu(0x05, b"\6\1\4\0\x50\0\x40\0"))]
    packets.append(received(pdu(0x05, b"\7\1\4\0\x50\0\x40\0")))
    (unit,) = contents(packets, Dissector("bound", Raw, on_psm(0x80))).conversation(0).units
    assert not unit.complete
    assert unit.data == bytes(range(98))
    assert unit.packet is None


def test_the_message_is_in_the_tree_of_its_last_packet() -> None:
    """With a buffer of its own, whose bytes are those that the stack sent."""
    truth = read_json(SAMPLES / "forum_chat.truth.json")
    with open_capture(SAMPLES / "forum_chat.btsnoop") as capture:
        longest = max(capture.conversation(0).messages, key=lambda message: len(message.units))
        tree = dissect(capture, longest.last_packet)
        check_tree(tree)
        field = named(tree.fields, "Chat message")
        data = tree.buffers[field.buffer].data[field.start : field.stop]
    sent_hashes = {one["sha256"] for one in walk_json(truth) if "sha256" in one}
    assert hashlib.sha256(data).hexdigest() in sent_hashes
    assert len(longest.units) > 1


def walk_json(value: Any) -> Any:
    """Every object in a document."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk_json(inner)


def test_a_fixed_channel_has_its_dissector() -> None:
    """Also one of those that the specification reserves."""
    capture = capture_of([event(le_connection_complete()), received(pdu(0x3A, b"hello"))])
    capture._contents = Contents(
        capture, registry_of(Dissector("apple", Raw, on_cid(0x3A), title="Apple", flat=True)), ()
    )
    assert named(dissect(capture, 2).fields, "Apple")


def test_a_characteristic_that_is_meant_to_be_bytes_is_still_there() -> None:
    """So that one can follow it, and change one's mind."""
    with open_capture(SAMPLES / "smp_mcumgr.btsnoop") as capture:
        (known,) = list(capture.contents.characteristics())
        uuid = known[0].database.type_of(known[2])
        assert uuid is not None
        capture.contents.decode_as(DecodeAs("uuid", uuid.value, "bytes"))
        (place,) = list(capture.contents.characteristics())
        assert place[:3] == known[:3]
        assert place[3] is None
        assert capture.contents.values(*place[:3]).dissector is None
