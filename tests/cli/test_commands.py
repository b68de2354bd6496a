"""What the commands print, on a terminal and as JSON."""

import hashlib
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.runner import ROOT, l2scope
from tests.corpus import SAMPLES, read_json

STARVED = SAMPLES / "starved.btsnoop"

CHANNEL_FIELDS = [
    "id",
    "adapter",
    "handle",
    "link",
    "psm",
    "local_cid",
    "remote_cid",
    "mode",
    "opened",
    "closed",
    "opened_ns",
    "closed_ns",
    "close_reason",
    "initiator",
    "peer_address",
    "peer_name",
    "ledger",
    "vantage",
    "twin",
    "reconfigured",
    "tx",
    "rx",
]
DIRECTION_FIELDS = [
    "cid",
    "mtu",
    "mps",
    "initial_credits",
    "credits_granted",
    "credit_packets",
    "kframes",
    "sdus",
    "sdu_bytes",
    "incomplete_sdus",
    "balance",
    "min_balance",
    "zero_intervals",
    "zero_ns",
    "certain_intervals",
    "certain_ns",
    "likely_intervals",
    "likely_ns",
    "stalls",
    "stall_ns",
    "longest_stall_ns",
    "longest_stall_packet",
    "overspent",
    "busy_ns",
    "goodput_bps",
    "open_zero",
]
STALL_FIELDS = [
    "channel",
    "direction",
    "start_packet",
    "end_packet",
    "start_ns",
    "end_ns",
    "duration_ns",
    "class",
    "sdu_bytes_owed",
    "ended_by",
    "overspent",
    "stall",
]
SDU_FIELDS = [
    "channel",
    "direction",
    "index",
    "first_packet",
    "last_packet",
    "start_ns",
    "end_ns",
    "length",
    "state",
    "complete",
    "inferred",
    "sha256",
]
PACKET_FIELDS = ["number", "time_ns", "adapter", "direction", "kind", "handle", "cid", "protocol", "summary", "length"]
STATS_FIELDS = [
    "schema",
    "file",
    "format",
    "packets",
    "first_ns",
    "last_ns",
    "lost",
    "truncated",
    "quality",
    "links",
    "channels",
]


def test_channels_as_json() -> None:
    """An array with the fields that others rely on, in their order."""
    (channel,) = json.loads(l2scope("channels", STARVED, "--json").stdout)
    assert list(channel)[: len(CHANNEL_FIELDS)] == CHANNEL_FIELDS
    assert list(channel["tx"])[: len(DIRECTION_FIELDS)] == DIRECTION_FIELDS
    assert list(channel["rx"])[: len(DIRECTION_FIELDS)] == DIRECTION_FIELDS
    truth = read_json(SAMPLES / "starved.truth.json")["channels"][0]
    assert channel["tx"]["kframes"] == truth["tx"]["kframes"]


def test_channels_on_a_terminal() -> None:
    """A line a direction with what matters: SDUs, credits, stalls."""
    lines = l2scope("channels", STARVED).stdout.splitlines()
    assert lines[0].split()[:4] == ["#", "hci", "handle", "PSM"]
    assert re.search(r"0x0085 .*tx +40 +28,000 +1,024 +247 +7\+119 .* 17 ", lines[1])


def test_refused_attempts() -> None:
    """By name, with both packets; as JSON with the result's number."""
    path = SAMPLES / "refused.btsnoop"
    assert "refused: SPSM not supported" in l2scope("channels", path, "--refused").stdout
    (attempt,) = json.loads(l2scope("channels", path, "--refused", "--json").stdout)
    assert (attempt["psm"], attempt["result"], attempt["initiator"]) == (0xEE, 2, "local")


def test_a_capture_without_channels_says_so() -> None:
    """The hint goes to stderr: stdout is data."""
    for command in ("channels", "sdus", "stalls"):
        result = l2scope(command, SAMPLES / "att_only.btsnoop")
        assert (result.returncode, result.stdout) == (0, "")
        assert result.stderr.startswith("No ")


