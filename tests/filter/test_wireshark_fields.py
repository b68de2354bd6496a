"""Values of fields that have Wireshark's names, from bytes made by hand from the specification."""

import struct
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import l2scope
from l2scope.engine.control_field import START
from l2scope.filter.fields import FIELDS
from l2scope.filter.packets import Packets
from tests.analysis.rules.conversations import linked, opened
from tests.classic_wire import ertm
from tests.classic_wire import read as file_of
from tests.corpus import ROOT, SAMPLES
from tests.wire import ATT, Conversation, command_complete, event, pdu

Found = dict[int, list[object]]


def values(capture: l2scope.Capture, name: str) -> Found:
    """What a field is in packets, by their numbers."""
    packets = Packets(capture)
    field = FIELDS[name].values(packets, packets.all())
    found: defaultdict[int, list[object]] = defaultdict(list)
    for row, value in zip(field.positions().tolist(), field.data.tolist(), strict=True):
        found[row + 1].append(value)
    return dict(found)


def read(conversation: Conversation, folder: Path) -> Callable[[str], Found]:
    """The fields of a conversation."""
    path = folder / "capture"
    path.write_bytes(conversation.capture())
    capture = l2scope.open(path)
    return lambda name: values(capture, name)


def test_uuid16_is_what_stands_in_the_pdu(tmp_path: Path) -> None:
    """Types that are asked for or told, services in groups, the types in declarations (Vol 3 Part F 3.4, Part G 3);
    neither other values of two bytes nor UUIDs of 128 bits."""
    talk = linked()
    asked = talk.sent(pdu(ATT, b"\x10\x01\x00\xff\xff\x00\x28"))
    groups = talk.received(pdu(ATT, b"\x11\x06\x01\x00\x09\x00\x00\x18\x0a\x00\x0d\x00\x01\x18"))
    talk.sent(pdu(ATT, b"\x10\x0e\x00\xff\xff\x00\x28"))
    talk.received(pdu(ATT, b"\x11\x14\x0e\x00\x20\x00" + bytes(16)))
    talk.sent(pdu(ATT, b"\x08\x01\x00\x09\x00\x03\x28"))
    declared = talk.received(pdu(ATT, b"\x09\x07\x02\x00\x0a\x03\x00\x00\x2a\x04\x00\x02\x05\x00\x01\x2a"))
    talk.sent(pdu(ATT, b"\x08\x01\x00\x09\x00\x02\x28"))
    included = talk.received(pdu(ATT, b"\x09\x08\x03\x00\x20\x00\x24\x00\x0f\x18"))
    talk.sent(pdu(ATT, b"\x08\x01\x00\x09\x00\x01\x2a"))
    plain = talk.received(pdu(ATT, b"\x09\x04\x05\x00\xc1\x03"))
    talk.sent(pdu(ATT, b"\x04\x06\x00\x07\x00"))
    information = talk.received(pdu(ATT, b"\x05\x01\x06\x00\x02\x29"))
    talk.sent(pdu(ATT, b"\x12\x06\x00\x01\x00"))
    found = read(talk, tmp_path)("btatt.uuid16")
    assert found[asked] == [0x2800]
    assert found[groups] == [0x1800, 0x1801]
    assert found[declared] == [0x2A00, 0x2A01]
    assert found[included] == [0x180F]
    assert found[information] == [0x2902]
    assert plain not in found
    assert sorted(found) == [asked, groups, groups + 1, declared - 1, declared, included - 1, included, plain - 1,
                             information]  # fmt: skip


def test_values_in_lists(tmp_path: Path) -> None:
    """A Read By Type Response tells values, but where they are declarations."""
    talk = linked()
    talk.sent(pdu(ATT, b"\x08\x01\x00\x09\x00\x01\x2a"))
    plain = talk.received(pdu(ATT, b"\x09\x04\x05\x00\xc1\x03\x07\x00\xc2\x03"))
    talk.sent(pdu(ATT, b"\x08\x01\x00\x09\x00\x03\x28"))
    talk.received(pdu(ATT, b"\x09\x07\x02\x00\x0a\x03\x00\x00\x2a"))
    written = talk.sent(pdu(ATT, b"\x12\x06\x00\x01\x00"))
    assert read(talk, tmp_path)("btatt.value") == {plain: [b"\xc1\x03", b"\xc2\x03"], written: [b"\x01\x00"]}


