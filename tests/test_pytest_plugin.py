"""What pytest shows when an assertion on a capture fails, and what the plugin costs."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.runner import ROOT
from tests.corpus import SAMPLES

PLUGIN_MODULES = {"l2scope", "l2scope._version", "l2scope.pytest_plugin"}
MOST_MICROSECONDS = 20_000

HEAD = f"""
import asyncio
import l2scope
def sample(name):
    return l2scope.open("{SAMPLES}/" + name + ".btsnoop")
def test_it():
    """


def run_pytest(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the tests in a folder with our plugin and no other, as in CI, where pytest does not shorten."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "l2scope.pytest_plugin", "-p", "no:cacheprovider", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "COLUMNS": "80",
            "CI": "1",
            "NO_COLOR": "1",
            **environment,
        },
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


def failure(folder: Path, body: str, *arguments: str) -> list[str]:
    """The lines that explain the failure of a test."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_it.py").write_text(HEAD + body.replace("\n", "\n    ") + "\n")
    result = run_pytest(folder, *arguments)
    assert result.returncode == 1, result.stdout + result.stderr
    return [line[1:].strip() for line in result.stdout.splitlines() if line.startswith("E  ")]


def test_extra_stalls_are_a_table(tmp_path: Path) -> None:
    """How many and how long, then a line for each with packets and times; ten of 17, all of them with -vv."""
    body = 'assert sample("starved").channels.one(psm=0x85).tx.stalls(longer_than="50ms") == []'
    lines = failure(tmp_path, body)
    assert lines[0] == "assert 17 stalls of 5.609 s in all, the longest 330.0 ms in packets 58-60 == []"
    assert lines[1].split("  ")[0] == "channel"
    assert re.split(r"\s{2,}", lines[2]) == [
        "#0", "tx", "15:06:41.125514", "329.9 ms", "certain", "455", "49", "51", "credits",
    ]  # fmt: skip
    assert (len(lines), lines[-1]) == (13, "... and 7 more")
    assert len(failure(tmp_path, body, "-vv")) == 19


def test_only_what_differs_is_shown(tmp_path: Path) -> None:
    """Of 40 SDUs on both sides the one that is missing on the right."""
    lines = failure(tmp_path, 'sdus = sample("starved").sdus()\nassert sdus == sdus[:20] + sdus[21:]')
    assert lines[0] == "assert 40 SDUs == 39 SDUs"
    assert re.split(r"\s{2,}", lines[2])[:3] == ["#0", "tx", "20"]
    assert len(lines) == 3


def test_both_sides_are_shown_where_both_differ(tmp_path: Path) -> None:
    """Each table with its side."""
    lines = failure(tmp_path, 'links, lost = sample("healthy").links, sample("link_lost").links\nassert links == lost')
    assert lines[0] == "assert 1 link == 1 link"
    assert [lines[1], lines[4]] == ["on the left:", "on the right:"]
    assert lines[6].endswith("link-lost")


def test_channels_are_a_table(tmp_path: Path) -> None:
    """Those of the capture, when another number was expected."""
    lines = failure(tmp_path, 'assert sample("two_channels").channels == []')
    assert lines[0] == "assert 2 channels == []"
    assert [line.split()[3] for line in lines[2:]] == ["0x0081", "0x0082"]


def test_findings_are_a_table(tmp_path: Path) -> None:
    """What is wrong, where, and who is to blame."""
    lines = failure(tmp_path, 'assert sample("starved").findings("error") == []')
    assert lines[0] == "assert 1 finding == []"
    assert re.split(r"\s{2,}", lines[1]) == [
        "severity", "rule", "channel", "dir", "time (UTC)", "packets", "to blame", "what"
    ]  # fmt: skip
    assert re.split(r"\s{2,}", lines[2])[:4] == ["error", "COC001", "#0", "tx"]
    assert "the receiver (remote) owed credits" in lines[2]


