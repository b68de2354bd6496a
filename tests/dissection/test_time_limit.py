"""Foreign code that does not end is ended, and nothing else is."""

import contextlib
import os
import subprocess
import sys
import threading
import time

import pytest

from l2scope.dissection.time_limit import TookTooLong, bounded


def loop() -> None:
    while True:
        pass


def stubborn_loop() -> None:
    """Swallows every Exception that is raised in it."""
    while True:
        try:
            loop()
        except Exception:
            continue


@pytest.mark.parametrize("endless", [loop, stubborn_loop])
def test_a_loop_is_ended(endless: object) -> None:
    """Soon after its time, whatever it catches."""
    assert callable(endless)
    begun = time.monotonic()
    with pytest.raises(TookTooLong, match=r"longer than 0\.2 s"):
        bounded(endless, 0.2)
    assert 0.2 <= time.monotonic() - begun < 5


def test_what_ends_in_time_is_left_alone() -> None:
    """Its result and its exceptions come out as they are; nothing is raised afterwards."""
    assert bounded(lambda: 7, 0.2) == 7
    with pytest.raises(KeyError):
        bounded(lambda: os.environ["L2SCOPE_NO_SUCH_VARIABLE"], 0.2)
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        pass


@pytest.mark.skipif(not hasattr(time, "pthread_getcpuclockid"), reason="the system tells no processor time of threads")
def test_waiting_is_no_computing() -> None:
    """Code that hardly gets the processor has ten times its seconds; what waits for ever is ended too."""

    def waits(seconds: float) -> str:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(0.01)
        return "done"

    assert bounded(lambda: waits(0.4), 0.2) == "done"
    begun = time.monotonic()
    with pytest.raises(TookTooLong):
        bounded(lambda: waits(60), 0.1)
    assert 1.0 <= time.monotonic() - begun < 10


def test_limits_within_limits() -> None:
    """The inner limit ends the inner code alone; the outer code goes on."""

    def outer() -> str:
        with pytest.raises(TookTooLong):
            bounded(loop, 0.1)
        return "went on"

    assert bounded(outer, 20) == "went on"


def test_threads_do_not_disturb_each_other() -> None:
    """One that loops is ended while another works on."""
    ended: list[str] = []

    def endless() -> None:
        try:
            bounded(loop, 0.2)
        except TookTooLong:
            ended.append("loop")

    threads = [threading.Thread(target=endless) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert bounded(lambda: sum(range(1000)), 10) == 499_500
    for thread in threads:
        thread.join(timeout=30)
    assert ended == ["loop"] * 3


def test_nothing_is_left_behind() -> None:
    """Whoever traces or profiles afterwards is not held up: with a signal that nobody takes the interpreter hangs."""
    for _ in range(3):
        with pytest.raises(TookTooLong):
            bounded(stubborn_loop, 0.1)
    code = (
        "import sys, threading\n"
        "from l2scope.dissection.time_limit import TookTooLong, bounded\n"
        "def loop():\n    while True:\n        pass\n"
        "for _ in range(3):\n"
        "    try:\n        bounded(loop, 0.1)\n"
        "    except TookTooLong:\n        pass\n"
        "sys.setprofile(lambda *_: None)\n"
        "print(sum(map(len, [str(number) for number in range(10)])))\n"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert printed.stdout == "10\n"


def test_code_that_ends_as_its_time_does() -> None:
    """Whether it was in time or not, nothing is raised outside."""
    for _ in range(200):
        until = time.monotonic() + 0.05
        with contextlib.suppress(TookTooLong):
            bounded(lambda until=until: wait_until(until), 0.05)  # type: ignore[misc]
        until = time.monotonic() + 0.01
        wait_until(until)


def wait_until(moment: float) -> None:
    while time.monotonic() < moment:
        pass