def test_stalls_as_json() -> None:
    """The stalls in order; with --all the healthy waits too."""
    stalls = json.loads(l2scope("stalls", STARVED, "--json").stdout)
    waits = json.loads(l2scope("stalls", STARVED, "--json", "--all").stdout)
    assert set(STALL_FIELDS) <= set(stalls[0])
    assert len(stalls) == read_json(SAMPLES / "starved.truth.json")["starvation"]["zero_credit_waits"]
    assert all(stall["stall"] for stall in stalls)
    assert [wait for wait in waits if wait["stall"]] == stalls


def test_sdus_as_json_lines() -> None:
    """A line an SDU, with the SHA-256 of its bytes."""
    lines = [json.loads(line) for line in l2scope("sdus", STARVED, "--json").stdout.splitlines()]
    truth = read_json(SAMPLES / "starved.truth.json")["channels"][0]["tx"]["sdus"]
    assert list(lines[0]) == SDU_FIELDS
    assert [(line["length"], line["sha256"]) for line in lines] == [(sdu["length"], sdu["sha256"]) for sdu in truth]


def test_sdus_are_extracted(tmp_path: Path) -> None:
    """A file an SDU, named by channel, direction and index; unfinished ones say so."""
    result = l2scope("sdus", SAMPLES / "link_lost.btsnoop", "--extract", tmp_path / "out")
    truth = read_json(SAMPLES / "link_lost.truth.json")["channels"][0]
    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    whole = [name for name in files if re.fullmatch(r"channel0-tx-\d{6}\.bin", name)]
    digests = [hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() for name in whole]
    assert digests == [sdu["sha256"] for sdu in truth["tx"]["sdus"]]
    assert [name for name in files if "incomplete" in name] == [
        "channel0-rx-000007.incomplete.bin",
        "channel0-tx-000007.incomplete.bin",
    ]
    assert "16 SDUs written to" in result.stderr


def test_sdus_of_a_channel_that_is_not_there() -> None:
    """The range of channels is told."""
    result = l2scope("sdus", STARVED, "--channel", "5")
    assert (result.returncode, "1 channels, from 0 on" in result.stderr) == (2, True)


def test_packets_as_json_lines() -> None:
    """Numbers from 1, as many as the truth says; lengths as tshark's frame.len, with the H4 indicator."""
    lines = [json.loads(line) for line in l2scope("packets", STARVED, "--json").stdout.splitlines()]
    assert list(lines[0]) == PACKET_FIELDS
    assert [line["number"] for line in lines] == list(
        range(1, read_json(SAMPLES / "starved.truth.json")["packets"] + 1)
    )


def test_a_range_of_packets() -> None:
    """A-B, A- and A."""
    for wanted, expected in (("5-7", [5, 6, 7]), ("202-", [202, 203]), ("9", [9]), ("500-", [])):
        lines = l2scope("packets", STARVED, "--packets", wanted).stdout.splitlines()
        assert [int(line.split()[0]) for line in lines] == expected


def test_open_without_a_terminal_prints_the_packets() -> None:
    """The same list as `packets`."""
    assert l2scope("open", STARVED).stdout == l2scope("packets", STARVED).stdout


def test_stats_as_json() -> None:
    """One object; its channels are those of `channels --json`."""
    stats = json.loads(l2scope("stats", STARVED, "--json").stdout)
    assert [name for name in stats if name in STATS_FIELDS] == STATS_FIELDS
    assert stats["packets"] == read_json(SAMPLES / "starved.truth.json")["packets"]
    assert stats["channels"] == json.loads(l2scope("channels", STARVED, "--json").stdout)
    assert (stats["truncated"], stats["lost"], stats["quality"]) == (False, 0, [])


def damaged_capture(folder: Path) -> Path:
    """The sample with garbage behind its third packet."""
    sample = STARVED.read_bytes()
    at = 16
    for _ in range(3):
        at += 24 + int.from_bytes(sample[at + 4 : at + 8], "big")
    path = folder / "damaged"
    path.write_bytes(sample[:at] + b"\xff" * 77 + sample[at:])
    return path


