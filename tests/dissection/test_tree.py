"""The tree of one packet: from the record through HCI and L2CAP to the SDU, and what the engine knows."""

from pathlib import Path

import pytest

from l2scope.capture import open_capture
from l2scope.dissection import Field, Tree, dissect
from l2scope.dissection.tree import time_text
from tests import wire
from tests.corpus import SAMPLES
from tests.dissection.captures import capture_of, event, opened_channel, received, sdu, sent
from tests.dissection.fields import check_tree, named, spans, values, walk


def tree_of(number: int, *packets: tuple[int, int, bytes]) -> Tree:
    tree = dissect(capture_of(packets), number)
    check_tree(tree)
    return tree


def names(tree: Tree) -> list[str]:
    return [field.name for field in tree.fields]


WRONG_MESSAGES = {"forum_chat_faults": ["Chat message"] * 4, "image_stream": ["Image stream message"]}
"""Of the five faults of the chat, a missing acknowledgement is none of a message; one frame is cut short."""


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.btsnoop")), ids=lambda path: path.stem)
def test_every_packet_of_the_samples(path: Path) -> None:
    """In traffic of a real stack every byte has a field, and nothing is called wrong but the messages that are."""
    capture = open_capture(path)
    wrong: list[str] = []
    for number in range(1, capture.count + 1):
        tree = dissect(capture, number)
        check_tree(tree)
        assert tree.buffers[0].data == capture.raw(number)
        wrong += [field.name for field in walk(tree.fields) if field.problem]
    assert wrong == WRONG_MESSAGES.get(path.stem, [])


def test_the_record_comes_first() -> None:
    """Number, time, adapter, direction and lengths of the record, which stand for no byte of the packet."""
    tree = tree_of(1, event(wire.le_connection_complete()))
    record = tree.fields[0]
    assert record.name == "Packet 1"
    assert (record.start, record.stop) == (0, 0)
    assert values(record) == {
        "Number": "1",
        "Time": "1970-01-01 00:16:40.000000000 UTC",
        "Kind": "HCI Event",
        "Adapter": "hci0",
        "Direction": "controller to host (rx)",
        "Captured length": "21 bytes",
        "Original length": "21 bytes",
        "Remarks": "none",
    }


def test_time_without_a_calendar() -> None:
    """A time that no calendar reaches is shown as its number."""
    assert time_text(1) == "1970-01-01 00:00:00.000000001 UTC"
    assert time_text(-1) == "1969-12-31 23:59:59.999999999 UTC"
    assert time_text(2**63 - 1).startswith("2262-04-11")
    assert time_text(10**21).endswith("ns since 1970")


def test_a_credit_packet() -> None:
    """HCI, L2CAP and the command by their bytes, then the channel with its balance and the wait that ended."""
    packets = [*opened_channel(credits=2), *sdu(150), received(wire.signal(0x16, 7, 0x50, 3))]
    tree = tree_of(6, *packets)
    assert names(tree) == ["Packet 6", "HCI ACL data", "L2CAP", "Flow Control Credit Ind", "Channel #0"]
    _, acl, l2cap, command, channel = tree.fields
    assert acl.value == "handle 64, first, flushable, 12 bytes"
    assert l2cap.value == "length 8, CID 0x0005 LE signalling"
    assert (command.value, command.start, command.stop) == ("identifier 7", 8, 16)
    assert values(command) == {
        "Code": "Flow Control Credit Ind (0x16)",
        "Identifier": "7",
        "Length": "4",
        "CID": "0x0050",
        "Credits": "3",
    }
    assert spans(command)["Credits"] == (14, 16)
    assert channel.value == "SPSM 0x0080, le-credit, 1.0 ms before this packet, from packet 5, ended by these credits"
    assert values(channel)["Credits (tx)"] == "0 -> 3"


def test_a_k_frame_in_the_middle() -> None:
    """A first K-frame has the SDU length; the SDU is told by how far it is."""
    packets = [*opened_channel(credits=3), *sdu(250)]
    first, second, last = (dissect(capture_of(packets), number) for number in (4, 5, 6))
    assert values(named(first.fields, "K-frame"))["SDU length"] == "250"
    assert list(values(named(second.fields, "K-frame"))) == ["Information payload"]
    assert named(second.fields, "SDU 0").value == "K-frame 2 of 3, 250 bytes"
    assert named(second.fields, "Still missing after this K-frame").value == "52 bytes"
    assert named(second.fields, "Credits (tx)").value == "2 -> 1"
    assert [buffer.name for buffer in second.buffers] == ["Packet"]
    assert [buffer.name for buffer in last.buffers] == ["Packet", "SDU (250 bytes)"]
    assert last.buffers[1].data == bytes(range(250))
    assert (named(last.fields, "SDU").buffer, named(last.fields, "SDU").stop) == (1, 250)
    assert named(last.fields, "Without credits (tx)").value == "from this packet on"


def test_a_k_frame_without_credit_is_called_so() -> None:
    """The balance below zero carries the problem."""
    packets = [*opened_channel(credits=1), *sdu(150)]
    balance = named(dissect(capture_of(packets), 5).fields, "Credits (tx)")
    assert (balance.value, balance.problem) == ("0 -> -1", "a K-frame without credit")


