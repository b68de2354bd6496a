"""`monitor --headless` and `record`: lines, verdicts, exit codes and signals. The real kernel is in tests/vm."""

import json
import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import l2scope
from l2scope.cli.headless import watch_feed
from l2scope.feed import Feed
from l2scope.sources.output import pipe_output
from tests.cli.runner import ROOT
from tests.cli.runner import l2scope as run
from tests.fake_kernel import EVENT, FakeKernel, LossyKernel, needs_linux
from tests.wire import acl, le_connection_complete, pdu
from tests.wire import signal as signalling

pytestmark = needs_linux


class Child:
    """tests/live_child.py on the other end of a fake kernel."""

    def __init__(self, *arguments: str, path: Path) -> None:
        self.kernel = FakeKernel()
        self.path = path
        descriptor = self.kernel.other_end.fileno()
        command, *program = arguments
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.live_child", command, str(descriptor), str(path), *program],
            pass_fds=[descriptor], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def wait_for(self, path: Path) -> None:
        until = time.monotonic() + 20
        while not path.exists():
            assert time.monotonic() < until
            time.sleep(0.01)

    def end(self) -> tuple[int, str, str]:
        """Exit code, stdout, stderr."""
        stdout, stderr = self.process.communicate(timeout=30)
        return self.process.returncode, stdout, stderr


def lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def transfer(kernel: FakeKernel, stalled_ms: int, flowing_ms: int = 0) -> None:
    """A channel that waits for a credit in the middle of an SDU, once, and then for some time does not."""
    kernel.send(EVENT, le_connection_complete(interval=8))
    kernel.sent(acl(signalling(0x14, 1, 0x80, 0x40, 500, 100, 100)))
    kernel.received(acl(signalling(0x15, 1, 0x50, 500, 100, 1, 0)))
    kernel.sent(acl(pdu(0x50, struct.pack("<HB", 3, 1))))
    time.sleep(stalled_ms / 1000)
    kernel.received(acl(signalling(0x16, 2, 0x50, 100)))
    kernel.sent(acl(pdu(0x50, b"\1")))
    time.sleep(flowing_ms / 1000)
    kernel.sent(acl(pdu(0x50, b"\1")))


def final(printed: list[Any]) -> dict[str, Any]:
    """The findings as they were at the end, by their rules."""
    return {line["rule"]: line for line in printed if line["event"] == "finding" and line["state"] == "final"}


