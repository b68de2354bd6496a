"""`l2scope findings` and `l2scope explain`, run as a user runs them."""

import json

import pytest

from l2scope.analysis.findings import RULES
from tests.cli.runner import l2scope
from tests.corpus import SAMPLES

STARVED = SAMPLES / "starved.btsnoop"
FIELDS = (
    "rule", "title", "severity", "certainty", "adapter", "link", "channel", "direction", "packets", "time_ns",
    "message", "values", "side_to_blame", "consequence_of", "spec",
)  # fmt: skip


def test_findings_as_json() -> None:
    """An array of objects with the stable fields, the worst first; an error makes the exit code 1."""
    result = l2scope("findings", STARVED, "--json")
    findings = json.loads(result.stdout)
    assert result.returncode == 1
    assert all(tuple(finding) == FIELDS for finding in findings)
    assert findings[0]["rule"] == "COC001"
    assert findings[0]["severity"] == "error"


def test_findings_as_text() -> None:
    """Grouped by rule, with the packets and the side to blame."""
    lines = l2scope("findings", STARVED).stdout.splitlines()
    assert lines[0].startswith("1 error")
    assert "error COC001 credit starvation" in lines
    assert any("to blame: remote" in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--rule", "lnk003"), 0),
        (("--rule", "lnk003", "--fail-on", "warning"), 1),
        (("--severity", "error"), 1),
        (("--rule", "COC999"), 2),
    ],
)
def test_exit_codes(arguments: tuple[str, ...], code: int) -> None:
    """1 from --fail-on on, of what is asked for; a rule that does not exist is a wrong call."""
    assert l2scope("findings", STARVED, *arguments).returncode == code


def test_explain() -> None:
    """A rule in any case, or all of them."""
    text = l2scope("explain", "coc013").stdout
    assert "COC013 K-frames without credits (error)" in text
    assert "What the sender should change: Take one credit a K-frame" in text.replace("\n", " ")
    assert l2scope("explain", "nothing").returncode == 2
    listed = l2scope("explain").stdout
    assert all(rule in listed for rule in RULES)
