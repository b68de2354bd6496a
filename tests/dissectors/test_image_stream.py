"""Frames are found in a stream of bytes exactly as they were sent, wherever SDUs cut it."""

import io
import struct
from itertools import accumulate
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from l2scope.dissection import Conversation
from l2scope.dissection.joining import exported
from tests.corpus import ROOT
from tests.dissectors.conversations import (
    broken_rules,
    described,
    dissector_named,
    on_another_psm,
    sample_talk,
    survives,
    talk,
)

JPEG, RAW = 0x00C3, 0x00C4
FRAMES = ROOT / "tests" / "generate" / "frames"
FILES = [path.read_bytes() for path in sorted(FRAMES.glob("*.jpg"))]
THUMBNAIL = 1
"""The frame with a JPEG inside its Exif segment."""


def cut(stream: bytes, size: int) -> list[tuple[str, bytes]]:
    return [("rx", stream[at : at + size]) for at in range(0, len(stream), size)]


def contents(conversation: Conversation) -> list[bytes]:
    return [message.content for message in conversation.messages]


def raw(number: int, width: int = 2, height: int = 2) -> bytes:
    return struct.pack("<4sHHI", b"R565", width, height, number) + bytes(range(2 * width * height))


def test_jpeg_frames_are_those_that_were_sent() -> None:
    """All but the one that was cut short, byte for byte, with the size of the picture."""
    told = sample_talk("image_stream")
    sent = told.content["jpeg"]["frames"]
    messages = told.channel(JPEG).messages
    whole = [frame for frame in sent if not frame["lost_bytes"]]
    assert [described(message.content) for message in messages if message.complete] == [
        (frame["length"], frame["sha256"]) for frame in whole
    ]
    assert [len(message.content) for message in messages] == [frame["length"] - frame["lost_bytes"] for frame in sent]
    assert {(message.values["width"], message.values["height"]) for message in messages} == {(80, 60)}
    assert {message.media for message in messages} == {"image/jpeg"}


def test_raw_frames_are_those_that_were_sent() -> None:
    """The pixels without their header."""
    told = sample_talk("image_stream")
    sent = told.content["rgb565"]["frames"]
    messages = told.channel(RAW).messages
    assert [described(message.content) for message in messages] == [(one["length"], one["sha256"]) for one in sent]
    assert [(message.values["width"], message.values["height"]) for message in messages] == [
        (one["width"], one["height"]) for one in sent
    ]
    assert all(message.media == "image/x-rgb565" and message.complete for message in messages)


def test_findings_of_the_sample() -> None:
    """The frame that is cut short and the pause, at their packets, and nothing else."""
    told = sample_talk("image_stream")
    found = told.findings()
    assert sorted(found) == ["USR011", "USR012"]
    ends = list(accumulate(len(unit.data) for unit in told.channel(JPEG).units))
    sent = told.content["jpeg"]
    borders = list(accumulate(frame["length"] - frame["lost_bytes"] for frame in sent["frames"]))
    (cut_short,), (pause,) = found["USR011"], found["USR012"]
    begin, end = borders[sent["cut_short"] - 1], borders[sent["cut_short"]]
    of_frame = [at for at, stop in enumerate(ends) if stop > begin and (at == 0 or ends[at - 1] < end)]
    proof = told.sdu_packets(JPEG, "rx", of_frame)
    assert cut_short.packets == proof
    last = next(at for at, stop in enumerate(ends) if stop >= borders[sent["pause_after"]])
    assert pause.packets == told.sdu_packets(JPEG, "rx", (last, last + 1))
    assert cut_short.direction == pause.direction == "rx"
    assert cut_short.side_to_blame == "remote"


def test_a_good_stream_breaks_no_rule() -> None:
    """The same frames without the pause and without the loss."""
    conversation = talk("image_stream", cut(b"".join(FILES), 320))
    assert contents(conversation) == FILES
    assert broken_rules(conversation) == []


@pytest.mark.parametrize("size", [1, 2, 3, 7, 320, 5000, 100_000])
def test_any_cut_gives_the_same_frames(size: int) -> None:
    """JPEG and raw frames, mixed."""
    frames = [FILES[0], raw(1), FILES[THUMBNAIL], raw(2), raw(3), FILES[2], FILES[3]]
    conversation = talk("image_stream", cut(b"".join(frames), size))
    assert contents(conversation) == [frame[12:] if frame.startswith(b"R565") else frame for frame in frames]
    assert all(message.complete for message in conversation.messages)


def test_a_frame_is_proved_by_its_units() -> None:
    """Those that hold some of its bytes, and no others."""
    conversation = talk("image_stream", cut(raw(1) + raw(2), 5))
    assert [[unit.index for unit in message.units] for message in conversation.messages] == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_the_end_of_a_thumbnail_ends_no_frame() -> None:
    """Its Exif segment holds an EOI of its own."""
    assert FILES[THUMBNAIL].count(b"\xff\xd9") == 2
    assert contents(talk("image_stream", cut(FILES[THUMBNAIL], 100))) == [FILES[THUMBNAIL]]


@pytest.mark.parametrize("start", range(40, 1100, 97))
def test_a_lost_sdu_costs_at_most_two_frames(start: int) -> None:
    """Wherever bytes are missing in the second frame, the first, and those after the third, are as they were."""
    stream = FILES[0] + FILES[4][:start] + FILES[4][start + 60 :] + FILES[5] + FILES[6] + FILES[7]
    if start + 60 > len(FILES[4]):
        stream = FILES[0] + (FILES[4] + FILES[5])[:start] + (FILES[4] + FILES[5])[start + 60 :] + FILES[6] + FILES[7]
    conversation = talk("image_stream", cut(stream, 200))
    found = contents(conversation)
    assert found[0] == FILES[0]
    assert found[-2:] == FILES[6:]
    assert b"".join(found) == stream


