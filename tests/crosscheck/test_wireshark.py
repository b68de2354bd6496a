"""tshark through pyshark: missing, hanging, talking nonsense; and never by anybody's preferences."""

import json
import os
import re
import shutil
import stat
import sys
import time
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

import l2scope as package
from l2scope.crosscheck import wireshark as module
from l2scope.crosscheck.comparison import Comparison
from l2scope.crosscheck.readable import readable
from l2scope.crosscheck.tree import MOST_LINES, wireshark_tree
from l2scope.crosscheck.wireshark import Wireshark, WiresharkError, WiresharkMissing, wireshark
from tests.cli.runner import l2scope
from tests.corpus import ROOT, SAMPLES
from tests.mutants import mutants

needs_pyshark = pytest.mark.skipif(find_spec("pyshark") is None, reason="pyshark is not installed")
needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
REFUSED = SAMPLES / "refused.btsnoop"


def program(path: Path, text: str) -> Wireshark:
    """A tshark of our own."""
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return Wireshark(str(path))


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@needs_pyshark
def test_tshark_is_missing(tmp_path: Path) -> None:
    """One line says what to install, and the exit code is 2."""
    result = l2scope("crosscheck", REFUSED, PATH=str(tmp_path))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("l2scope: tshark is missing: install it with Wireshark")
    assert len(result.stderr.splitlines()) == 1


