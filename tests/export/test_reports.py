"""SARIF and TAP of findings and of `check`, held against the schema and read by another program's parser."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tap.line import Result
from tap.parser import Parser

from l2scope.analysis.findings import RULES
from l2scope.dissection.registry import registry
from l2scope.export.tap import Point, tap_text
from tests.cli.runner import l2scope
from tests.corpus import CORPUS, SAMPLES, needs_corpus
from tests.export.sarif_schema import sarif_schema

STARVED = SAMPLES / "starved.btsnoop"
TWO_RULES = """
[[channels]]
tx.sdus = 40

[[channels]]
severity = "warning"
tx.stalls = 0

[[channels]]
where = { psm = 0x4321 }
count = 0
tx.sdus = 1
"""


def valid_sarif(text: str) -> dict[str, Any]:
    """The run of a log, after the schema has accepted it."""
    log = json.loads(text)
    jsonschema.Draft7Validator(sarif_schema()).validate(log)
    (run,) = log["runs"]
    found: dict[str, Any] = run
    return found


def points_of(text: str) -> list[Result]:
    return [line for line in Parser().parse_text(text) if isinstance(line, Result)]


def test_the_schema_is_strict() -> None:
    """A log with a word that SARIF does not know is refused: the schema in use checks."""
    log = json.loads(l2scope("findings", STARVED, "--output", "sarif").stdout)
    log["runs"][0]["results"][0]["levle"] = "error"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(sarif_schema()).validate(log)


def test_findings_as_sarif() -> None:
    """The starving receiver is an error with its packets; the rule comes with the advice of `explain`."""
    result = l2scope("findings", STARVED, "--output", "sarif")
    assert result.returncode == 1
    run = valid_sarif(result.stdout)
    first = run["results"][0]
    assert (first["ruleId"], first["level"]) == ("COC001", "error")
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == "COC001"
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("captures/starved.btsnoop")
    assert first["locations"][0]["logicalLocations"][0]["name"] == "packet 58"
    assert len({result["partialFingerprints"]["finding/v1"] for result in run["results"]}) == len(run["results"])


@needs_corpus
def test_violations_as_sarif() -> None:
    """A capture with many findings, some of them consequences, which have no result of their own."""
    path = CORPUS / "bumble" / "err_violations.btsnoop"
    everything = json.loads(l2scope("findings", path, "--json").stdout)
    run = valid_sarif(l2scope("findings", path, "--output", "sarif").stdout)
    alone = [finding["rule"] for finding in everything if finding["consequence_of"] is None]
    assert [result["ruleId"] for result in run["results"]] == alone


def test_findings_as_tap() -> None:
    """A point a rule, the same for every capture; what is below --fail-on does not fail."""
    points = points_of(l2scope("findings", STARVED, "--output", "tap").stdout)
    assert [point.description.split()[1] for point in points] == [*RULES, *sorted(registry().rules)]
    assert [point.description.split()[1] for point in points if not point.ok] == ["COC001"]
    (starved,) = [point for point in points if not point.ok]
    assert starved.yaml_block["finding_1"]["side_to_blame"] == "remote"
    some = points_of(l2scope("findings", STARVED, "--output", "tap", "--rule", "lnk003", "--fail-on", "warning").stdout)
    assert [(point.description, point.ok) for point in some] == [("- LNK003 the link stayed at 27 bytes", False)]


def test_check_as_sarif_and_tap(tmp_path: Path) -> None:
    """What fails is a result at its line of the rules file; in TAP all that was expected is a point."""
    rules = tmp_path / "rules.toml"
    rules.write_text(TWO_RULES)
    arguments = ("check", STARVED, "--rules", rules, "--output")
    run = valid_sarif(l2scope(*arguments, "sarif").stdout)
    (result,) = run["results"]
    assert (result["ruleId"], result["level"]) == ("tx.stalls", "warning")
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}
    points = points_of(l2scope(*arguments, "tap").stdout)
    assert [point.ok for point in points] == [True] * 7
    assert [point.description.split(": ", 1)[1] for point in points if point.skip] == ["channels psm=0x4321: tx.sdus"]
    failing = points_of(l2scope(*arguments, "tap", "--fail-on", "warning").stdout)
    assert [point.description.split(": ", 1)[1] for point in failing if not point.ok] == [
        "channels (line 5): tx.stalls"
    ]


def test_tap_cannot_be_steered() -> None:
    """A description that looks like a directive, a plan or another line is a description."""
    points = points_of(
        tap_text([Point(True, "a # SKIP\n1..9"), Point(False, "Bail out! \\", details={"a: b": "\n..."})])
    )
    assert [(point.ok, point.skip) for point in points] == [(True, False), (False, False)]