@pytest.mark.parametrize(
    ("stream", "rules"),
    [
        (FILES[0][:600] + FILES[4], ["USR011"]),
        (FILES[0][:-2] + FILES[4][200:], []),
        (FILES[0][:-40] + FILES[4][20:] + FILES[5], ["USR011"]),
        (FILES[0][:100], ["USR011"]),
        (b"noise" + FILES[0], ["USR013"]),
        (FILES[0] + b"\xff\xd8", []),
        (raw(1)[:-3] + raw(2), ["USR011"]),
        (raw(1)[:-3], ["USR011"]),
        (raw(1) + b"R5", []),
    ],
    ids=[
        "a new beginning",
        "entropy-coded data alone is missing: no header tells",
        "the end and the next beginning are missing",
        "nothing follows",
        "noise",
        "a beginning",
        "raw",
        "raw, nothing follows",
        "raw, a beginning",
    ],
)
def test_rules(stream: bytes, rules: list[str]) -> None:
    """What each kind of loss is called."""
    assert broken_rules(talk("image_stream", cut(stream, 150))) == rules


def test_a_frame_under_way_is_not_cut_short() -> None:
    """Its rest may follow."""
    conversation = talk("image_stream", cut(FILES[0][:100], 150), wait_ms=900)
    assert broken_rules(conversation) == []
    assert [message.complete for message in conversation.messages] == [False]


@pytest.mark.parametrize(("pause_ms", "rules"), [(290, []), (310, ["USR012"])])
def test_a_pause_is_three_times_the_usual(pause_ms: float, rules: list[str]) -> None:
    """At ten frames a second, 300 ms."""
    gaps = [100.0] * 6
    gaps[4] = pause_ms
    assert broken_rules(talk("image_stream", [("rx", raw(number)) for number in range(6)], gaps)) == rules


def test_exported_files_are_pictures() -> None:
    """JPEG files as they were; raw frames as a BMP of the same pixels."""
    told = sample_talk("image_stream")
    jpegs = exported(told.channel(JPEG))
    assert [file.data for file in jpegs if not file.name.endswith("-incomplete.jpg")] == FILES[:5] + FILES[6:]
    (first, *_) = exported(told.channel(RAW))
    assert first.name == "frame-00000-rx.bmp"
    shown = Image.open(io.BytesIO(first.data)).convert("RGB")
    pixels = told.channel(RAW).messages[0].content
    assert shown.size == (32, 24)
    for x, y in ((0, 0), (31, 0), (5, 7), (31, 23)):
        (pixel,) = struct.unpack_from("<H", pixels, 2 * (y * 32 + x))
        got = shown.getpixel((x, y))
        assert isinstance(got, tuple)
        assert (got[0] >> 3, got[1] >> 2, got[2] >> 3) == (pixel >> 11, pixel >> 5 & 63, pixel & 31)


def test_a_bmp_of_odd_width() -> None:
    """Its rows are padded to four bytes."""
    (file,) = exported(talk("image_stream", [("rx", raw(1, 3, 2))]))
    assert Image.open(io.BytesIO(file.data)).size == (3, 2)
    assert len(file.data) == 66 + 2 * 8


def test_known_by_content() -> None:
    """The first SDU begins with a frame."""
    (binding,) = [one for one in dissector_named("image_stream").on if hasattr(one, "looks_like")]
    assert binding.looks_like([FILES[0][:20], b"anything"])
    assert binding.looks_like([raw(1)])
    assert not binding.looks_like([b"\xff\xd8\xfe" + FILES[0]])


def test_hostile_streams() -> None:
    """Cut, changed and shuffled SDUs are survived."""
    survives("image_stream", [data for _, data in cut(b"".join(FILES[:4]) + raw(1), 120)])


@pytest.mark.parametrize(
    "pattern", [b"\xff", b"\xff\xd8\xff", b"\xff\xd8\xff\xda\x00\x02", b"R565\0\0\0\0\0\0\0\0", b"R565"]
)
def test_nasty_streams_take_linear_time(pattern: bytes) -> None:
    """300 kB of beginnings is ended by no time limit: then every SDU would stand for itself."""
    stream = pattern * (300_000 // len(pattern))
    conversation = talk("image_stream", cut(stream, 2000))
    assert conversation.problem == ""
    assert sum(map(len, contents(conversation))) <= len(stream)


def test_random_bytes() -> None:
    """Every byte of noise with beginnings in it belongs to some message."""
    random = Random(3)
    for _ in range(50):
        stream = b"".join(random.choice((b"\xff\xd8\xff", b"\xff", random.randbytes(9))) for _ in range(200))
        assert b"".join(contents(talk("image_stream", cut(stream, 64)))) == stream


def test_known_by_content_on_any_psm(tmp_path: Path) -> None:
    """The same messages where nobody claims the PSM."""
    found = on_another_psm("image_stream", JPEG, tmp_path)
    assert found.dissector is not None
    assert found.dissector.name == "image_stream"
    assert [message.content for message in found.messages] == [
        message.content for message in sample_talk("image_stream").channel(JPEG).messages
    ]
