"""Each output of `check` is sound, whatever the captures, the rules and their paths are called."""

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.check.junit import cases
from tests.check.stalled import stalled_capture
from tests.cli.runner import l2scope
from tests.corpus import SAMPLES

HOSTILE = "\x1b]0;owned\x07 \u202egpj ]]> <script>alert(1)</script> & \" ' %0A ::error::x\n::stop-commands::y,z=1:2"
RULES = f"""[[channels]]
name = {json.dumps(HOSTILE)}
tx.stalls = 0

[[channels]]
severity = "warning"
where = {{ psm = 0x80 }}
tx.sdus = 4

[[channels]]
where = {{ psm = 0x81 }}
count = 0
tx.sdus = 4

[[refused]]
"""
OUTPUTS = ["text", "json", "junit", "github", "sarif", "tap"]
STEERING = {*map(chr, range(32)), "\x7f", "\x9b", "\u202e"} - {"\n"}


@pytest.fixture
def hostile(tmp_path: Path) -> tuple[Path, Path]:
    """A capture and rules in a folder that is called as badly as a file system lets it be."""
    folder = tmp_path / (os.fsdecode(b"\xff\xfe") + HOSTILE.replace("/", ""))
    folder.mkdir()
    rules = folder / "l2scope.toml"
    rules.write_text(RULES)
    return stalled_capture(folder / "::error::.btsnoop"), rules


@pytest.mark.parametrize("output", OUTPUTS)
def test_nothing_steers_the_terminal(output: str, hostile: tuple[Path, Path]) -> None:
    """No control and no bidirectional character of a name is in any output."""
    capture, rules = hostile
    result = l2scope("check", capture, "--rules", rules, "--output", output)
    assert result.returncode == 1, result.stderr
    assert not STEERING & set(result.stdout + result.stderr)


def test_junit_with_hostile_names_is_valid(hostile: tuple[Path, Path]) -> None:
    """Markup in a name is text."""
    capture, rules = hostile
    report = l2scope("check", capture, "--rules", rules, "--output", "junit").stdout
    assert "<script>" not in report
    found = cases(report)
    assert [outcomes for _, outcomes in found.items()] == [
        [], ["failure"],  # the stalls
        [], ["system-out"],  # too few SDUs, a warning
        [], ["skipped"],  # no such channel
        [],  # nothing refused
        [],  # the capture is whole
    ]  # fmt: skip
    texts = [failure.text or "" for failure in ElementTree.fromstring(report).iter("failure")]
    assert all("from packet" in text for text in texts)


def test_github_commands_cannot_be_forged(hostile: tuple[Path, Path]) -> None:
    """A line that begins with colons is one of ours, and its properties hold no separators."""
    capture, rules = hostile
    lines = l2scope("check", capture, "--rules", rules, "--output", "github").stdout.splitlines()
    commands = [line for line in lines if line.lstrip().startswith("::")]
    assert [command.split(" ")[0] for command in commands] == ["::error", "::warning"]
    for command in commands:
        properties = command.split("::")[1].split(" ", 1)[1]
        assert [part.split("=")[0] for part in properties.split(",")] == ["file", "line", "title"]
    assert lines[-1] == "1 failed, 1 warning, 4 passed, 1 skipped"


def test_github_names_the_line_of_the_expectation(tmp_path: Path) -> None:
    """The annotation stands where one would change it, with the table in its message."""
    rules = tmp_path / "l2scope.toml"
    rules.write_text('[[channels]]\nname = "upload, 100%"\n\ntx.sdus = 4\n')
    capture = stalled_capture(tmp_path / "a.btsnoop")
    result = l2scope("check", "a.btsnoop", "--output", "github", cwd=tmp_path)
    first = result.stdout.splitlines()[0]
    assert first.startswith(
        "::error file=l2scope.toml,line=4,title=upload%2C 100%25%3A tx.sdus::"
        f"{capture.name}: 3 SDUs on channel #0; expected exactly 4 SDUs%0Achannel  hci"
    )


def test_text_never_begins_a_line_with_a_name(hostile: tuple[Path, Path]) -> None:
    """GitHub would take a line that begins with colons for a command."""
    capture, rules = hostile
    lines = l2scope("check", capture.name, "--rules", rules.name, cwd=capture.parent).stdout.splitlines()
    assert not [line for line in lines if line.lstrip().startswith("::")]


def test_json_holds_the_proof(tmp_path: Path) -> None:
    """The objects of `stalls --json`, all of them, and whether each verdict counts."""
    (tmp_path / "l2scope.toml").write_text("[[channels]]\ntx.stalls = 0\ntx.sdu_length.max = 100\n")
    capture = SAMPLES / "starved.btsnoop"
    document = json.loads(l2scope("check", capture, "--output", "json", cwd=tmp_path).stdout)
    (found,) = document["captures"]
    assert (document["schema"], document["exit_code"], found["conclusive"]) == (1, 1, True)
    stalls, lengths = found["verdicts"][1:]
    assert (stalls["key"], stalls["line"], stalls["outcome"], stalls["fails"]) == ("tx.stalls", 2, "failed", True)
    assert stalls["proof"] == json.loads(l2scope("stalls", capture, "--json").stdout)
    assert len(lengths["proof"]) == 40
    assert "sha256" not in lengths["proof"][0]
