"""The sample CI project in tests/ci_project: one of its two tests fails, and two of its expectations on one capture."""

import re
from pathlib import Path

import pytest

from l2scope import check
from tests.check.junit import cases
from tests.cli.runner import ROOT, l2scope
from tests.test_pytest_plugin import run_pytest

PROJECT = ROOT / "tests" / "ci_project"
CAPTURES = ("../../captures/healthy.btsnoop", "../../captures/starved.btsnoop")


def expected(name: str) -> str:
    return (PROJECT / "expected" / name).read_text()


def test_pytest_shows_the_stalls() -> None:
    """Its output is the golden file, but for the time it took: a table with packets and times, no repr."""
    result = run_pytest(PROJECT)
    assert result.returncode == 1
    assert re.sub(r" in [0-9.]+s", " in TIME", result.stdout) == expected("pytest.text")


@pytest.mark.parametrize("output", ["text", "junit", "github"])
def test_check_judges_both_captures(output: str) -> None:
    """Its output is the golden file, to the byte."""
    result = l2scope("check", *CAPTURES, "--output", output, cwd=PROJECT)
    assert (result.returncode, result.stderr) == (1, "")
    assert result.stdout == expected(f"check.{output}")


def test_the_passing_capture_passes() -> None:
    """A warning alone does not fail."""
    result = l2scope("check", CAPTURES[0], cwd=PROJECT)
    assert (result.returncode, result.stdout.splitlines()[-1]) == (0, "1 warning, 11 passed")


def test_the_golden_junit_report_is_valid() -> None:
    """Against its schema; the cases are the same for both captures."""
    found = cases((PROJECT / "expected" / "check.junit").read_text())
    names = [[name for path, name in found if path == capture] for capture in CAPTURES]
    assert names[0] == names[1]
    assert [key for key, outcomes in found.items() if "failure" in outcomes] == [
        (CAPTURES[1], "credits come in time: tx.stalls"),
        (CAPTURES[1], "credits come in time: tx.starved_share"),
    ]


def test_the_project_names_the_published_schema() -> None:
    """Editors complete and check the rules by it."""
    schema = Path(check.__file__).with_name("l2scope.schema.json").read_text()
    (address,) = re.findall(r"^#:schema (\S+)$", (PROJECT / "l2scope.toml").read_text(), re.MULTILINE)
    assert f'"$id": "{address}"' in schema
