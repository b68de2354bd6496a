"""What the rules say about a conversation or a capture."""

from pathlib import Path

from l2scope.analysis.findings import Finding, findings_in, findings_of
from l2scope.analysis.rules.facts import make_facts
from l2scope.links import refusal_views
from l2scope.quality import quality_of
from l2scope.reading import channel_views_of, link_views, read_figures
from tests.wire import Conversation


def findings(conversation: Conversation) -> list[Finding]:
    """All findings at the end of a conversation."""
    engine = conversation.engine
    engine.finish()
    links = link_views(engine)
    channels = channel_views_of(engine, links, engine.tables.zeros.rows.getvalue(), ended=True)
    refused = refusal_views(engine.host.registry.refusals, links)
    return findings_in(make_facts(engine, quality_of(engine, ""), links, channels, refused))


def found(conversation: Conversation, rule: str) -> list[Finding]:
    """The findings of one rule, consequences among them."""
    return [finding for finding in findings(conversation) if finding.rule == rule]


def findings_in_file(path: Path) -> list[Finding]:
    return findings_of(read_figures(path))
