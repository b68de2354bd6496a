"""Files that are followed and standard input: what comes, when, and how it ends."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest

import l2scope
from l2scope.capture import Loading
from l2scope.sources.containers.origin import GrowingFile, StandardInput
from tests.corpus import SAMPLES
from tests.equal_captures import assert_same_capture
from tests.generate.containers import packetlogger, packets_of
from tests.generate.wrapped import gzipped, tarred, zipped
from tests.sources.containers.wrapping import ENDS, LATEST_SECONDS, PACKETS, PATIENCE, STARVED

HEADER = STARVED[:16]


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.001)


@contextmanager
def reading(loading: Loading) -> Iterator[list[BaseException]]:
    """A thread reads on until it is over; what it raised is in the list."""
    raised: list[BaseException] = []

    def read() -> None:
        try:
            while loading.step():
                pass
        except l2scope.CaptureError as error:
            raised.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield raised
    finally:
        loading.stop()
        thread.join(PATIENCE)
        loading.capture.close()
    assert not thread.is_alive()


def test_packets_of_a_growing_file_come_within_200_ms(tmp_path: Path) -> None:
    """From the write to the row, in the median of twenty; and in the end all is as if it had been there at once."""
    path = tmp_path / "growing"
    path.write_bytes(STARVED[: ENDS[9]])
    loading = Loading(path, follow=True)
    waited = []
    with reading(loading), path.open("ab", buffering=0) as file:
        until(lambda: loading.capture.count == 10)
        for number in range(10, 30):
            file.write(STARVED[ENDS[number - 1] : ENDS[number]])
            written = time.monotonic()
            until(lambda number=number: loading.capture.count > number)  # type: ignore[misc]  # mypy cannot infer it
            waited.append(time.monotonic() - written)
        file.write(STARVED[ENDS[29] :])
        until(lambda: loading.capture.count == PACKETS)
        loading.stop()
        until(lambda: loading.capture.ended)
        assert_same_capture(loading.capture, l2scope.open(SAMPLES / "starved.btsnoop"))
    assert median(waited) < LATEST_SECONDS


def test_a_file_that_is_still_empty(tmp_path: Path) -> None:
    """Its header is waited for, byte by byte if need be."""
    path = tmp_path / "empty"
    path.touch()

    def write() -> None:
        with path.open("ab", buffering=0) as file:
            for at in range(16):
                file.write(HEADER[at : at + 1])
                time.sleep(0.005)
            file.write(STARVED[16:])

    writer = threading.Thread(target=write)
    writer.start()
    loading = Loading(path, follow=True)
    with reading(loading):
        until(lambda: loading.capture.count == PACKETS)
    writer.join()


def test_a_record_that_is_half_written(tmp_path: Path) -> None:
    """It is shown when it is whole; where the following ends before, it is a row of quality."""
    path = tmp_path / "growing"
    path.write_bytes(STARVED[: ENDS[2] - 3])
    loading = Loading(path, follow=True)
    with reading(loading):
        until(lambda: loading.capture.count == 2)
        loading.stop()
        until(lambda: loading.capture.ended)
        assert [row.rule for row in loading.capture.quality.rows] == ["CAP001"]


@pytest.mark.parametrize("change", ["rename", "remove"])
def test_another_file_takes_the_name(change: str, tmp_path: Path) -> None:
    """As when a phone begins a new log: what was in the old one is complete, and the following ends."""
    path = tmp_path / "btsnoop_hci.log"
    path.write_bytes(STARVED)
    loading = Loading(path, follow=True)
    with reading(loading):
        until(lambda: loading.capture.count == PACKETS)
        if change == "rename":
            path.rename(tmp_path / "btsnoop_hci.log.last")
            path.write_bytes(HEADER)
        else:
            path.unlink()
        until(lambda: loading.capture.ended)
    assert loading.capture.quality.conclusive


def test_a_file_that_is_cut_while_it_is_followed(tmp_path: Path) -> None:
    """Nothing that comes behind the cut would fit what was read."""
    path = tmp_path / "growing"
    path.write_bytes(STARVED)
    loading = Loading(path, follow=True)
    with reading(loading) as raised:
        until(lambda: loading.capture.count == PACKETS)
        os.truncate(path, 100)
        until(lambda: bool(raised))
    assert "growing: the file has become shorter while it was followed" in str(raised[0])


WRAPPED = [gzipped(STARVED), zipped({"log": STARVED}), tarred({"log": STARVED}), b"a text" * 99]


@pytest.mark.parametrize("wrapped", WRAPPED, ids=["gzip", "zip", "tar", "text"])
def test_only_a_bare_capture_is_followed(wrapped: bytes, tmp_path: Path) -> None:
    """What is packed has its end in itself; that is said at once."""
    path = tmp_path / "packed"
    path.write_bytes(wrapped)
    with pytest.raises(l2scope.CaptureError, match="only a bare capture can be followed"):
        Loading(path, follow=True)


def test_a_short_file_without_a_signature(tmp_path: Path) -> None:
    """PacketLogger is known by its first records, and there need not be many yet."""
    path = tmp_path / "growing.pklg"
    data = packetlogger(packets_of(STARVED), "<")
    path.write_bytes(data[:100])
    loading = Loading(path, follow=True)
    with reading(loading), path.open("ab", buffering=0) as file:
        until(lambda: loading.capture.count > 2)
        file.write(data[100:])
        until(lambda: loading.capture.count == PACKETS)


def test_a_read_that_waits_can_be_ended(tmp_path: Path) -> None:
    """From another thread, for a file and for a pipe: then nothing follows."""
    path = tmp_path / "growing"
    path.write_bytes(HEADER)
    read_end, write_end = os.pipe()
    former = os.dup(0)
    os.dup2(read_end, 0)
    try:
        for origin in (GrowingFile(path, path.open("rb", buffering=0)), StandardInput()):
            if isinstance(origin, GrowingFile):
                assert origin.read(100) == HEADER
            assert not origin.ready(0.01)
            threading.Timer(0.05, origin.stop).start()
            assert origin.read(100) == b""
            origin.close()
            origin.stop()
            origin.close()
    finally:
        os.dup2(former, 0)
        for descriptor in (former, read_end, write_end):
            os.close(descriptor)


def piped(data: bytes, code: str) -> str:
    """What a program prints that has these bytes as standard input."""
    run = subprocess.run(
        [sys.executable, "-c", "import l2scope, sys\n" + code], input=data, capture_output=True, check=False, timeout=60
    )
    assert run.returncode == 0, run.stderr.decode()
    return run.stdout.decode()


@pytest.mark.parametrize("pack", [bytes, gzipped])
def test_standard_input(pack: Callable[[bytes], bytes]) -> None:
    """It opens as a file does, and the bytes of packets are within reach when the pipe is long gone."""
    code = "c = l2scope.open('-'); print(c.count, c.raw(c.count).hex())"
    whole = l2scope.open(SAMPLES / "starved.btsnoop")
    assert piped(pack(STARVED), code) == f"{PACKETS} {whole.raw(PACKETS).hex()}\n"


def test_standard_input_is_bounded() -> None:
    """What comes through a pipe is kept on disk, so it has the same limit."""
    code = "try: l2scope.open('-', max_size=1 << 20)\nexcept l2scope.CaptureError as e: print(e)"
    said = piped(STARVED + bytes(4 << 20), code)
    assert said.startswith("standard input: it has more than 1 MiB: if that is meant, allow it with --max-size")
