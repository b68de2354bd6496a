"""The monitor socket: records with the kernel's times, one adapter or all, and what is said where there is none."""

import errno
import os
import sys
import time
from pathlib import Path

import pytest

from l2scope.sources import refusal as refusals
from l2scope.sources.adapters import listen
from l2scope.sources.datagrams import BATCH, LONGEST
from l2scope.sources.errors import CaptureError
from l2scope.sources.monitor import NO_ADAPTER, listen_to_one
from l2scope.sources.refusal import refusal
from tests.cli.runner import ROOT, l2scope
from tests.fake_kernel import EVENT, FakeKernel, LossyKernel, needs_linux

pytestmark = needs_linux


def test_records_come_in_order_with_their_times() -> None:
    """As many as there are, a batch at a time, without waiting for more."""
    kernel = FakeKernel()
    monitor = kernel.monitor()
    before = time.time_ns() // 1000
    for number in range(BATCH + 3):
        kernel.send(EVENT, number.to_bytes(2, "little"))
    first, rest, none = monitor.receive(), monitor.receive(), monitor.receive()
    assert (len(first), len(rest), none) == (BATCH, 3, [])
    assert [record[6:] for _, record in first + rest] == [n.to_bytes(2, "little") for n in range(BATCH + 3)]
    stamps = [stamp for stamp, _ in first + rest]
    assert before <= stamps[0] <= stamps[-1] <= time.time_ns() // 1000
    assert stamps == sorted(stamps)


def test_the_longest_record_is_whole() -> None:
    """Its payload fills the 16-bit length."""
    kernel = FakeKernel()
    monitor = kernel.monitor()
    kernel.send(EVENT, os.urandom(LONGEST - 6))
    ((_, record),) = monitor.receive()
    assert len(record) == LONGEST


def test_the_filter_leaves_one_adapter_and_the_records_of_none() -> None:
    """In the kernel, and nothing that it leaves out counts as lost."""
    kernel = FakeKernel()
    listen_to_one(kernel.other_end, 0x0102)
    monitor = kernel.monitor()
    for adapter in (0x0102, 0x0201, 0, NO_ADAPTER):
        kernel.send(EVENT, b"", adapter)
    assert [int.from_bytes(record[2:4], "little") for _, record in monitor.receive()] == [0x0102, NO_ADAPTER]
    assert monitor.drops == 0


def test_the_buffer_is_the_largest_to_be_had() -> None:
    """Beyond the system's limit with CAP_NET_ADMIN, up to it without."""
    limit = int(Path("/proc/sys/net/core/rmem_max").read_text())
    assert FakeKernel().monitor().buffer_size >= min(limit, 32 << 20)


def test_lost_records_are_counted() -> None:
    """As the kernel counts them when a buffer is full."""
    kernel = LossyKernel()
    monitor = kernel.monitor(4096)
    for _ in range(100):
        kernel.send(EVENT, bytes(20))
    received = monitor.receive()
    assert 0 < len(received) < 100
    assert monitor.drops == 100 - len(received)


def test_who_may_not_listen_gets_the_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """The interpreter is named without links: setcap follows none."""
    monkeypatch.setattr(sys, "argv", [str(ROOT / "l2scope" / "__main__.py"), "monitor", "hci0", "-w", "a b"])
    said = str(refusal(PermissionError(errno.EPERM, "no")))
    assert f"`sudo {sys.executable} -m l2scope monitor hci0 -w 'a b'`" in said
    assert f"`sudo setcap cap_net_raw,cap_net_admin+ep {os.path.realpath(sys.executable)}`" in said


def test_elsewhere_the_plain_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is a script of somebody else's that listens."""
    monkeypatch.setattr(sys, "argv", ["/usr/bin/pytest", "tests"])
    assert "`sudo l2scope monitor`" in str(refusal(PermissionError(errno.EPERM, "no")))


def test_a_kernel_without_bluetooth_and_a_container_are_told_apart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Both give the same error; the module is there in a container."""
    error = OSError(errno.EAFNOSUPPORT, "no")
    monkeypatch.setattr(refusals, "BLUETOOTH_MODULE", tmp_path / "bluetooth")
    assert "modprobe bluetooth" in str(refusal(error))
    (tmp_path / "bluetooth").mkdir()
    assert "--network=host" in str(refusal(error))


def test_any_other_error_is_told_in_the_kernels_words() -> None:
    """And still is one line."""
    assert str(refusal(OSError(errno.ENOMEM, "Out of memory"))) == "cannot listen to Bluetooth: Out of memory"


def test_other_systems_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are told what they can do instead."""
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(CaptureError, match=r"only Linux .* `l2scope open FILE`"):
        listen(None)


@pytest.mark.skipif(Path("/sys/module/bluetooth").exists(), reason="this kernel has Bluetooth")
@pytest.mark.parametrize(
    "command", [["monitor"], ["monitor", "hci0", "--headless"], ["record", "all", "-w", "x", "--", "true"]]
)
def test_a_machine_without_bluetooth_says_so(command: list[str], tmp_path: Path) -> None:
    """One line, exit code 2, and no file."""
    result = l2scope(*command, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert "this kernel has no Bluetooth" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
