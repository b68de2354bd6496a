"""What the rules say about a conversation or a capture."""

from pathlib import Path

from l2scope.analysis.findings import Finding, findings_in, findings_of
from l2scope.analysis.rules.facts import facts_now
from l2scope.quality import quality_of
from l2scope.reading import read_figures
from tests.wire import Conversation


def findings(conversation: Conversation) -> list[Finding]:
    """All findings at the end of a conversation."""
    engine = conversation.engine
    engine.finish()
    zero_rows = engine.tables.zeros.rows.getvalue()
    return findings_in(facts_now(engine, quality_of(engine, ""), zero_rows, ended=True))


def found(conversation: Conversation, rule: str) -> list[Finding]:
    """The findings of one rule, consequences among them."""
    return [finding for finding in findings(conversation) if finding.rule == rule]


def findings_in_file(path: Path) -> list[Finding]:
    return findings_of(read_figures(path))
