"""`l2scope convert`: what it writes, what it refuses, and that it never leaves half a file."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import l2scope as package
from l2scope.sources.errors import CaptureError
from l2scope.writing.replacing import replacing
from tests.cli.runner import ROOT, l2scope
from tests.corpus import SAMPLES

STARVED = SAMPLES / "starved.btsnoop"
TWO = SAMPLES / "two_channels.btsnoop"


def assert_refused(words: str, *arguments: str | Path) -> None:
    """One line that says so, exit code 2, and nothing on stdout."""
    result = l2scope("convert", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert words in result.stderr.splitlines()[-1]


def test_the_name_says_the_format(tmp_path: Path) -> None:
    """Or --to does; stdout stays empty."""
    result = l2scope("convert", STARVED, tmp_path / "out.pcapng")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == f"l2scope: 203 packets in {tmp_path / 'out.pcapng'}\n"
    assert package.open(tmp_path / "out.pcapng").format == "pcapng, HCI H4 with direction"
    assert l2scope("convert", tmp_path / "out.pcapng", tmp_path / "x.bin", "--to", "btsnoop").returncode == 0
    assert (tmp_path / "x.bin").read_bytes() == STARVED.read_bytes()


def test_as_json(tmp_path: Path) -> None:
    """An object with what became of the capture."""
    out = tmp_path / "out.pcapng"
    result = l2scope("convert", STARVED, out, "--packets", "10-19,30", "--json")
    assert json.loads(result.stdout) == {
        "file": str(out), "format": "pcapng", "packets": 11, "left_out": 0, "losses_told": True,
    }  # fmt: skip


def test_pieces(tmp_path: Path) -> None:
    """A channel alone, two together, and a part of one."""
    for arguments, channels in ((["--channel", "1"], 1), (["--channel", "0", "--channel", "1"], 2)):
        l2scope("convert", TWO, tmp_path / "out.btsnoop", *arguments)
        piece = package.open(tmp_path / "out.btsnoop")
        assert len(piece.channels) == channels
        assert piece.quality.lost == 0
    whole = piece.count
    l2scope("convert", TWO, tmp_path / "out.btsnoop", *arguments, "--packets", "1-100")
    assert 0 < package.open(tmp_path / "out.btsnoop").count < whole
    l2scope("convert", TWO, tmp_path / "out.btsnoop", "--link", "0")
    assert package.open(tmp_path / "out.btsnoop").channels[1].tx.sdus == package.open(TWO).channels[1].tx.sdus


def test_hints_name_channels_from_before(tmp_path: Path) -> None:
    """A piece of a channel whose opening was cut off."""
    l2scope("convert", STARVED, tmp_path / "late.btsnoop", "--packets", "60-")
    channel = package.open(STARVED).channels[0]
    hint = f"handle=0x40,local={channel.local_cid},remote={channel.remote_cid},psm=0x85,mtu=2000,mps=247"
    result = l2scope(
        "convert", tmp_path / "late.btsnoop", tmp_path / "out.btsnoop", "--channel", hint, "--channel", "0"
    )
    assert result.returncode == 0
    assert package.open(tmp_path / "out.btsnoop").count > 50


def test_what_cannot_be_asked_for(tmp_path: Path) -> None:
    """A name without a format, ranges that are none, links and channels that are not there, nothing at all."""
    out = tmp_path / "out.pcapng"
    assert_refused("name it with --to btsnoop or pcapng", STARVED, tmp_path / "out.pcap")
    assert_refused("is no range of packets", STARVED, out, "--packets", "5-x")
    assert_refused("they count from 1", STARVED, out, "--packets", "0-3")
    assert_refused("the capture has 1 channels, from 0 on", STARVED, out, "--channel", "1")
    assert_refused("the capture has 1 links, from 0 on", STARVED, out, "--link", "-1")
    assert_refused("no packet was chosen", STARVED, out, "--packets", "1000-")
    assert list(tmp_path.iterdir()) == []


def test_the_capture_itself_is_never_overwritten(tmp_path: Path) -> None:
    """By whatever name or link it is called."""
    source = tmp_path / "capture.btsnoop"
    source.write_bytes(STARVED.read_bytes())
    (tmp_path / "symbolic.btsnoop").symlink_to(source)
    os.link(source, tmp_path / "hard.btsnoop")
    for name in ("capture", "symbolic", "hard"):
        assert_refused("is the capture itself", source, tmp_path / f"{name}.btsnoop")
    with source.open("rb") as file:
        command = [sys.executable, "-m", "l2scope", "convert", "-", str(source)]
        piped = subprocess.run(command, stdin=file, capture_output=True, text=True, check=False, cwd=ROOT, timeout=60)
    assert piped.returncode == 2
    assert "is the capture itself" in piped.stderr
    assert source.read_bytes() == STARVED.read_bytes()


def test_places_where_no_file_can_be(tmp_path: Path) -> None:
    """A folder that is not there, one that is in the way, a pipe."""
    os.mkfifo(tmp_path / "pipe.pcapng")
    assert_refused("No such file or directory", STARVED, tmp_path / "nowhere" / "out.pcapng")
    assert_refused("is a directory", STARVED, tmp_path, "--to", "pcapng")
    assert_refused("not a regular file", STARVED, tmp_path / "pipe.pcapng")


def test_what_was_there_stays_until_all_is_written(tmp_path: Path) -> None:
    """A failure leaves the former file, and nothing else."""
    out = tmp_path / "out.pcapng"
    out.write_bytes(b"former")

    def fail() -> None:
        with replacing(out) as file:
            file.write(b"half")
            assert out.read_bytes() == b"former"
            raise OSError(28, "No space left on device")

    with pytest.raises(CaptureError, match=r"out\.pcapng: No space left on device$"):
        fail()
    assert out.read_bytes() == b"former"
    assert [path.name for path in tmp_path.iterdir()] == ["out.pcapng"]


def test_a_file_is_as_readable_as_others(tmp_path: Path) -> None:
    """Its mode follows the user's mask, as that of any file that a program writes."""
    (tmp_path / "other").touch()
    l2scope("convert", STARVED, tmp_path / "out.pcapng")
    assert (tmp_path / "out.pcapng").stat().st_mode == (tmp_path / "other").stat().st_mode
