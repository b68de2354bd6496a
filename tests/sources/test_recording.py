"""Recordings: complete, in order, honest about what was lost, and whole whatever ends them."""

import errno
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import l2scope
from l2scope.sources import recording as recordings
from l2scope.sources.output import Output, file_output, pipe_output
from l2scope.sources.recording import Recording
from tests.cli.runner import ROOT
from tests.fake_kernel import DELETE_INDEX, EVENT, NEW_INDEX, FakeKernel, LossyKernel, needs_linux

pytestmark = needs_linux

HEADER = struct.Struct(">IIIIq")
EPOCH_US = 0x00DCDDB30F2F8000


def wait_until(condition: Callable[[], bool]) -> None:
    """Returns when it holds; fails after ten seconds."""
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.002)


def records(data: bytes) -> list[tuple[int, int, int, bytes]]:
    """Flags, drops, Unix microseconds and payload of each record of a btsnoop file."""
    assert data[:16] == b"btsnoop\0" + struct.pack(">II", 1, 2001)
    found = []
    at = 16
    while at < len(data):
        original, included, flags, drops, stamp = HEADER.unpack_from(data, at)
        assert original == included
        at += HEADER.size + included
        found.append((flags, drops, stamp - EPOCH_US, data[at - included : at]))
    return found


def recorded(output: Output) -> list[tuple[int, int, int, bytes]]:
    assert output.path is not None
    return records(output.path.read_bytes())


def test_every_record_is_written_as_btsnoop(tmp_path: Path) -> None:
    """Adapter and opcode in the flags, microseconds since the year 0; a note of our own closes the file."""
    kernel = FakeKernel()
    output = file_output(tmp_path / "out.btsnoop")
    recording = Recording(kernel.monitor(), output.write)
    recording.start()
    for number in range(1000):
        kernel.send(EVENT, number.to_bytes(2, "little"), adapter=number % 3)
    recording.stop()
    recording.join()
    *packets, note = recorded(output)
    assert [(flags, payload) for flags, _, _, payload in packets] == [
        ((number % 3) << 16 | EVENT, number.to_bytes(2, "little")) for number in range(1000)
    ]
    assert (note[0], note[3]) == (0xFFFF000D, b"\x06\x08l2scope\0the recording ends\0")
    assert packets[-1][2] <= note[2]
    assert (recording.packets, recording.written) == (1001, (tmp_path / "out.btsnoop").stat().st_size)


def test_what_happens_after_the_stop_is_left_out(tmp_path: Path) -> None:
    """What happened before is in, although nobody had taken it yet."""
    kernel = FakeKernel()
    output = file_output(tmp_path / "out.btsnoop")
    recording = Recording(kernel.monitor(), output.write)
    for _ in range(500):
        kernel.send(EVENT, b"before")
    time.sleep(0.001)
    recording.stop()
    time.sleep(0.001)
    kernel.send(EVENT, b"after")
    recording.start()
    recording.join()
    assert [payload for *_, payload in recorded(output)[:-1]] == [b"before"] * 500


def test_the_time_goes_on_where_nothing_happens(tmp_path: Path) -> None:
    """seen_until follows the clock closely, and never passes a record that is not written."""
    kernel = FakeKernel()
    recording = Recording(kernel.monitor(), file_output(tmp_path / "out.btsnoop").write)
    recording.start()
    for _ in range(3):
        kernel.send(EVENT, b"")
        sent = time.time_ns()
        wait_until(lambda sent=sent: recording.seen_until > sent)  # type: ignore[misc]
        assert time.time_ns() - sent < 1_000_000_000
    assert recording.written == 16 + 3 * HEADER.size
    recording.stop()
    recording.join()


def test_what_is_written_later_happened_later(tmp_path: Path) -> None:
    """At any moment: no record from before seen_until is still to come."""
    kernel = FakeKernel()
    output = file_output(tmp_path / "out.btsnoop")
    recording = Recording(kernel.monitor(), output.write)
    recording.start()
    moments = []
    for _ in range(20_000):
        kernel.send(EVENT, b"")
        moments.append((recording.seen_until, recording.written))
    recording.stop()
    recording.join()
    stamps = [stamp for _, _, stamp, _ in recorded(output)]
    for seen_until, written in moments:
        first = (written - 16) // HEADER.size
        assert (stamps[first] + 1) * 1000 > seen_until