def test_payloads_of_kframes(tmp_path: Path) -> None:
    """The SDU length is no payload (Vol 3 Part A 3.4.3): in the first K-frame of an SDU, also of one that does not end,
    and in no other."""
    talk = opened()
    first, second = talk.send_sdu(150)
    begun = talk.sent(pdu(0x50, struct.pack("<H", 300) + bytes(98)))
    found = read(talk, tmp_path)("btl2cap.payload")
    assert found == {first: [bytes(98)], second: [bytes(52)], begun: [bytes(98)]}


def test_payloads_of_iframes() -> None:
    """Between control field and check sequence, behind an SDU length (3.3.2); to the end where none was agreed."""
    for check in (True, False):
        talk = ertm(check=check)
        whole, start = talk.iframe(0, b"hello"), talk.iframe(1, b"begun", START, 10)
        found = values(file_of(talk.conversation), "btl2cap.payload")
        assert found == {whole: [b"hello"], start: [b"begun"]}


def test_credits_that_were_cut_off() -> None:
    """A packet that holds less than the credits has none; eight credit packets of the log are cut there."""
    with l2scope.open(ROOT / "tests" / "samples" / "bugreport.txt") as capture:
        told = list(capture.where("btl2cap.cmd_code == 0x16"))
        assert len(told) >= 8
        assert values(capture, "btl2cap.credits") == {}
    with l2scope.open(SAMPLES / "starved.btsnoop") as capture:
        assert sorted(values(capture, "btl2cap.credits")) == list(capture.where("btl2cap.cmd_code == 0x16"))


def test_cids_of_a_reject(tmp_path: Path) -> None:
    """The endpoints in Command Reject, its sender's first (4.1)."""
    talk = linked()
    number = talk.received(pdu(0x0005, bytes.fromhex("01 11 06 00 02 00 12 34 56 78")))
    fields = read(talk, tmp_path)
    assert (fields("btl2cap.scid"), fields("btl2cap.dcid")) == ({number: [0x3412]}, {number: [0x7856]})


def test_mtu_of_connectionless_data(tmp_path: Path) -> None:
    """That of an Information Response is no option (4.11)."""
    talk = linked()
    talk.received(pdu(0x0001, bytes.fromhex("0b 01 06 00 01 00 00 00 00 04")))
    number = talk.sent(pdu(0x0005, bytes.fromhex("14 02 0a 00 80 00 40 00 00 02 64 00 03 00")))
    assert read(talk, tmp_path)("btl2cap.option_mtu") == {number: [512]}


def test_events(tmp_path: Path) -> None:
    """Vol 4 Part E 7: resolvable addresses, intervals and powers that commands return; the status of a vendor's
    command, whose return parameters are its own; no status of no command."""
    talk = linked()
    talk.command(0xFC5B, b"")
    status = talk.event(event(0x0F, struct.pack("<BBH", 2, 1, 0xFC5B)))
    talk.event(command_complete(0xFC5B, b"\x05"))
    talk.event(command_complete(0x0000, b"\x00"))
    peer = talk.event(command_complete(0x202B, bytes.fromhex("00 909a66366a67")))
    local = talk.event(command_complete(0x202C, bytes.fromhex("00 010203040506")))
    scan = talk.event(command_complete(0x0C1B, struct.pack("<BHH", 0, 2048, 18)))
    power = talk.event(command_complete(0x2007, b"\x00\xfb"))
    asked = talk.event(event(0x3E, bytes.fromhex("06 4000 1800 2800 0100 2a00")))
    fields = read(talk, tmp_path)
    assert fields("bthci_evt.status") == {1: [0], status: [2], peer: [0], local: [0], scan: [0], power: [0]}
    assert fields("bthci_evt.bd_addr")[peer] == [bytes.fromhex("676a36669a90")]
    assert fields("bthci_evt.bd_addr")[local] == [bytes.fromhex("060504030201")]
    assert fields("bthci_evt.interval") == {scan: [2048]}
    assert fields("bthci_evt.transmit_power_level") == {power: [-5]}
    assert fields("bthci_evt.le_con_latency")[asked] == [1]
    assert fields("bthci_evt.le_supv_timeout")[asked] == [42]


def test_packet_types_of_a_change(tmp_path: Path) -> None:
    """Change Connection Packet Type (7.1.14)."""
    talk = linked()
    number = talk.command(0x040F, struct.pack("<HH", 4, 0xCC18))
    assert read(talk, tmp_path)("bthci_cmd.packet_type") == {number: [0xCC18]}


def test_directions_without_indicators() -> None:
    """btsnoop of HCI without H4 indicators tells directions too."""
    with l2scope.open(ROOT / "tests" / "samples" / "h1.btsnoop") as capture:
        directions = capture.tables.packets["direction"].tolist()
        assert values(capture, "frame.p2p_dir") == {n: [value] for n, value in enumerate(directions, 1)}