@pytest.mark.parametrize(
    ("stalled_ms", "fail_on", "severity", "code"),
    [
        (1100, "error", "error", 1),
        (1100, "never", "error", 0),
        (150, "error", "warning", 0),
        (150, "warning", "warning", 1),
    ],
)
def test_a_stall_is_judged(
    stalled_ms: int, fail_on: str, severity: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `findings` judges it: a warning, and an error where it lasts a second; --fail-on says what counts."""
    kernel = FakeKernel()
    feed = Feed(kernel.monitor(), [], pipe_output(), for_ns=(stalled_ms + 500) * 1_000_000)
    transfer(kernel, stalled_ms)
    assert watch_feed(feed, fail_on, allow_truncated=False) == code
    feed.close()
    printed = lines(capsys.readouterr().out)
    stalls = [line for line in printed if line["event"] == "stall"]
    assert stalls[-1]["state"] == "over"
    assert {"channel", "direction", "start_packet", "duration_ns", "class", "ended_by", "stall"} <= set(stalls[-1])
    starved, end = final(printed)["COC001"], printed[-1]
    assert (starved["severity"], starved["values"]["stalls"], starved["psm"]) == (severity, 1, 0x80)
    assert (end["event"], end["packets"], end["channels"], end["lost"]) == ("end", 8, 1, 0)
    assert end["findings"][severity] >= 1


@pytest.mark.parametrize(("allowed", "code"), [(False, 3), (True, 0)])
def test_lost_packets_make_a_run_not_conclusive(allowed: bool, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 3, unless that is allowed."""
    kernel = LossyKernel()
    monitor = kernel.monitor()
    for _ in range(1000):
        kernel.send(EVENT, b"\x0e\x00")
    feed = Feed(monitor, [], pipe_output(), for_ns=200_000_000)
    assert watch_feed(feed, "error", allowed) == code
    feed.close()
    printed = capsys.readouterr()
    end = lines(printed.out)[-1]
    assert (end["lost"] > 0, end["lost"] + end["packets"]) == (True, 1000 + 1)
    assert f"l2scope: {end['lost']:,} packets were lost so far" in printed.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_a_headless_run_in_good_order(number: signal.Signals, tmp_path: Path) -> None:
    """Everything is written, the last line is there, and the exit code is that of the rules."""
    child = Child("headless", path=tmp_path / "out.btsnoop")
    child.wait_for(child.path)
    transfer(child.kernel, stalled_ms=1100)
    child.process.send_signal(number)
    code, stdout, _ = child.end()
    assert (code, lines(stdout)[-1]["event"]) == (1, "end")
    capture = l2scope.open(child.path)
    assert (capture.count, capture.quality.conclusive) == (8, True)


def test_a_stall_is_printed_while_it_lasts(tmp_path: Path) -> None:
    """A script that reads the lines hears of it long before it is over."""
    child = Child("headless", path=tmp_path / "out.btsnoop")
    child.wait_for(child.path)
    child.kernel.send(EVENT, le_connection_complete(interval=24))
    child.kernel.sent(acl(signalling(0x14, 1, 0x80, 0x40, 500, 100, 1)))
    child.kernel.received(acl(signalling(0x15, 1, 0x50, 500, 100, 1, 0)))
    child.kernel.sent(acl(pdu(0x50, b"\x0a\x00\x01")))
    assert child.process.stdout is not None
    (begun,) = lines(child.process.stdout.readline())
    assert (begun["state"], begun["psm"], begun["sdu_bytes_owed"], begun["ended_by"]) == ("lasts", 0x80, 9, None)
    child.process.send_signal(signal.SIGTERM)
    code, stdout, _ = child.end()
    printed = lines(stdout)
    (over,) = [line for line in printed if line.get("state") == "over"]
    assert (over["ended_by"], over["duration_ns"] >= begun["duration_ns"]) == ("capture-end", True)
    starved = final(printed)["COC001"]
    assert (code, starved["severity"], starved["values"]["starved_share"]) == (0, "warning", 1.0)


def test_a_finding_is_printed_when_it_is_decided(capsys: pytest.CaptureFixture[str]) -> None:
    """A K-frame over the MPS is told while the feed goes on, and once more at the end; nothing is told twice."""
    kernel = FakeKernel()
    feed = Feed(kernel.monitor(), [], pipe_output(), for_ns=600_000_000)
    kernel.send(EVENT, le_connection_complete(interval=24))
    kernel.sent(acl(signalling(0x14, 1, 0x80, 0x40, 500, 100, 9)))
    kernel.received(acl(signalling(0x15, 1, 0x50, 500, 100, 9, 0)))
    kernel.sent(acl(pdu(0x50, struct.pack("<H", 200) + bytes(101))))
    assert watch_feed(feed, "error", allow_truncated=False) == 1
    feed.close()
    told = [line for line in lines(capsys.readouterr().out) if line.get("rule") == "COC020"]
    assert [(line["state"], line["severity"], line["packets"]) for line in told] == [
        ("found", "error", [4]),
        ("final", "error", [4]),
    ]


def test_a_command_is_recorded_while_it_runs(tmp_path: Path) -> None:
    """The recording is over when the command is, with its exit code; what it prints is untouched."""
    child = Child("record", "sh", "-c", f"touch {tmp_path}/begun; echo hello; sleep 0.3; exit 7", path=tmp_path / "x")
    child.wait_for(tmp_path / "begun")
    child.kernel.send(EVENT, b"\x0e\x00")
    assert child.end() == (7, "hello\n", "")
    capture = l2scope.open(tmp_path / "x")
    assert (capture.raw(1), capture.count) == (b"\x0e\x00", 2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_reach_the_command(number: signal.Signals, tmp_path: Path) -> None:
    """It decides what becomes of them; the recorder waits for it."""
    script = f"import signal, sys, time; signal.signal({int(number)}, lambda *_: sys.exit(9)); " \
        f"open({str(tmp_path / 'begun')!r}, 'w').close(); time.sleep(20)"  # fmt: skip
    child = Child("record", sys.executable, "-c", script, path=tmp_path / "x")
    child.wait_for(tmp_path / "begun")
    time.sleep(0.05)
    child.process.send_signal(number)
    assert child.end()[0] == 9


def test_a_command_that_a_signal_ends(tmp_path: Path) -> None:
    """128 and the signal, as a shell has it."""
    assert Child("record", "sh", "-c", "kill -KILL $$", path=tmp_path / "x").end()[0] == 128 + 9


def test_a_file_without_a_format_cannot_be_run(tmp_path: Path) -> None:
    """The kernel's own words, and 126."""
    program = tmp_path / "program"
    program.write_bytes(b"\x7fELF garbage")
    program.chmod(0o755)
    code, _, stderr = Child("record", str(program), path=tmp_path / "x").end()
    assert (code, stderr) == (126, f"l2scope: {program}: Exec format error\n")


@pytest.mark.parametrize(
    ("program", "code", "words"),
    [
        ("no-such-command", 127, "command not found"),
        ("./README.md", 126, "cannot be run"),
        ("./nowhere", 127, "not found"),
    ],
)
def test_a_command_that_cannot_be_started(program: str, code: int, words: str, tmp_path: Path) -> None:
    """Said before any file is touched."""
    path = tmp_path / "x"
    result = run("record", "all", "-w", path, "--", program)
    assert (result.returncode, result.stdout) == (code, "")
    assert result.stderr == f"l2scope: {program}: " + result.stderr.split(": ", 2)[2]
    assert words in result.stderr
    assert not path.exists()


@pytest.mark.parametrize(
    "arguments",
    [["monitor", "wlan0"], ["monitor", "--for", "soon"], ["monitor", "--fail-on", "x"], ["record", "hci0", "-w", "x"],
     ["record", "hci0", "--", "true"], ["monitor", "-w", os.sep]],
)  # fmt: skip
def test_a_wrong_call(arguments: list[str]) -> None:
    """Exit code 2, with the usage."""
    result = run(*arguments)
    assert result.returncode == 2
    assert "Usage:" in result.stderr
