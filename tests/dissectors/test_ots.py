"""Objects are put together as the control point asked for them, and held against its checksums."""

import struct
import zlib
from random import Random

import pytest

from l2scope.dissection import Conversation
from l2scope.dissection.joining import exported
from tests.dissectors.conversations import (
    broken_rules,
    described,
    dissector_named,
    sample_talk,
    survives,
    talk,
)

PSM, OACP = 0x0025, 0x2AC5
CHECKSUM, READ, WRITE, ABORT = 3, 5, 6, 7
OBJECT = bytes(range(256)) * 3


def asked(opcode: int, offset: int = 0, length: int = len(OBJECT)) -> tuple[str, bytes]:
    mode = b"\x02" if opcode == WRITE else b""
    return "tx", (bytes((opcode,)) + struct.pack("<II", offset, length) + mode if opcode != ABORT else b"\x07")


def answered(opcode: int, result: int = 1, crc: int | None = None) -> tuple[str, bytes]:
    return "rx", bytes((0x60, opcode, result)) + (b"" if crc is None else struct.pack("<I", crc))


def transfer(
    values: list[tuple[str, bytes]], direction: str = "rx", content: bytes = OBJECT, wait_ms: float = 5000
) -> Conversation:
    """The values, then the bytes of an object in SDUs of 200 bytes."""
    sdus = [(direction, content[at : at + 200]) for at in range(0, len(content), 200)]
    return talk("ots", sdus, values=values, uuid=OACP, wait_ms=wait_ms)


@pytest.mark.parametrize("sample", ["ots", "ots_faults"])
def test_objects_are_those_that_were_sent(sample: str) -> None:
    """Bytes and direction of each, and the checksum of what crossed."""
    told = sample_talk(sample)
    messages = told.channel(PSM).messages
    sent = told.content["transfers"]
    assert [described(message.content) for message in messages] == [(one["length"], one["sha256"]) for one in sent]
    assert [message.direction for message in messages] == [one["direction"] for one in sent]
    assert [message.values["crc32"] for message in messages] == [f"0x{one['crc32']:08X}" for one in sent]


def test_export_names_the_objects() -> None:
    """By what was done and the name that was read."""
    told = sample_talk("ots")
    files = exported(told.channel(PSM))
    assert [file.name for file in files] == ["0000-read-log.txt", "0001-write-settings.json"]
    assert [described(file.data)[1] for file in files] == [one["sha256"] for one in told.content["transfers"]]


def test_good_transfers_break_no_rule() -> None:
    """Both checksums agree: that before the read and that after the write."""
    assert len(sample_talk("ots").content["checksums"]) == 2
    assert sample_talk("ots").findings() == {}


def test_faults_of_the_sample() -> None:
    """Each at its SDUs and at the values that asked for them."""
    told = sample_talk("ots_faults")
    found = told.findings()
    assert {rule: len(findings) for rule, findings in found.items()} == {"USR031": 1, "USR032": 1, "USR033": 1}
    assert set(told.sdu_packets(PSM, "rx", range(4))) < set(found["USR031"][0].packets)
    assert set(told.sdu_packets(PSM, "rx", range(4, 6))) < set(found["USR032"][0].packets)
    assert "800 of 1,320 bytes" in found["USR032"][0].message
    assert f"0x{told.content['transfers'][0]['crc32']:08X}" in found["USR031"][0].message
    assert f"0x{told.content['checksums'][0]:08X}" in found["USR031"][0].message


GOOD, BAD = zlib.crc32(OBJECT), zlib.crc32(OBJECT) ^ 1


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        ([asked(READ), answered(READ)], []),
        ([asked(CHECKSUM), answered(CHECKSUM, crc=GOOD), asked(READ), answered(READ)], []),
        ([asked(CHECKSUM), answered(CHECKSUM, crc=BAD), asked(READ), answered(READ)], ["USR031"]),
        (
            [
                asked(CHECKSUM, 100, 50),
                answered(CHECKSUM, crc=zlib.crc32(OBJECT[100:150])),
                asked(READ),
                answered(READ),
            ],
            [],
        ),
        ([asked(CHECKSUM, 0, 9999), answered(CHECKSUM, crc=BAD), asked(READ), answered(READ)], []),
        ([asked(CHECKSUM), answered(CHECKSUM, 0x0A), asked(READ), answered(READ)], ["USR033"]),
        ([asked(READ, 0, 700), answered(READ)], []),
        ([asked(READ, 0, 600), answered(READ)], ["USR034"]),
        ([asked(READ, 0, 800), answered(READ)], ["USR032"]),
        ([asked(WRITE), answered(WRITE)], ["USR032", "USR034"]),
        ([asked(READ), answered(READ, 8)], ["USR033", "USR034"]),
        ([], []),
    ],
)
def test_rules_of_a_read(values: list[tuple[str, bytes]], rules: list[str]) -> None:
    """768 bytes came in the direction of a read. 700 end in the last SDU, which 600 do not reach."""
    assert broken_rules(transfer(values)) == rules


def test_a_checksum_of_what_was_there_before_a_write() -> None:
    """Says nothing about what was written."""
    values = [asked(CHECKSUM), answered(CHECKSUM, crc=BAD), asked(WRITE), answered(WRITE)]
    assert broken_rules(transfer(values, "tx")) == []


@pytest.mark.parametrize(("wait_ms", "rules"), [(900, []), (1100, ["USR032"])])
def test_the_rest_may_follow(wait_ms: float, rules: list[str]) -> None:
    """For a second."""
    assert broken_rules(transfer([asked(READ, 0, 800), answered(READ)], wait_ms=wait_ms)) == rules


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("030000000028050000", "Calculate Checksum 1,320 bytes from 0"),
        ("600301ce97b021", "Calculate Checksum: success, CRC-32 0x21B097CE"),
        ("600608", "Write: procedure not permitted"),
        ("07", "Abort"),
    ],
)
def test_action_control_point(value: str, line: str) -> None:
    """In words."""
    assert dissector_named("ots_oacp").line(bytes.fromhex(value)) == ("OACP", line)


def test_list_control_point() -> None:
    """In words."""
    assert dissector_named("ots_olcp").line(b"\x04") == ("OLCP", "Next")
    assert dissector_named("ots_olcp").line(b"\x70\x05\x08") == ("OLCP", "Go To: object ID not found")


def test_hostile_values_and_sdus() -> None:
    """Nothing raises, whatever the control point is told and the channel carries."""
    random = Random(5)
    for _ in range(300):
        values = [(random.choice(("tx", "rx")), random.randbytes(random.randrange(12))) for _ in range(6)]
        values += [
            asked(random.choice((CHECKSUM, READ, WRITE))),
            answered(random.choice((CHECKSUM, READ, WRITE)), crc=1),
        ]
        random.shuffle(values)
        conversation = transfer(values, random.choice(("tx", "rx")))
        broken_rules(conversation)
        exported(conversation)
        for _, value in values:
            for name in ("ots_oacp", "ots_olcp"):
                dissector_named(name).fields(value, 0, 0, len(value))
                dissector_named(name).line(value)
    survives("ots", [OBJECT[:200], OBJECT[:50], b"x"])
