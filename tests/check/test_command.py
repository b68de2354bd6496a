"""The exit codes of `l2scope check`, and what it says where it cannot judge."""

from pathlib import Path

import pytest

from tests.check.stalled import stalled_capture
from tests.cli.runner import l2scope
from tests.corpus import SAMPLES

PASSES = "[[channels]]\ntx.sdus = 3\n"
FAILS = "[[channels]]\ntx.sdus = 4\n"
WARNS = f'{FAILS}severity = "warning"\n'
CAPTURE = "stalled.btsnoop"
CUT = "cut.btsnoop"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a whole capture, and one that is cut within its last packet, which the rules above are not about."""
    whole = stalled_capture(tmp_path / CAPTURE, deadlock=True).read_bytes()
    (tmp_path / CUT).write_bytes(whole[:-1])
    return tmp_path


CODES = [
    (PASSES, [CAPTURE], 0),
    (FAILS, [CAPTURE], 1),
    (WARNS, [CAPTURE], 0),
    (WARNS, [CAPTURE, "--fail-on", "warning"], 1),
    (PASSES, [CUT], 3),
    (PASSES, [CUT, "--allow-truncated"], 0),
    (FAILS, [CUT], 1),
    (WARNS, [CUT], 3),
    (PASSES, [CAPTURE, CUT], 3),
    ("[[channels]]\ntx.sdsu = 3", [CAPTURE], 2),
    (PASSES, ["l2scope.toml"], 2),
    (PASSES, ["nowhere.btsnoop"], 2),
    (PASSES, [CAPTURE, "--rules", "nowhere.toml"], 2),
    (PASSES, [], 2),
    (PASSES, [CAPTURE, "--output", "html"], 2),
]


@pytest.mark.parametrize(("rules", "arguments", "code"), CODES)
def test_exit_codes(rules: str, arguments: list[str], code: int, folder: Path) -> None:
    """2 cannot judge, else 1 failed, else 3 not conclusive, else 0."""
    (folder / "l2scope.toml").write_text(rules)
    result = l2scope("check", *arguments, cwd=folder)
    assert result.returncode == code, result.stdout + result.stderr
    assert (result.stdout == "") == (code == 2)


@pytest.mark.parametrize("output", ["text", "json", "junit", "github"])
def test_a_cut_capture_is_told_in_every_output(output: str, folder: Path) -> None:
    """On stderr too."""
    (folder / "l2scope.toml").write_text(PASSES)
    result = l2scope("check", CUT, "--output", output, cwd=folder)
    assert "ends within packet" in result.stdout
    assert "ends within packet" in result.stderr


def test_junit_shows_a_cut_capture_as_an_error(folder: Path) -> None:
    """Unless that was allowed."""
    (folder / "l2scope.toml").write_text(PASSES)
    assert 'errors="1"' in l2scope("check", CUT, "--output", "junit", cwd=folder).stdout
    assert 'errors="0"' in l2scope("check", CUT, "--output", "junit", "--allow-truncated", cwd=folder).stdout


def test_github_shows_a_cut_capture(folder: Path) -> None:
    """As an error, or as a warning where it was allowed."""
    (folder / "l2scope.toml").write_text(PASSES)
    assert l2scope("check", CUT, "--output", "github", cwd=folder).stdout.startswith(f"::error title={CUT}::")
    allowed = l2scope("check", CUT, "--output", "github", "--allow-truncated", cwd=folder)
    assert allowed.stdout.startswith(f"::warning title={CUT}::")


def test_bad_rules_are_told_a_line_each(folder: Path) -> None:
    """On stderr, with the program's name, as compilers do."""
    (folder / "l2scope.toml").write_text("[[channels]]\ntx.sdsu = 3\ncount = -1\n")
    assert l2scope("check", CAPTURE, cwd=folder).stderr.splitlines() == [
        "l2scope: l2scope.toml:2: channels.tx.sdsu: unknown key; did you mean sdus?",
        "l2scope: l2scope.toml:3: channels.count: expected a number, or { min = ..., max = ... }, got -1",
    ]


def test_help_holds_the_reference() -> None:
    """Every key with its meaning."""
    text = l2scope("check", "--help").stdout
    assert "starved_share" in text
    assert "the share of its busy time" in text


def test_no_output_is_colored_without_a_terminal(folder: Path) -> None:
    """Escape codes are for people alone."""
    (folder / "l2scope.toml").write_text(FAILS)
    assert "\x1b" not in l2scope("check", CAPTURE, SAMPLES / "healthy.btsnoop", cwd=folder).stdout