def test_a_figure_says_whose_it_is(tmp_path: Path) -> None:
    """The channel and its direction, in a few words."""
    lines = failure(tmp_path, 'ch = sample("starved").channels.one(psm=0x85)\nassert ch.tx.goodput_bps > 900_000')
    assert "= <tx of channel #0: 40 SDUs, 5.0 kB/s, 17 stalls of 5.609 s>.goodput_bps" in lines[1]
    assert lines[2].endswith("= <Channel #0 psm=0x0085 adapter=0 handle=64 cids 0x0043-0x0057>.tx")


def test_a_missing_channel_is_named_at_the_line_that_asked(tmp_path: Path) -> None:
    """With the channels that there are; l2scope's own code is not shown."""
    body = 'sample("two_channels").channels.one(psm=0x85)'
    lines = failure(tmp_path, body)
    assert lines == [
        "LookupError: 0 channels fit psm=0x0085. The capture has:",
        "#0 psm=0x0081 adapter=0 handle=64 cids 0x0040-0x0041",
        "#1 psm=0x0082 adapter=0 handle=64 cids 0x0041-0x0040",
    ]
    assert "channels.py" not in run_pytest(tmp_path).stdout


def test_lists_of_others_are_left_to_pytest(tmp_path: Path) -> None:
    """Our plugin has nothing to say about them."""
    lines = failure(tmp_path, "assert [1, 2] == [1]")
    assert lines[0] == "assert [1, 2] == [1]"
    assert "Left contains one more item: 2" in lines


def test_it_works_in_a_running_event_loop(tmp_path: Path) -> None:
    """Opening a capture and failing an assertion inside a coroutine."""
    body = """async def main():
    channel = sample("starved").channels.one(psm=0x85)
    await asyncio.sleep(0)
    assert channel.rx.stalls() == []
    assert channel.tx.stalls() == []
asyncio.run(main())"""
    assert failure(tmp_path, body)[0].startswith("assert 17 stalls of 5.609 s")


def test_suites_that_fail_on_warnings_can_use_it(tmp_path: Path) -> None:
    """A capture that is not closed is no ResourceWarning."""
    (tmp_path / "test_it.py").write_text(HEAD + 'sample("starved")\ndef test_next():\n    import gc; gc.collect()\n')
    assert run_pytest(tmp_path, "-W", "error").returncode == 0


def test_the_plugin_loads_nothing_of_l2scope() -> None:
    """It costs a suite that does not use it less than 20 ms."""
    took = []
    for _ in range(3):
        result = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", "import pytest, l2scope.pytest_plugin"],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            timeout=60,
        )
        found = re.findall(r"import time:\s+\d+ \|\s+(\d+) \|\s+(l2scope\S*)", result.stderr)
        assert {name for _, name in found} == PLUGIN_MODULES
        took.append(sum(int(total) for total, name in found if name == "l2scope.pytest_plugin"))
    assert min(took) < MOST_MICROSECONDS


@pytest.mark.parametrize("body", ["pass", "assert sample('starved').channels.one().tx.stalls() == []"])
def test_the_plugin_never_loads_the_terminal_ui(body: str, tmp_path: Path) -> None:
    """Neither unused, nor when it shows a table; unused it loads no numpy either."""
    check = "import sys\ndef pytest_unconfigure():\n    print('LOADED', *sorted(sys.modules))\n"
    (tmp_path / "conftest.py").write_text(check)
    (tmp_path / "test_it.py").write_text(HEAD + body + "\n")
    (line,) = [line for line in run_pytest(tmp_path, "-s").stdout.splitlines() if line.startswith("LOADED")]
    loaded = set(line.split())
    assert not loaded & {"textual", "rich", "l2scope.tui", "l2scope.cli", "click"}
    assert ("numpy" in loaded) == (body != "pass")


def test_pytest_finds_the_plugin_by_its_entry_point() -> None:
    """An installed l2scope needs no -p."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"l2scope": "l2scope.pytest_plugin"}
