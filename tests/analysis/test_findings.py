"""What is found in the captures of the corpus: all that is wrong, and nothing in those that are healthy."""

from pathlib import Path
from typing import Any

import pytest

import l2scope
from l2scope.analysis import rules
from l2scope.analysis.catalogue import markdown
from l2scope.analysis.findings import RULES, Finding, Severity
from l2scope.sources.errors import CaptureError
from tests.analysis.finding import findings_in_file
from tests.corpus import CORPUS, SAMPLES, corpus_files, name_of, needs_corpus, read_json

BUMBLE = CORPUS / "bumble"
KERNEL = CORPUS / "kernel"
HEALTHY = [
    *(path for path in corpus_files("public/*") if "hcitrace" not in path.name),
    *corpus_files("bumble/gatt_then_coc*.btsnoop"),
    *corpus_files("bumble/two_channels_bidir*.btsnoop"),
    *corpus_files("bumble/eatt*.btsnoop"),
    *corpus_files("bumble/classic*.btsnoop"),
    *corpus_files("kernel/*bulk*.btsnoop"),
    *corpus_files("kernel/*bidir*.btsnoop"),
    *corpus_files("kernel/*slowread*.btsnoop"),
]


def of_rule(path: Path, rule: str) -> list[Finding]:
    return [finding for finding in findings_in_file(path) if finding.rule == rule]


@needs_corpus
def test_forged_violations_are_found_and_nothing_else() -> None:
    """Each of the eleven faults is named with its packet; all else is allowed by the list."""
    expected: dict[str, list[dict[str, Any]]] = read_json(BUMBLE / "err_violations.expected.json")
    findings = findings_in_file(BUMBLE / "err_violations.btsnoop")
    required = {row["packet"] for row in expected["required"]}
    proven = {packet for finding in findings if finding.consequence_of is None for packet in finding.packets}
    assert required <= proven
    for finding in findings:
        places = set(finding.packets)
        allowed = any(row["packets"][0] <= min(places) <= row["packets"][1] for row in expected["permitted"])
        assert places & required or allowed, finding
    errors = [finding for finding in findings if finding.severity is Severity.ERROR and not finding.consequence_of]
    assert len(errors) == len(required) - 1, "all are errors but the empty K-frame"


@needs_corpus
def test_an_error_explains_what_follows_from_it() -> None:
    """The SDU over the MTU was dropped: that its bytes are owed, and the channel closed, is no finding of its own."""
    findings = findings_in_file(BUMBLE / "err_violations.btsnoop")
    followed = {finding.rule: finding.consequence_of for finding in findings if finding.consequence_of}
    assert followed == {"COC029": "COC021", "COC030": "COC021", "L2C003": "L2C006"}


@pytest.mark.parametrize("path", HEALTHY, ids=name_of)
def test_healthy_captures_have_no_error(path: Path) -> None:
    """Captures of stacks that work show warnings at most."""
    try:
        findings = findings_in_file(path)
    except CaptureError:
        pytest.skip("not a capture that is read")
    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []


@needs_corpus
def test_one_channel_of_three_is_blamed() -> None:
    """Channel 0 (its twin aside) starves for 3.67 s; the receiver is to blame; the other two flow."""
    starved = of_rule(KERNEL / "lecoc_3chan_ch0stalls_k6.12.btsnoop", "COC001")
    assert {(f.channel, f.direction, f.side_to_blame) for f in starved} == {(0, "rx", "local"), (1, "tx", "remote")}
    assert {round(f.values["stall_ns"] / 1e9, 2) for f in starved if isinstance(f.values["stall_ns"], int)} == {3.67}


@needs_corpus
def test_a_slow_reader_is_to_blame() -> None:
    """57-58 stalls of about 50 ms, no error, the receiver to blame."""
    starved = of_rule(KERNEL / "lecoc_slowread_50ms_rcvbuf4k_k6.12.btsnoop", "COC001")
    assert {f.side_to_blame for f in starved} == {"local", "remote"}
    assert all(f.values["stalls"] in (57, 58) and f.values["role"] == "receiver" for f in starved)
    assert {f.severity for f in starved} == {Severity.WARNING}


@needs_corpus
@pytest.mark.parametrize("name", ["err_disconnect_mid_sdu.btsnoop", "err_disconnect_mid_sdu.peer.btsnoop"])
def test_lost_bytes_are_counted(name: str) -> None:
    """The SDU that was cut lacks 214 bytes."""
    (lost,) = of_rule(BUMBLE / name, "COC029")
    assert lost.values["bytes_owed"] == 214
    assert "214 bytes" in lost.message


@needs_corpus
def test_the_receiver_that_was_killed_closed() -> None:
    """On either adapter the receiver is named as the one who closed, with 0 bytes owed."""
    closed = of_rule(KERNEL / "lecoc_receiver_killed_midway_k6.12.btsnoop", "COC031")
    assert {(f.direction, f.side_to_blame, f.values["bytes_owed"]) for f in closed} == {
        ("rx", "local", 0),
        ("tx", "remote", 0),
    }
    assert of_rule(KERNEL / "lecoc_receiver_killed_midway_k6.12.btsnoop", "COC029") == []


@needs_corpus
def test_refusals_say_who_refused_what() -> None:
    """The peer listens on no SPSM 0x00ee."""
    refused = of_rule(BUMBLE / "err_refused_psm.btsnoop", "L2C003")
    assert refused[0].values["psm"] == 0xEE
    assert refused[0].values["refused_by"] == "remote"
    assert refused[0].message == "the remote side refused SPSM 0x00ee to the local side: SPSM not supported"


def test_a_capture_says_what_is_wrong() -> None:
    """Capture.findings() gives what reading for figures gives."""
    path = SAMPLES / "starved.btsnoop"
    with l2scope.open(path) as capture:
        assert capture.findings() == findings_in_file(path)
        assert [finding.rule for finding in capture.findings("error")] == ["COC001"]
        assert {finding.rule for finding in capture.findings(rule="COC001")} == {"COC001"}
        with pytest.raises(ValueError, match="terrible"):
            capture.findings("terrible")


def test_the_catalogue_is_current() -> None:
    """Made anew by `python -m l2scope.analysis.catalogue > l2scope/analysis/rules/README.md`."""
    assert Path(rules.__file__).with_name("README.md").read_text() == "\n".join(markdown()) + "\n"


def test_every_rule_is_explained() -> None:
    """A rule says what it means and why it hurts, in whole sentences; the catalogue has them all."""
    page = "\n".join(markdown())
    for rule in RULES.values():
        assert f"## {rule.id} {rule.title}" in page
        assert rule.meaning.endswith(".")
        assert rule.harm.endswith(".")
        assert rule.after <= RULES.keys()
