"""What the rules say about a conversation or a capture."""

from pathlib import Path

from l2scope.analysis.findings import Finding
from l2scope.analysis.watch import FindingsWatch, findings_of
from l2scope.quality import quality_of
from l2scope.reading import read_figures
from tests.wire import Conversation


def findings(conversation: Conversation) -> list[Finding]:
    """All findings at the end of a conversation."""
    engine = conversation.engine
    engine.finish()
    watch = FindingsWatch(engine)
    watch.note_tables(engine.tables)
    watch.look(quality_of(engine, ""), int(engine.last_time), ended=True)
    return watch.findings


def found(conversation: Conversation, rule: str) -> list[Finding]:
    """The findings of one rule, consequences among them."""
    return [finding for finding in findings(conversation) if finding.rule == rule]


def findings_in_file(path: Path) -> list[Finding]:
    return findings_of(read_figures(path))
