"""Expectations on findings: by rule, severity, channel and direction."""

from pathlib import Path

import pytest

from tests.check.judging import verdicts
from tests.check.stalled import stalled_capture
from tests.corpus import SAMPLES

# One direction of one channel starves (SPSM 0x0085, tx): an error. The link stays at 27 bytes: a warning.
STARVED = SAMPLES / "starved.btsnoop"
HEALTHY = SAMPLES / "healthy.btsnoop"


@pytest.mark.parametrize(
    ("table", "path", "outcome"),
    [
        ("", STARVED, "failed"),
        ("", HEALTHY, "passed"),
        ('severity = "error"\ncount = 0', STARVED, "failed"),
        ("count = 1", STARVED, "passed"),
        ('where = { severity = "warning" }\ncount = 1', STARVED, "failed"),
        ('where = { severity = "warning" }\ncount = { min = 2 }', STARVED, "passed"),
        ('where = { rule = "COC003" }', STARVED, "passed"),
        ('where = { rule = "LNK003" }', STARVED, "failed"),
        ('where = { rule = "lnk003" }\ncount = 1', STARVED, "passed"),
        ('where = { rule = "COC001", direction = "tx" }\ncount = 1', STARVED, "passed"),
        ('where = { rule = "COC001", direction = "rx" }', STARVED, "passed"),
        ('where = { side_to_blame = "remote" }\ncount = 1', STARVED, "passed"),
        ('where = { side_to_blame = "local" }', STARVED, "passed"),
        ("where = { psm = 0x85 }\ncount = 1", STARVED, "passed"),
        ("where = { psm = 0x81 }", STARVED, "passed"),
        ("where = { adapter = 0 }\ncount = 1", STARVED, "passed"),
        ("where = { adapter = 1 }", STARVED, "passed"),
    ],
)
def test_findings_are_counted(table: str, path: Path, outcome: str, tmp_path: Path) -> None:
    """None of the table's severity may be there, unless `count` and `where` say otherwise."""
    verdict = verdicts(tmp_path, f"[[findings]]\n{table}\n", path)["count"]
    assert verdict.outcome.value == outcome, verdict.message


def test_a_failure_shows_the_findings(tmp_path: Path) -> None:
    """As the views that prove it."""
    verdict = verdicts(tmp_path, "[[findings]]\n", STARVED)["count"]
    assert verdict.message == "1 finding fits; expected exactly 0"
    assert [item.as_json()["rule"] for item in verdict.proof] == ["COC001"]


def test_a_warning_is_about_warnings(tmp_path: Path) -> None:
    """A table whose failure is a warning looks at findings from warnings on."""
    verdict = verdicts(tmp_path, '[[findings]]\nseverity = "warning"\n', STARVED)["count"]
    assert {item.as_json()["severity"] for item in verdict.proof} == {"error", "warning"}
    assert verdict.severity.value == "warning"


def test_consequences_count_where_their_rule_is_named(tmp_path: Path) -> None:
    """An error explains them, so they do not count beside it."""
    path = stalled_capture(tmp_path / "deadlock.btsnoop", deadlock=True, link_ends=True)
    named = verdicts(tmp_path, '[[findings]]\nwhere = { rule = "COC001" }\n', path)["count"]
    other = verdicts(tmp_path, '[[findings]]\nwhere = { severity = "info" }\n', path)["count"]
    assert [item.as_json()["consequence_of"] for item in named.proof] == ["COC003"]
    assert "COC001" not in {item.as_json()["rule"] for item in other.proof}
