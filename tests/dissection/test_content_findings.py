"""What dissectors find wrong are findings like all others."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from scapy.packet import Raw

from l2scope.analysis.findings import CONTENT_RULES, Severity
from l2scope.dissection import Breach, ContentRule, Conversation, Dissector, on_psm
from l2scope.dissection.content_findings import content_findings, with_contents
from l2scope.dissection.contents import Contents
from l2scope.dissection.loading import Found
from l2scope.dissection.registry import Registry
from tests.cli.runner import l2scope
from tests.corpus import SAMPLES
from tests.dissection.captures import Packets, capture_of, opened_channel, sdu

RULE = ContentRule("USR900", "first\x1b[31m", "error", "means", "hurts", "mend", "Vol 9")


def judge(conversation: Conversation) -> Iterator[Breach]:
    yield Breach("USR900", "odd\x1b]0;title\x07 bytes", conversation.units[:1], blame="sender", values={"a": 1})
    yield Breach("USR900", "at no packet of the capture", packets=(0, 4, 99_999), direction="rx", blame="sender")
    yield Breach("USR901", "of a rule that is not its own")


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """A registry with one dissector that judges; `explain` knows its rule meanwhile."""
    found = Registry()
    found.take([Found("test.py", "a test", [Dissector("judges", Raw, on_psm(0x80), rules=(RULE,), judge=judge)])])
    assert found.problems == []
    for id, rule in found.rules.items():
        monkeypatch.setitem(CONTENT_RULES, id, rule)
    return found


def judged(packets: Packets, rules: Registry) -> tuple[list[tuple[object, ...]], list[str]]:
    """What is found, in a few words, and the problems."""
    capture = capture_of(packets)
    capture._contents = Contents(capture, rules, ())
    found = content_findings(capture)
    told: list[tuple[object, ...]] = [
        (one.rule, one.severity, one.certainty, one.channel, one.direction, one.packets, one.side_to_blame)
        for one in found
    ]
    assert all(one.message.isprintable() and one.title.isprintable() for one in found)
    assert [one.rule for one in with_contents([], capture)] == ["USR900", "USR900"]
    return told, capture.contents.problems


def test_a_breach_becomes_a_finding(rules: Registry) -> None:
    """With its channel, direction, packets in the capture, and the side that is to blame; what is no rule of the
    dissector is a problem of its own."""
    found, problems = judged([*opened_channel(credits=20), *sdu(150)], rules)
    assert found == [
        ("USR900", Severity.ERROR, "certain", 0, "tx", [4, 5], "local"),
        ("USR900", Severity.ERROR, "certain", 0, "rx", [4], "remote"),
    ]
    assert problems == ["judges: judge: USR901 is none of its rules"]


def test_nothing_that_was_anonymised_is_judged(rules: Registry) -> None:
    """Payloads of zeros say nothing."""
    capture = capture_of([*opened_channel(credits=20), *sdu(1)])
    capture._contents = Contents(capture, rules, ())
    assert capture.sdu_bytes(0) == b"\0"
    assert content_findings(capture) == []


def test_the_command_line_finds_them() -> None:
    """`findings` names rule and packets, exits with 1, knows the rule by --rule, and `explain` explains it."""
    faulty = SAMPLES / "forum_chat_faults.btsnoop"
    found = l2scope("findings", faulty, "--rule", "usr004")
    assert found.returncode == 1
    assert "USR004" in found.stdout
    assert "COC" not in found.stdout
    assert "What it means" in l2scope("explain", "USR004").stdout
    assert "USR004" in l2scope("explain").stdout
    assert l2scope("findings", SAMPLES / "forum_chat.btsnoop", "--rule", "USR004").returncode == 0


def test_check_may_expect_them(tmp_path: Path) -> None:
    """A rules file names the rule of a dissector; one that no dissector has is refused."""
    rules = tmp_path / "rules.toml"
    rules.write_text('[[findings]]\nname = "no fragment is missing"\nwhere = { rule = "USR001" }\ncount = 0\n')
    faulty = l2scope("check", SAMPLES / "forum_chat_faults.btsnoop", "--rules", rules)
    assert faulty.returncode == 1
    assert l2scope("check", SAMPLES / "forum_chat.btsnoop", "--rules", rules).returncode == 0
    rules.write_text('[[findings]]\nwhere = { rule = "USR499" }\n')
    assert "no rule USR499" in l2scope("check", SAMPLES / "forum_chat.btsnoop", "--rules", rules).stderr
