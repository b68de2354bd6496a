"""`l2scope follow --export` writes what the applications sent, as a user gets it."""

import hashlib
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import l2scope
from tests.cli.runner import l2scope as run
from tests.corpus import SAMPLES, read_json


def digests(folder: Path) -> list[str]:
    """SHA-256 of each file in order of their names."""
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())]


def content(sample: str) -> dict[str, Any]:
    found: dict[str, Any] = read_json(SAMPLES / f"{sample}.truth.json")["content"]
    return found


def exported(sample: str, folder: Path, *what: str) -> list[str]:
    """Runs the command."""
    result = run("follow", SAMPLES / f"{sample}.btsnoop", *what, "--export", folder)
    assert result.returncode == 0, result.stderr
    return digests(folder)


@pytest.mark.parametrize(
    ("sample", "sent"),
    [
        ("forum_chat", lambda told: [one["sha256"] for one in told["messages"]]),
        ("ots", lambda told: [one["sha256"] for one in told["transfers"]]),
        ("image_stream", lambda told: [one["sha256"] for one in told["jpeg"]["frames"] if not one["lost_bytes"]]),
    ],
)
def test_channel(sample: str, sent: Callable[[dict[str, Any]], list[str]], tmp_path: Path) -> None:
    """Every message, object and whole frame is there byte for byte."""
    wanted = sent(content(sample))
    found = exported(sample, tmp_path, "--channel", "0")
    assert [one for one in sorted(found) if one in wanted] == sorted(wanted)


def test_sound(tmp_path: Path) -> None:
    """A WAV file that any player reads."""
    exported("audio_stream", tmp_path, "--channel", "0")
    with wave.open(str(tmp_path / "audio-rx.wav")) as reader:
        samples = reader.readframes(reader.getnframes())
    assert hashlib.sha256(samples).hexdigest() == content("audio_stream")["pcm"]["sha256"]


def test_firmware(tmp_path: Path) -> None:
    """The image that was uploaded over GATT."""
    capture = l2scope.open(SAMPLES / "smp_mcumgr.btsnoop")
    (handle,) = [handle for _, _, handle, one in capture.contents.characteristics() if one and one.name == "smp_mcumgr"]
    found = exported("smp_mcumgr", tmp_path, "--handle", f"0x{handle:04X}")
    assert found == [content("smp_mcumgr")["image"]["sha256"]]