def test_adapters_that_come_and_go_are_noticed(tmp_path: Path) -> None:
    """Those that the kernel names at the beginning were there already."""
    kernel = FakeKernel()
    monitor = kernel.monitor()
    kernel.send(NEW_INDEX, b"", adapter=0)
    recording = Recording(monitor, file_output(tmp_path / "out.btsnoop").write)
    recording.start()
    wait_until(lambda: recording.replay > 0)
    kernel.send(DELETE_INDEX, b"", adapter=0)
    kernel.send(NEW_INDEX, b"", adapter=3)
    recording.stop()
    recording.join()
    assert [notice.text for notice in recording.notices] == [
        "hci0 went away: its links and channels are closed",
        "hci3 came",
    ]


def test_a_file_that_takes_no_more_ends_the_recording() -> None:
    """The reason is kept for the user."""
    kernel = FakeKernel()
    recording = Recording(kernel.monitor(), os.open("/dev/full", os.O_WRONLY))
    recording.start()
    kernel.send(EVENT, b"")
    recording.join()
    assert recording.failure is not None
    assert (recording.failure.errno, recording.finished) == (errno.ENOSPC, True)


class SlowDisk:
    """A recording into a pipe that nobody reads, of a socket with a small buffer: records must get lost."""

    def __init__(self) -> None:
        self.kernel = LossyKernel()
        self.output = pipe_output()
        self.recording = Recording(self.kernel.monitor(), self.output.write)
        self.sent = 0

    def send(self, count: int) -> None:
        for _ in range(count):
            self.kernel.send(EVENT, self.sent.to_bytes(4, "little"))
            self.sent += 1

    def written(self) -> bytes:
        """What is in the pipe by now."""
        data = b""
        try:
            while piece := os.read(self.output.read, 65_536):
                data += piece
        except BlockingIOError:
            pass
        return data

    def rest(self) -> bytes:
        """All that is written until the recording is over."""
        self.recording.stop()
        data = b""
        while not self.recording.finished:
            self.recording.news.wait(0.1)
            data += self.written()
        self.recording.join()
        return data + self.written()


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> SlowDisk:
    monkeypatch.setattr(recordings, "LONGEST_QUEUE", 4)
    return SlowDisk()


def test_lost_records_are_placed_where_they_are_missing(slow_disk: SlowDisk) -> None:
    """The count of a record is never behind the gap before it, and the last one carries all that were lost."""
    slow_disk.recording.start()
    data = b""
    for _ in range(4):
        lost = slow_disk.recording.drops
        while slow_disk.recording.drops == lost:
            slow_disk.send(500)
            time.sleep(0.005)
        data += slow_disk.written()
        time.sleep(0.1)
    data += slow_disk.written()
    slow_disk.send(1)
    *packets, note = records(data + slow_disk.rest())
    numbers = [int.from_bytes(payload, "little") for *_, payload in packets]
    gaps, counts = 0, set()
    for (_, drops, _, _), number, former in zip(packets, numbers, [-1, *numbers], strict=False):
        gaps += number - former - 1
        counts.add(drops)
        assert drops >= gaps
    assert numbers == sorted(set(numbers))
    lost = slow_disk.sent - len(packets)
    assert 0 < lost == slow_disk.recording.drops == note[1]
    assert len(counts) > 3
    assert f"{lost} packets were lost".encode() in note[3]


def test_a_disk_that_stands_still_loses_nothing_at_first() -> None:
    """Reading does not wait for writing: what the queue holds is out of the kernel's small buffer."""
    slow_disk = SlowDisk()
    slow_disk.recording.start()
    for _ in range(80):
        slow_disk.send(50)
        time.sleep(0.01)
    assert slow_disk.recording.written < slow_disk.sent * 28
    assert slow_disk.recording.drops == 0
    assert len(records(slow_disk.rest())) == slow_disk.sent + 1


@pytest.mark.parametrize("after", [0.3, 1.0])
def test_a_killed_recorder_leaves_a_file_that_opens(after: float, tmp_path: Path) -> None:
    """SIGKILL in the middle of traffic costs less than a second of it."""
    kernel = FakeKernel()
    path = tmp_path / "out.btsnoop"
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.live_child", "record", str(kernel.other_end.fileno()), str(path), "sleep", "60"],
        pass_fds=[kernel.other_end.fileno()],
        cwd=ROOT,
    )
    wait_until(path.exists)
    sent: list[int] = []
    killed = time.monotonic() + after
    while time.monotonic() < killed:
        sent.append(time.time_ns())
        kernel.send(EVENT, struct.pack("<I", len(sent)))
        time.sleep(0.0005)
    child.send_signal(signal.SIGKILL)
    child.wait()
    died = time.time_ns()
    capture = l2scope.open(path)
    assert capture.count > 0
    assert [capture.raw(n + 1) for n in range(capture.count)] == [
        struct.pack("<I", n + 1) for n in range(capture.count)
    ]
    assert died - sent[capture.count - 1] < 1_000_000_000