def test_an_sdu_of_one_k_frame_is_shown_in_place() -> None:
    """No second buffer is needed where the SDU lies in the packet; an EATT SDU is an ATT PDU."""
    read = bytes.fromhex("0a 0300")
    packets = [*opened_channel(psm=0x27), *[sent(wire.pdu(0x50, frame)) for frame in wire.kframes(read, 100)]]
    tree = tree_of(4, *packets)
    assert len(tree.buffers) == 1
    att = named(tree.fields, "ATT")
    assert (att.value, att.start, att.stop) == ("Read Request", 10, 13)
    assert values(att)["Attribute handle"] == "0x0003"


def test_a_pdu_of_several_fragments() -> None:
    """The packet that completes the PDU shows it in a buffer of its own; the others say where that is."""
    value = bytes(range(40))
    whole = wire.pdu(wire.ATT, b"\x1b\x05\x00" + value)
    packets = [event(wire.le_connection_complete()), sent(whole[:20]), sent(whole[20:30], 1), sent(whole[30:], 1)]
    first = tree_of(2, *packets)
    assert names(first) == ["Packet 2", "HCI ACL data", "L2CAP", "L2CAP fragment"]
    assert first.fields[2].value == "length 43, CID 0x0004 ATT"
    assert first.fields[3].value == "20 of 47 bytes, complete in packet 4"
    middle = tree_of(3, *packets)
    assert middle.fields[2].value == "10 of 47 bytes, complete in packet 4"
    last = tree_of(4, *packets)
    assert [(buffer.name, buffer.data) for buffer in last.buffers[1:]] == [("L2CAP PDU (3 fragments)", whole)]
    assert last.fields[2].value == "the last of 3, 17 of 47 bytes"
    att = named(last.fields, "ATT")
    assert (att.buffer, att.start, att.stop) == (1, 4, 47)
    assert spans(att)["Attribute value"] == (7, 47)


@pytest.mark.parametrize(
    ("data", "name", "problem"),
    [
        (b"", "Packet 1", "too short"),
        (b"\x40", "HCI ACL data", "Connection handle: the packet ends here"),
        (wire.acl(b"\1", boundary=1), "Packet 1", "continuation without a start"),
        (wire.acl(wire.pdu(4, b"\x0a\3\0") + b"\xff\xff"), "Bytes behind the PDU", "more than the PDU's length"),
        (wire.acl(wire.pdu(4, b"")), "L2CAP", ""),
        (
            wire.acl(wire.pdu(5, b"\x14\1\x0a\0\x80\0")),
            "LE Credit Based Connection Request",
            "Source CID: the packet ends here",
        ),
    ],
)
def test_broken_acl_packets(data: bytes, name: str, problem: str) -> None:
    """Whatever is missing or too much, the packet shows, and the field says what is wrong."""
    tree = tree_of(1, (0, 2, data))
    assert named(tree.fields, name).problem == problem


def test_several_commands_in_one_pdu() -> None:
    """A C-frame of BR/EDR may hold several commands; each is a field."""
    echo = bytes.fromhex("08 01 0200 aabb")
    request = bytes.fromhex("0a 02 0200 0200")
    tree = tree_of(2, event(wire.connection_complete()), sent(wire.pdu(1, echo + request)))
    assert names(tree)[3:5] == ["Echo Request", "Information Request"]
    assert (tree.fields[4].start, tree.fields[4].stop) == (14, 20)


def test_requests_and_responses_point_at_each_other() -> None:
    """A response names the packet it answers, a request the packet that answers it, with the time between."""
    packets = [
        event(wire.le_connection_complete()),
        sent(wire.pdu(wire.ATT, b"\x0a\x03\x00")),
        received(wire.pdu(wire.ATT, b"\x0b\x01")),
    ]
    assert named(tree_of(2, *packets).fields, "Answered in").value == "packet 3, 1.0 ms later"
    assert named(tree_of(3, *packets).fields, "Answers").value == "Read Request in packet 2, 1.0 ms before"
    assert named(tree_of(3, *opened_channel()).fields, "Answers").value.startswith(
        "LE Credit Based Connection Request in"
    )
    assert values(named(tree_of(3, *opened_channel()).fields, "Channel #0"))["Opened"] == "here"


def test_unknown_numbers_raise_index_error() -> None:
    """There is no packet 0, and none behind the last."""
    capture = capture_of([event(wire.le_connection_complete())])
    for number in (0, 2, -1):
        with pytest.raises(IndexError):
            dissect(capture, number)


def test_names_from_the_peer_cannot_steer_the_terminal() -> None:
    """A device name with control characters is shown with marks in their place."""
    name = b"\x1b]0;gotcha\x07[/nope]".ljust(248, b"\0")
    tree = tree_of(1, event(wire.event(0x07, b"\0" + bytes(6) + name)))
    shown: Field = named(tree.fields, "Remote name")
    assert shown.value == "\N{REPLACEMENT CHARACTER}]0;gotcha\N{REPLACEMENT CHARACTER}[/nope]"
