"""Judges a capture by rules that are written in a test."""

from pathlib import Path

import pytest

import l2scope
from l2scope.check.rules import RulesError, read_rules
from l2scope.check.verdict import CaptureReport, Verdict


def judged(folder: Path, rules: str, capture: Path) -> CaptureReport:
    path = folder / "l2scope.toml"
    path.write_text(rules)
    with l2scope.open(capture) as opened:
        return read_rules(path).judge(opened)


def verdicts(folder: Path, rules: str, capture: Path) -> dict[str, Verdict]:
    """The verdicts by their keys."""
    return {verdict.key: verdict for verdict in judged(folder, rules, capture).verdicts}


def outcome(folder: Path, expectation: str, capture: Path, where: str = "") -> str:
    """The outcome of the only expectation of a table about the channels; 'tx.sdus = 40'."""
    found = verdicts(folder, f"[[channels]]\nwhere = {{ {where} }}\n{expectation}\n", capture)
    key = expectation.split("=", maxsplit=1)[0].strip()
    return found[key].outcome.value


def errors_of(folder: Path, rules: str | bytes) -> list[str]:
    """The lines that say what is wrong with rules, without the folder."""
    path = folder / "l2scope.toml"
    path.write_bytes(rules.encode() if isinstance(rules, str) else rules)
    with pytest.raises(RulesError) as caught:
        read_rules(path)
    return [line.removeprefix(f"{folder}/") for line in caught.value.lines]
