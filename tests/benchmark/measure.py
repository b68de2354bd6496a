"""Runs whole processes and measures each: wall time, and peak memory as the kernel counted it."""

import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Tool:
    """A command to measure, and its runs so far."""

    name: str
    command: list[str]
    seconds: list[float] = field(default_factory=list)
    peak_kib: list[int] = field(default_factory=list)

    def run(self) -> None:
        """Run the command once with its output thrown away; raises CalledProcessError when it fails."""
        start = time.perf_counter()
        process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        self.seconds.append(time.perf_counter() - start)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, self.command)
        self.peak_kib.append(usage.ru_maxrss)


def tools(capture: Path) -> list[Tool]:
    """What is compared: l2scope first, then those of the others that are installed."""
    l2scope = [sys.executable, "-m", "l2scope"]
    wanted = [
        Tool("l2scope stats", [*l2scope, "stats", str(capture)]),
        Tool("l2scope channels --json", [*l2scope, "channels", str(capture), "--json"]),
        # All rules are held against the capture; that only one is shown keeps the exit code at 0.
        Tool("l2scope findings", [*l2scope, "findings", str(capture), "--rule", "CAP001"]),
        Tool("tshark -q -z io,stat,0", ["tshark", "-r", str(capture), "-q", "-z", "io,stat,0"]),
        Tool("btmon -a", ["btmon", "-a", str(capture)]),
    ]
    return [tool for tool in wanted if shutil.which(tool.command[0])]


def missing() -> list[str]:
    """Programs that would be compared if they were installed."""
    return [name for name in ("tshark", "btmon") if shutil.which(name) is None]


def version() -> str:
    """The line of `l2scope --version` that names the engine."""
    command = [sys.executable, "-m", "l2scope", "--version"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[0]


def own_peak_kib() -> int:
    """This process's own peak: a child cannot be measured below it, because it begins as a copy."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
