"""Filters over the fields of dissectors: of channels, characteristics and fixed channels, ours and users' own."""

import json
from pathlib import Path

import pytest

import l2scope
from tests.cli.runner import l2scope as run
from tests.corpus import SAMPLES, read_json

CHAT = SAMPLES / "forum_chat.btsnoop"
TRUTH = read_json(SAMPLES / "forum_chat.truth.json")["content"]["messages"]


def numbers(expression: str) -> list[int]:
    with l2scope.open(CHAT) as capture:
        return [int(number) for number in capture.where(expression)]


def test_numbers_are_those_that_were_sent() -> None:
    """As many packets end a fragment of a message as the chat program sent fragments of it."""
    for direction, word in (("tx", "tx"), ("rx", "rx")):
        for message in (one for one in TRUTH if one["direction"] == direction):
            found = numbers(f"forum_chat.message == {message['id']} && l2scope.direction == {word}")
            assert len(found) == message["fragments"]


def test_names_flags_bytes_and_presence() -> None:
    """A number is compared by its name, flags by their bits, bytes by what they contain."""
    fragments = sum(message["fragments"] for message in TRUTH)
    assert len(numbers("forum_chat")) == fragments
    assert len(numbers('forum_chat.type == "text" && forum_chat.flags & 1')) == sum(
        one["type"] == "text" for one in TRUTH
    )
    asked = sum(one["acknowledgement_requested"] for one in TRUTH)
    assert len(numbers("forum_chat.flags & 2 && forum_chat.sequence == 0")) == asked
    assert len(numbers('forum_chat.content contains "anybody"')) == 1
    assert numbers("forum_chat.length > 65000") == []


def test_values_of_a_characteristic() -> None:
    """A dissector that is bound by UUID has fields too."""
    with l2scope.open(SAMPLES / "smp_mcumgr.btsnoop") as capture:
        whole = [int(number) for number in capture.where("smp_mcumgr")]
        assert whole
        assert set(whole) <= {int(number) for number in capture.where("btatt")}


@pytest.mark.parametrize("wrong", ["forum_chat.nothing == 1", "no_such_protocol.x", 'forum_chat.type == "song"'])
def test_what_does_not_exist_is_told(wrong: str) -> None:
    """With its column."""
    with pytest.raises(l2scope.FilterError):
        numbers(wrong)


def test_fields_lists_them() -> None:
    """With their kinds and the names of their numbers."""
    listed = {one["name"]: one for one in json.loads(run("fields", "forum_chat", "--json").stdout)}
    assert listed["forum_chat"]["type"] == "protocol"
    assert listed["forum_chat.message"]["type"] == "number"
    assert listed["forum_chat.content"]["type"] == "bytes"
    assert listed["forum_chat.type"]["names"] == {"0": "text", "1": "image", "2": "system"}


def test_bytes_of_packets_inside_are_bytes(tmp_path: Path) -> None:
    """A length that stands in the inner packet does not hide what its field is."""
    (tmp_path / "mine.py").write_text(
        "from scapy.fields import *\nfrom scapy.packet import Packet\nfrom l2scope.dissection import Dissector\n"
        "class Item(Packet):\n"
        "    fields_desc = [ByteField('size', 0), StrLenField('value', b'', length_from=lambda item: item.size)]\n"
        "    def extract_padding(self, s):\n        return b'', s\n"
        "class Mine(Packet):\n    fields_desc = [PacketListField('items', [], Item)]\n"
        "DISSECTORS = [Dissector('mine', Mine)]\n"
    )
    listed = {
        one["name"]: one["type"] for one in json.loads(run("fields", "mine", "--dissectors", tmp_path, "--json").stdout)
    }
    assert listed["mine.value"] == "bytes"
    with l2scope.open(SAMPLES / "healthy.btsnoop") as capture:
        sdu = capture.sdus(0, "rx")[0]
        data = capture.sdu_bytes(sdu.row)
    wanted = data[1 : 1 + min(8, data[0])].hex(":")
    found = run(
        "packets", SAMPLES / "healthy.btsnoop", "--dissectors", tmp_path, "--decode-as", "channel=0:mine",
        "-Y", f"mine.value contains {wanted}",
    )  # fmt: skip
    assert sdu.last_packet in [int(line.split()[0]) for line in found.stdout.splitlines()]


def test_a_users_own_dissector_has_fields(tmp_path: Path) -> None:
    """Also big-endian ones, and bits."""
    (tmp_path / "mine.py").write_text(
        "from scapy.fields import *\nfrom scapy.packet import Packet\nfrom l2scope.dissection import Dissector\n"
        "class Mine(Packet):\n    fields_desc = [BitField('high', 0, 4), BitField('low', 0, 4), ShortField('big', 0)]\n"
        "DISSECTORS = [Dissector('mine', Mine)]\n"
    )
    with l2scope.open(SAMPLES / "healthy.btsnoop") as capture:
        sdu = capture.sdus(0, "rx")[0]
        data = capture.sdu_bytes(sdu.row)
    wanted = f"mine.high == {data[0] >> 4} && mine.low == {data[0] & 15} && mine.big == {data[1] << 8 | data[2]}"
    found = run(
        "packets", SAMPLES / "healthy.btsnoop", "--dissectors", tmp_path, "--decode-as", "channel=0:mine", "-Y", wanted
    )
    assert [int(line.split()[0]) for line in found.stdout.splitlines()] == [sdu.last_packet]