def test_pyshark_is_missing(tmp_path: Path) -> None:
    """One line says what to install, and the exit code is 2."""
    (tmp_path / "pyshark.py").write_text("raise ImportError('no pyshark here')")
    result = l2scope("crosscheck", REFUSED, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "l2scope: pyshark is missing: install it with  pip install 'l2scope[tshark]'\n"


@needs_pyshark
def test_a_missing_tshark_has_its_own_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who shows trees tells it from other errors."""
    monkeypatch.setenv("PATH", "/nowhere")
    with package.open(REFUSED) as capture, pytest.raises(WiresharkMissing, match="tshark is missing"):
        wireshark_tree(capture, 1)


@needs_pyshark
@needs_tshark
def test_preferences_of_the_user_change_nothing(tmp_path: Path) -> None:
    """Neither disabled protocols nor preferences of the home folder or the environment are read."""
    for folder in (tmp_path / ".config" / "wireshark", tmp_path / ".wireshark", tmp_path / "own"):
        folder.mkdir(parents=True)
        (folder / "disabled_protos").write_text("btatt\nbtl2cap\n")
        (folder / "preferences").write_text("bthci_acl.hci_acl_reassembly: FALSE\n")
    homes = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / ".config")}
    for environment in (homes, {"WIRESHARK_CONFIG_DIR": str(tmp_path / "own")}):
        result = l2scope("crosscheck", SAMPLES / "small_fragments.btsnoop", cwd=ROOT, **environment)
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout.startswith("0 disagreements with Wireshark ")


@needs_pyshark
@needs_tshark
def test_no_program_of_the_current_folder(tmp_path: Path) -> None:
    """pyshark alone would run what a config.ini in the current folder names."""
    program(tmp_path / "evil", f"open({str(tmp_path / 'ran')!r}, 'w')")
    (tmp_path / "config.ini").write_text(f"[tshark]\ntshark_path = {tmp_path / 'evil'}\n")
    assert l2scope("crosscheck", REFUSED, cwd=tmp_path).returncode == 0
    assert not (tmp_path / "ran").exists()


@needs_pyshark
def test_a_tshark_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its silence has an end, and so has its process."""
    hangs = program(
        tmp_path / "tshark", f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
        "time.sleep(60)"
    )  # fmt: skip
    monkeypatch.setattr(module, "SILENCE_SECONDS", 1.0)
    began = time.monotonic()
    with pytest.raises(WiresharkError, match="takes too long"):
        list(hangs.values(REFUSED, ["frame.len"]))
    assert time.monotonic() - began < 10
    assert not is_alive(int((tmp_path / "pid").read_text()))


@needs_pyshark
def test_a_tshark_that_has_too_much_to_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line without an end is not kept."""
    from l2scope.crosscheck import pyshark_capture

    monkeypatch.setattr(pyshark_capture, "LONGEST_ANSWER", 1 << 20)
    endless = program(tmp_path / "tshark", "while True: print('{' * 65536, end='')")
    with pytest.raises(WiresharkError, match="too much to say"):
        list(endless.values(REFUSED, ["frame.len"]))


@needs_pyshark
@pytest.mark.parametrize(
    "said", ['{"timestamp": nonsense', '{"timestamp":"1"}', '{"timestamp":"1","layers":{"frame_number":["x"]}}']
)
def test_a_tshark_that_talks_nonsense(said: str, tmp_path: Path) -> None:
    """A clear line, not what a parser says."""
    with pytest.raises(WiresharkError, match="cannot be understood"):
        list(program(tmp_path / "tshark", f"print({said!r})").values(REFUSED, ["frame.len"]))


@needs_pyshark
def test_a_tshark_that_gives_up(tmp_path: Path) -> None:
    """What it said last is the reason, made printable; that it runs as root is not."""
    words = "import sys; print('Running as user', file=sys.stderr); print('tshark: \\x1b[1mno', file=sys.stderr)"
    with pytest.raises(WiresharkError, match=re.escape("tshark: \N{REPLACEMENT CHARACTER}[1mno")):
        list(program(tmp_path / "tshark", f"{words}; sys.exit(1)").values(REFUSED, ["frame.len"]))


@needs_pyshark
@needs_tshark
def test_who_listens_no_longer_ends_it() -> None:
    """A reading that is given up leaves no process behind."""
    answers = wireshark().values(REFUSED, ["frame.len"])
    assert isinstance(answers, Generator)
    assert next(answers)[0] == 1
    answers.close()
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    if children.exists():
        assert children.read_text() == ""


@needs_pyshark
@needs_tshark
@settings(max_examples=8, deadline=None, derandomize=True, database=None)
@given(mutants())
def test_hostile_captures(data: bytes) -> None:
    """Whatever a capture holds, the comparison and the tree of its last packet end, or say in a line why not."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "hostile"
        path.write_bytes(data)
        try:
            with package.open(path) as capture:
                comparison = Comparison(capture, wireshark())
                list(comparison.disagreements())
                assert comparison.packets <= capture.count
                if capture.count:
                    assert wireshark_tree(capture, capture.count)
        except package.CaptureError as error:
            said = str(error)
            assert "\n" not in said


@needs_pyshark
@needs_tshark
@pytest.mark.parametrize(
    "name", ["captures/refused.btsnoop", "tests/wrapped/btsnoop.xz", "tests/samples/monitor.pcapng"]
)
def test_tree(name: str) -> None:
    """Wireshark's tree of a K-frame: its layers, its fields below them, and what it knows from packets before."""
    with package.open(ROOT / name) as capture:
        number = int(next(iter(capture.where("btl2cap.cid == 0x0057 && btl2cap.length == 11"))))
        lines = wireshark_tree(capture, number)
    assert lines[0][1].startswith(f"Frame {number}: ")
    assert (0, "Bluetooth L2CAP Protocol") in lines
    below = lines[lines.index((0, "Bluetooth L2CAP Protocol")) :]
    assert (1, "Length: 11") in below
    assert (1, "PSM: Unknown (0x0085)") in below
    assert (1, "SDU Length: 9") in below


@needs_pyshark
def test_a_tree_without_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a tree that is too long or too deep the beginning is shown."""
    fields = '<field name="a" showname="A: 1\\x1b[7m&quot;" />' * (MOST_LINES + 10)
    deep = '<field name="b" show="deep">' * 90 + "</field>" * 90
    packet = f'<packet><proto name="geninfo"/><proto name="p" showname="P">{deep}{fields}</proto></packet>'
    asked = program(tmp_path / "tshark", f"print({packet!r})")
    monkeypatch.setattr("l2scope.crosscheck.tree.wireshark", lambda: asked)
    with package.open(REFUSED) as capture:
        lines = wireshark_tree(capture, 1)
    assert lines[0] == (0, "P")
    assert max(depth for depth, _ in lines) == 40
    assert lines[-1] == (0, "…")
    assert len(lines) == MOST_LINES + 1
    assert lines[-2] == (1, 'A: 1\\x1b[7m"')


@needs_pyshark
def test_a_tree_that_nobody_waits_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopping ends it at once; time does too."""
    asked = program(tmp_path / "tshark", "import time; time.sleep(60)")
    monkeypatch.setattr("l2scope.crosscheck.tree.wireshark", lambda: asked)
    began = time.monotonic()
    with package.open(REFUSED) as capture:
        with pytest.raises(InterruptedError):
            wireshark_tree(capture, 1, lambda: True)
        with pytest.raises(WiresharkError, match="takes too long"):
            wireshark_tree(capture, 1, seconds=0.5)
    assert time.monotonic() - began < 10


@needs_pyshark
@needs_tshark
def test_a_packet_that_is_not_there() -> None:
    """The last packet has a tree, the one behind it has none."""
    with package.open(REFUSED) as capture:
        assert wireshark_tree(capture, capture.count)
        with pytest.raises(WiresharkError, match=f"finds no packet {capture.count + 1}"):
            wireshark_tree(capture, capture.count + 1)


def test_which_file_is_read() -> None:
    """The capture's own where tshark can read it, else one that is gone afterwards."""
    with package.open(REFUSED) as capture, readable(capture) as path:
        assert path == REFUSED
    with package.open(ROOT / "tests" / "wrapped" / "btsnoop.xz") as capture:
        with readable(capture) as path, package.open(path) as written:
            assert written.count == capture.count
        assert not path.exists()


@needs_pyshark
@needs_tshark
def test_json_of_a_healthy_capture() -> None:
    """Nothing; with --known an object a line, each with its reason."""
    quiet = l2scope("crosscheck", SAMPLES / "att_only.btsnoop", "--json")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    told = l2scope("crosscheck", SAMPLES / "att_only.btsnoop", "--json", "--known")
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert told.returncode == 0
    assert {tuple(line) for line in lines} == {("packet", "field", "ours", "wireshark", "reason")}
    assert all(line["reason"] for line in lines)
    assert [line["packet"] for line in lines] == sorted(line["packet"] for line in lines)
