"""What the commands print of BR/EDR channels."""

import json
from pathlib import Path

from tests.classic_wire import END, RNR, RR, START, ertm
from tests.cli.runner import l2scope


def made(tmp_path: Path) -> Path:
    """An I-frame that is sent again, a receiver that is not ready for 301 ms, and the rest of the SDU."""
    classic = ertm()
    classic.iframe(0, b"aa", START, 4)
    classic.iframe(0, b"aa", START, 4)
    classic.sframe(RNR, 1)
    classic.conversation.wait(300)
    classic.sframe(RR, 1)
    classic.iframe(1, b"bb", END)
    path = tmp_path / "ertm.btsnoop"
    path.write_bytes(classic.conversation.capture())
    return path


def test_channels_tell_the_mode_and_what_became_of_frames(tmp_path: Path) -> None:
    """The transmit window stands where credits do."""
    lines = l2scope("channels", made(tmp_path)).stdout.splitlines()
    assert "ertm" in lines[1]
    assert "window 8" in lines[1]
    assert lines[-1].split() == ["0", "tx", "3", "1", "0", "0", "1", "RR,", "1", "RNR", "301.0", "ms"]


def test_channels_as_json(tmp_path: Path) -> None:
    """Figures of frames under each direction; no figures of credits."""
    (channel,) = json.loads(l2scope("channels", made(tmp_path), "--json").stdout)
    tx = channel["tx"]
    assert (channel["mode"], tx["sdus"], tx["credits_granted"], tx["stalls"]) == ("ertm", 1, None, 1)
    assert (tx["frames"]["iframes"], tx["frames"]["retransmitted"], tx["frames"]["tx_window"]) == (3, 1, 8)
    assert channel["rx"]["frames"]["rnr"] == 1


def test_stalls_tell_their_cause(tmp_path: Path) -> None:
    """A receiver that was not ready, until it said so."""
    (stall,) = json.loads(l2scope("stalls", made(tmp_path), "--json").stdout)
    assert (stall["cause"], stall["ended_by"], stall["duration_ns"]) == (
        "receiver-not-ready",
        "acknowledgement",
        301_000_000,
    )
    assert "receiver-not-ready" in l2scope("stalls", made(tmp_path)).stdout


def test_sdus_are_whole(tmp_path: Path) -> None:
    """The one that was sent in two frames, one of them twice."""
    out = tmp_path / "sdus"
    (line,) = l2scope("sdus", made(tmp_path), "--json", "--extract", out).stdout.splitlines()
    assert (json.loads(line)["length"], json.loads(line)["state"]) == (4, "complete")
    assert [path.read_bytes() for path in out.iterdir()] == [b"aabb"]
