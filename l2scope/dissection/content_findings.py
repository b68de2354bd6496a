"""What the dissectors find wrong in what channels and characteristics carry, as findings like all others."""

from collections.abc import Iterator
from typing import Final

from l2scope.analysis.findings import Finding, Severity, in_order, rule_of
from l2scope.analysis.rules.rule import MOST_PACKETS, WEAK
from l2scope.capture import Capture
from l2scope.dissection.conversation import Breach, Conversation
from l2scope.dissection.joining import breaches
from l2scope.text import printable

OTHER_SIDE: Final = {"tx": {"sender": "local", "receiver": "remote"}, "rx": {"sender": "remote", "receiver": "local"}}


def judged_conversations(capture: Capture) -> Iterator[Conversation]:
    """Those whose dissector has rules. What was anonymised is nothing but zeros, and says nothing."""
    return (one for one in _with_rules(capture) if any(any(unit.data) for unit in one.units))


def _with_rules(capture: Capture) -> Iterator[Conversation]:
    contents = capture.contents
    for channel in capture.channels:
        dissector = contents.of_channel(channel.id)
        if dissector is not None and dissector.judge is not None:
            yield contents.conversation(channel.id)
    for server, link, handle, dissector in contents.characteristics():
        if dissector is not None and dissector.judge is not None:
            yield contents.values(server, link, handle)


def content_findings(capture: Capture) -> list[Finding]:
    """What is wrong with what the capture's channels and characteristics carry, in no order. What went wrong with the
    judging itself is a problem of the contents. Raises CaptureError where the file has changed."""
    links = capture.links
    found = []
    for conversation in judged_conversations(capture):
        broken, problem = breaches(conversation)
        capture.contents.note(problem)
        rules = {rule.id for rule in conversation.dissector.rules} if conversation.dissector is not None else set()
        for breach in broken:
            if breach.rule in rules:
                found.append(_finding(breach, conversation, capture, links[conversation.link].adapter))
            else:
                title = "" if conversation.dissector is None else conversation.dissector.shown_title
                capture.contents.note(f"{title}: judge: {printable(str(breach.rule))} is none of its rules")
    return found


def with_contents(findings: list[Finding], capture: Capture) -> list[Finding]:
    """These findings and those about contents, the worst first."""
    found = content_findings(capture)
    return in_order([*findings, *found]) if found else findings


def _finding(breach: Breach, conversation: Conversation, capture: Capture, adapter: int) -> Finding:
    rule = rule_of(breach.rule)
    severity = rule.severity if breach.severity is None else Severity(breach.severity)
    certainty = breach.certainty
    if conversation.lost and severity is Severity.ERROR:
        severity, certainty = Severity.WARNING, WEAK
    packets = [number for number in _packets(breach) if 0 <= number - capture.first_number < capture.count]
    direction = breach.direction or (breach.units[0].direction if breach.units else None)
    times = capture.tables.packets["time"]
    return Finding(
        rule=rule.id,
        title=rule.title,
        severity=severity,
        certainty=certainty,
        adapter=adapter,
        link=conversation.link,
        channel=conversation.channel,
        direction=direction,
        packets=packets[:MOST_PACKETS],
        time_ns=int(times[packets[0] - capture.first_number]) if packets else None,
        message=printable(breach.message, 1000),
        values=dict(breach.values),
        side_to_blame=OTHER_SIDE.get(direction or "", {}).get(breach.blame or ""),
        consequence_of=None,
        spec=rule.spec,
    )


def _packets(breach: Breach) -> list[int]:
    """The packets that prove it, each once, in order."""
    of_units = {number for unit in breach.units for number in (unit.first_packet, unit.last_packet)}
    return sorted(of_units | set(breach.packets))
