"""Findings in the formats of other tools: SARIF and TAP."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from l2scope.analysis.findings import CONTENT_RULES, RULES, Finding, Severity, by_identity, rule_of
from l2scope.analysis.rules.rule import Rule
from l2scope.export.sarif import LEVELS, Json, message, place, sarif_text
from l2scope.export.tap import Point, tap_text


def findings_sarif(findings: Sequence[Finding], path: Path) -> str:
    """A result a finding that stands alone, with the texts of `explain` as its rule's help."""
    alone = [finding for finding in findings if finding.consequence_of is None]
    rules = sorted({finding.rule for finding in alone})
    names = {id(finding): "/".join(map(str, identity)) for identity, finding in by_identity(alone).items()}
    results = [_result(finding, rules.index(finding.rule), path, names[id(finding)]) for finding in alone]
    return sarif_text([_rule(rule_of(rule)) for rule in rules], results)


def _rule(rule: Rule) -> Json:
    advice = [f"{who}: {text}" for who, text in (("Sender", rule.sender), ("Receiver", rule.receiver)) if text]
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.meaning},
        "help": {"text": "\n\n".join([rule.meaning, rule.harm, *advice, rule.spec])},
        "defaultConfiguration": {"level": LEVELS[rule.severity.value]},
    }


def _result(finding: Finding, index: int, path: Path, identity: str) -> Json:
    packets = [
        {"name": f"packet {packet}", "kind": "element", "fullyQualifiedName": f"packet {packet}"}
        for packet in finding.packets
    ]
    location: Json = {"physicalLocation": place(path)}
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": LEVELS[finding.severity.value],
        "message": message(finding.message),
        "locations": [location | {"logicalLocations": packets} if packets else location],
        "partialFingerprints": {"finding/v1": identity},
        "properties": {
            "certainty": finding.certainty,
            "link": finding.link,
            "channel": finding.channel,
            "direction": finding.direction,
            "sideToBlame": finding.side_to_blame,
            "timeNs": finding.time_ns,
        },
    }


def findings_tap(findings: Iterable[Finding], rules: Sequence[str], least: Severity) -> str:
    """A point a rule, so that they are the same for every capture: it fails where a finding of it stands alone and is
    at least so bad. rules are those that were asked for, none for all."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.consequence_of is None:
            found.setdefault(finding.rule, []).append(finding)
    wanted = rules or (*RULES, *sorted(CONTENT_RULES))
    return tap_text([_point(rule_of(rule), found.get(rule, []), least) for rule in wanted])


def _point(rule: Rule, findings: list[Finding], least: Severity) -> Point:
    details = {f"finding_{number}": _details(finding) for number, finding in enumerate(findings, 1)}
    failed = any(finding.counts(least) for finding in findings)
    return Point(not failed, f"{rule.id} {rule.title}", details=details)


def _details(finding: Finding) -> dict[str, object]:
    names = ("severity", "message", "link", "channel", "direction", "packets", "side_to_blame")
    shown = finding.as_json()
    return {name: shown[name] for name in names if shown[name] is not None}
