"""What is loaded when: heavy packages only where they are used, imports one way, no code from the current folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.analysis.rules.conversations import linked
from tests.cli.runner import ROOT, l2scope
from tests.corpus import SAMPLES
from tests.wire import ATT, pdu

HEAVY = ("numpy", "scapy", "textual", "pyshark")
LOADED = f"import sys; print([name for name in {HEAVY!r} if name in sys.modules])"


def loaded_by(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", f"{code}; {LOADED}"], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    ).stdout


@pytest.mark.parametrize("command", ["stats", "channels", "stalls", "findings"])
def test_figures_need_no_heavy_package(command: str) -> None:
    """These commands read a capture without numpy, scapy or textual; findings one that is large."""
    path = str(SAMPLES / "starved.btsnoop")
    run = (
        "from l2scope.cli import commands, findings; findings.LARGEST_READ_AGAIN = 1; "
        f"commands([{command!r}, {path!r}, '--json'], standalone_mode=False)"
    )
    assert (
        loaded_by(f"import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()): exec({run!r})\n0") == "[]\n"
    )


@pytest.mark.parametrize(("largest", "loaded"), [(1, "[]\n"), (1 << 20, "['numpy', 'scapy']\n")])
def test_contents_and_names_are_looked_up_in_small_captures_alone(largest: int, loaded: str, tmp_path: Path) -> None:
    """They cost `findings` a second reading, with rows, which takes longer than the findings of a large capture."""
    path = tmp_path / "capture"
    notified = linked()
    notified.received(pdu(ATT, b"\x1b\x03\x00unasked"))
    path.write_bytes(notified.capture())
    run = (
        f"from l2scope.cli import findings; findings.LARGEST_READ_AGAIN = {largest}; "
        f"findings.command([{str(path)!r}, '--json'], standalone_mode=False)"
    )
    assert (
        loaded_by(f"import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()): exec({run!r})\n0") == loaded
    )


@pytest.mark.parametrize(
    "code",
    [
        "import l2scope",
        "from l2scope.cli import commands; commands.get_help",
        "import l2scope.engine.engine",
        "import l2scope.cli.headless, l2scope.cli.record",
    ],
)
def test_importing_costs_nothing(code: str) -> None:
    """The package, its command line and its engine load none of them."""
    assert loaded_by(code) == "[]\n"


def test_imports_run_one_way() -> None:
    """The contracts of import-linter in pyproject.toml hold."""
    lint = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=120,
    )
    assert lint.returncode == 0, lint.stdout


def test_no_code_from_the_current_folder_is_run(tmp_path: Path) -> None:
    """Files that lie beside a capture, named like ours or like a dissector folder, stay untouched."""
    for name in ("dissectors/att.py", "hci.py", "l2scope_dissectors.py", "scapy_prestart.py"):
        trap = tmp_path / name
        trap.parent.mkdir(exist_ok=True)
        trap.write_text(f"open({str(tmp_path / 'sprung')!r}, 'w').close()")
    code = (
        "import l2scope; from l2scope.dissection.tree import dissect; "
        f"c = l2scope.open({str(SAMPLES / 'att_only.btsnoop')!r}); [dissect(c, n) for n in range(1, c.count + 1)]"
    )
    script = tmp_path / "elsewhere.py"
    script.write_text(code)
    subprocess.run(
        [sys.executable, "-P", str(script)],
        check=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(tmp_path)},
        timeout=60,
    )
    assert not (tmp_path / "sprung").exists()


def test_unknown_names_are_attribute_errors() -> None:
    """A name that the package does not have fails as Python's own do."""
    result = subprocess.run(
        [sys.executable, "-c", "import l2scope; l2scope.nonsense"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=60,
    )
    assert "AttributeError: module 'l2scope' has no attribute 'nonsense'" in result.stderr
    assert l2scope("--version").returncode == 0
