"""Audio comes out as a WAV file of what was sent; gaps are found by a model that can be calculated by hand."""

import io
import math
import struct
import wave
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

import l2scope
from l2scope.decoding import DecodeAs
from l2scope.dissection import Conversation
from l2scope.dissection.joining import exported
from tests.corpus import SAMPLES
from tests.dissectors.conversations import (
    SampleTalk,
    broken_rules,
    described,
    dissector_named,
    on_another_psm,
    sample_talk,
    survives,
    talk,
)

PCM, CODEC = 0x00C5, 0x00C6


def tone(sdus: int, rate: int = 16_000, milliseconds: int = 20, hertz: float = 440) -> list[bytes]:
    """SDUs of a sine wave."""
    size = rate * milliseconds // 1000
    values = [round(8000 * math.sin(2 * math.pi * hertz * at / rate)) for at in range(size * sdus)]
    return [struct.pack(f"<{size}h", *values[at : at + size]) for at in range(0, len(values), size)]


def stream(sdus: list[bytes], gaps_ms: list[float]) -> Conversation:
    return talk("audio_stream", [("rx", sdu) for sdu in sdus], gaps_ms)


def test_samples_are_those_that_were_sent() -> None:
    """The WAV file holds every sample at the right rate."""
    told = sample_talk("audio_stream")
    (file,) = exported(told.channel(PCM))
    assert file.name == "audio-rx.wav"
    with wave.open(io.BytesIO(file.data)) as reader:
        assert (reader.getframerate(), reader.getnchannels(), reader.getsampwidth()) == (
            told.content["pcm"]["rate"],
            1,
            2,
        )
        samples = reader.readframes(reader.getnframes())
    assert described(samples) == (told.content["pcm"]["length"], told.content["pcm"]["sha256"])
    assert b"".join(message.content for message in told.channel(PCM).messages) == samples


def test_codec_frames_are_those_that_were_sent() -> None:
    """As they came, with how long each plays, once the user says that it is audio: nothing in them does."""
    told = SampleTalk(l2scope.open(SAMPLES / "audio_stream.btsnoop"), sample_talk("audio_stream").content)
    assert told.channel(CODEC).dissector is None
    told.capture.contents.decode_as(DecodeAs("psm", CODEC, "audio_stream"))
    (file,) = exported(told.channel(CODEC))
    assert file.name == "audio-rx.bin"
    assert described(file.data) == (told.content["codec"]["length"], told.content["codec"]["sha256"])
    assert {message.summary for message in told.channel(CODEC).messages} == {"codec frame, 10 ms"}


def test_findings_of_the_sample() -> None:
    """The gap, at the SDUs before and after it; none on the other channel."""
    told = sample_talk("audio_stream")
    found = told.findings()
    assert sorted(found) == ["USR021"]
    (gap,) = found["USR021"]
    behind = told.content["pcm"]["gap_before_sdu"]
    assert gap.packets == told.sdu_packets(PCM, "rx", (behind - 1, behind))
    nominal = told.content["pcm"]["gap_ms"] + told.content["pcm"]["sdu_ms"]
    assert gap.values["gap_ms"] == pytest.approx(nominal, abs=4 + 7.5)  # late by 4 ms, and a connection interval


def test_buffer_by_hand() -> None:
    """20 ms an SDU: playing begins at 60 ms, 30 ms late leaves 30, 100 ms later it was empty for 90."""
    conversation = stream(tone(30), [20, 20, 20, 20, 20, 50, 20, 120, *[20] * 22])
    found = [message.values["buffer_ms"] for message in conversation.messages]
    assert found == [20, 40, 60, 60, 60, 30, 30, 20, 40, *[60] * 21]
    assert broken_rules(conversation) == ["USR021"]
    assert conversation.messages[7].summary == "PCM at 16,000 Hz, 20 ms, silent for 90 ms before"


def test_jitter_by_hand() -> None:
    """RFC 3550: a sixteenth of what the distance is off comes to it."""
    conversation = stream(tone(9), [20, 20, 36, 20, 20, 20, 20, 20, 20])
    found = [message.values["jitter_ms"] for message in conversation.messages][:4]
    assert found == [0, 0, 1, pytest.approx(15 / 16, abs=1e-3)]


def test_pace_so_far_by_hand() -> None:
    """20 ms of sound every 20 ms are a pace of 1; after a gap of 200 ms in the midst 180 ms came in 360."""
    conversation = stream(tone(30), [20.0] * 9 + [200.0] + [20.0] * 20)
    found = [message.values["pace"] for message in conversation.messages]
    assert found[:10] == [None, *[1.0] * 8, 0.5]


@pytest.mark.parametrize(("late_ms", "rules"), [(59, []), (61, ["USR021"])])
def test_a_gap_is_heard_when_the_buffer_is_empty(late_ms: float, rules: list[str]) -> None:
    """60 ms are in it."""
    gaps = [20.0] * 12
    gaps[6] = late_ms
    assert broken_rules(stream(tone(12), gaps)) == rules