def test_stats_tell_the_quality_of_a_capture(tmp_path: Path) -> None:
    """A row for each damage, as JSON and as text; all packets are there."""
    path = damaged_capture(tmp_path)
    stats = json.loads(l2scope("stats", path, "--json").stdout)
    (row,) = stats["quality"]
    assert list(row) == ["rule", "message", "packet", "offset", "count"]
    assert (row["rule"], row["packet"], row["count"]) == ("CAP005", 4, 77)
    assert stats["packets"] == read_json(SAMPLES / "starved.truth.json")["packets"]
    line = r"^CAP005 +packet 4 at byte \d+ claims 4294967295 bytes: 77 bytes are no records and were skipped$"
    assert re.search(line, l2scope("stats", path).stdout, re.MULTILINE)


def test_damage_is_a_warning_and_no_verdict_is_conclusive(tmp_path: Path) -> None:
    """Exit code 3 of a command that judges, unless it is allowed."""
    result = l2scope("stalls", damaged_capture(tmp_path))
    assert result.returncode == 3
    assert "warning: " in result.stderr
    assert "CAP005 packet 4" in result.stderr


@pytest.mark.parametrize("name", ["h1.btsnoop", "h4_direction.pcap", "little_endian.pklg", "monitor.pcapng"])
def test_every_format_opens_by_its_content(name: str, tmp_path: Path) -> None:
    """Under any name."""
    path = tmp_path / "capture.dat"
    path.write_bytes((ROOT / "tests" / "samples" / name).read_bytes())
    channels = json.loads(l2scope("channels", path, "--json").stdout)
    assert channels == json.loads(l2scope("channels", SAMPLES / "refused.btsnoop", "--json").stdout)


def test_stats_on_a_terminal() -> None:
    """Totals, the protocol hierarchy with the truth's counts, links and channels."""
    printed = l2scope("stats", SAMPLES / "att_only.btsnoop").stdout
    truth = read_json(SAMPLES / "att_only.truth.json")
    assert re.search(rf"^packets +{truth['packets']}$", printed, re.MULTILINE)
    for line in ("HCI commands", "HCI events", "ACL data", "ATT", "0x0040  le", "disconnect-local"):
        assert line in printed


def test_the_version_tells_how_the_engine_runs() -> None:
    """Compiled or interpreted."""
    assert re.fullmatch(r"l2scope \d+\.\d+\.\d+, engine: (compiled|interpreted)\n", l2scope("--version").stdout)


@pytest.mark.parametrize(
    "arguments", [["--help"], *[[c, "--help"] for c in ("open", "packets", "channels", "sdus", "stalls", "stats")]]
)
def test_help_has_examples(arguments: list[str]) -> None:
    """Every command shows how it is called."""
    assert "Examples:" in l2scope(*arguments).stdout


def test_a_closed_pipe_ends_quietly() -> None:
    """`l2scope packets FILE | head` leaves no traceback."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as stdout:
        result = subprocess.run(
            [sys.executable, "-m", "l2scope", "packets", str(STARVED)],
            stdout=stdout, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False, cwd=ROOT, timeout=60,
        )  # fmt: skip
    assert result.stderr == b""


def on_a_terminal(*arguments: str | Path, **environment: str) -> str:
    """What the command line writes to a terminal."""
    main, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "l2scope", *map(str, arguments)],
        stdin=subprocess.DEVNULL, stdout=terminal, stderr=terminal, cwd=ROOT,
        env={**os.environ, "TERM": "xterm", **environment},
    )  # fmt: skip
    os.close(terminal)
    written = b""
    try:
        while piece := os.read(main, 65536):
            written += piece
    except OSError:
        pass  # the terminal's other end closes with EIO once the process is gone
    os.close(main)
    process.wait(timeout=60)
    return written.decode()


def test_no_color_is_honoured() -> None:
    """Titles are bold on a terminal, unless NO_COLOR is set."""
    environment = dict.fromkeys(("NO_COLOR",), "")
    assert "\x1b[1m" in on_a_terminal("channels", STARVED, **environment)
    assert "\x1b" not in on_a_terminal("channels", STARVED, NO_COLOR="1")
