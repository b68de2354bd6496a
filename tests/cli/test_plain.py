"""`open --plain`: a capture told line by line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.runner import ROOT
from tests.corpus import SAMPLES, read_json
from tests.tui.test_hostile import TEXTS, capture_with

STARVED = SAMPLES / "starved.btsnoop"
TRUTH = read_json(STARVED.with_suffix(".truth.json"))


def told(*commands: str, path: Path = STARVED, arguments: tuple[str, ...] = (), **environment: str) -> list[str]:
    """The lines that come of these commands, behind the overview."""
    run = subprocess.run(
        [sys.executable, "-m", "l2scope", "open", "--plain", *arguments, str(path)],
        input="\n".join(commands) + "\n",
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environment},
        timeout=60,
    )
    assert run.stderr == ""
    assert "\x1b" not in run.stdout
    lines = run.stdout.splitlines()
    return lines[lines.index("Type help for the commands.") + 1 :]


def test_it_begins_with_the_overview() -> None:
    """What is in the capture, and what is wrong; the end of standard input ends it."""
    lines = told("overview")
    assert lines[0] == "File starved.btsnoop, btsnoop, HCI H4: 203 packets in 7.26 s."
    assert lines[1] == "1 link, 1 channel."
    assert lines[-1] == "What is wrong: 1 error, 1 warning."


def test_findings() -> None:
    """A line each; one of them in full, with what to change and its packets."""
    first, second = told("findings")
    assert first.startswith("Finding 1, error, COC001: the sender (local) stood still 17 times")
    assert second.startswith("Finding 2, warning, LNK003: ")
    whole = told("finding 1")
    assert whole[0] == "Finding 1, error, COC001 credit starvation."
    assert "To blame: remote." in whole
    assert any(line.startswith("What the receiver should change: ") for line in whole)
    assert whole[-1].startswith("Packets: 58, 60, ")
    assert told("finding 3") == ["Say finding and a number from 1 to 2."]


def test_channels() -> None:
    """A line a channel, and one for the direction that carried data."""
    channel, way = told("channels")
    assert channel.startswith(
        "Channel 0, PSM 0x0085, le-credit, with Gadget, opened in packet 42, closed in packet 200"
    )
    assert way.startswith("Channel 0 sent: 40 SDUs, 28,000 bytes,")
    assert "17 stalls, 330 ms at most" in way


def test_a_packet_and_the_next() -> None:
    """A number alone is that packet, with its fields in levels; next and previous go on from there."""
    lines = told("60", "next", "previous", "packet 204", "packet x", "packet")
    numbers = [line.split(",")[0] for line in lines if line.startswith("Packet ")]
    assert numbers == ["Packet 60", "Packet 61", "Packet 60"]
    assert "Level 1, L2CAP: length 8, CID 0x0005 LE signalling." in lines
    assert "Level 2, CID: 0x0005 LE signalling." in lines
    assert lines[-3:] == ["Say packet and a number from 1 to 203."] * 3


def test_find() -> None:
    """The first packet with the text, then the next one, then that there is none."""
    lines = told("find Credit Based Connection", "next", "next", "previous", "find")
    assert [line.split(",")[0] for line in lines[:2]] == ["Packet 40", "Packet 42"]
    assert lines[2] == "No packet after packet 42 has credit based connection."
    assert lines[-1] == "Say find and a text."


def test_follow() -> None:
    """The packets of a channel, a page at a time: K-frames and credits alone, as many as were sent."""
    lines = told("follow 0", *["more"] * 20, "follow 7", "follow x")
    pages = [line for line in lines if line.startswith("Packet ")]
    assert lines[0] == f"Channel 0: {len(pages)} packets."
    assert sum(", K-frame, " in line for line in pages) == 120
    assert lines[20] == "There is more: type more."
    assert lines[-2:] == ["Say follow and the number of a channel: 0."] * 2


def test_other_words() -> None:
    """What is no command is answered; quit ends it before the rest."""
    assert told("fly \x1b]0;x", "", "QUIT", "overview") == ["There is no command fly. Type help for the commands."]
    assert [line.partition(":")[0] for line in told("help")][:3] == ["overview", "findings", "finding N"]


def test_without_unicode() -> None:
    """With --ascii, and where the locale is not UTF-8."""
    assert not "".join(told("follow 0")).isascii()
    assert "".join(told("follow 0", arguments=("--ascii",))).isascii()
    assert "".join(told("follow 0", LC_ALL="de_DE.ISO-8859-1")).isascii()


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_texts(name: str, tmp_path: Path) -> None:
    """What a packet says stays in its line."""
    lines = told("1", "2", "3", "find note", path=capture_with(tmp_path, TEXTS[name]))
    assert [line.split(",")[0] for line in lines if line.startswith("Packet ")][:3] == [
        "Packet 1", "Packet 2", "Packet 3",
    ]  # fmt: skip
    assert all(line.isprintable() for line in lines)


def test_one_file() -> None:
    """It is about one capture."""
    run = subprocess.run(
        [sys.executable, "-m", "l2scope", "open", "--plain"], capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 2
    assert "--plain needs one FILE" in run.stderr


def test_goodput_is_in_bytes() -> None:
    """As the sending script tells: the bytes of its SDUs over the time between the first and the last K-frame."""
    way = TRUTH["channels"][0]["tx"]
    size = sum(sdu["length"] for sdu in way["sdus"])
    line = next(line for line in told("channels") if f"{size:,} bytes" in line)
    told_rate = float(line.split(" kB/s")[0].rsplit(" ", 1)[1])
    assert told_rate == pytest.approx(size / 5.61 / 1000, rel=0.02)  # 17 stalls of 330 ms are all of its busy time


def test_what_is_muted_is_not_told(tmp_path: Path) -> None:
    """The rules that the user has muted for the file in the terminal UI; the overview says which."""
    state = tmp_path / "l2scope"
    row: dict[str, object] = {"path": str(STARVED), "member": None, "muted": ["COC001"], "marks": {}}
    state.mkdir()
    (state / "state.json").write_text(json.dumps({"version": 1, "files": [row]}))
    lines = told("overview", "findings", XDG_STATE_HOME=str(tmp_path))
    assert "What is wrong: 1 warning; COC001 muted." in lines
    assert not any("COC001:" in line for line in lines)