@pytest.mark.parametrize(("pace_ms", "rules"), [(20, []), (20.1, []), (20.4, ["USR022"]), (19.6, ["USR022"])])
def test_pace(pace_ms: float, rules: list[str]) -> None:
    """Two in a hundred too slow or too fast is found, before the buffer runs out; half of one is not."""
    conversation = stream(tone(260), [pace_ms] * 260)
    assert [rule for rule in broken_rules(conversation) if rule == "USR022"] == rules


def test_pace_needs_some_seconds() -> None:
    """Over one second the connection interval blurs it."""
    assert broken_rules(stream(tone(50), [20.4] * 50)) == []


@pytest.mark.parametrize("rate", [8_000, 16_000, 32_000, 48_000])
def test_rate_is_told_by_the_pace(rate: int) -> None:
    """Although SDUs come in connection events of 15 ms."""
    random = Random(rate)
    due = [math.ceil((20 * number + random.random() * 4) / 15) * 15 for number in range(60)]
    gaps = [float(due[0]), *(float(after - before) for before, after in pairwise(due))]
    conversation = stream(tone(60, rate), gaps)
    assert conversation.messages[0].summary.startswith(f"PCM at {rate:,} Hz")


@pytest.mark.parametrize("answer", [b"ok", b"ok" * 20])
def test_a_rare_answer_is_no_audio(answer: bytes) -> None:
    """The direction that only acknowledges is left alone."""
    said = [("rx", sdu) for sdu in tone(20)] + [("tx", answer)] * 9
    conversation = talk("audio_stream", said, [20.0] * 20 + [700.0] * 9)
    assert broken_rules(conversation) == []
    assert [file.name for file in exported(conversation)] == ["audio-rx.wav"]


NOT_AUDIO = {
    "noise": [Random(number).randbytes(640) for number in range(4)],
    "silence": [bytes(640)] * 4,
    "constant": [b"A" * 640] * 4,
    "text": [(b"the quick brown fox jumps over the lazy dog; " * 20)[:640]] * 4,
    "counters": [struct.pack("<320h", *range(at, at + 320)) for at in range(10_000, 14_000, 1000)],
    "positive": [struct.pack("<320h", *(3000 + abs(at % 60 - 30) * 10 for at in range(320)))] * 4,
    "too quiet": [struct.pack("<320h", *(at // 4 % 60 - 30 for at in range(320)))] * 4,
    "odd length": [sdu[:500] for sdu in tone(4)],
    "three": tone(3),
    "changing length": [*tone(3), tone(1)[0][:320]],
}


@pytest.mark.parametrize("kind", NOT_AUDIO)
def test_a_constant_length_is_no_audio(kind: str) -> None:
    """The heuristic wants a wave around zero."""
    assert not recognised(NOT_AUDIO[kind])


@pytest.mark.parametrize("rate", [8_000, 16_000, 48_000])
def test_a_wave_is_audio(rate: int) -> None:
    """A tone with some noise."""
    random = Random(4)
    noisy = [
        struct.pack(
            f"<{len(sdu) // 2}h", *(value + random.randint(-300, 300) for (value,) in struct.iter_unpack("<h", sdu))
        )
        for sdu in tone(4, rate)
    ]
    assert recognised(noisy)


def recognised(sdus: list[bytes]) -> bool:
    (binding,) = [one for one in dissector_named("audio_stream").on if hasattr(one, "looks_like")]
    return bool(binding.looks_like(sdus))


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.btsnoop")), ids=lambda path: path.stem)
def test_no_other_sample_is_audio(path: Path) -> None:
    """Nothing but the microphone is taken for one."""
    capture = l2scope.open(path)
    found = {channel.psm for channel in capture.channels if is_audio(capture.conversation(channel))}
    assert found == ({PCM} if path.stem == "audio_stream" else set())


def is_audio(conversation: Conversation) -> bool:
    return conversation.dissector is not None and conversation.dissector.name == "audio_stream"


def test_hostile_streams() -> None:
    """Cut, changed and shuffled SDUs are survived."""
    survives("audio_stream", tone(12))
    assert broken_rules(stream(tone(12), [0.0] * 12)) == []
    assert broken_rules(stream(tone(12), [20.0, -500.0] * 6)) is not None


def test_known_by_content_on_any_psm(tmp_path: Path) -> None:
    """The same messages where nobody claims the PSM."""
    found = on_another_psm("audio_stream", PCM, tmp_path)
    assert found.dissector is not None
    assert found.dissector.name == "audio_stream"
    assert [message.content for message in found.messages] == [
        message.content for message in sample_talk("audio_stream").channel(PCM).messages
    ]
