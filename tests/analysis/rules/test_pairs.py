"""Each rule fires on a capture made for it, and not on one that nearly is like it: read from a file, and live."""

from pathlib import Path

import pytest

from l2scope import identity
from l2scope.analysis.findings import RULES, Finding
from l2scope.analysis.watch import CaptureFindings
from l2scope.capture import Loading
from l2scope.sources import file
from tests.analysis.finding import findings_in_file
from tests.analysis.rules import pairs_cap, pairs_coc, pairs_frames, pairs_l2c, pairs_smp
from tests.analysis.rules.pairs import PAIRS, Pair

FAMILIES = (pairs_coc, pairs_l2c, pairs_frames, pairs_smp, pairs_cap)
OF_THE_WHOLE = ("CAP010", "CAP016", "CAP017")
EVERY = pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.rule)


@pytest.fixture(autouse=True)
def _missing_package(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without the package of a pair."""
    pair = request.node.callspec.params.get("pair") if hasattr(request.node, "callspec") else None
    if pair is not None and pair.without:
        monkeypatch.setattr(identity, "find_spec", lambda name: None)


def rules_in(path: Path, data: bytes) -> set[str]:
    path.write_bytes(data)
    return {finding.rule for finding in findings_in_file(path)}


def test_every_rule_has_its_pair() -> None:
    """One, so that no rule is without; `pair` in tests/analysis/rules/pairs.py declares it."""
    assert sorted(pair.rule for pair in PAIRS) == sorted(RULES)
    assert all(pair.why for pair in PAIRS)


@EVERY
def test_a_finding_names_the_packets_that_prove_it(pair: Pair, tmp_path: Path) -> None:
    """And what to look at first; but for what is true of a capture as a whole."""
    path = tmp_path / "fires"
    path.write_bytes(pair.fires())
    found = [finding for finding in findings_in_file(path) if finding.rule == pair.rule]
    assert all(finding.packets or pair.rule in OF_THE_WHOLE for finding in found)
    assert all(finding.message for finding in found)


@EVERY
def test_a_rule_fires_on_what_it_is_for(pair: Pair, tmp_path: Path) -> None:
    """And not on the capture beside it."""
    assert pair.rule in rules_in(tmp_path / "fires", pair.fires())
    assert pair.rule not in rules_in(tmp_path / "does_not", pair.does_not())


@EVERY
def test_a_live_capture_shows_the_same(pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked at after every few bytes: at the end the same findings as in the finished file."""
    monkeypatch.setattr(file, "PIECE", 97)
    for data in (pair.fires(), pair.does_not()):
        path = tmp_path / "capture"
        path.write_bytes(data)
        assert live(path) == findings_in_file(path)


def live(path: Path) -> list[Finding]:
    loading = Loading(path)
    findings = CaptureFindings(loading.capture)
    while loading.step():
        findings.look()
    findings.look()
    loading.capture.close()
    return findings.findings
